//! Monovalent ions do not pair: the slit is ohmic.

use super::{PUBLISHED_STEP, published_density, window_current};
use crate::claim::{Check, Claim, Law, Measurement, Plan, Tier};
use crate::published;
use crate::subject::nominal_salt;
use bjerrum_physics::brownian::{FastEngine, Ions};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::noise::Stream;
use bjerrum_physics::{statistics, theory};
use rayon::prelude::*;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "ohmic",
    statement: "at z = 1 the published slit is ohmic, a few per cent below free ions",
    tier: Tier::Quick,
    axes: None,
    remark: "No error of the published number is stated; two units of its last digit are taken.",
    measurement: Measurement::AtOnce(run),
};

/// Pairs of ions in a copy.
const PAIRS: usize = 250;
/// Copies.
const COPIES: u64 = 8;
/// Steps to relax from random positions: 0.25 µs.
const RELAXATION: u64 = 50_000;
/// Steps measured in the quick tier: 0.5 µs a copy.
const STEPS: u64 = 100_000;

fn run(plan: &Plan) -> Vec<Check> {
    let slit = published_density(PAIRS);
    let published = published::OHMIC;
    let free = theory::nernst_einstein_conductance(&nominal_salt(1, PAIRS), slit.length)
        * published.field
        * slit.length;
    let ratios: Vec<f64> = (0..COPIES)
        .into_par_iter()
        .map(|copy| {
            let ions = Ions::at_random(
                slit,
                &plan.subject.salt(1, PAIRS),
                Stream::named(plan.seed, "validation/ohmic/start", copy),
            );
            let scheme = plan.subject.scheme(ConfinedLog::PUBLISHED, PUBLISHED_STEP);
            let mut engine = FastEngine::new(
                ions,
                scheme,
                plan.seed,
                &format!("{}/{copy}", "validation/ohmic/noise"),
            )
            .expect("a closed form");
            let field = plan.subject.field(published.field);
            window_current(&mut engine, RELAXATION, |_| field);
            window_current(&mut engine, plan.scaled(STEPS, 1000), |_| field) / free
        })
        .collect();
    let got = statistics::independent(&ratios);
    vec![Check {
        quantity: format!("I/I_free at z = 1, E = {} kT/(e·Å)", published.field),
        expected: published.ratio,
        expected_error: published.ratio_error,
        got: got.mean,
        error: got.error,
        law: Law::Student {
            degrees: ratios.len() as f64 - 1.0,
        },
        source: published::LABEL.into(),
        at: None,
    }]
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    #[test]
    fn wrong_mobility_and_coupling_are_found() {
        assert_eq!(failures(run(&sound(0.1))), []);
        for fault in [Fault::Diffusion(1.03), Fault::PairForce(2.0)] {
            assert_eq!(failures(run(&faulty(0.1, fault))).len(), 1, "{fault:?}");
        }
    }
}
