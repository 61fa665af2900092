//! The published neuron: two slits, two batteries and a capacitor.

use super::{PUBLISHED_STEP, resumed};
use crate::claim::{
    Check, Claim, Columns, InParts, Keeper, Law, Measurement, Plan, Tier, Underway,
};
use crate::published;
use bjerrum_physics::brownian::{Engine, FastEngine, Ions};
use bjerrum_physics::circuit::{Branch, Circuit, CircuitWindow, Coupling};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::neuron::{self, Spike, SpikeRule, SpikeTrain, Trace};
use bjerrum_physics::noise::Stream;
use bjerrum_physics::observables::{self, Sampling};
use bjerrum_physics::slit::{Slit, Walls};
use bjerrum_physics::statistics;
use bjerrum_physics::units::Units;
use rayon::prelude::*;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "spikes",
    statement: "the published train of spikes could be that of one more copy of the published neuron, simulated at a size and for a time that grow with the effort (in the full tier the published size and half of the time)",
    tier: Tier::Full,
    axes: None,
    remark: "The published trace is one copy, and copies differ by more than the intervals of one do: where ions happen to stand at the start decides for long how many stay free in Na. Some ripple or rest instead of firing, as circuits of fitted devices do (docs/ageing.md, docs/circuits.md): of these only the rate counts. Intervals grow as slits age, and the copies here are half as long as the published one. Cut-off, step and coupling are those of the published run.",
    measurement: Measurement::InParts(InParts {
        count: COPIES,
        measure: |plan, copy, keeper| into_columns(&fire(plan, copy, keeper)),
        judge: |plan, copies| compare(plan, &copies.iter().map(of_columns).collect::<Vec<_>>()),
    }),
};

/// Where ions happen to stand at the start decides for long how many of them are free in
/// Na, so that copies differ more from each other than intervals of one do.
const COPIES: u64 = 8;
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
/// Windows of a run, times the effort: 0.61 ms in the full tier, half of what is published, so
/// that eight copies take some twelve hours of a core. Slits age, and the neuron slows down
/// with them: in one copy of 1.22 ms the intervals grew by a tenth from the first half to the
/// second, less than copies differ.
const WINDOWS: u64 = 1_220;
/// Spikes that make a copy one that fires: two intervals have a spread.
const FIRING: usize = 3;
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

/// What is seen of a copy, window by window.
#[derive(Default)]
struct Seen {
    time: Vec<f64>,
    voltage: Vec<f64>,
    power: Vec<f64>,
    /// Voltage that the next window begins with.
    left_at: Vec<f64>,
}

impl Seen {
    fn to_columns(&self) -> Columns {
        [&self.time, &self.voltage, &self.power, &self.left_at]
            .map(Vec::clone)
            .to_vec()
    }

    /// Nothing if the columns are not these.
    fn of_columns(columns: Columns) -> Option<Self> {
        let [time, voltage, power, left_at] = columns.try_into().ok()?;
        Some(Self {
            time,
            voltage,
            power,
            left_at,
        })
    }
}

/// The spikes of one copy.
fn fire(plan: &Plan, copy: u64, keeper: &dyn Keeper) -> Vec<Spike> {
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
    let mut seen = Seen::default();
    if let Some(left) = keeper.left()
        && let Some(resumed) = resumed(&slits, left.engines)
        && let Some(seen_so_far) = Seen::of_columns(left.seen)
        && let Some(&voltage) = seen_so_far.left_at.last()
    {
        (slits, seen, circuit.voltage) = (resumed, seen_so_far, voltage);
    }
    for window in seen.time.len() as u64..windows(plan) {
        let field = plan.subject.field(circuit.voltage / LENGTH);
        let done: Vec<_> = slits
            .par_iter_mut()
            .map(|engine| observables::run_window(engine, &sampling, |_| field))
            .collect();
        let mut of_window: CircuitWindow = circuit.observe(&done);
        if window < RELAXATION {
            of_window = of_window.disconnected();
        } else {
            circuit.advance(&of_window, WINDOW as f64 * PUBLISHED_STEP);
        }
        seen.time.push(slits[0].time());
        seen.voltage.push(of_window.voltage);
        seen.power.push(of_window.power);
        seen.left_at.push(circuit.voltage);
        keeper.offer(&|| Underway {
            engines: slits.iter().map(Engine::state).collect(),
            seen: seen.to_columns(),
        });
    }
    let trace = Trace {
        time: &seen.time,
        voltage: &seen.voltage,
        power: &seen.power,
    };
    neuron::find_spikes(&trace, &RULE)
}

