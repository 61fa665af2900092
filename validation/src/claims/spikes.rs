//! The published neuron: two slits, two batteries and a capacitor.

use super::PUBLISHED_STEP;
use crate::claim::{Check, Claim, Columns, InParts, Law, Measurement, Plan, Tier};
use crate::published;
use bjerrum_physics::brownian::{Engine, FastEngine, Ions};
use bjerrum_physics::circuit::{Branch, Circuit, CircuitWindow, Coupling};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::neuron::{self, Spike, SpikeRule, SpikeTrain, Trace};
use bjerrum_physics::noise::Stream;
use bjerrum_physics::observables::{self, Sampling};
use bjerrum_physics::slit::{Slit, Walls};
use bjerrum_physics::units::Units;
use rayon::prelude::*;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "spikes",
    statement: "two copies of the published neuron, at a size and for a time that grow with the effort (the published ones in the full tier), fire as published",
    tier: Tier::Full,
    axes: None,
    measurement: Measurement::InParts(InParts {
        count: 2,
        measure: |plan, copy| into_columns(&fire(plan, copy)),
        judge: |_, copies| compare(&train(copies)),
    }),
};

/// Temperature, K.
const TEMPERATURE: f64 = 298.0;
/// Length of both slits, Å.
const LENGTH: f64 = 20_000.0;
/// Widths of Na and K, Å.
const WIDTHS: [f64; 2] = [200_000.0, 2_000_000.0];
/// Pairs of ions in either slit, times the effort: ten make the published 4000.
const PAIRS: u64 = 400;
/// The same in full.
const PAIRS_IN_FULL: f64 = 4000.0;
/// Pull of the soft walls: 1 kcal/(mol·Å) at 298 K, kT/Å.
const WALL_FORCE: f64 = 1.689;
/// Batteries over the length, kT/(e·Å), and how many slits stand in parallel.
const BRANCHES: [(f64, f64); 2] = [(0.2, 5.0), (-0.2, 1.0)];
/// Capacitance, fF, and source, nA, in full.
const CAPACITANCE: f64 = 0.1;
const SOURCE: f64 = 0.1;
/// V(0) over the length, kT/(e·Å).
const START: f64 = 0.001;
/// Steps in a window.
const WINDOW: u64 = 10_000;
/// Windows before the slits are connected.
const RELAXATION: u64 = 101;
/// Windows of a run, times the effort: 1.22 ms in the full tier, as published. Not more:
/// slits age, and the neuron slows down with them.
const WINDOWS: u64 = 2_440;
/// The rule that finds the 13 spikes of the published trace, in kT/(e·Å) and ps.
const RULE: SpikeRule = SpikeRule {
    threshold: 0.055 * LENGTH,
    prominence: 0.03 * LENGTH,
    minimum_interval: 5e6,
};

/// Spikes as columns: time, peak, width, energy.
fn into_columns(spikes: &[Spike]) -> Columns {
    [
        |s: &Spike| s.time,
        |s: &Spike| s.peak,
        |s: &Spike| s.width,
        |s: &Spike| s.energy,
    ]
    .map(|of| spikes.iter().map(of).collect())
    .to_vec()
}

fn of_columns(columns: &Columns) -> Vec<Spike> {
    let count = columns[0].len();
    (0..count)
        .map(|k| Spike {
            time: columns[0][k],
            peak: columns[1][k],
            width: columns[2][k],
            energy: columns[3][k],
        })
        .collect()
}

/// All copies as one train.
fn train(copies: &[Columns]) -> SpikeTrain {
    let runs: Vec<Vec<Spike>> = copies.iter().map(of_columns).collect();
    let runs: Vec<&[Spike]> = runs.iter().map(Vec::as_slice).collect();
    neuron::train(&runs)
}

