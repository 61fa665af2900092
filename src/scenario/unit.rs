//! The units a scenario may use: the table, and the grammar that joins them.

use std::f64::consts::PI;

use bjerrum_physics::units::{AVOGADRO, BOLTZMANN, ELEMENTARY_CHARGE, KILOCALORIE};

use super::error::nearest;

/// Exponents of length, mass, time, current, temperature and plane angle.
///
/// The angle counts as a dimension so that `rad/s` (angular) and `Hz` (cycles)
/// are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimension([i32; 6]);

const NUMBER: Dimension = Dimension([0, 0, 0, 0, 0, 0]);
const LENGTH: Dimension = Dimension([1, 0, 0, 0, 0, 0]);
const MASS: Dimension = Dimension([0, 1, 0, 0, 0, 0]);
const TIME: Dimension = Dimension([0, 0, 1, 0, 0, 0]);
const CURRENT: Dimension = Dimension([0, 0, 0, 1, 0, 0]);
const TEMPERATURE: Dimension = Dimension([0, 0, 0, 0, 1, 0]);
const ANGLE: Dimension = Dimension([0, 0, 0, 0, 0, 1]);
const CHARGE: Dimension = Dimension([0, 0, 1, 1, 0, 0]);
const RATE: Dimension = Dimension([0, 0, -1, 0, 0, 0]);
pub(super) const ANGULAR_RATE: Dimension = Dimension([0, 0, -1, 0, 0, 1]);
const FORCE: Dimension = Dimension([1, 1, -2, 0, 0, 0]);
const ENERGY: Dimension = Dimension([2, 1, -2, 0, 0, 0]);
const POWER: Dimension = Dimension([2, 1, -3, 0, 0, 0]);
const VOLTAGE: Dimension = Dimension([2, 1, -3, -1, 0, 0]);
const FIELD: Dimension = Dimension([1, 1, -3, -1, 0, 0]);
const CAPACITANCE: Dimension = Dimension([-2, -1, 4, 2, 0, 0]);
const CONDUCTANCE: Dimension = Dimension([-2, -1, 3, 2, 0, 0]);
const RESISTANCE: Dimension = Dimension([2, 1, -3, -2, 0, 0]);
const DIFFUSION: Dimension = Dimension([2, 0, -1, 0, 0, 0]);
const VOLUME: Dimension = Dimension([3, 0, 0, 0, 0, 0]);
const CONCENTRATION: Dimension = Dimension([-3, 0, 0, 0, 0, 0]);
const SURFACE_CHARGE: Dimension = Dimension([-2, 0, 1, 1, 0, 0]);

/// What a dimension is called when it was found and not expected.
const NAMED: [(&str, Dimension); 21] = [
    ("a plain number", NUMBER),
    ("a length", LENGTH),
    ("a mass", MASS),
    ("a time", TIME),
    ("a current", CURRENT),
    ("a temperature", TEMPERATURE),
    ("an angle", ANGLE),
    ("a charge", CHARGE),
    ("a frequency", RATE),
    ("an angular frequency", ANGULAR_RATE),
    ("a force", FORCE),
    ("an energy", ENERGY),
    ("a power", POWER),
    ("a voltage", VOLTAGE),
    ("a field", FIELD),
    ("a capacitance", CAPACITANCE),
    ("a conductance", CONDUCTANCE),
    ("a resistance", RESISTANCE),
    ("a diffusion coefficient", DIFFUSION),
    ("a concentration", CONCENTRATION),
    ("a surface charge", SURFACE_CHARGE),
];

impl Dimension {
    fn combine(self, other: Self, sign: i32) -> Self {
        Self(std::array::from_fn(|k| {
            self.0[k].saturating_add(sign.saturating_mul(other.0[k]))
        }))
    }

    /// Its name with an article ("a length"), or its base units.
    #[must_use]
    pub fn describe(self) -> String {
        if let Some((name, _)) = NAMED.iter().find(|(_, dimension)| *dimension == self) {
            return (*name).to_owned();
        }
        let symbols = ["m", "kg", "s", "A", "K", "rad"];
        let powers: Vec<String> = symbols
            .iter()
            .zip(self.0)
            .filter(|(_, power)| *power != 0)
            .map(|(symbol, power)| match power {
                1 => (*symbol).to_owned(),
                _ => format!("{symbol}^{power}"),
            })
            .collect();
        format!("a quantity in {}", powers.join("*"))
    }
}

