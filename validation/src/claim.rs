//! What a claim is, what it checks, and when a check passes.

use crate::published;
use crate::subject::Subject;
use bjerrum_physics::brownian::EngineState;
use serde::{Deserialize, Deserializer, Serialize};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use statrs::function::gamma::{gamma_lr, gamma_ur};

/// How a deviation is judged.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Law {
    /// Normal errors of known size: z = (got - expected)/√(error² + expected_error²).
    Normal,
    /// The error of `got` is itself estimated, with this many degrees of
    /// freedom: Student's t, given as the z of equal two-sided probability.
    Student {
        /// Degrees of freedom of the error of `got`.
        degrees: f64,
    },
    /// Both errors are estimated, with these many degrees of freedom (of the
    /// expected value, of `got`): Welch's t, likewise.
    Welch {
        /// Degrees of freedom of either error.
        degrees: [f64; 2],
    },
    /// `got` is the largest distance of two empirical distributions, of this
    /// many values each: the probability of Kolmogorov and Smirnov, likewise.
    Kolmogorov {
        /// Values of either sample.
        values: [f64; 2],
    },
    /// `got` is a count with this exact mean: two-sided Poisson probability,
    /// given as the z of equal probability.
    Poisson,
    /// `got` must lie above the expected value by so many errors, of both: what theory
    /// gives the sign of and not the size.
    Above {
        /// Standard errors.
        errors: f64,
    },
    /// No chance involved: |got - expected| may not exceed this.
    Within {
        /// Absolute tolerance, in the unit of the quantity.
        tolerance: f64,
    },
}

/// One number expected and got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What is compared, with its unit.
    pub quantity: String,
    /// The value theory or publication gives.
    #[serde(deserialize_with = "number")]
    pub expected: f64,
    /// Its standard error; 0 for exact results.
    #[serde(deserialize_with = "number")]
    pub expected_error: f64,
    /// The value measured here.
    #[serde(deserialize_with = "number")]
    pub got: f64,
    /// Its standard error; 0 for deterministic checks.
    #[serde(deserialize_with = "number")]
    pub error: f64,
    /// How the difference is judged.
    pub law: Law,
    /// Where the expected value comes from.
    pub source: String,
    /// Where it stands in the figure of its claim, if there is one.
    pub at: Option<Place>,
}

/// JSON has no form for what is not a number, and writes null.
fn number<'de, D: Deserializer<'de>>(text: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(text)?.unwrap_or(f64::NAN))
}

/// A point of a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The curve it belongs to.
    pub curve: String,
    /// Where along the horizontal axis.
    pub x: f64,
}

/// The axes of the figure of a claim, with units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axes {
    /// Along.
    pub x: &'static str,
    /// Up.
    pub y: &'static str,
    /// Whether values span decades.
    pub logarithmic: bool,
}

impl Check {
    /// Deviation as a normal score; `None` where no chance is involved, or no value is
    /// expected but a sign.
    ///
    /// Not a number (a measurement that failed) stays not a number, which no
    /// limit lets pass.
    #[must_use]
    pub fn z(&self) -> Option<f64> {
        let error = self.error.hypot(self.expected_error);
        let score = (self.got - self.expected) / error;
        match self.law {
            Law::Normal => Some(score),
            Law::Student { degrees } => {
                // Welch–Satterthwaite: the expected error is taken as known.
                Some(score_of_t(score, degrees * (error / self.error).powi(4)))
            }
            Law::Welch { degrees } => {
                let parts = [self.expected_error / error, self.error / error];
                let inverse = parts[0].powi(4) / degrees[0] + parts[1].powi(4) / degrees[1];
                Some(score_of_t(score, 1.0 / inverse))
            }
            Law::Kolmogorov { values } => Some(score_of_distance(self.got, values)),
            Law::Poisson => Some(score_of_count(self.got, self.expected)),
            Law::Above { .. } | Law::Within { .. } => None,
        }
    }

