//! Device models: an equation with a handful of named parameters.
//!
//! A device carries I = G(x, V)·V, and its memory x relaxes by itself towards
//! where the present voltage draws it, dx/dt = f(x, V), a polynomial in x
//! ([`Kinetics`]). The equations hold in
//! any coherent system of units. Unlike the rest of the library the models are
//! quoted in the SI (V, A, S, s): they describe whole devices, on a bench as
//! well as in a simulation, and know no temperature.
//!
//! | model | memory | conductance |
//! |-------|--------|-------------|
//! | [`Resistor`] | none | constant: the null hypothesis |
//! | [`Volatile`] | one relaxation | quasi-static: linear, quadratic or both |
//! | [`TwoTimes`] | two relaxations | as the mixed volatile memristor |
//! | [`WienPower`] | one relaxation | quasi-static: a power of \|V\| |
//! | [`WienPairs`] | kinetics of pairs | proportional to the free ions |
//! | [`SegregatedPairs`] | the same, between charges that drift apart | as of pairs |
//! | [`ConicalChannel`] | one relaxation | salt drawn into a cone |
//!
//! Each says its equation once, as a [`Law`] of any [`Number`]: fits and circuits
//! compute with it, exports write it down ([`Expression`]).

mod conical_channel;
mod coupled;
mod expression;
mod fluctuations;
mod law;
mod resistor;
mod response;
mod segregated_pairs;
mod two_times;
mod volatile;
mod wien_pairs;
mod wien_power;

pub use conical_channel::ConicalChannel;
pub use expression::{Expression, Function, Language, Operator};
pub use fluctuations::Fluctuations;
pub use law::{Equation, Law, Number};
pub use resistor::Resistor;
pub use response::{Start, Sweep, respond};
pub use segregated_pairs::SegregatedPairs;
pub use two_times::TwoTimes;
pub use volatile::{QuasiStatic, Volatile};
pub use wien_pairs::{Association, WienPairs};
pub use wien_power::WienPower;

/// A parameter of a model: what it is, not what it is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its name in a device file.
    pub name: &'static str,
    /// Its unit, as a scenario would write it; `1` for a pure number.
    pub unit: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Between what it lies, both ends excluded; may be infinite.
    pub bounds: (f64, f64),
    /// The measurement that pins it down.
    pub measurement: &'static str,
}

/// Where a memory is drawn by a voltage, and by the other memories:
/// dx/dt = c_0 + c_1 x + c_2 x².
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Kinetics<N = f64> {
    /// c_0, 1/s.
    pub source: N,
    /// c_1, 1/s; not above zero.
    pub linear: N,
    /// c_2, 1/s; not above zero.
    pub quadratic: N,
}

impl<N: Number> Kinetics<N> {
    /// dx/dt = (`target` - x)/`time`.
    #[must_use]
    pub fn relaxation(target: N, time: N) -> Self {
        Self {
            source: target / time.clone(),
            linear: -N::from(1.0) / time,
            quadratic: N::from(0.0),
        }
    }
}

impl Kinetics<Expression> {
    /// dx/dt, with x clipped where a negative one would run away.
    pub(super) fn rate_of(self, x: Expression) -> Expression {
        let linear = Expression::relaxation(self.source, self.linear, x.clone());
        linear + self.quadratic * x.clone().positive() * x
    }
}

impl Kinetics {
    /// dx/dt at `x`, 1/s.
    #[must_use]
    pub fn rate(&self, x: f64) -> f64 {
        self.source + (self.linear + self.quadratic * x) * x
    }

    /// Change of the rate with x, 1/s; below zero where the memory fades.
    #[must_use]
    pub fn slope(&self, x: f64) -> f64 {
        self.linear + 2.0 * self.quadratic * x
    }

    /// Where x ends: the stable root, in the form that keeps its digits.
    #[must_use]
    pub fn steady_state(&self) -> f64 {
        if self.source == 0.0 {
            return 0.0;
        }
        let root = (self.linear * self.linear - 4.0 * self.quadratic * self.source).sqrt();
        2.0 * self.source / (root - self.linear)
    }
}

/// What data say of the size of things before anything is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scales {
    /// Current over voltage, by least squares, S.
    pub conductance: f64,
    /// Largest |V|, V.
    pub voltage: f64,
    /// Time between two samples, the shortest, s.
    pub shortest: f64,
    /// Length of the longest recording or period, s.
    pub longest: f64,
}

impl Scales {
    /// A time to start a search from: between the shortest and the longest.
    #[must_use]
    pub fn time(&self) -> f64 {
        (self.shortest * self.longest).sqrt()
    }
}

/// A device model: an [`Equation`], and what to know of it. The values of its
/// parameters come as a slice in the order of [`DeviceModel::parameters`].
pub trait DeviceModel: Equation {
    /// Its name on the command line and in device files.
    fn name(&self) -> &'static str;

    /// Its equation, in plain text.
    fn equation(&self) -> &'static str;

    /// Where it is published.
    fn source(&self) -> &'static str;

