//! What the rate of a neuron hangs on.

use super::Result;
use super::trial::{Firing, Protocol};
use crate::circuit::System;

/// d ln f / d ln p, f being the rate and p a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sensitivity {
    /// The derivative; NaN if the neuron does not fire at one of the values tried.
    pub value: f64,
    /// Its error: what the smaller step changed, and the errors of the rates.
    pub error: f64,
}

/// The sensitivity of the rate of a circuit to a parameter p, by central
/// differences in ln p with the steps h = `step` and h/2, extrapolated to none:
/// (4 D(h/2) - D(h))/3. `circuit` is the circuit with p multiplied by a factor.
///
/// # Errors
/// [`super::ExcitabilityError`].
pub fn sensitivity(
    circuit: &dyn Fn(f64) -> System,
    step: f64,
    protocol: &Protocol<'_>,
) -> Result<Sensitivity> {
    let slope = |step: f64| -> Result<Sensitivity> {
        let tried =
            |step: f64| -> Result<Firing> { Ok(protocol.run(&circuit(step.exp()))?.firing) };
        let (low, high) = (tried(-step)?, tried(step)?);
        if !(low.for_good && high.for_good) {
            return Ok(Sensitivity {
                value: f64::NAN,
                error: f64::NAN,
            });
        }
        let noise = (low.error / low.rate).hypot(high.error / high.rate);
        Ok(Sensitivity {
            value: (high.rate / low.rate).ln() / (2.0 * step),
            error: noise / (2.0 * step),
        })
    };
    let (coarse, fine) = (slope(step)?, slope(0.5 * step)?);
    Ok(Sensitivity {
        value: (4.0 * fine.value - coarse.value) / 3.0,
        error: ((fine.value - coarse.value) / 3.0).hypot(4.0 / 3.0 * fine.error),
    })
}
