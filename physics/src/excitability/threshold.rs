//! Pulses: the smallest that makes a resting neuron fire.

use super::trial::{Protocol, State};
use super::{ExcitabilityError, Result};
use crate::circuit::{Row, System};
use rayon::prelude::*;

/// A pulse of current on top of what a source gives, from the start of a trial on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pulse {
    /// Its height, A.
    pub amplitude: f64,
    /// Its length, s.
    pub width: f64,
}

/// A neuron that is given pulses.
#[derive(Clone, Copy)]
pub struct Pulsed<'r> {
    /// The circuit with a pulse.
    pub circuit: &'r (dyn Fn(Pulse) -> System + Sync),
    /// How it rests before a pulse.
    pub resting: Protocol<'r>,
    /// How it is tried with one: as long as a spike is waited for.
    pub trial: Protocol<'r>,
    /// Largest amplitude that is tried, A.
    pub largest: f64,
    /// Error of a threshold, over the threshold.
    pub precision: f64,
}

/// A threshold, between two amplitudes that were tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// The middle of the two, A; not a number if the largest pulse does not do.
    pub amplitude: f64,
    /// Half their distance, A.
    pub error: f64,
}

/// Threshold against the length of a pulse.
#[derive(Clone, Debug, PartialEq)]
pub struct StrengthDuration {
    /// The threshold at each width that was asked for.
    pub thresholds: Vec<Threshold>,
    /// Rheobase: the threshold of the longest pulse, A.
    pub rheobase: f64,
    /// Chronaxie: the length of a pulse whose threshold is twice the rheobase, s,
    /// between widths that were tried, on a straight line in their logarithms.
    pub chronaxie: Option<f64>,
    /// All or none: highest voltage (V) after a pulse of the width in the middle,
    /// against its amplitude (A), up to twice the threshold.
    pub response: Vec<(f64, f64)>,
}

/// Amplitudes at which the response is looked at.
const RESPONSES: u32 = 80;

/// The strength–duration curve for `widths` (s), rising.
///
/// Rheobase and chronaxie: Lapicque (1909); of short pulses the charge counts, I τ =
/// const, as for any capacitor. See Hill, Proc. R. Soc. B 119, 305 (1936),
/// <https://doi.org/10.1098/rspb.1936.0012>.
///
/// # Errors
/// [`ExcitabilityError`]: it does not rest, or a trial failed.
pub fn strength_duration(neuron: &Pulsed<'_>, widths: &[f64]) -> Result<StrengthDuration> {
    let rest = neuron.rest()?;
    let threshold = |width: &f64| neuron.threshold(*width, &rest, &[]);
    let thresholds: Vec<Threshold> = widths.par_iter().map(threshold).collect::<Result<_>>()?;
    let rheobase = thresholds.last().map_or(f64::NAN, |t| t.amplitude);
    let middle = widths.len() / 2;
    let response = |k: u32| {
        let amplitude = 2.0 * f64::from(k) / f64::from(RESPONSES) * thresholds[middle].amplitude;
        let pulse = Pulse {
            amplitude,
            width: widths[middle],
        };
        let voltages = neuron.rows(pulse, &rest)?;
        let voltages = voltages.iter().map(|row| row.voltages[neuron.trial.node]);
        Ok((amplitude, voltages.fold(f64::NEG_INFINITY, f64::max)))
    };
    let response: Result<Vec<(f64, f64)>> = match thresholds[middle].amplitude.is_nan() {
        true => Ok(Vec::new()),
        false => (0..=RESPONSES).into_par_iter().map(response).collect(),
    };
    Ok(StrengthDuration {
        chronaxie: chronaxie(widths, &thresholds, rheobase),
        rheobase,
        response: response?,
        thresholds,
    })
}

fn chronaxie(widths: &[f64], thresholds: &[Threshold], rheobase: f64) -> Option<f64> {
    let all: Vec<(f64, f64)> = widths
        .iter()
        .zip(thresholds)
        .map(|(width, threshold)| (width.ln(), (threshold.amplitude / (2.0 * rheobase)).ln()))
        .collect();
    let passed = all
        .windows(2)
        .find(|pair| pair[0].1 > 0.0 && pair[1].1 <= 0.0)?;
    let way = passed[0].1 / (passed[0].1 - passed[1].1);
    Some((passed[0].0 + way * (passed[1].0 - passed[0].0)).exp())
}

impl Pulsed<'_> {
    /// The state in which it rests.
    pub(super) fn rest(&self) -> Result<State> {
        let none = Pulse {
            amplitude: 0.0,
            width: self.resting.settings.duration,
        };
        let trial = self.resting.run(&(self.circuit)(none))?;
        match (trial.rows.last(), trial.spikes.is_empty()) {
            (Some(row), true) => Ok(State::of(row)),
            _ => Err(ExcitabilityError::Restless),
        }
    }

    /// What it does from `state` on under `pulse`.
    pub(super) fn rows(&self, pulse: Pulse, state: &State) -> Result<Vec<Row>> {
        let system = (self.circuit)(pulse).starting_at(&state.voltages, &state.memories);
        Ok(self.trial.run(&system)?.rows)
    }

    /// The least amplitude of a pulse of `width` (s) after which, in `state`, there is one
    /// spike more than in what was `before`, whose last row is that state: by bisection.
    pub(super) fn threshold(&self, width: f64, state: &State, before: &[Row]) -> Result<Threshold> {
        let fires = |amplitude: f64| -> Result<bool> {
            let mut rows = before.to_vec();
            let start = before.last().map_or(0.0, |row| row.time);
            let after = self.rows(Pulse { amplitude, width }, state)?;
            rows.extend(
                after
                    .into_iter()
                    .skip(usize::from(!before.is_empty()))
                    .map(|row| Row {
                        time: start + row.time,
                        ..row
                    }),
            );
            let wanted = usize::from(!before.is_empty()) + 1;
            Ok(self.trial.spikes_of(&rows).len() >= wanted)
        };
        let (mut low, mut high) = (0.0, self.largest);
        if !fires(high)? {
            return Ok(Threshold {
                amplitude: f64::NAN,
                error: f64::NAN,
            });
        }
        while high - low > self.precision * (high + low) {
            let middle = 0.5 * (low + high);
            match fires(middle)? {
                true => high = middle,
                false => low = middle,
            }
        }
        Ok(Threshold {
            amplitude: 0.5 * (low + high),
            error: 0.5 * (high - low),
        })
    }
}

impl State {
    /// The state that `row` tells.
    pub(super) fn of(row: &Row) -> Self {
        Self {
            voltages: row.voltages.clone(),
            memories: row.memories.clone(),
        }
    }
}
