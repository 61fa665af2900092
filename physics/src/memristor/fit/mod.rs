//! Least squares: the parameters of a device model from measured currents.
//!
//! ```text
//! recordings → several searches → covariance → intervals → a fit, or a refusal
//! ```
//!
//! [`fit`] takes one model; [`compare`] takes several and says which one the
//! data support. A parameter that the data do not bound on both sides is
//! refused by name ([`FitError::NotIdentifiable`]). [`bootstrap`] takes the
//! intervals of a fit from resampled residuals instead.

mod bootstrap;
mod compare;
mod coordinates;
mod interval;
mod recording;
mod search;

pub use bootstrap::{Resampling, block_length, bootstrap};
pub use compare::{Candidate, Comparison, Judgement, compare};
pub use interval::{Interval, Method};
pub use recording::Recording;
pub(super) use search::{derivatives, minimise};

use super::device::{DeviceModel, Parameter, Scales, Start, respond};
use crate::noise::Stream;
use crate::statistics::autocorrelation_time;
use coordinates::Coordinate;
use nalgebra::{DMatrix, DVector};
use search::Minimum;

/// Searches from different starts, at most; the first is the model's own guess.
const STARTS: u64 = 12;

/// Searches that have to end at the same lowest minimum for no more to be
/// started.
const ENOUGH: usize = 4;

/// A parameter, fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// Which parameter.
    pub parameter: Parameter,
    /// Its value.
    pub value: f64,
    /// Its standard error, from the covariance; zero if it was given.
    pub error: f64,
    /// Its 95 % interval; nothing if it was given.
    pub interval: Option<Interval>,
}

/// A model, fitted.
#[derive(Clone)]
pub struct Fit {
    /// The model.
    pub model: &'static dyn DeviceModel,
    /// Its parameters, in the model's order.
    pub parameters: Vec<Fitted>,
    /// Points fitted to.
    pub points: usize,
    /// Σ (residual/weight)²: over measured noise, if that is known.
    pub chi_square: f64,
    /// Standard deviation of the residuals over the measured noise, or over the
    /// rms current where no noise was measured.
    pub misfit: f64,
    /// Whether the noise was measured.
    pub noise_known: bool,
    /// Points that say the same: 1 for residuals without memory.
    pub correlation: f64,
    /// Root mean square of the residuals, A.
    pub residual: f64,
    /// Searches, of all that were started, that ended at this minimum.
    pub agreeing: (usize, usize),
}

impl std::fmt::Debug for Fit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fit")
            .field("model", &self.model.name())
            .field("parameters", &self.parameters)
            .field("chi_square", &self.chi_square)
            .field("misfit", &self.misfit)
            .field("correlation", &self.correlation)
            .finish_non_exhaustive()
    }
}

impl Fit {
    /// The values, as the model takes them.
    #[must_use]
    pub fn values(&self) -> Vec<f64> {
        self.parameters.iter().map(|p| p.value).collect()
    }

    /// How many of them were fitted.
    #[must_use]
    pub fn free(&self) -> usize {
        self.parameters
            .iter()
            .filter(|p| p.interval.is_some())
            .count()
    }

    /// The current of the model at the times of `recording`, A.
    #[must_use]
    pub fn current(&self, recording: &Recording) -> Vec<f64> {
        respond(self.model, &self.values(), &recording.sweep())
    }
}

/// Why there is no fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Fewer points than parameters.
    #[error("{model}: {points} points cannot fix {parameters} parameters and their errors")]
    TooFew {
        /// Name of the model.
        model: &'static str,
        /// Points there are.
        points: usize,
        /// Parameters to be fitted.
        parameters: usize,
    },
    /// Recordings began with all ions free, and the model knows no ions.
    #[error("{model}: knows no ions, and so not what a start with all of them free means")]
    KnowsNoIons {
        /// Name of the model.
        model: &'static str,
    },
    /// No search came to an end, or each profile found a lower minimum.
    #[error("{model}: the least squares did not settle on a minimum")]
    NotConverged {
        /// Name of the model.
        model: &'static str,
    },
    /// The data leave parameters open.
    #[error("{model}: the data do not determine {}", listed(open))]
    NotIdentifiable {
        /// Name of the model.
        model: &'static str,
        /// The parameters, one at least.
        open: Vec<Open>,
    },
}

