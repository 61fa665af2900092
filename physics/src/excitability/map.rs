//! What a neuron does, over two of its parameters.

use super::curve::spiking_state;
use super::equilibria::equilibria;
use super::trial::{Protocol, State};
use super::{ExcitabilityError, Result};
use crate::circuit::{Clamp, System};
use rayon::prelude::*;

/// What a neuron does for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// It rests, wherever it starts.
    Silent,
    /// It fires, wherever it starts: no equilibrium is stable.
    Spiking,
    /// It does either: an equilibrium is stable, and a neuron that spikes goes on.
    Bistable,
    /// No equilibrium is stable, and yet no spike is high enough to count.
    Swinging,
}

/// What is asked of a map.
pub struct MapRequest<'r> {
    /// The circuit at these values of the two parameters.
    pub circuit: &'r (dyn Fn(f64, f64) -> System + Sync),
    /// Values of the first.
    pub first: &'r [f64],
    /// Values of the second.
    pub second: &'r [f64],
    /// The circuit as it stands, which fires.
    pub firing: &'r System,
    /// How each is tried.
    pub protocol: Protocol<'r>,
}

/// A map: for each value of the second parameter, all values of the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// What the neuron does.
    pub regimes: Vec<Regime>,
    /// Its rate when it was spiking, 1/s.
    pub rates: Vec<f64>,
}

/// Tries every pair of values from a spiking state, and looks at the equilibria.
///
/// # Errors
/// [`ExcitabilityError`].
pub fn map(request: &MapRequest<'_>) -> Result<Map> {
    let spiking = spiking_state(request.firing, &request.protocol)?;
    let pairs: Vec<(f64, f64)> = request
        .second
        .iter()
        .flat_map(|second| request.first.iter().map(|first| (*first, *second)))
        .collect();
    let found: Vec<(Regime, f64)> = pairs
        .par_iter()
        .map(|(first, second)| regime(request, &spiking, (request.circuit)(*first, *second)))
        .collect::<Result<_>>()?;
    let (regimes, rates) = found.into_iter().unzip();
    Ok(Map { regimes, rates })
}

fn regime(request: &MapRequest<'_>, spiking: &State, system: System) -> Result<(Regime, f64)> {
    let clamp = Clamp::new(&system, request.protocol.node).ok_or(ExcitabilityError::NoMembrane)?;
    let rests = equilibria(&clamp).iter().any(|e| e.is_stable());
    let system = system.starting_at(&spiking.voltages, &spiking.memories);
    let firing = request.protocol.run(&system)?.firing;
    let regime = match (rests, firing.for_good) {
        (true, true) => Regime::Bistable,
        (true, false) => Regime::Silent,
        (false, true) => Regime::Spiking,
        (false, false) => Regime::Swinging,
    };
    Ok((regime, firing.rate))
}