/// Why a text is not a quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// It does not begin with a number.
    #[error("which does not begin with a number")]
    NoNumber,
    /// The number is too large for a double.
    #[error("whose number is not finite")]
    NotFinite,
    /// A symbol that is no unit.
    #[error("where {symbol:?} is not a unit{}", nearest.as_ref().map(|n| format!(", the nearest is {n:?}")).unwrap_or_default())]
    UnknownUnit {
        /// The symbol.
        symbol: String,
        /// The unit most like it.
        nearest: Option<String>,
    },
    /// kT where the temperature is not known.
    #[error("where kT has no meaning: it needs the temperature")]
    NoTemperature,
    /// Something else than the grammar allows.
    #[error("where {expected} is expected {position}")]
    Grammar {
        /// What should come next.
        expected: &'static str,
        /// Where: "at the end", or "before" the rest.
        position: String,
    },
}

/// A unit: `factor · 10^decade` of the SI unit of its dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    pub(super) factor: f64,
    pub(super) decade: i32,
    pub(super) dimension: Dimension,
}

impl Unit {
    const ONE: Self = Self::new(1.0, 0, NUMBER);

    const fn new(factor: f64, decade: i32, dimension: Dimension) -> Self {
        Self {
            factor,
            decade,
            dimension,
        }
    }

    fn times(self, other: Self) -> Self {
        Self {
            factor: self.factor * other.factor,
            decade: self.decade.saturating_add(other.decade),
            dimension: self.dimension.combine(other.dimension, 1),
        }
    }

    fn over(self, other: Self) -> Self {
        Self {
            factor: self.factor / other.factor,
            decade: self.decade.saturating_sub(other.decade),
            dimension: self.dimension.combine(other.dimension, -1),
        }
    }

    fn to_power(self, power: i32) -> Self {
        Self {
            factor: self.factor.powi(power),
            decade: self.decade.saturating_mul(power),
            dimension: Dimension(
                self.dimension
                    .0
                    .map(|exponent| exponent.saturating_mul(power)),
            ),
        }
    }
}

/// Symbol, whether it takes a metric prefix, and what it is. `kT`, which
/// depends on the scenario, is not among them.
const UNITS: &[(&str, bool, Unit)] = &[
    ("m", true, Unit::new(1.0, 0, LENGTH)),
    ("cm", false, Unit::new(1.0, -2, LENGTH)),
    ("angstrom", false, Unit::new(1.0, -10, LENGTH)),
    ("Angstrom", false, Unit::new(1.0, -10, LENGTH)),
    ("\u{c5}", false, Unit::new(1.0, -10, LENGTH)),
    ("\u{212b}", false, Unit::new(1.0, -10, LENGTH)),
    ("s", true, Unit::new(1.0, 0, TIME)),
    ("min", false, Unit::new(60.0, 0, TIME)),
    ("h", false, Unit::new(3600.0, 0, TIME)),
    ("Hz", true, Unit::new(1.0, 0, RATE)),
    ("rad", false, Unit::new(1.0, 0, ANGLE)),
    ("deg", false, Unit::new(PI / 180.0, 0, ANGLE)),
    ("g", true, Unit::new(1.0, -3, MASS)),
    ("K", true, Unit::new(1.0, 0, TEMPERATURE)),
    ("mol", true, Unit::new(AVOGADRO, 0, NUMBER)),
    ("l", true, Unit::new(1.0, -3, VOLUME)),
    ("M", true, Unit::new(AVOGADRO, 3, CONCENTRATION)),
    ("N", true, Unit::new(1.0, 0, FORCE)),
    ("J", true, Unit::new(1.0, 0, ENERGY)),
    ("eV", true, Unit::new(ELEMENTARY_CHARGE, 0, ENERGY)),
    ("cal", true, Unit::new(KILOCALORIE, -3, ENERGY)),
    ("W", true, Unit::new(1.0, 0, POWER)),
    ("A", true, Unit::new(1.0, 0, CURRENT)),
    ("C", true, Unit::new(1.0, 0, CHARGE)),
    ("e", false, Unit::new(ELEMENTARY_CHARGE, 0, CHARGE)),
    ("V", true, Unit::new(1.0, 0, VOLTAGE)),
    ("F", true, Unit::new(1.0, 0, CAPACITANCE)),
    ("S", true, Unit::new(1.0, 0, CONDUCTANCE)),
    ("ohm", true, Unit::new(1.0, 0, RESISTANCE)),
];

/// Metric prefixes; micro is `u`, or either of the two Unicode signs.
const PREFIXES: &[(&str, i32)] = &[
    ("f", -15),
    ("p", -12),
    ("n", -9),
    ("u", -6),
    ("\u{b5}", -6),
    ("\u{3bc}", -6),
    ("m", -3),
    ("k", 3),
    ("M", 6),
    ("G", 9),
];

