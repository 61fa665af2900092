//! The limit of short steps, and how far from it a setting is.

use super::{Rung, Setting, Study};
use crate::scenario::rounded;
use bjerrum_physics::statistics::{Estimate, Line, straight_line};

/// Fewest steps in a fit: two make the line, the third checks it.
const FEWEST: usize = 3;

/// Standard errors that a deviation must be inside or outside the tolerance by.
const CONFIDENCE: f64 = 2.0;

/// The observable extrapolated to force evaluations that follow each other at once.
///
/// With h the time between two of them, at short h
///
/// ```text
/// value(h) = limit + slope h^order
/// ```
///
/// of weak order 1 for Euler–Maruyama, 2 for steps in several evaluations; fitted by least
/// squares to the finest settings of one of these schemes: to as many as agree with the
/// line by χ², three at least.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The line in h^order; its intercept is the limit.
    pub line: Line,
    /// Which scheme it is of.
    pub steps: Steps,
    /// Longest h in the fit, ps.
    pub longest: f64,
    /// Shortest h in the fit, ps.
    pub shortest: f64,
}

/// Which settings a limit is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    /// Euler–Maruyama.
    Euler,
    /// Several evaluations a step.
    Refined,
}

impl Steps {
    /// Whether `setting` is of this scheme.
    #[must_use]
    pub fn is_of(self, setting: Setting) -> bool {
        setting.is_euler() == (self == Self::Euler)
    }

    /// Its weak order.
    #[must_use]
    pub fn order(self) -> i32 {
        match self {
            Self::Euler => 1,
            Self::Refined => 2,
        }
    }

    /// What its limit is called.
    #[must_use]
    pub fn limit_name(self) -> &'static str {
        match self {
            Self::Euler => "the limit of short steps",
            Self::Refined => "the limit of many evaluations",
        }
    }
}

/// Whether a setting is converged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Within the tolerance, by two standard errors.
    Converged,
    /// Beyond it, by two standard errors.
    NotConverged,
    /// The errors are too large to say, or there is no limit to compare with.
    CannotTell,
}

impl Verdict {
    /// The words for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::NotConverged => "not converged",
            Self::CannotTell => "cannot tell",
        }
    }
}

/// What is said about the scenario's own setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// In three words or less.
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub reason: String,
}

/// The limit of the Euler steps of `study`, if the finest of them lie on a line; else, and
/// where it is too uncertain to judge by, that of steps in several evaluations.
///
/// The setting that is to be judged is left out, so that its deviation from the
/// limit is of independent numbers.
#[must_use]
pub fn limit(study: &Study) -> Option<Limit> {
    let [euler, refined] = [Steps::Euler, Steps::Refined].map(|steps| limit_of(study, steps));
    let tells = |limit: &Limit| judge(study, Some(limit)).verdict != Verdict::CannotTell;
    euler.filter(tells).or(refined).or(euler)
}

fn limit_of(study: &Study, steps: Steps) -> Option<Limit> {
    let rungs = study.rungs.iter();
    let mut rungs: Vec<&Rung> = rungs
        .filter(|rung| steps.is_of(rung.setting) && rung.setting != study.used.setting)
        .collect();
    // From long to short: fits lose their coarsest setting one by one.
    rungs.sort_by(|a, b| b.setting.substep().total_cmp(&a.setting.substep()));
    (0..rungs.len().saturating_sub(FEWEST - 1)).find_map(|first| {
        let kept = &rungs[first..];
        let points: Vec<(f64, Estimate)> = kept
            .iter()
            .map(|rung| (rung.setting.substep().powi(steps.order()), rung.value))
            .collect();
        let line = straight_line(&points);
        line.fits().then(|| Limit {
            line,
            steps,
            longest: kept[0].setting.substep(),
            shortest: kept[kept.len() - 1].setting.substep(),
        })
    })
}