/// A parameter that the data leave open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Name of the parameter.
    pub parameter: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What the data say of it.
    pub found: String,
    /// The measurement that would pin it down.
    pub measurement: &'static str,
}

fn listed(open: &[Open]) -> String {
    let one = |o: &Open| format!("{} ({}): {}", o.parameter, o.meaning, o.found);
    open.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Fits `model` to `recordings`; `given` holds values that are known, by the
/// number of the parameter.
///
/// Residuals are weighted by the noise of their recording where every recording
/// states it, and else all alike. Errors are those of the linearised problem,
/// σ² (JᵀJ)⁻¹, with σ² = max(1, χ²/ν) for known noise (a misfit widens the
/// errors) and χ²/ν otherwise, times the number of points that say the same
/// (2τ_int of the residuals) where these are correlated. Intervals are 95 %,
/// with the quantile of Student's t; where the profile of χ² shows the
/// quadratic ones to be off by more than a tenth they are those of the profile.
///
/// # Errors
/// [`FitError`]; in particular when a parameter is not identifiable.
pub fn fit(
    model: &'static dyn DeviceModel,
    recordings: &[Recording],
    given: &[(usize, f64)],
) -> Result<Fit, FitError> {
    fit_or(model, recordings, given, Refusal::Complete)
}

/// How much a refusal has to tell: the end of every open interval takes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// Every parameter that is open.
    Complete,
    /// The first one.
    First,
}

fn fit_or(
    model: &'static dyn DeviceModel,
    recordings: &[Recording],
    given: &[(usize, f64)],
    refusal: Refusal,
) -> Result<Fit, FitError> {
    let began_free = recordings.iter().any(|r| r.start == Start::AllFree);
    if began_free && model.memories() > 0 && model.all_free().is_none() {
        return Err(FitError::KnowsNoIons {
            model: model.name(),
        });
    }
    let problem = Problem::new(model, recordings, given);
    let free = problem.free.len();
    if problem.points < free + 3 {
        return Err(FitError::TooFew {
            model: model.name(),
            points: problem.points,
            parameters: free,
        });
    }
    let (mut best, agreeing) = problem.search()?;
    // A profile that finds something better starts the error analysis afresh.
    for _ in 0..10 {
        match interval::intervals(&problem, &best, refusal)? {
            interval::Outcome::Found(found) => return Ok(problem.finish(&best, &found, agreeing)),
            interval::Outcome::Better(minimum) => best = minimum,
        }
    }
    Err(FitError::NotConverged {
        model: model.name(),
    })
}

/// The values that suit `recordings`, searched for from those of `fit` only.
fn refit(fit: &Fit, recordings: &[Recording]) -> Option<Vec<f64>> {
    let given: Vec<(usize, f64)> = fit
        .parameters
        .iter()
        .enumerate()
        .filter(|(_, p)| p.interval.is_none())
        .map(|(k, p)| (k, p.value))
        .collect();
    let problem = Problem::new(fit.model, recordings, &given);
    let start = problem.free.iter().map(|&k| {
        let value = fit.parameters[k].value;
        problem.coordinates[k].coordinate(value)
    });
    let start = DVector::from_iterator(problem.free.len(), start);
    let found = minimise(&|at| problem.residuals(at), start)?;
    Some(problem.values(&found.at))
}