fn lookup(symbol: &str, temperature: Option<f64>) -> Result<Unit, QuantityError> {
    if symbol == "kT" {
        let temperature = temperature.ok_or(QuantityError::NoTemperature)?;
        return Ok(Unit::new(BOLTZMANN * temperature, 0, ENERGY));
    }
    let whole = UNITS.iter().find(|(name, _, _)| *name == symbol);
    if let Some((_, _, unit)) = whole {
        return Ok(*unit);
    }
    for (prefix, decade) in PREFIXES {
        let base = symbol.strip_prefix(prefix);
        let found = UNITS
            .iter()
            .find(|(name, metric, _)| *metric && base == Some(name));
        if let Some((_, _, unit)) = found {
            return Ok(Unit::new(unit.factor, unit.decade + decade, unit.dimension));
        }
    }
    Err(QuantityError::UnknownUnit {
        symbol: symbol.to_owned(),
        nearest: nearest(symbol, &all_symbols()),
    })
}

/// Every symbol that can be written, plain ones first.
fn all_symbols() -> Vec<String> {
    let plain = UNITS.iter().map(|(name, _, _)| (*name).to_owned());
    let metric = UNITS.iter().filter(|(_, metric, _)| *metric);
    let prefixed = metric.flat_map(|(name, _, _)| {
        PREFIXES
            .iter()
            .map(move |(prefix, _)| format!("{prefix}{name}"))
    });
    plain.chain(["kT".to_owned()]).chain(prefixed).collect()
}

/// The unit written as `text`; the empty text is the plain number.
pub(super) fn parse_unit(text: &str, temperature: Option<f64>) -> Result<Unit, QuantityError> {
    let mut parser = UnitParser {
        rest: text.trim(),
        temperature,
    };
    if parser.rest.is_empty() {
        return Ok(Unit::ONE);
    }
    let unit = parser.product()?;
    if parser.rest.is_empty() {
        Ok(unit)
    } else {
        Err(parser.expected("\"*\" or \"/\""))
    }
}

/// Recursive descent over `product = power (("*" | "/") power)*`,
/// `power = atom ("^" integer)?`, `atom = "(" product ")" | symbol | "1"`.
struct UnitParser<'t> {
    rest: &'t str,
    temperature: Option<f64>,
}

impl UnitParser<'_> {
    fn product(&mut self) -> Result<Unit, QuantityError> {
        let mut unit = self.power()?;
        loop {
            if self.eat(&['*', '\u{b7}', '\u{22c5}']) {
                unit = unit.times(self.power()?);
            } else if self.eat(&['/']) {
                unit = unit.over(self.power()?);
            } else {
                return Ok(unit);
            }
        }
    }

    fn power(&mut self) -> Result<Unit, QuantityError> {
        let unit = self.atom()?;
        if self.eat(&['\u{b2}']) {
            return Ok(unit.to_power(2));
        }
        if !self.eat(&['^']) {
            return Ok(unit);
        }
        let length = number_length(self.rest);
        let power = self.rest[..length].parse::<i8>();
        let power = power.map_err(|_| self.expected("a whole power"))?;
        self.skip(length);
        Ok(unit.to_power(i32::from(power)))
    }

    fn atom(&mut self) -> Result<Unit, QuantityError> {
        if self.eat(&['(']) {
            let unit = self.product()?;
            return match self.eat(&[')']) {
                true => Ok(unit),
                false => Err(self.expected("\")\"")),
            };
        }
        if self.eat(&['1']) {
            return Ok(Unit::ONE);
        }
        let end = self.rest.find(|c: char| !c.is_alphabetic());
        let end = end.unwrap_or(self.rest.len());
        if end == 0 {
            return Err(self.expected("a unit"));
        }
        let unit = lookup(&self.rest[..end], self.temperature)?;
        self.skip(end);
        Ok(unit)
    }

    fn eat(&mut self, any_of: &[char]) -> bool {
        let found = self.rest.chars().next().filter(|c| any_of.contains(c));
        if let Some(c) = found {
            self.skip(c.len_utf8());
        }
        found.is_some()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest[bytes..].trim_start();
    }

    fn expected(&self, expected: &'static str) -> QuantityError {
        let position = match self.rest {
            "" => "at the end".to_owned(),
            rest => format!("before {rest:?}"),
        };
        QuantityError::Grammar { expected, position }
    }
}