    /// Whether the expected value was published, and is no consequence of theory.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.source == published::LABEL
    }

    /// Whether the check passes: |z| ≤ `limit`, or the stated tolerance.
    #[must_use]
    pub fn verdict(&self, limit: f64) -> Verdict {
        let pass = match (self.law, self.z()) {
            (Law::Within { tolerance }, _) => (self.got - self.expected).abs() <= tolerance,
            (Law::Above { errors }, _) => {
                self.got - self.expected >= errors * self.error.hypot(self.expected_error)
            }
            (_, Some(z)) => z.abs() <= limit,
            (_, None) => false,
        };
        if pass { Verdict::Pass } else { Verdict::Fail }
    }
}

/// Pass or fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// Got agrees with expected.
    Pass,
    /// It does not.
    Fail,
}

impl Verdict {
    /// The word in a report.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "FAIL",
        }
    }
}

/// A statement about the engine and the measurement that can refute it.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Short name, as on the command line.
    pub name: &'static str,
    /// The statement.
    pub statement: &'static str,
    /// The smallest tier that measures it.
    pub tier: Tier,
    /// Of the figure that shows its checks, where they make one.
    pub axes: Option<Axes>,
    /// What whoever reads its numbers should know, and what explains a departure from theory
    /// or the published record; empty where there is nothing to say.
    pub remark: &'static str,
    /// How it is measured.
    pub measurement: Measurement,
}

/// How a claim is measured.
#[derive(Clone, Copy, Debug)]
pub enum Measurement {
    /// At one go.
    AtOnce(fn(&Plan) -> Vec<Check>),
    /// In parts, each of them long and worth keeping.
    InParts(InParts),
}

/// A measurement in parts that need nothing of each other.
#[derive(Clone, Copy, Debug)]
pub struct InParts {
    /// How many.
    pub count: u64,
    /// Measures one of them, from where the keeper has it.
    pub measure: fn(&Plan, u64, &dyn Keeper) -> Columns,
    /// Compares what all of them measured.
    pub judge: fn(&Plan, &[Columns]) -> Vec<Check>,
}

/// Where a part stands while it is measured: enough to go on with it, to the bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Underway {
    /// Its engines.
    pub engines: Vec<EngineState>,
    /// What it has seen so far, as its claim says.
    pub seen: Columns,
}

/// Keeps a part while it is measured, so that hours of it are not lost.
pub trait Keeper: Sync {
    /// Where the part was left, if it was begun before.
    fn left(&self) -> Option<Underway>;

    /// Offers where the part stands, whenever it can be left; what is kept of that is the
    /// keeper's to say.
    fn offer(&self, underway: &dyn Fn() -> Underway);
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unkept;

impl Keeper for Unkept {
    fn left(&self) -> Option<Underway> {
        None
    }

    fn offer(&self, _: &dyn Fn() -> Underway) {}
}

/// What a part measured: as many series as its claim says, in its order and units.
pub type Columns = Vec<Vec<f64>>;

/// How much is spent on a validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tier {
    /// Minutes on two cores; what continuous integration runs.
    Quick,
    /// Ten times the statistics, and what takes hours: a long night.
    Full,
}

/// What is run: how much of it, with which seed, on what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// Statistics relative to the quick tier.
    pub effort: f64,
    /// Master seed of every stream.
    pub seed: u64,
    /// The engine under test.
    pub subject: Subject,
}

impl Plan {
    /// Master seed of the published reports.
    pub const SEED: u64 = 20_210_806;

    /// The plan of a tier, on the sound engine.
    #[must_use]
    pub fn of(tier: Tier) -> Self {
        Self {
            effort: match tier {
                Tier::Quick => 1.0,
                Tier::Full => 10.0,
            },
            seed: Self::SEED,
            subject: Subject::Sound,
        }
    }

    /// `size` of the quick tier scaled by the effort, at least `least`.
    #[must_use]
    pub fn scaled(&self, size: u64, least: u64) -> u64 {
        ((size as f64 * self.effort).round() as u64).max(least)
    }
}

