//! How long a pair lives under a field: from a fixed separation to the cut-off.
//!
//! Escape at low field is the work of rare, large kicks, and takes very many
//! steps. It is the most sensitive quantity there is.

use super::{Kind, PHYSICAL, PUBLISHED, Preset, compare};
use crate::claim::{Check, Law, Plan};
use crate::claims::periodic_square;
use bjerrum_physics::brownian::{Engine, Ions};
use rayon::prelude::*;

/// Side of the periodic box, Å: the ions of an escaped pair are still nearest
/// to each other across no edge.
const SIDE: f64 = 3000.0;
/// Where the pair starts, along the field, Å.
const START: f64 = 10.0;
/// Where it has escaped, Å: no force beyond.
const ESCAPED: f64 = 200.0;

/// One pair under one field.
#[derive(Clone, Copy, Debug)]
struct Case {
    preset: Preset,
    /// Force on either ion, kT/Å: zE.
    pull: f64,
    /// Steps from one look at the pair to the next.
    every: usize,
    /// Looks after which it counts as escaped: thirty lifetimes.
    looks: u64,
    /// Escapes in the quick tier, of either engine.
    escapes: u64,
}

/// Lifetimes: 27 ns and 6 µs at the published preset, 21 ns and 0.15 µs at the
/// physical one. Lower fields of the latter would take minutes a pair.
const CASES: [Case; 4] = [
    Case {
        preset: PUBLISHED,
        pull: 0.4,
        every: 50,
        looks: 3200,
        escapes: 2000,
    },
    Case {
        preset: PUBLISHED,
        pull: 0.15,
        every: 1000,
        looks: 36_000,
        escapes: 128,
    },
    Case {
        preset: PHYSICAL,
        pull: 0.4,
        every: 1000,
        looks: 3200,
        escapes: 512,
    },
    Case {
        preset: PHYSICAL,
        pull: 0.3,
        every: 1000,
        looks: 24_000,
        escapes: 96,
    },
];

pub fn run(plan: &Plan) -> Vec<Check> {
    let checks = CASES.iter().map(|case| checks(plan, case));
    checks.flatten().collect()
}

/// The mean and the distribution of the escape times of one case.
fn checks(plan: &Plan, case: &Case) -> Vec<Check> {
    let escapes = plan.scaled(case.escapes, 8);
    let times: Vec<[f64; 2]> = (0..escapes)
        .into_par_iter()
        .map(|copy| Kind::BOTH.map(|kind| escape_time(plan, case, kind, copy)))
        .collect();
    let of_kind = |kind: usize| -> Vec<f64> { times.iter().map(|pair| pair[kind]).collect() };
    let [plain, fast] = [0, 1].map(of_kind);
    let name = format!("{}, zE = {} kT/Å", case.preset.name, case.pull);
    let values = [escapes as f64; 2];
    vec![
        compare(
            format!("{name}: escape time of {escapes} pairs, ns"),
            &plain,
            &fast,
        ),
        Check {
            quantity: format!("{name}: distance of the escape-time distributions"),
            expected: 0.0,
            expected_error: 0.0,
            got: distance(plain, fast),
            error: 0.0,
            law: Law::Kolmogorov { values },
            source: "plain engine".into(),
            at: None,
        },
    ]
}

/// Time after which one pair is first seen apart, ns.
fn escape_time(plan: &Plan, case: &Case, kind: Kind, copy: u64) -> f64 {
    let subject = kind.subject(plan);
    let middle = 0.5 * SIDE;
    let at = [[middle + START, 0.0], [middle, 0.0]].to_vec();
    let ions = Ions::at(periodic_square(SIDE), &subject.salt(2, 1), at);
    let scheme = subject.scheme(case.preset.interaction, case.preset.step);
    let of = format!("escape/{}/{}", case.preset.name, case.pull);
    let mut engine = kind.engine(ions, scheme, plan.seed, &of, copy);
    let fields = vec![subject.field(0.5 * case.pull); case.every];
    let mut moved = [0.0, 0.0];
    let mut looks = 0;
    while looks < case.looks && separation(&*engine) < ESCAPED {
        engine.advance(&fields, &mut moved);
        looks += 1;
    }
    1e-3 * (looks * case.every as u64) as f64 * case.preset.step
}

fn separation(engine: &dyn Engine) -> f64 {
    let positions = engine.ions().positions();
    let nearest = |d: f64| d - SIDE * (d / SIDE).round();
    nearest(positions[0][0] - positions[1][0]).hypot(nearest(positions[0][1] - positions[1][1]))
}

/// The largest distance between the empirical distributions of two samples.
fn distance(mut one: Vec<f64>, mut other: Vec<f64>) -> f64 {
    one.sort_unstable_by(f64::total_cmp);
    other.sort_unstable_by(f64::total_cmp);
    let share = |sample: &[f64], x| {
        let below = sample.partition_point(|&value| value <= x);
        below as f64 / sample.len() as f64
    };
    let everywhere = one.iter().chain(&other);
    everywhere
        .map(|&x| (share(&one, x) - share(&other, x)).abs())
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    #[test]
    fn distance_of_two_small_samples() {
        assert_eq!(distance(vec![1.0, 2.0], vec![1.0, 2.0]), 0.0);
        assert_eq!(distance(vec![3.0, 1.0, 2.0, 2.0], vec![5.0, 2.5]), 0.75);
    }

    /// The well is shallower, and the lifetime a third or a quarter shorter.
    #[test]
    fn a_weaker_coupling_and_a_larger_contact_distance_are_found() {
        let case = &CASES[2];
        assert_eq!(failures(checks(&sound(1.0), case)), []);
        for fault in [Fault::PairForce(0.95), Fault::Contact(1.1)] {
            let found = failures(checks(&faulty(1.0, fault), case));
            assert_eq!(found.len(), 2, "{fault:?}");
        }
    }
}