    /// Its parameters.
    fn parameters(&self) -> &'static [Parameter];

    /// Number of its memories.
    fn memories(&self) -> usize;

    /// Whether its memories draw each other; if not, each goes its own way.
    fn is_coupled(&self) -> bool {
        false
    }

    /// The memories after `voltage` (V) had been held for long.
    fn rest(&self, values: &[f64], voltage: f64) -> Vec<f64> {
        let alone = |memory| self.kinetics(values, &[], memory, voltage).steady_state();
        (0..self.memories()).map(alone).collect()
    }

    /// The value of every memory where all ions are free and stand at random, in a
    /// model that knows ions.
    fn all_free(&self) -> Option<f64> {
        None
    }

    /// Rate k_d (1/s) at which a pair parts under `voltage` (V), in a model that knows
    /// pairs: with it comes the noise of a finite number of ions ([`Fluctuations`]).
    fn dissociation(&self, _values: &[f64], _voltage: f64) -> Option<f64> {
        None
    }

    /// Weight w of memory number `memory` in s², the square of the excess of charge,
    /// in a model whose memories after the first make it up.
    fn excess_weight(&self, _values: &[f64], _memory: usize) -> f64 {
        0.0
    }

    /// Values to start a search from, within the bounds.
    fn first_guess(&self, scales: &Scales) -> Vec<f64>;

    /// Of several sets of values that are the same device, puts the one to
    /// report in place.
    fn arrange(&self, _values: &mut [f64]) {}
}

/// Every model, from the simplest to the most elaborate.
#[must_use]
pub fn models() -> [&'static dyn DeviceModel; 10] {
    [
        &Resistor,
        &Volatile(QuasiStatic::Unipolar),
        &Volatile(QuasiStatic::Bipolar),
        &Volatile(QuasiStatic::Mixed),
        &WienPower,
        &WienPairs(Association::Constant),
        &WienPairs(Association::Swept),
        &SegregatedPairs,
        &ConicalChannel,
        &TwoTimes,
    ]
}

/// The model called `name`.
#[must_use]
pub fn model(name: &str) -> Option<&'static dyn DeviceModel> {
    models().into_iter().find(|model| model.name() == name)
}

/// Bounds of what cannot be negative.
const POSITIVE: (f64, f64) = (0.0, f64::INFINITY);
/// Bounds of what may be anything.
const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// G at rest, in most models.
const REST_CONDUCTANCE: Parameter = Parameter {
    name: "rest_conductance",
    unit: "S",
    meaning: "conductance at rest, G_0",
    bounds: POSITIVE,
    measurement: "a loop of small amplitude",
};

/// τ, in most models.
const MEMORY_TIME: Parameter = Parameter {
    name: "memory_time",
    unit: "s",
    meaning: "memory time, tau",
    bounds: POSITIVE,
    measurement: "loops at frequencies below and above 1/(2 pi tau), or a relaxation after a pulse",
};

#[cfg(test)]
mod tests {
    use super::*;

    const SCALES: Scales = Scales {
        conductance: 2e-7,
        voltage: 0.4,
        shortest: 0.1,
        longest: 100.0,
    };

    #[test]
    fn names_are_unique_and_guesses_lie_within_the_bounds() {
        for (k, one) in models().iter().enumerate() {
            assert!(models()[..k].iter().all(|other| other.name() != one.name()));
            assert_eq!(
                model(one.name()).map(|m| m.equation()),
                Some(one.equation())
            );
            assert!(one.memories() == 0 || one.source().starts_with("https://doi.org/"));
            let guess = one.first_guess(&SCALES);
            assert_eq!(guess.len(), one.parameters().len(), "{}", one.name());
            for (value, parameter) in guess.iter().zip(one.parameters()) {
                let (low, high) = parameter.bounds;
                assert!(
                    low < *value && *value < high,
                    "{}: {}",
                    one.name(),
                    parameter.name
                );
            }
        }
        assert!(model("no such model").is_none());
    }

    /// The steady state is where the rate is zero, the slope is that of the
    /// rate (by central differences), and every memory fades.
    #[test]
    fn steady_states_and_slopes_belong_to_the_rates() {
        for one in models() {
            let values = one.first_guess(&SCALES);
            for memory in 0..one.memories() {
                for voltage in [-0.4, -0.11, 0.07, 0.3] {
                    let rest = one.rest(&values, voltage);
                    let kinetics = one.kinetics(&values, &rest, memory, voltage);
                    let steady = rest[memory];
                    let slope = kinetics.slope(steady);
                    assert!(slope < 0.0, "{}", one.name());
                    let rate = kinetics.rate(steady);
                    assert!(
                        rate.abs() <= 1e-12 * (slope * steady).abs(),
                        "{}",
                        one.name()
                    );
                    let step = 1e-5 * steady.abs();
                    let difference = kinetics.rate(steady + step) - kinetics.rate(steady - step);
                    assert!(
                        (difference / (2.0 * step) / slope - 1.0).abs() < 1e-6,
                        "{}",
                        one.name()
                    );
                }
            }
        }
    }
}