/// Recordings, a model, and how its parameters become coordinates.
struct Problem<'a> {
    model: &'static dyn DeviceModel,
    recordings: &'a [Recording],
    /// Values of all parameters; of the free ones, the guess.
    guess: Vec<f64>,
    coordinates: Vec<Coordinate>,
    /// Numbers of the parameters that are fitted.
    free: Vec<usize>,
    /// 1/σ of every recording.
    weights: Vec<f64>,
    noise_known: bool,
    points: usize,
}

impl<'a> Problem<'a> {
    fn new(
        model: &'static dyn DeviceModel,
        recordings: &'a [Recording],
        given: &[(usize, f64)],
    ) -> Self {
        let mut guess = model.first_guess(&scales(recordings));
        for (number, value) in given {
            guess[*number] = *value;
        }
        let parameters = model.parameters().iter().zip(&guess);
        let coordinates = parameters.map(|(p, g)| Coordinate::of(p, *g)).collect();
        let is_given = |k: usize| given.iter().any(|(number, _)| *number == k);
        let free = (0..guess.len()).filter(|&k| !is_given(k)).collect();
        let (weights, noise_known) = weights(recordings);
        Self {
            model,
            recordings,
            guess,
            coordinates,
            free,
            weights,
            noise_known,
            points: recordings.iter().map(Recording::fitted_points).sum(),
        }
    }

    /// All parameter values at the coordinates of the free ones.
    fn values(&self, at: &DVector<f64>) -> Vec<f64> {
        let mut values = self.guess.clone();
        for (&k, &u) in self.free.iter().zip(at.iter()) {
            values[k] = self.coordinates[k].value(u);
        }
        values
    }

    fn residuals(&self, at: &DVector<f64>) -> DVector<f64> {
        let values = self.values(at);
        let mut all = Vec::with_capacity(self.points);
        for (recording, weight) in self.recordings.iter().zip(&self.weights) {
            let current = respond(self.model, &values, &recording.sweep());
            let missed = current.iter().zip(&recording.current);
            let counted = missed.zip(&recording.left_out);
            all.extend(
                counted
                    .filter(|(_, out)| !**out)
                    .map(|((i, data), _)| (i - data) * weight),
            );
        }
        DVector::from_vec(all)
    }

    /// The best of several searches, how many found it, and of how many.
    fn search(&self) -> Result<(Minimum, (usize, usize)), FitError> {
        let mut minima: Vec<Minimum> = Vec::new();
        let mut agreeing = 0;
        let mut started = 0;
        while started < STARTS && agreeing < ENOUGH {
            minima.extend(minimise(&|at| self.residuals(at), self.start(started)));
            started += 1;
            let least = minima
                .iter()
                .map(|m| m.chi_square)
                .fold(f64::INFINITY, f64::min);
            agreeing = minima
                .iter()
                .filter(|m| m.chi_square <= 1.001 * least)
                .count();
        }
        let best = minima
            .into_iter()
            .min_by(|a, b| a.chi_square.total_cmp(&b.chi_square));
        let model = self.model.name();
        let mut best = best.ok_or(FitError::NotConverged { model })?;
        best.at = self.arranged(&best.at);
        Ok((best, (agreeing, started as usize)))
    }

    /// The same device in the order in which it is reported; nothing moves where
    /// a value is given.
    fn arranged(&self, at: &DVector<f64>) -> DVector<f64> {
        if self.free.len() < self.guess.len() {
            return at.clone();
        }
        let mut values = self.values(at);
        self.model.arrange(&mut values);
        let coordinates = self.coordinates.iter().zip(values);
        DVector::from_iterator(at.len(), coordinates.map(|(c, value)| c.coordinate(value)))
    }

    /// Coordinates to start search number `k` from: scattered about the guess,
    /// by a factor of e or so, times by more.
    fn start(&self, k: u64) -> DVector<f64> {
        let mut stream = Stream::named(0, "starts of a fit", k);
        let coordinates = self.free.iter().map(|&number| {
            let coordinate = self.coordinates[number];
            let centre = coordinate.coordinate(self.guess[number]);
            let spread = match self.model.parameters()[number].unit {
                "s" => 2.0,
                _ => 1.0,
            };
            let away = if k == 0 {
                0.0
            } else {
                spread * stream.normal()
            };
            centre + away
        });
        DVector::from_iterator(self.free.len(), coordinates)
    }