/// The spikes of one copy.
fn fire(plan: &Plan, copy: u64) -> Vec<Spike> {
    let pairs = plan.scaled(PAIRS, 20);
    let scale = pairs as f64 / PAIRS_IN_FULL;
    let units = Units::at(TEMPERATURE);
    let mut circuit = Circuit {
        capacitance: scale * CAPACITANCE * 1e-15 / units.capacitance,
        source: scale * SOURCE * 1e-9 / units.current,
        branches: BRANCHES
            .map(|(battery, multiplier)| Branch {
                multiplier,
                battery: battery * LENGTH,
            })
            .to_vec(),
        coupling: Coupling::Published,
        voltage: START * LENGTH,
    };
    let mut slits: Vec<FastEngine> = WIDTHS
        .iter()
        .enumerate()
        .map(|(k, width)| slit(plan, 2 * copy + k as u64, pairs as usize, scale * width))
        .collect();
    let sampling = Sampling {
        steps: WINDOW,
        samples: 1,
        free_cutoff: 60.0,
    };
    let (mut time, mut voltage, mut power) = (Vec::new(), Vec::new(), Vec::new());
    for window in 0..plan.scaled(WINDOWS, 200) {
        let field = plan.subject.field(circuit.voltage / LENGTH);
        let done: Vec<_> = slits
            .par_iter_mut()
            .map(|engine| observables::run_window(engine, &sampling, |_| field))
            .collect();
        let mut seen: CircuitWindow = circuit.observe(&done);
        if window < RELAXATION {
            seen = seen.disconnected();
        } else {
            circuit.advance(&seen, WINDOW as f64 * PUBLISHED_STEP);
        }
        time.push(slits[0].time());
        voltage.push(seen.voltage);
        power.push(seen.power);
    }
    let trace = Trace {
        time: &time,
        voltage: &voltage,
        power: &power,
    };
    neuron::find_spikes(&trace, &RULE)
}

fn slit(plan: &Plan, number: u64, pairs: usize, width: f64) -> FastEngine {
    let slit = Slit {
        length: LENGTH,
        width,
        walls: Walls::Soft { force: WALL_FORCE },
    };
    let start = Stream::named(plan.seed, "validation/spikes/start", number);
    let ions = Ions::at_random(slit, &plan.subject.salt(2, pairs), start);
    let scheme = plan.subject.scheme(ConfinedLog::PUBLISHED, PUBLISHED_STEP);
    let purpose = format!("validation/spikes/noise/{number}");
    FastEngine::new(ions, scheme, plan.seed, &purpose).expect("a closed form")
}

/// The train against the published one: mean interval, its spread, and peak. Too few
/// spikes have none of them, and fail.
fn compare(train: &SpikeTrain) -> Vec<Check> {
    let published = published::SPIKES;
    let volts = Units::at(TEMPERATURE).voltage;
    let counts = [train.intervals as f64, f64::from(published.count) - 1.0];
    let check = |quantity: &str, expected: [f64; 2], got: [f64; 2]| Check {
        quantity: quantity.into(),
        expected: expected[0],
        expected_error: expected[1],
        got: got[0],
        error: got[1],
        law: Law::Normal,
        source: published::LABEL.into(),
        at: None,
    };
    // A standard deviation of n values is known to 1/√(2(n - 1)) of itself.
    let spread_error = |spread: f64, intervals: f64| spread / (2.0 * (intervals - 1.0)).sqrt();
    let interval_error = published.interval * published.spread / counts[1].sqrt();
    // The scatter of the published peaks is not at hand: that of ours is taken.
    let peak_error = volts * train.peak.error * (counts[0] / counts[1]).sqrt();
    vec![
        check(
            "mean interval, µs",
            [published.interval, interval_error],
            [1e-6 * train.interval.mean, 1e-6 * train.interval.error],
        ),
        check(
            "spread of the intervals over their mean",
            [published.spread, spread_error(published.spread, counts[1])],
            [train.spread, spread_error(train.spread, counts[0])],
        ),
        check(
            "peak, V",
            [published.peak, peak_error],
            [volts * train.peak.mean, volts * train.peak.error],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, sound};
    use super::*;
    use bjerrum_physics::neuron::Spike;

    /// Spikes `interval` (µs) apart on average, by turns earlier and later by a fifth
    /// of it, with peaks about `peak` (V).
    fn regular(interval: f64, peak: f64) -> Vec<Check> {
        let volts = Units::at(TEMPERATURE).voltage;
        let mut time = 0.0;
        let spikes: Vec<Spike> = (0..31)
            .map(|k| {
                let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
                time += 1e6 * interval * (1.0 + 0.18 * sign);
                Spike {
                    time,
                    peak: (peak + sign) / volts,
                    width: 1e6,
                    energy: 1.0,
                }
            })
            .collect();
        compare(&train(&[into_columns(&spikes), into_columns(&spikes)]))
    }

    #[test]
    fn the_published_train_passes_and_others_fail() {
        assert_eq!(failures(regular(87.7, 40.6)), []);
        assert_ne!(failures(regular(57.0, 40.6)), []);
        assert_ne!(failures(regular(87.7, 47.0)), []);
        assert_eq!(failures(compare(&neuron::train(&[]))).len(), 3);
    }

    /// A copy a thousandth of the work: it runs, and does not spike in 10 µs.
    #[test]
    fn a_silent_copy_fails() {
        let silent = into_columns(&fire(&sound(0.01), 0));
        assert_eq!(failures(compare(&train(&[silent]))).len(), 3);
    }
}
