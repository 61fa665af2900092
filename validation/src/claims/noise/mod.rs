//! The noise: moments, tails to 6σ, and correlations.
//!
//! One outlier in 1.7e7 draws doubles the free fraction at low field while mean
//! and variance look right: rare, large kicks are what frees a pair. So draws
//! beyond 6σ are counted; 1e9 of them expect two.

mod lanes;
mod streams;

use crate::claim::{Check, Claim, Law, Measurement, Plan, Tier};
use bjerrum_physics::theory::{normal_moment, normal_tail};

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "noise",
    statement: "the noise is normal to 6σ, and uncorrelated within a stream and between streams, in scalar streams and in lanes",
    tier: Tier::Quick,
    axes: None,
    remark: "",
    measurement: Measurement::AtOnce(run),
};

/// Moments compared.
const MOMENTS: [u32; 6] = [1, 2, 3, 4, 6, 8];
/// Tails counted, in σ, both sides together.
const TAILS: [f64; 4] = [3.0, 4.0, 5.0, 6.0];

fn run(plan: &Plan) -> Vec<Check> {
    let mut checks = streams::run(plan);
    checks.extend(lanes::run(plan));
    checks
}

/// From Σ x^k for each of [`MOMENTS`] and the draws beyond each of [`TAILS`].
fn moments_and_tails(
    powers: [f64; MOMENTS.len()],
    beyond: [u64; TAILS.len()],
    count: f64,
) -> Vec<Check> {
    let moments = MOMENTS.into_iter().zip(powers);
    let moments = moments.map(|(order, sum)| moment(order, sum, count));
    let tails = TAILS.into_iter().zip(beyond);
    let tails = tails.map(|(sigma, beyond)| tail(sigma, beyond, count));
    moments.chain(tails).collect()
}

/// ⟨x^k⟩; the variance of x^k is ⟨x^2k⟩ - ⟨x^k⟩².
fn moment(order: u32, sum: f64, count: f64) -> Check {
    let expected = normal_moment(order);
    let variance = normal_moment(2 * order) - expected * expected;
    Check {
        quantity: format!("⟨x^{order}⟩"),
        expected,
        expected_error: 0.0,
        got: sum / count,
        error: (variance / count).sqrt(),
        law: Law::Normal,
        source: "moments of the normal law".into(),
        at: None,
    }
}

/// Number of draws beyond ±`sigma`.
fn tail(sigma: f64, beyond: u64, count: f64) -> Check {
    let expected = 2.0 * normal_tail(sigma) * count;
    Check {
        quantity: format!("draws beyond ±{sigma} σ of {count:.1e}"),
        expected,
        expected_error: 0.0,
        got: beyond as f64,
        error: expected.sqrt(),
        law: Law::Poisson,
        source: "erfc(x/√2)".into(),
        at: None,
    }
}

/// A mean product that should vanish; each term has variance 1.
fn correlation(quantity: String, sum: f64, count: f64) -> Check {
    Check {
        quantity,
        expected: 0.0,
        expected_error: 0.0,
        got: sum / count,
        error: 1.0 / count.sqrt(),
        law: Law::Normal,
        source: "independence".into(),
        at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    type Half = fn(&Plan) -> Vec<Check>;

    const HALVES: [Half; 2] = [streams::run, lanes::run];

    /// What fails of one half of the claim.
    pub fn failed(half: Half, effort: f64, fault: Fault) -> Vec<String> {
        failures(half(&faulty(effort, fault)))
            .into_iter()
            .map(|check| check.quantity.replace("lanes: ", ""))
            .collect()
    }

    #[test]
    fn sound_noise_passes() {
        for half in HALVES {
            assert_eq!(failures(half(&sound(0.1))), []);
        }
    }

    /// One outlier of 6.5σ in 1.7e7 draws: every moment looks right, the tail not.
    #[test]
    fn a_rare_outlier_is_found_in_the_tail_alone() {
        let fault = Fault::Outlier {
            every: 17_000_000,
            size: 6.5,
        };
        for half in HALVES {
            assert_eq!(failed(half, 0.3, fault), ["draws beyond ±6 σ of 3.0e8"]);
        }
    }

    #[test]
    fn clipped_tails_are_found() {
        for half in HALVES {
            let found = failed(half, 0.1, Fault::ClippedNoise(5.0));
            assert_eq!(found, ["draws beyond ±5 σ of 1.0e8"]);
        }
    }

    #[test]
    fn a_wrong_variance_is_found() {
        for half in HALVES {
            let found = failed(half, 0.01, Fault::NoiseVariance(1.01));
            assert!(found.contains(&"⟨x^2⟩".to_string()));
        }
    }
}