/// Largest |z| that passes when `checks` of them are made and a sound engine is
/// to be refused with probability `false_alarm` in all.
///
/// Šidák's correction, α₁ = 1 - (1 - α)^(1/m), J. Am. Stat. Assoc. 62, 626
/// (1967), <https://doi.org/10.1080/01621459.1967.10482935>. Conservative for
/// correlated checks (neighbouring moments, nested tails).
#[must_use]
pub fn score_limit(checks: usize, false_alarm: f64) -> f64 {
    let each = -((-false_alarm).ln_1p() / checks.max(1) as f64).exp_m1();
    -Normal::standard().inverse_cdf(0.5 * each)
}

/// The normal score beyond which lies as much as beyond `t` in Student's
/// distribution.
fn score_of_t(t: f64, degrees: f64) -> f64 {
    if t.is_nan() || degrees.is_nan() {
        return f64::NAN;
    }
    // Beyond a thousand degrees the two agree to 1e-3 of the score.
    if degrees > 1000.0 {
        return t;
    }
    let student = StudentsT::new(0.0, 1.0, degrees).expect("at least one degree of freedom");
    t.signum() * score_of_tail(student.cdf(-t.abs()))
}

/// The normal score of the Kolmogorov–Smirnov distance of two samples.
///
/// Q(λ) = 2 Σ (-1)^(k-1) exp(-2 k² λ²), λ = (√n + 0.12 + 0.11/√n) D with
/// 1/n = 1/n₁ + 1/n₂: Stephens, J. R. Stat. Soc. B 32, 115 (1970),
/// <https://doi.org/10.1111/j.2517-6161.1970.tb00821.x>.
fn score_of_distance(distance: f64, values: [f64; 2]) -> f64 {
    if distance.is_nan() {
        return f64::NAN;
    }
    let root = (values[0] * values[1] / (values[0] + values[1])).sqrt();
    let lambda = (root + 0.12 + 0.11 / root) * distance;
    // Below, Q differs from 1 by less than 1e-5 and the series needs many terms.
    if lambda < 0.3 {
        return 0.0;
    }
    let term = |k: i32| (-2.0 * f64::from(k * k) * lambda * lambda).exp();
    // Two-sided: half of Q on either side. Summed pair by pair.
    let half: f64 = (1..=10).map(|k| term(2 * k - 1) - term(2 * k)).sum();
    score_of_tail(half)
}

/// The normal score of a Poisson count with the given mean, two-sided.
///
/// P(X ≤ k) = Q(k + 1, λ) and P(X ≥ k) = P(k, λ), the incomplete gamma
/// functions (Abramowitz & Stegun 26.4.21). The smaller one is doubled. Above a
/// mean of 1e5, where skewness shifts a score by less than 0.01, the score is
/// (k - λ)/√λ.
fn score_of_count(count: f64, mean: f64) -> f64 {
    if mean > 1e5 {
        return (count - mean) / mean.sqrt();
    }
    let at_most = gamma_ur(count + 1.0, mean);
    let at_least = if count == 0.0 {
        1.0
    } else {
        gamma_lr(count, mean)
    };
    if at_least < at_most {
        score_of_tail(at_least)
    } else {
        -score_of_tail(at_most)
    }
}