    fn freedom(&self) -> f64 {
        (self.points - self.free.len()) as f64
    }

    /// Variance of a weighted residual as the errors take it.
    fn variance(&self, best: &Minimum) -> f64 {
        let reduced = best.chi_square / self.freedom();
        if self.noise_known {
            reduced.max(1.0)
        } else {
            reduced
        }
    }

    /// (JᵀJ)⁻¹ at the minimum, if there is an inverse.
    fn covariance(&self, best: &Minimum) -> Option<DMatrix<f64>> {
        let slopes = derivatives(&|at| self.residuals(at), &best.at);
        (slopes.transpose() * slopes).try_inverse()
    }

    fn finish(&self, best: &Minimum, found: &[interval::Bounds], agreeing: (usize, usize)) -> Fit {
        let values = self.values(&best.at);
        let parameters = self.model.parameters().iter().enumerate().map(|(k, p)| {
            let bounds = self.free.iter().position(|&f| f == k).map(|f| found[f]);
            Fitted {
                parameter: *p,
                value: values[k],
                error: bounds.map_or(0.0, |b| b.error),
                interval: bounds.map(|b| b.interval),
            }
        });
        let misses: f64 = self
            .recordings
            .iter()
            .map(|r| r.missed(&respond(self.model, &values, &r.sweep())))
            .sum();
        Fit {
            model: self.model,
            parameters: parameters.collect(),
            points: self.points,
            chi_square: best.chi_square,
            misfit: (best.chi_square / self.freedom()).sqrt(),
            noise_known: self.noise_known,
            correlation: correlation(&best.residuals),
            residual: (misses / self.points as f64).sqrt(),
            agreeing,
        }
    }
}

/// 1/σ of every recording, and whether it is known: one unknown noise makes all
/// weights alike, one over the rms current.
fn weights(recordings: &[Recording]) -> (Vec<f64>, bool) {
    let known: Option<Vec<f64>> = recordings.iter().map(|r| r.noise).collect();
    if let Some(noise) = known {
        return (noise.iter().map(|sigma| 1.0 / sigma).collect(), true);
    }
    let currents = || recordings.iter().flat_map(|r| &r.current);
    let squares: f64 = currents().map(|i| i * i).sum();
    let rms = (squares / currents().count() as f64).sqrt();
    let weight = if rms > 0.0 { 1.0 / rms } else { 1.0 };
    (vec![weight; recordings.len()], false)
}

/// The number of residuals that say the same: 2τ_int, or 1 where that is within
/// three standard errors of white noise (√(3/n) for the three lags it takes).
fn correlation(residuals: &DVector<f64>) -> f64 {
    let found = 2.0 * autocorrelation_time(residuals.as_slice());
    let white = 1.0 + 6.0 * (3.0 / residuals.len() as f64).sqrt();
    if found > white { found } else { 1.0 }
}

fn scales(recordings: &[Recording]) -> Scales {
    let (mut power, mut squares, mut voltage) = (0.0, 0.0, 0.0_f64);
    let (mut shortest, mut longest) = (f64::INFINITY, 0.0_f64);
    for recording in recordings {
        for (v, i) in recording.voltage.iter().zip(&recording.current) {
            power += v * i;
            squares += v * v;
            voltage = voltage.max(v.abs());
        }
        for pair in recording.time.windows(2) {
            shortest = shortest.min(pair[1] - pair[0]);
        }
        longest = longest.max(recording.span());
    }
    let conductance = power / squares;
    Scales {
        conductance: if conductance > 0.0 {
            conductance
        } else {
            1e-12
        },
        voltage,
        shortest,
        longest,
    }
}

#[cfg(test)]
mod tests;
