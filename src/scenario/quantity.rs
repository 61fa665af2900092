//! Quantities as people write them: `"2 um"`, `"0.5 kT/(e*angstrom)"`.
//!
//! A number, then a unit: symbols joined by `*` (or `·`) and `/`, with whole
//! powers (`m^2`) and parentheses, read from left to right. The space after the
//! number is optional. `A` is always the ampere; the length is `Å`, `angstrom`
//! or `Angstrom`. `mol` is a number (Avogadro's), so that `kcal/(mol*angstrom)`
//! is the force on one ion. `kT` is the thermal energy at the temperature of
//! the scenario.
//!
//! Metric factors are kept as powers of ten until the end, so that `"5 ps"` is
//! exactly 5 in internal units.

use std::f64::consts::TAU;

use super::error::one_of;
use super::unit::{ANGULAR_RATE, Unit, number_length, parse_unit, times_power_of_ten};
pub use super::unit::{Dimension, QuantityError};

/// What a key of a scenario expects, and thereby its internal unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Å.
    Length,
    /// ps.
    Time,
    /// K.
    Temperature,
    /// Å²/ps.
    Diffusion,
    /// kT/Å.
    Force,
    /// kT/(e·Å).
    Field,
    /// kT/e.
    Voltage,
    /// e/ps.
    Current,
    /// e²/kT.
    Capacitance,
    /// e²/(kT·ps).
    Conductance,
    /// kT·ps/e².
    Resistance,
    /// Cycles per ps; `rad/s` is divided by 2π.
    Frequency,
    /// rad.
    Angle,
    /// mol/l.
    Concentration,
    /// e/Å².
    SurfaceCharge,
}

impl Kind {
    /// Name, example and internal unit.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Length => ("a length", "2 um", "angstrom"),
            Self::Time => ("a time", "50 ns", "ps"),
            Self::Temperature => ("a temperature", "298 K", "K"),
            Self::Diffusion => (
                "a diffusion coefficient",
                "1.0341e-9 m^2/s",
                "angstrom^2/ps",
            ),
            Self::Force => ("a force", "1 kcal/(mol*angstrom)", "kT/angstrom"),
            Self::Field => ("a field", "0.5 kT/(e*angstrom)", "kT/(e*angstrom)"),
            Self::Voltage => ("a voltage", "10 V", "kT/e"),
            Self::Current => ("a current", "0.1 nA", "e/ps"),
            Self::Capacitance => ("a capacitance", "0.1 fF", "e^2/kT"),
            Self::Conductance => ("a conductance", "1 nS", "e^2/(kT*ps)"),
            Self::Resistance => ("a resistance", "1 Mohm", "kT*ps/e^2"),
            Self::Frequency => ("a frequency", "15.9 kHz", "1/ps"),
            Self::Angle => ("an angle", "90 deg", "rad"),
            Self::Concentration => ("a concentration", "0.1 M", "M"),
            Self::SurfaceCharge => ("a surface charge", "-0.1 mC/m^2", "e/angstrom^2"),
        }
    }

    /// Its name with an article: "a length".
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// An example as one would write it: `2 um`.
    #[must_use]
    pub fn example(self) -> &'static str {
        self.words().1
    }

    /// The internal unit, in the words of a scenario file.
    #[must_use]
    pub fn internal_unit(self) -> &'static str {
        self.words().2
    }
}

/// A number and its unit, not yet converted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    number: f64,
    unit: Unit,
    temperature: Option<f64>,
}

impl Quantity {
    /// Reads `text`; `temperature` (K) gives `kT` its meaning.
    ///
    /// # Errors
    /// When the text is not a number followed by a unit; see [`QuantityError`].
    pub fn parse(text: &str, temperature: Option<f64>) -> Result<Self, QuantityError> {
        let text = text.trim();
        let split = number_length(text);
        let number: f64 = text[..split].parse().map_err(|_| QuantityError::NoNumber)?;
        if !number.is_finite() {
            return Err(QuantityError::NotFinite);
        }
        Ok(Self {
            number,
            unit: parse_unit(&text[split..], temperature)?,
            temperature,
        })
    }

    /// Its dimension.
    #[must_use]
    pub fn dimension(&self) -> Dimension {
        self.unit.dimension
    }

    /// The value in the internal unit of `kind`, or nothing when it is not of
    /// that kind, or when that unit holds kT and the temperature is not known.
    ///
    /// ```
    /// use bjerrum::scenario::quantity::{Kind, Quantity};
    /// let length = Quantity::parse("2 um", None).unwrap();
    /// assert_eq!(length.to(Kind::Length), Some(20_000.0));
    /// assert_eq!(length.to(Kind::Time), None);
    /// ```
    #[must_use]
    pub fn to(&self, kind: Kind) -> Option<f64> {
        let internal = parse_unit(kind.internal_unit(), self.temperature).ok()?;
        let angular = kind == Kind::Frequency && self.unit.dimension == ANGULAR_RATE;
        if self.unit.dimension != internal.dimension && !angular {
            return None;
        }
        let ratio = self.unit.factor / internal.factor;
        let value = self.number * ratio;
        let value = if angular { value / TAU } else { value };
        Some(times_power_of_ten(
            value,
            self.unit.decade.saturating_sub(internal.decade),
        ))
    }
}

impl Quantity {
    /// The value in `unit`, or nothing when it is not of that dimension.
    ///
    /// ```
    /// use bjerrum::scenario::quantity::Quantity;
    /// let current = Quantity::parse("4 nA", None).unwrap();
    /// assert_eq!(current.in_unit("A"), Some(4e-9));
    /// assert_eq!(current.in_unit("V"), None);
    /// ```
    #[must_use]
    pub fn in_unit(&self, unit: &str) -> Option<f64> {
        let unit = parse_unit(unit, self.temperature).ok()?;
        let same = self.unit.dimension == unit.dimension;
        same.then(|| {
            times_power_of_ten(
                self.number * self.unit.factor / unit.factor,
                self.unit.decade.saturating_sub(unit.decade),
            )
        })
    }
}