/// x ≥ 0 with one-sided normal tail `tail`; zero for tails of a half or more.
fn score_of_tail(tail: f64) -> f64 {
    // A tail that underflows still has a score: the largest the table holds.
    let tail = tail.clamp(f64::MIN_POSITIVE, 0.5);
    -Normal::standard().inverse_cdf(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bjerrum_physics::theory::normal_tail;

    fn check(law: Law, expected: f64, got: f64, error: f64) -> Check {
        Check {
            quantity: "x".into(),
            expected,
            expected_error: 0.0,
            got,
            error,
            law,
            source: "test".into(),
            at: None,
        }
    }

    #[test]
    fn limit_grows_with_the_number_of_checks() {
        // One check at 1e-3, two-sided: 3.2905 (any table of the normal law).
        assert!((score_limit(1, 1e-3) - 3.2905).abs() < 1e-4);
        // Fifty: 1 - (0.999)^(1/50) = 2.0010e-5, two-sided.
        let tail = normal_tail(score_limit(50, 1e-3));
        assert!((2.0 * tail / 2.001e-5 - 1.0).abs() < 1e-3, "{tail}");
    }

    /// Quantiles of Student's t from any table: t(0.975; 7) = 2.3646.
    #[test]
    fn student_scores_are_milder_than_normal_ones() {
        let z = check(Law::Student { degrees: 7.0 }, 0.0, 2.3646, 1.0).z();
        assert!((z.unwrap() - 1.95996).abs() < 1e-3, "{z:?}");
        let z = check(Law::Student { degrees: 7.0 }, 0.0, -2.3646, 1.0).z();
        assert!((z.unwrap() + 1.95996).abs() < 1e-3, "{z:?}");
    }

    /// Two samples of eight with equal errors: 14 degrees of freedom, of which
    /// any table has t(0.975; 14) = 2.1448.
    #[test]
    fn two_estimated_errors_add_their_degrees() {
        let law = Law::Welch {
            degrees: [7.0, 7.0],
        };
        let mut check = check(law, 0.0, 2.1448, 0.5f64.sqrt());
        check.expected_error = check.error;
        let z = check.z().unwrap();
        assert!((z - 1.95996).abs() < 1e-3, "{z}");
    }

    /// Kolmogorov's distribution: Q(1.3581) = 0.05, Q(1.9495) = 0.001.
    #[test]
    fn distributions_are_judged_by_kolmogorov() {
        let law = Law::Kolmogorov { values: [2e8, 2e8] };
        for (lambda, expected) in [(1.3581, 1.959_96), (1.9495, 3.2905), (0.2, 0.0)] {
            let z = check(law, 0.0, lambda / 1e4, 0.0).z().unwrap();
            assert!((z - expected).abs() < 1e-3, "{lambda}: {z}");
        }
    }

    /// Mean 2: P(X ≥ 6) = 0.016564, P(X ≤ 0) = 0.135335; and a mean so large
    /// that the exact law and the normal one agree.
    #[test]
    fn counts_are_judged_by_the_poisson_law() {
        let tail = |got: f64| normal_tail(check(Law::Poisson, 2.0, got, 0.0).z().unwrap().abs());
        assert!((tail(6.0) - 0.016_564).abs() < 1e-6);
        assert!((tail(0.0) - 0.135_335).abs() < 1e-6);
        assert!(check(Law::Poisson, 2.0, 60.0, 0.0).z().unwrap() > 10.0);
        let exact = check(Law::Poisson, 9e4, 9e4 + 900.0, 0.0).z().unwrap();
        assert!((exact - 3.0).abs() < 0.02, "{exact}");
    }

    #[test]
    fn above_is_one_sided() {
        let law = Law::Above { errors: 5.0 };
        let verdict = |got, error| check(law, 0.0, got, error).verdict(3.0);
        assert_eq!(verdict(0.6, 0.1), Verdict::Pass);
        assert_eq!(verdict(0.4, 0.1), Verdict::Fail);
        assert_eq!(verdict(-0.6, 0.1), Verdict::Fail);
        assert_eq!(check(law, 0.0, 0.6, 0.1).z(), None);
    }

    #[test]
    fn a_number_that_is_none_fails() {
        for law in [
            Law::Normal,
            Law::Student { degrees: 3.0 },
            Law::Welch {
                degrees: [3.0, 3.0],
            },
            Law::Above { errors: 1.0 },
            Law::Within { tolerance: 1.0 },
        ] {
            let broken = check(law, 0.0, f64::NAN, 1.0);
            assert_eq!(broken.verdict(100.0), Verdict::Fail, "{law:?}");
            let unsure = check(law, 0.0, 3.0, f64::NAN);
            assert_eq!(unsure.verdict(100.0), Verdict::Fail, "{law:?}");
        }
    }
}
