//! Two ions in equilibrium.

use super::periodic_square;
use crate::claim::{Check, Claim, Law, Measurement, Plan, Tier};
use bjerrum_physics::brownian::{Engine, Ions, PlainEngine};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::noise::Stream;
use bjerrum_physics::statistics;
use bjerrum_physics::theory::PairBoltzmann;
use rayon::prelude::*;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "boltzmann",
    statement: "two monovalent ions at a converged step are distributed as Boltzmann's exp(-U/kT)",
    tier: Tier::Quick,
    axes: None,
    remark: "The step of 0.1 ps is not small enough to be without a trace: the cusp of U at r = 0 allows an order of a half, which leaves up to 1 % in P(r < 4 Å) and 0.03 Å in ⟨r⟩.",
    measurement: Measurement::AtOnce(run),
};

/// The published interaction with a contact distance of 4 Å, which a step of
/// 0.1 ps resolves, cut at 100 Å: in a smaller box the ions meet and part more
/// often, and the law is the same.
const INTERACTION: ConfinedLog = ConfinedLog {
    contact: 4.0,
    cutoff: 100.0,
    ..ConfinedLog::PUBLISHED
};
/// Side of the periodic box, Å.
const SIDE: f64 = 240.0;
/// Time step, ps. At 0.8 ps P(r < 4 Å) comes out 2.8 ± 0.7 % too low and ⟨r⟩
/// 0.07 ± 0.01 Å too large. The cusp of U at r = 0 allows an order of a half,
/// which leaves 1 % and 0.03 Å at 0.1 ps: less than the errors of the quick tier,
/// and two of those of the full one.
const STEP: f64 = 0.1;
/// Copies in the quick tier: the error of their mean is known to 6 %.
const COPIES: u64 = 128;
/// Steps of a copy: 0.6 µs.
const STEPS: u64 = 6_000_000;
/// Steps discarded at the start: 0.1 µs, twelve times the 8 ns over which the
/// scatter between copies shows P(r < 30 Å) to be correlated.
const DISCARDED: u64 = 1_000_000;
/// Steps between samples.
const EVERY: u64 = 10;
/// Distances within which the ions are looked for, Å.
const DISTANCES: [f64; 5] = [4.0, 10.0, 30.0, 80.0, 120.0];
/// Which of them bounds the mean distance.
const NEAR: usize = 2;

fn run(plan: &Plan) -> Vec<Check> {
    let copies: Vec<Occupation> = (0..plan.scaled(COPIES, 16))
        .into_par_iter()
        .map(|copy| follow(plan, copy))
        .collect();
    let theory = PairBoltzmann {
        interaction: INTERACTION,
        zz: -1.0,
        side: SIDE,
    };
    let mut checks = Vec::new();
    for (k, r) in DISTANCES.into_iter().enumerate() {
        checks.push(compare(
            format!("P(r < {r} Å)"),
            theory.within(r),
            copies.iter().map(|copy| copy.within[k]),
        ));
    }
    let near = DISTANCES[NEAR];
    checks.push(compare(
        format!("⟨r⟩ while r < {near} Å, Å"),
        theory.mean_distance_within(near),
        mean_distances(&copies),
    ));
    checks
}

/// The mean distance below [`DISTANCES`]`[NEAR]` over all copies, and about it each copy's
/// share of its scatter. A copy pairs some 60 times, so that the mean of the ratios of
/// copies would be biased by more than its error: this is the ratio of their sums,
/// linearised.
fn mean_distances(copies: &[Occupation]) -> impl Iterator<Item = f64> {
    let distance: f64 = copies.iter().map(|copy| copy.distance).sum();
    let within: f64 = copies.iter().map(|copy| copy.within[NEAR]).sum();
    let (ratio, share) = (distance / within, within / copies.len() as f64);
    copies
        .iter()
        .map(move |copy| ratio + (copy.distance - ratio * copy.within[NEAR]) / share)
}

/// Where the pair was found in one copy.
struct Occupation {
    /// Fraction of samples within each of [`DISTANCES`].
    within: [f64; DISTANCES.len()],
    /// Sum of the distances below `DISTANCES[NEAR]` over the number of all samples, Å.
    distance: f64,
}

fn follow(plan: &Plan, copy: u64) -> Occupation {
    let ions = Ions::at_random(
        periodic_square(SIDE),
        &plan.subject.salt(1, 1),
        Stream::named(plan.seed, "validation/boltzmann/start", copy),
    );
    let scheme = plan.subject.scheme(INTERACTION, STEP);
    let noise = Stream::named(plan.seed, "validation/boltzmann/noise", copy);
    let mut engine = PlainEngine::new(ions, scheme, noise).expect("a closed form");
    let mut moved = [0.0, 0.0];
    for _ in 0..DISCARDED {
        engine.step(0.0, &mut moved);
    }
    let mut within = [0.0; DISTANCES.len()];
    let mut sum = 0.0;
    for step in 1..=STEPS {
        engine.step(0.0, &mut moved);
        if step % EVERY != 0 {
            continue;
        }
        let r = distance(&engine);
        for (count, limit) in within.iter_mut().zip(DISTANCES) {
            *count += f64::from(u8::from(r < limit));
        }
        if r < DISTANCES[NEAR] {
            sum += r;
        }
    }
    let samples = (STEPS / EVERY) as f64;
    Occupation {
        within: within.map(|count| count / samples),
        distance: sum / samples,
    }
}

/// Distance of the nearest images, Å.
fn distance(engine: &PlainEngine) -> f64 {
    let (a, b) = (engine.ions().positions()[0], engine.ions().positions()[1]);
    let nearest = |d: f64| d - SIDE * (d / SIDE).round();
    nearest(a[0] - b[0]).hypot(nearest(a[1] - b[1]))
}

/// The mean over copies, with the scatter between copies as its error.
fn compare(quantity: String, expected: f64, values: impl Iterator<Item = f64>) -> Check {
    let values: Vec<f64> = values.collect();
    let mean = statistics::independent(&values);
    Check {
        quantity,
        expected,
        expected_error: 0.0,
        got: mean.mean,
        error: mean.error,
        law: Law::Student {
            degrees: values.len() as f64 - 1.0,
        },
        source: "Boltzmann distribution".into(),
        at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    #[test]
    fn wrong_forces_and_wrong_noise_are_found() {
        // The least number of copies, 16.
        assert_eq!(failures(run(&sound(0.0))), []);
        for fault in [
            Fault::PairForce(-1.0),
            Fault::PairForce(1.3),
            Fault::NoiseVariance(1.3),
        ] {
            assert_ne!(failures(run(&faulty(0.0, fault))), [], "{fault:?}");
        }
    }
}