/// "a length, such as "2 um"", or several such joined by "or".
#[must_use]
pub fn expectation(kinds: &[Kind]) -> String {
    let phrases: Vec<String> = kinds
        .iter()
        .map(|kind| {
            format!(
                "{} with its unit, such as {:?}",
                kind.name(),
                kind.example()
            )
        })
        .collect();
    one_of(&phrases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bjerrum_physics::units::{AVOGADRO, Units};

    /// The internal unit of every kind is the one that the physics declares.
    #[test]
    fn internal_units_are_those_of_the_physics() {
        let units = Units::at(300.0);
        for (kind, value) in [
            (Kind::Length, units.length),
            (Kind::Time, units.time),
            (Kind::Temperature, 1.0),
            (Kind::Diffusion, units.diffusion),
            (Kind::Force, units.force),
            (Kind::Field, units.field),
            (Kind::Voltage, units.voltage),
            (Kind::Current, units.current),
            (Kind::Capacitance, units.capacitance),
            (Kind::Conductance, units.conductance),
            (Kind::Resistance, 1.0 / units.conductance),
            (Kind::Frequency, 1.0 / units.time),
            (Kind::Angle, 1.0),
            (Kind::Concentration, 1e3 * AVOGADRO),
            (Kind::SurfaceCharge, units.surface_charge),
        ] {
            let unit = parse_unit(kind.internal_unit(), Some(300.0)).unwrap();
            let found = times_power_of_ten(unit.factor, unit.decade);
            assert!((found / value - 1.0).abs() < 1e-14, "{kind:?}: {found}");
            let example = Quantity::parse(kind.example(), Some(300.0)).unwrap();
            assert!(example.to(kind).is_some(), "{kind:?}");
        }
    }

    fn internal(text: &str, kind: Kind) -> f64 {
        let quantity = Quantity::parse(text, Some(298.0)).unwrap();
        quantity.to(kind).unwrap()
    }

    #[test]
    fn metric_and_thermal_quantities_are_exact() {
        assert_eq!(internal("2 um", Kind::Length), 20_000.0);
        assert_eq!(internal("138.3 Å", Kind::Length), 138.3);
        assert_eq!(internal("5 ps", Kind::Time), 5.0);
        assert_eq!(internal("10us", Kind::Time), 1e7);
        assert_eq!(internal("-0.5 kT/(e*angstrom)", Kind::Field), -0.5);
        assert_eq!(internal("0.5 kT/e/Å", Kind::Field), 0.5);
        assert_eq!(internal("4000 kT/e", Kind::Voltage), 4000.0);
        assert_eq!(internal("1.0341e-9 m^2/s", Kind::Diffusion), 0.10341);
        assert_eq!(internal("1.0341e-9 m²/s", Kind::Diffusion), 0.10341);
        assert_eq!(internal("1.0341e-5 cm^2*s^-1", Kind::Diffusion), 0.10341);
    }

    /// Expected values computed by hand from the exact constants of the SI.
    #[test]
    fn other_quantities_are_close() {
        for (text, kind, expected) in [
            ("1 kcal/(mol*angstrom)", Kind::Force, 1.688_65),
            ("102.7 V", Kind::Voltage, 3999.25),
            ("0.1 nA", Kind::Current, 6.241_509e-4),
            ("0.1 fF", Kind::Capacitance, 16.0280),
            ("15.9 kHz", Kind::Frequency, 1.59e-8),
            ("1e-10 rad/fs", Kind::Frequency, 1.591_549_43e-8),
            ("50 deg", Kind::Angle, 0.872_664_63),
            ("0.2568 V/nm", Kind::Field, 1.000_02),
            ("20 mmol/l", Kind::Concentration, 0.02),
            ("2 mol/m^3", Kind::Concentration, 0.002),
            ("1 e/nm^2", Kind::SurfaceCharge, 0.01),
            ("-10 mC/m^2", Kind::SurfaceCharge, -6.241_509e-4),
        ] {
            let found = internal(text, kind);
            assert!((found / expected - 1.0).abs() < 2e-5, "{text}: {found}");
        }
    }

    #[test]
    fn ampere_is_never_angstrom() {
        let quantity = Quantity::parse("60 A", None).unwrap();
        assert_eq!(quantity.to(Kind::Length), None);
        assert_eq!(quantity.dimension().describe(), "a current");
    }

    #[test]
    fn faults_are_named() {
        let fault = |text: &str| Quantity::parse(text, None).unwrap_err().to_string();
        assert_eq!(fault("um"), "which does not begin with a number");
        assert_eq!(fault("1e999 m"), "whose number is not finite");
        assert_eq!(
            fault("2 umm"),
            "where \"umm\" is not a unit, the nearest is \"um\""
        );
        assert_eq!(
            fault("2 Angstroem"),
            "where \"Angstroem\" is not a unit, the nearest is \"Angstrom\""
        );
        assert_eq!(
            fault("2 kT"),
            "where kT has no meaning: it needs the temperature"
        );
        assert_eq!(
            fault("2 m^x"),
            "where a whole power is expected before \"x\""
        );
        assert_eq!(fault("2 V/(m*s"), "where \")\" is expected at the end");
        assert_eq!(
            fault("2 V m"),
            "where \"*\" or \"/\" is expected before \"m\""
        );
        assert_eq!(fault("2 V/"), "where a unit is expected at the end");
    }
}