/// Windows of a copy.
fn windows(plan: &Plan) -> u64 {
    plan.scaled(WINDOWS, 200)
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

/// The copies against the published one, which is a copy too: the errors are those of one
/// more copy, s √(1 + 1/n), with n - 1 degrees of freedom. The rate is that of all copies;
/// one that ripples or rests has no intervals, and the rest is of those that fire. With
/// fewer than two of them a quantity is NaN, and fails.
fn compare(plan: &Plan, copies: &[Vec<Spike>]) -> Vec<Check> {
    let published = published::SPIKES;
    let milliseconds = 1e-9 * windows(plan) as f64 * WINDOW as f64 * PUBLISHED_STEP;
    let volts = Units::at(TEMPERATURE).voltage;
    let all: Vec<SpikeTrain> = copies.iter().map(|s| neuron::train(s)).collect();
    let firing: Vec<SpikeTrain> = all.iter().filter(|t| t.count >= FIRING).copied().collect();
    let intervals: usize = firing.iter().map(|t| t.count - 1).sum();
    let (some, of) = (firing.len(), all.len());
    vec![
        against_one_more(
            "spikes of a copy in a millisecond".into(),
            f64::from(published.count) / published.duration,
            all.iter().map(|t| t.count as f64 / milliseconds),
        ),
        against_one_more(
            format!("mean interval of a copy, µs ({intervals} in the {some} of {of} that fire)"),
            published.interval,
            firing.iter().map(|t| 1e-6 * t.interval.mean),
        ),
        against_one_more(
            "spread of its intervals over their mean".into(),
            published.spread,
            firing.iter().map(|t| t.spread),
        ),
        against_one_more(
            "mean of its peaks, V".into(),
            published.peak,
            firing.iter().map(|t| volts * t.peak.mean),
        ),
    ]
}

/// A quantity of one published copy against that of copies here.
fn against_one_more(quantity: String, expected: f64, copies: impl Iterator<Item = f64>) -> Check {
    let copies: Vec<f64> = copies.collect();
    let got = statistics::independent(&copies);
    let n = copies.len() as f64;
    Check {
        quantity,
        expected,
        expected_error: 0.0,
        got: got.mean,
        error: got.error * (n + 1.0).sqrt(),
        law: Law::Student { degrees: n - 1.0 },
        source: published::LABEL.into(),
        at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_goes_on, failures, sound};
    use super::*;
    use crate::claim::Unkept;
    use bjerrum_physics::neuron::Spike;

    /// Twice the time of the full tier, that of the published trace.
    const EFFORT: f64 = 20.0;

    /// Copies of 1.22 ms whose spikes are on average `interval` (µs) apart, by turns earlier
    /// and later by a fifth, with peaks about `peak` (V), and which differ by a percent.
    fn copies(interval: f64, peak: f64) -> Vec<Vec<Spike>> {
        let volts = Units::at(TEMPERATURE).voltage;
        let copy = |factor: f64| -> Vec<Spike> {
            let mut time = 0.0;
            (0..)
                .map(|k| {
                    let sign = if k % 2 == 0 { factor } else { -factor };
                    time += 1e6 * interval * factor * (1.0 + 0.18 * sign);
                    Spike {
                        time,
                        peak: (peak * factor + sign) / volts,
                        width: 1e6,
                        energy: 1.0,
                    }
                })
                .take_while(|spike| spike.time < 1.22e9)
                .collect()
        };
        [0.99, 0.997, 1.003, 1.01].map(copy).to_vec()
    }

    #[test]
    fn the_published_train_passes_and_others_fail() {
        let failures = |copies: &[Vec<Spike>]| failures(compare(&sound(EFFORT), copies));
        assert_eq!(failures(&copies(87.7, 40.6)), []);
        assert_ne!(failures(&copies(57.0, 40.6)), []);
        assert_ne!(failures(&copies(87.7, 52.0)), []);
        assert_eq!(failures(&[vec![], vec![], vec![], vec![]]).len(), 4);
    }

    /// A copy that does not fire counts in the rate, and is told.
    #[test]
    fn a_copy_that_rests_has_a_rate_and_no_intervals() {
        let plan = sound(EFFORT);
        let mut copies = copies(87.7, 40.6);
        let before = compare(&plan, &copies);
        copies.push(vec![]);
        let after = compare(&plan, &copies);
        assert!((after[0].got - 0.8 * before[0].got).abs() < 1e-12);
        assert!(after[1].quantity.ends_with("in the 4 of 5 that fire)"));
        assert_eq!(after[1].got, before[1].got);
    }

    #[test]
    fn spikes_come_back_from_their_columns() {
        let spikes = &copies(87.7, 40.6)[0];
        assert_eq!(&of_columns(&into_columns(spikes)), spikes);
    }

    #[test]
    fn a_copy_goes_on_from_where_it_was_left() {
        assert_goes_on(|keeper| {
            fire(&sound(0.01), 0, keeper);
        });
    }

    /// A copy a thousandth of the work: it runs, and does not spike in 10 µs.
    #[test]
    fn a_silent_copy_fails() {
        let plan = sound(0.01);
        let silent = fire(&plan, 0, &Unkept);
        assert_eq!(failures(compare(&plan, &[silent.clone(), silent])).len(), 4);
    }
}