/// Relative deviation of `value` from `reference`, of which it is independent.
#[must_use]
pub(super) fn deviation(value: Estimate, reference: Estimate) -> Estimate {
    let ratio = value.mean / reference.mean;
    let relative = |e: Estimate| e.error / e.mean;
    Estimate {
        mean: ratio - 1.0,
        error: ratio.abs() * relative(value).hypot(relative(reference)),
    }
}

/// Holds the scenario's own setting against the limit.
#[must_use]
pub fn judge(study: &Study, limit: Option<&Limit>) -> Judgement {
    let tolerance = study.plan.tolerance;
    let Some(limit) = limit else {
        return without_limit(study);
    };
    let off = deviation(study.used.value, limit.line.intercept);
    let verdict = verdict(off, tolerance);
    let reason = match verdict {
        Verdict::Converged | Verdict::NotConverged => {
            format!("off {} by {}", limit.steps.limit_name(), percent(off))
        }
        Verdict::CannotTell => format!(
            "off {} by {}, too uncertain for a tolerance of {} %: raise --effort",
            limit.steps.limit_name(),
            percent(off),
            rounded(100.0 * tolerance, 4)
        ),
    };
    Judgement { verdict, reason }
}

fn verdict(off: Estimate, tolerance: f64) -> Verdict {
    let margin = CONFIDENCE * off.error;
    if off.mean.abs() + margin <= tolerance {
        Verdict::Converged
    } else if off.mean.abs() - margin > tolerance {
        Verdict::NotConverged
    } else {
        Verdict::CannotTell
    }
}

/// Without a limit an Euler step is still not converged where a shorter one
/// gives something else.
fn without_limit(study: &Study) -> Judgement {
    let used = &study.used;
    let finest = study.rungs.iter().rfind(|rung| rung.setting.is_euler());
    if let Some(finest) = finest
        && used.setting.is_euler()
        && finest.setting.step < used.setting.step
    {
        let off = deviation(used.value, finest.value);
        if verdict(off, study.plan.tolerance) == Verdict::NotConverged {
            return Judgement {
                verdict: Verdict::NotConverged,
                reason: format!(
                    "off the shortest step measured, {} ps, by {}, and that is not the limit: \
                     the steps measured do not lie on a line yet",
                    finest.setting.step,
                    percent(off)
                ),
            };
        }
    }
    Judgement {
        verdict: Verdict::CannotTell,
        reason: "there is no limit to compare with: the shortest Euler steps measured do not \
                 lie on a line, or are too few; raise --effort or --field"
            .to_owned(),
    }
}

