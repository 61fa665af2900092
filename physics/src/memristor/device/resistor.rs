//! The null hypothesis: no memory at all.

use super::{DeviceModel, Kinetics, Law, Number, POSITIVE, Parameter, Scales};

/// I = G V.
///
/// Ohm's law: a model with memory has to describe the data better than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resistor;

impl Law for Resistor {
    fn kinetics<N: Number>(&self, _: &[N], _: &[N], _: usize, _: N) -> Kinetics<N> {
        unreachable!("a resistor has no memory")
    }

    fn conductance<N: Number>(&self, values: &[N], _: &[N], _: N) -> N {
        values[0].clone()
    }
}

impl DeviceModel for Resistor {
    fn name(&self) -> &'static str {
        "resistor"
    }

    fn equation(&self) -> &'static str {
        "I = G V"
    }

    fn source(&self) -> &'static str {
        "Ohm's law"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter {
            name: "conductance",
            unit: "S",
            meaning: "conductance, G",
            bounds: POSITIVE,
            measurement: "a current at any voltage but zero",
        }]
    }

    fn memories(&self) -> usize {
        0
    }

    fn first_guess(&self, scales: &Scales) -> Vec<f64> {
        vec![scales.conductance]
    }
}
