//! A second pulse, after a first one that made the neuron fire.

use super::Result;
use super::threshold::{Pulse, Pulsed, Threshold};
use super::trial::State;
use rayon::prelude::*;

/// What is asked about a second pulse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RefractoryRequest<'r> {
    /// Length of both pulses, s.
    pub width: f64,
    /// The first pulse over the threshold at rest.
    pub first: f64,
    /// From the beginning of the first to the beginning of the second, s, rising; each
    /// not shorter than the width.
    pub delays: &'r [f64],
}

/// The threshold of a second pulse.
#[derive(Clone, Debug, PartialEq)]
pub struct Refractory {
    /// The threshold at rest.
    pub rest: Threshold,
    /// The time after the beginning of the first pulse at which V is highest, s.
    pub peak: f64,
    /// Delays as they were, at samples, s.
    pub delays: Vec<f64>,
    /// The threshold of the second pulse at each.
    pub thresholds: Vec<Threshold>,
    /// End of the absolute refractory period, during which no pulse up to the largest
    /// makes it fire again: between two delays, s, and half their distance.
    pub absolute: Option<(f64, f64)>,
    /// End of the relative refractory period: the delay from which on the threshold is
    /// less than [`RELATIVE`] times that at rest, s, and half the distance of two delays.
    pub relative: Option<(f64, f64)>,
}

/// A threshold up to this much of the one at rest counts as recovered.
pub const RELATIVE: f64 = 1.1;

/// Threshold of a second pulse against its delay.
///
/// Absolute and relative refractory period as in Hodgkin & Huxley, J. Physiol. 117, 500
/// (1952), <https://doi.org/10.1113/jphysiol.1952.sp004764>, Fig. 20.
///
/// # Errors
/// [`super::ExcitabilityError`]: it does not rest, no pulse up to the largest makes it
/// fire, or a trial failed.
pub fn refractory(neuron: &Pulsed<'_>, request: &RefractoryRequest<'_>) -> Result<Refractory> {
    let at_rest = neuron.rest()?;
    let rest = neuron.threshold(request.width, &at_rest, &[])?;
    if rest.amplitude.is_nan() {
        return Err(super::ExcitabilityError::NoThreshold);
    }
    let first = Pulse {
        amplitude: request.first * rest.amplitude,
        width: request.width,
    };
    let mut course = *neuron;
    let longest = request.delays.iter().copied().fold(0.0, f64::max);
    course.trial.settings.duration = longest + 2.0 * neuron.trial.settings.sample;
    let rows = course.rows(first, &at_rest)?;
    let voltage = |k: &usize| rows[*k].voltages[neuron.trial.node];
    let highest = (0..rows.len()).max_by(|a, b| voltage(a).total_cmp(&voltage(b)));

    // The first row at or after each delay, but for rounding.
    let margin = 1e-6 * neuron.trial.settings.sample;
    let at = |delay: &f64| rows.partition_point(|row| row.time < delay - margin);
    let places: Vec<usize> = request.delays.iter().map(at).collect();
    let threshold = |k: &usize| {
        let before = &rows[..=*k];
        neuron.threshold(request.width, &State::of(&rows[*k]), before)
    };
    let thresholds: Vec<Threshold> = places.par_iter().map(threshold).collect::<Result<_>>()?;
    let delays: Vec<f64> = places.iter().map(|k| rows[*k].time).collect();
    let below = |limit: f64| last_change(&delays, &thresholds, limit);
    Ok(Refractory {
        peak: highest.map_or(f64::NAN, |k| rows[k].time),
        absolute: below(f64::INFINITY),
        relative: below(RELATIVE * rest.amplitude),
        rest,
        delays,
        thresholds,
    })
}

/// Where the threshold comes below `limit` (A) for good: the middle of two delays and
/// half their distance (s).
fn last_change(delays: &[f64], thresholds: &[Threshold], limit: f64) -> Option<(f64, f64)> {
    let pairs = thresholds.windows(2).zip(delays.windows(2)).rev();
    // What is not a number is not below anything.
    let below = |threshold: &Threshold| threshold.amplitude < limit;
    let ends = thresholds.last().is_some_and(below);
    let mut pairs = pairs.filter(|(pair, _)| !below(&pair[0]));
    let (_, between) = pairs.next().filter(|_| ends)?;
    let (from, to) = (between[0], between[1]);
    Some((0.5 * (from + to), 0.5 * (to - from)))
}
