//! The null hypothesis: no memory at all.

use super::{DeviceModel, Kinetics, POSITIVE, Parameter, Scales};

/// I = G V.
///
/// Ohm's law: a model with memory has to describe the data better than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resistor;

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

    fn kinetics(&self, _: &[f64], _: usize, _: f64) -> Kinetics {
        unreachable!("a resistor has no memory")
    }

    fn conductance(&self, values: &[f64], _: &[f64], _: f64) -> f64 {
        values[0]
    }

    fn first_guess(&self, scales: &Scales) -> Vec<f64> {
        vec![scales.conductance]
    }
}