/// "−0.3 ± 0.1 %".
#[must_use]
pub(super) fn percent(value: Estimate) -> String {
    let (mean, error) = (100.0 * value.mean, 100.0 * value.error);
    let decimals = match error {
        e if e > 0.0 => (-e.log10().floor()).clamp(0.0, 6.0) as usize,
        _ => 2,
    };
    format!("{mean:+.decimals$} ± {error:.decimals$} %").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convergence::{Observable, Plan};
    use bjerrum_physics::brownian::Refinement;

    fn rung(step: f64, evaluations: u32, mean: f64, error: f64) -> Rung {
        Rung {
            setting: Setting {
                step,
                refinement: (evaluations > 1).then_some(Refinement {
                    evaluations,
                    within: 15.0,
                }),
            },
            value: Estimate { mean, error },
            samples: 1000,
        }
    }

    fn study(used: Rung, euler: Vec<Rung>) -> Study {
        Study {
            plan: Plan {
                observable: Observable::EscapeTime,
                field: 0.4,
                tolerance: 0.02,
                effort: 1.0,
            },
            subject: String::new(),
            used,
            rungs: euler,
            left_out: Vec::new(),
            interrupted: false,
        }
    }

    /// value = 100 - 10 h, bent by the square of the step at 5 and 2.5 ps.
    fn bent(error: f64) -> Vec<Rung> {
        let value = |h: f64| 100.0 - 10.0 * h + if h > 1.5 { h * h } else { 0.0 };
        let steps = [5.0, 2.5, 1.0, 0.5, 0.25, 0.1];
        steps.map(|h| rung(h, 1, value(h), error)).to_vec()
    }

    #[test]
    fn the_fit_leaves_out_what_is_bent() {
        let used = rung(5.0, 10, 100.5, 0.1);
        let study = study(used, bent(0.1));
        let limit = limit(&study).expect("a limit");
        assert_eq!((limit.longest, limit.shortest), (1.0, 0.1));
        assert!((limit.line.intercept.mean - 100.0).abs() < 1e-9);
        let judgement = judge(&study, Some(&limit));
        assert_eq!(judgement.verdict, Verdict::Converged);
        assert!(judgement.reason.contains("+0.5 ± 0.1 %"), "{judgement:?}");
    }

    #[test]
    fn verdicts_on_both_sides_and_in_between() {
        for (mean, error, expected) in [
            (98.5, 0.1, Verdict::Converged),
            (96.0, 0.5, Verdict::NotConverged),
            (104.0, 0.5, Verdict::NotConverged),
            (98.1, 0.2, Verdict::CannotTell),
            (100.0, 1.5, Verdict::CannotTell),
        ] {
            let study = study(rung(5.0, 10, mean, error), bent(0.05));
            let limit = limit(&study);
            assert_eq!(judge(&study, limit.as_ref()).verdict, expected, "{mean}");
        }
    }

    /// The scenario's own Euler step takes no part in the fit.
    #[test]
    fn what_is_judged_is_not_fitted() {
        let steps = [0.5, 0.25, 0.1, 0.05];
        let line: Vec<Rung> = steps
            .iter()
            .map(|&h| rung(h, 1, 100.0 - 10.0 * h, 0.1))
            .collect();
        let study = study(line[0], line);
        assert_eq!(limit(&study).expect("a limit").longest, 0.25);
    }

    /// Euler's steps go on changing, those in several evaluations do not: they tell, as
    /// value = 100 + h² in the time h between evaluations.
    #[test]
    fn many_evaluations_have_a_limit_of_their_own() {
        let wild = |h: f64| rung(h, 1, 100.0 + 400.0 * h * h, 0.1);
        let refined = |step: f64, evaluations: u32| {
            let h = step / (f64::from(evaluations) - 0.5);
            rung(step, evaluations, 100.0 + h * h, 0.1)
        };
        let ladder = |used: Rung| {
            let euler = [5.0, 2.5, 1.0, 0.5].map(wild);
            let counts = [5, 7, 14, 20].map(|k| refined(5.0, k));
            study(used, [&euler[..], &counts, &[refined(2.5, 10)]].concat())
        };
        for (off, expected) in [(0.5, Verdict::Converged), (5.0, Verdict::NotConverged)] {
            let study = ladder(rung(5.0, 10, 100.0 + off, 0.1));
            let limit = limit(&study).expect("a limit");
            assert_eq!(limit.steps, Steps::Refined);
            assert!((limit.line.intercept.mean - 100.0).abs() < 1e-9);
            assert!((limit.shortest - 5.0 / 19.5).abs() < 1e-12);
            assert_eq!(judge(&study, Some(&limit)).verdict, expected);
        }
    }

    /// Steps that go on changing have no limit, but the longest is not it.
    #[test]
    fn without_a_limit_a_coarse_step_is_still_wrong() {
        let steps = [5.0, 2.5, 1.0, 0.5];
        let values = [1.0, 10.0, 100.0, 1000.0];
        let wild: Vec<Rung> = std::iter::zip(steps, values)
            .map(|(h, value)| rung(h, 1, value, 0.01 * value))
            .collect();
        let refined = study(rung(5.0, 10, 1.0, 0.01), wild.clone());
        assert_eq!(limit(&refined), None);
        assert_eq!(judge(&refined, None).verdict, Verdict::CannotTell);
        let euler = study(wild[0], wild);
        assert_eq!(judge(&euler, None).verdict, Verdict::NotConverged);
    }
}