/// Length of the number a text begins with: sign, digits, point, exponent.
pub(super) fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits_from = |start: usize| {
        let rest = &bytes[start.min(bytes.len())..];
        start + rest.iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut end = digits_from(sign);
    if bytes.get(end) == Some(&b'.') {
        end = digits_from(end + 1);
    }
    // `1e` is one elementary charge, `1e3` a thousand.
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits_from(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    end
}

/// `value · 10^decade`.
pub(super) fn times_power_of_ten(value: f64, decade: i32) -> f64 {
    // Dividing by an exact power is correctly rounded, multiplying by its
    // inexact inverse is not.
    if decade < 0 {
        value / 10_f64.powi(decade.saturating_neg())
    } else {
        value * 10_f64.powi(decade)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SI value of one unit, and its dimension, at 300 K.
    fn si(text: &str) -> (f64, Dimension) {
        let unit = parse_unit(text, Some(300.0)).unwrap();
        (times_power_of_ten(unit.factor, unit.decade), unit.dimension)
    }

    /// Every entry against a number written down independently of the table:
    /// (symbol, value in SI base units, exponents of m kg s A K rad).
    #[test]
    fn every_unit_has_its_value_and_dimension() {
        let expected: [(&str, f64, [i32; 6]); 30] = [
            ("m", 1.0, [1, 0, 0, 0, 0, 0]),
            ("cm", 0.01, [1, 0, 0, 0, 0, 0]),
            ("angstrom", 1e-10, [1, 0, 0, 0, 0, 0]),
            ("Angstrom", 1e-10, [1, 0, 0, 0, 0, 0]),
            ("Å", 1e-10, [1, 0, 0, 0, 0, 0]),
            ("\u{212b}", 1e-10, [1, 0, 0, 0, 0, 0]),
            ("s", 1.0, [0, 0, 1, 0, 0, 0]),
            ("min", 60.0, [0, 0, 1, 0, 0, 0]),
            ("h", 3600.0, [0, 0, 1, 0, 0, 0]),
            ("Hz", 1.0, [0, 0, -1, 0, 0, 0]),
            ("rad", 1.0, [0, 0, 0, 0, 0, 1]),
            ("deg", 0.017_453_292_519_943_295, [0, 0, 0, 0, 0, 1]),
            ("g", 0.001, [0, 1, 0, 0, 0, 0]),
            ("K", 1.0, [0, 0, 0, 0, 1, 0]),
            ("mol", 6.022_140_76e23, [0, 0, 0, 0, 0, 0]),
            ("l", 1e-3, [3, 0, 0, 0, 0, 0]),
            ("M", 6.022_140_76e26, [-3, 0, 0, 0, 0, 0]),
            ("N", 1.0, [1, 1, -2, 0, 0, 0]),
            ("J", 1.0, [2, 1, -2, 0, 0, 0]),
            ("eV", 1.602_176_634e-19, [2, 1, -2, 0, 0, 0]),
            ("cal", 4.184, [2, 1, -2, 0, 0, 0]),
            ("W", 1.0, [2, 1, -3, 0, 0, 0]),
            ("A", 1.0, [0, 0, 0, 1, 0, 0]),
            ("C", 1.0, [0, 0, 1, 1, 0, 0]),
            ("e", 1.602_176_634e-19, [0, 0, 1, 1, 0, 0]),
            ("V", 1.0, [2, 1, -3, -1, 0, 0]),
            ("F", 1.0, [-2, -1, 4, 2, 0, 0]),
            ("S", 1.0, [-2, -1, 3, 2, 0, 0]),
            ("ohm", 1.0, [2, 1, -3, -2, 0, 0]),
            ("kT", 4.141_947e-21, [2, 1, -2, 0, 0, 0]),
        ];
        assert_eq!(UNITS.len() + 1, expected.len(), "a unit without its test");
        for (symbol, _, _) in UNITS {
            assert!(expected.iter().any(|row| row.0 == *symbol), "{symbol}");
        }
        for (symbol, value, dimension) in expected {
            let (found, found_dimension) = si(symbol);
            assert!((found / value - 1.0).abs() < 1e-14, "{symbol}: {found}");
            assert_eq!(found_dimension, Dimension(dimension), "{symbol}");
        }
    }

    #[test]
    fn every_prefix_has_its_power() {
        let expected = [
            ("f", 1e-15),
            ("p", 1e-12),
            ("n", 1e-9),
            ("u", 1e-6),
            ("µ", 1e-6),
            ("μ", 1e-6),
            ("m", 1e-3),
            ("k", 1e3),
            ("M", 1e6),
            ("G", 1e9),
        ];
        assert_eq!(PREFIXES.len(), expected.len(), "a prefix without its test");
        for (prefix, value) in expected {
            let (found, _) = si(&format!("{prefix}V"));
            assert!((found / value - 1.0).abs() < 1e-15, "{prefix}: {found}");
        }
    }

    /// No symbol can be read in two ways (as `min`, or milli-`in`).
    #[test]
    fn symbols_are_unambiguous() {
        let mut symbols = all_symbols();
        let total = symbols.len();
        symbols.sort();
        symbols.dedup();
        assert_eq!(symbols.len(), total);
    }
}
