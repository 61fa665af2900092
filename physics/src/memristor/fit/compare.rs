//! Which model do the data support?

use super::{Fit, FitError, Recording, Refusal, fit_or};
use crate::memristor::device::{DeviceModel, respond};
use rayon::prelude::*;

/// A model and how it fared.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The fit, or why there is none.
    pub outcome: Result<Judgement, FitError>,
    /// Name of the model.
    pub name: &'static str,
}

/// A fit, judged.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The fit.
    pub fit: Fit,
    /// Akaike's criterion, corrected for few data, above that of the best.
    pub aicc: f64,
    /// Schwarz's criterion above that of the best.
    pub bic: f64,
    /// Root mean square error of the currents predicted for data that were left
    /// out, A; nothing where a fit without them failed.
    pub prediction: Option<f64>,
}

/// Several models, and the one to take.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// All that were tried, in the order given.
    pub candidates: Vec<Candidate>,
    /// What was left out in turn to be predicted.
    pub left_out: &'static str,
    /// Number of the candidate to take, if any could be fitted.
    pub chosen: Option<usize>,
}

impl Comparison {
    /// The candidate to take.
    #[must_use]
    pub fn best(&self) -> Option<&Judgement> {
        let candidate = &self.candidates[self.chosen?];
        candidate.outcome.as_ref().ok()
    }
}

/// A model must miss what was left out by this much less than one with fewer
/// parameters.
const WORTH_A_PARAMETER: f64 = 0.99;

/// Fits every one of `models` to `recordings` and ranks them.
///
/// With n data of which the residuals of the closest fit leave m = n/2τ_int
/// independent, and k parameters (the variance counts as one where it is not
/// known),
///
/// ```text
/// AICc = m ln(χ²/n) + 2k + 2k(k + 1)/(m - k - 1),   BIC = m ln(χ²/n) + k ln m
/// ```
///
/// (χ²/2τ_int in place of the first term for known noise). Burnham & Anderson,
/// Sociol. Methods Res. 33, 261 (2004),
/// <https://doi.org/10.1177/0049124104268644>. Prediction: each recording in
/// turn is left out and predicted from the others; of a single recording, each
/// fifth.
///
/// The model of least AICc is taken, unless one with fewer parameters has the
/// lower BIC or predicts what was left out as well: then that, for it is enough.
#[must_use]
pub fn compare(models: &[&'static dyn DeviceModel], recordings: &[Recording]) -> Comparison {
    let fits: Vec<Result<Fit, FitError>> = models
        .par_iter()
        .map(|model| fit_or(*model, recordings, &[], Refusal::First))
        .collect();
    let closest = fits
        .iter()
        .flatten()
        .min_by(|a, b| a.chi_square.total_cmp(&b.chi_square));
    let correlation = closest.map_or(1.0, |fit| fit.correlation);
    let judged = |result: Result<Fit, FitError>| {
        result.map(|fit| {
            let (aicc, bic) = criteria(&fit, correlation);
            Judgement {
                prediction: prediction(&fit, recordings),
                aicc,
                bic,
                fit,
            }
        })
    };
    let mut candidates: Vec<Candidate> = models
        .iter()
        .zip(fits)
        .map(|(model, result)| Candidate {
            outcome: judged(result),
            name: model.name(),
        })
        .collect();
    from_the_best(&mut candidates);
    Comparison {
        chosen: choose(&candidates),
        left_out: match recordings.len() {
            1 => "each fifth of the recording",
            _ => "each recording",
        },
        candidates,
    }
}

/// (AICc, BIC) for one datum in `correlation`.
fn criteria(fit: &Fit, correlation: f64) -> (f64, f64) {
    let n = fit.points as f64;
    let m = n / correlation;
    let (closeness, k) = if fit.noise_known {
        (fit.chi_square / correlation, fit.free() as f64)
    } else {
        (m * (fit.chi_square / n).ln(), fit.free() as f64 + 1.0)
    };
    let room = (m - k - 1.0).max(1.0);
    (
        closeness + 2.0 * k + 2.0 * k * (k + 1.0) / room,
        closeness + k * m.ln(),
    )
}

/// Only differences between models mean anything.
fn from_the_best(candidates: &mut [Candidate]) {
    let judged = || candidates.iter().filter_map(|c| c.outcome.as_ref().ok());
    let aicc = judged().map(|j| j.aicc).fold(f64::INFINITY, f64::min);
    let bic = judged().map(|j| j.bic).fold(f64::INFINITY, f64::min);
    for judgement in candidates
        .iter_mut()
        .filter_map(|c| c.outcome.as_mut().ok())
    {
        judgement.aicc -= aicc;
        judgement.bic -= bic;
    }
}

fn choose(candidates: &[Candidate]) -> Option<usize> {
    let judged = |k: &usize| candidates[*k].outcome.as_ref().ok();
    let fitted = || (0..candidates.len()).filter(|k| judged(k).is_some());
    let aicc = |k: &usize| judged(k).map_or(f64::INFINITY, |j| j.aicc);
    let least = fitted().min_by(|a, b| aicc(a).total_cmp(&aicc(b)))?;
    let best = judged(&least)?;
    let enough = |k: &usize| {
        judged(k).is_some_and(|simple| {
            let predicts = match (simple.prediction, best.prediction) {
                (Some(simple), Some(best)) => simple * WORTH_A_PARAMETER <= best,
                (simple, best) => simple.is_some() && best.is_none(),
            };
            simple.fit.free() < best.fit.free() && (simple.bic < best.bic || predicts)
        })
    };
    let simpler = fitted().filter(enough);
    Some(
        simpler
            .min_by(|a, b| aicc(a).total_cmp(&aicc(b)))
            .unwrap_or(least),
    )
}

/// Root mean square error over all parts, each predicted from the rest.
fn prediction(fit: &Fit, recordings: &[Recording]) -> Option<f64> {
    let (mut squares, mut count) = (0.0, 0);
    for part in parts(recordings) {
        let values = super::refit(fit, &part)?;
        for recording in &part {
            let current = respond(fit.model, &values, &recording.sweep());
            squares += recording.missed_left_out(&current);
            count += recording.time.len() - recording.fitted_points();
        }
    }
    Some((squares / f64::from(u32::try_from(count).ok()?)).sqrt())
}

/// The recordings, each time with another part left out.
fn parts(recordings: &[Recording]) -> Vec<Vec<Recording>> {
    const BLOCKS: usize = 5;
    let without = |chosen: &dyn Fn(usize, usize, usize) -> bool| {
        let mut part = recordings.to_vec();
        for (number, recording) in part.iter_mut().enumerate() {
            let n = recording.time.len();
            recording.left_out = (0..n).map(|k| chosen(number, k, n)).collect();
        }
        part
    };
    if recordings.len() > 1 {
        (0..recordings.len())
            .map(|out| without(&|number, _, _| number == out))
            .collect()
    } else {
        (0..BLOCKS)
            .map(|out| without(&|_, k, n| k * BLOCKS / n == out))
            .collect()
    }
}
