//! Intervals: quadratic ones, checked against the profile of χ².

use super::coordinates::Coordinate;
use super::search::{Minimum, minimise_roughly};
use super::{FitError, Open, Problem, Refusal, correlation};
use nalgebra::DVector;
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::cell::RefCell;

/// A 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Where the ends come from.
    pub method: Method,
}

/// How an interval was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Value ± t times the standard error.
    Quadratic,
    /// Where the profile of χ² has risen by t² variances.
    Profile,
    /// Percentiles of fits to resampled data.
    Bootstrap,
}

impl Method {
    /// The word in a device file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quadratic => "quadratic",
            Self::Profile => "profile",
            Self::Bootstrap => "bootstrap",
        }
    }
}

/// Error and interval of one free parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) error: f64,
    pub(super) interval: Interval,
}

pub(super) enum Outcome {
    /// One entry a free parameter.
    Found(Vec<Bounds>),
    /// A lower minimum, met on the way.
    Better(Minimum),
}

/// How much of t the profile may deviate from at the ends of the quadratic
/// interval for that to stand.
const AGREES: f64 = 0.1;

/// How many variances χ² has to fall for the search to begin again: less does
/// not move an interval.
const LOWER: f64 = 0.05;

/// Longest step of a walk along a profile: e² of a logarithm.
const FARTHEST: f64 = 2.0;

/// The intervals of all free parameters about `best`.
pub(super) fn intervals(
    problem: &Problem<'_>,
    best: &Minimum,
    refusal: Refusal,
) -> Result<Outcome, FitError> {
    let correlated = correlation(&best.residuals);
    let freedom = (problem.points as f64 / correlated - problem.free.len() as f64).max(1.0);
    let student = StudentsT::new(0.0, 1.0, freedom).expect("a freedom above zero");
    let profile = Profile {
        problem,
        best,
        variance: problem.variance(best) * correlated,
        threshold: student.inverse_cdf(0.975),
        admitted: RefCell::default(),
    };
    let covariance = problem.covariance(best);
    let (mut found, mut open) = (Vec::new(), Vec::new());
    let mut bounded = Vec::new();
    for number in 0..problem.free.len() {
        let variance = covariance
            .as_ref()
            .map(|c| c[(number, number)] * profile.variance);
        let error = variance
            .filter(|v| *v >= 0.0 && v.is_finite())
            .map(f64::sqrt);
        match profile.bounds(number, error) {
            Ok(Ok(bounds)) => {
                bounded.push(number);
                found.push(bounds);
            }
            Ok(Err(parameter)) => {
                open.push((number, parameter));
                if refusal == Refusal::First {
                    break;
                }
            }
            Err(Lower(minimum)) => return Ok(Outcome::Better(minimum)),
        }
    }
    if open.is_empty() {
        return Ok(Outcome::Found(found));
    }
    if refusal == Refusal::Complete {
        for (number, bounds) in bounded.into_iter().zip(found) {
            match profile.dragged(number, bounds.interval) {
                Ok(dragged) => open.extend(dragged.map(|parameter| (number, parameter))),
                Err(Lower(minimum)) => return Ok(Outcome::Better(minimum)),
            }
        }
        open.sort_by_key(|(number, _)| *number);
    }
    Err(FitError::NotIdentifiable {
        model: problem.model.name(),
        open: open.into_iter().map(|(_, parameter)| parameter).collect(),
    })
}

struct Profile<'p> {
    problem: &'p Problem<'p>,
    best: &'p Minimum,
    /// Variance of a weighted residual, correlation included.
    variance: f64,
    /// t of 95 %.
    threshold: f64,
    /// Coordinates, met on the walks, at which the fit is within the threshold.
    admitted: RefCell<Vec<DVector<f64>>>,
}

/// The profile turned out lower than the minimum.
struct Lower(Minimum);

impl Profile<'_> {
    /// Error and interval of free parameter `number`, whose coordinate has the
    /// standard error `error` in the linearised problem; or how open it is.
    fn bounds(&self, number: usize, error: Option<f64>) -> Result<Result<Bounds, Open>, Lower> {
        let coordinate = self.problem.coordinates[self.problem.free[number]];
        let u = self.best.at[number];
        let slope = coordinate.slope(u).abs();
        if let Some(error) = error.map(|e| slope * e) {
            let interval = self.quadratic(coordinate, u, error);
            if self.confirms(number, coordinate, interval)? {
                return Ok(Ok(Bounds { error, interval }));
            }
        }
        let step = error.map_or(0.1, |e| (e * self.threshold).clamp(1e-6, 1.0));
        let low = self.end(number, -1.0, step)?.map(|u| coordinate.value(u));
        let high = self.end(number, 1.0, step)?.map(|u| coordinate.value(u));
        let (Some(low), Some(high)) = (low, high) else {
            return Ok(Err(self.open(number, low, high)));
        };
        Ok(Ok(Bounds {
            // Where there is no linear error, the one that the interval implies.
            error: error.map_or((high - low) / (2.0 * self.threshold), |e| slope * e),
            interval: Interval {
                low,
                high,
                method: Method::Profile,
            },
        }))
    }

    fn quadratic(&self, coordinate: Coordinate, u: f64, error: f64) -> Interval {
        let value = coordinate.value(u);
        Interval {
            low: value - self.threshold * error,
            high: value + self.threshold * error,
            method: Method::Quadratic,
        }
    }

    /// Whether χ² has risen at both ends of the interval by what it should.
    fn confirms(
        &self,
        number: usize,
        coordinate: Coordinate,
        interval: Interval,
    ) -> Result<bool, Lower> {
        for end in [interval.low, interval.high] {
            let u = coordinate.coordinate(end);
            if !u.is_finite() {
                return Ok(false);
            }
            let rise = self.walk(number).rise(u)?;
            if (rise / self.threshold - 1.0).abs() > AGREES {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The coordinate on one side at which the profile reaches the threshold;
    /// nothing if it never does.
    fn end(&self, number: usize, sign: f64, step: f64) -> Result<Option<f64>, Lower> {
        self.end_of(self.walk(number), sign, (0.0, 0.0), step)
    }

    /// The same for a `walk` that has come to the distance and the rise of
    /// `inside` and goes on to `outside`.
    fn end_of(
        &self,
        mut walk: Walk<'_>,
        sign: f64,
        (mut inside, mut low): (f64, f64),
        mut outside: f64,
    ) -> Result<Option<f64>, Lower> {
        let number = walk.number;
        let centre = self.best.at[number];
        let reach = self.problem.coordinates[self.problem.free[number]].reach(centre);
        let mut high = walk.rise(centre + sign * outside)?;
        while high < self.threshold {
            if outside >= reach {
                return Ok(None);
            }
            (inside, low) = (outside, high);
            outside = self.farther(number, outside).min(reach);
            high = walk.rise(centre + sign * outside)?;
        }
        // √Δχ² is nearly straight: a few steps of false position, with a
        // bisection now and then for where it is not.
        for round in 0..12 {
            let way = if round % 3 == 2 {
                0.5
            } else {
                (self.threshold - low) / (high - low)
            };
            let middle = inside + way * (outside - inside);
            let rise = walk.rise(centre + sign * middle)?;
            if (rise - self.threshold).abs() < 1e-3 * self.threshold {
                return Ok(Some(centre + sign * middle));
            }
            if rise < self.threshold {
                (inside, low) = (middle, rise);
            } else {
                (outside, high) = (middle, rise);
            }
        }
        Ok(Some(centre + sign * 0.5 * (inside + outside)))
    }

    /// The next stop of a walk that has come as far as `way`: twice as far, but
    /// through logarithms in steps that the other parameters can follow.
    fn farther(&self, number: usize, way: f64) -> f64 {
        match self.problem.coordinates[self.problem.free[number]] {
            Coordinate::Free(_) => 2.0 * way,
            Coordinate::Above(..) | Coordinate::Between(..) => (2.0 * way).min(way + FARTHEST),
        }
    }

    /// How open parameter `number` is after all: the walk of another one that is
    /// open may have dragged it along, past the `interval` that it has by itself.
    /// From there on its own walk is continued.
    fn dragged(&self, number: usize, interval: Interval) -> Result<Option<Open>, Lower> {
        let coordinate = self.problem.coordinates[self.problem.free[number]];
        let centre = self.best.at[number];
        let mut ends = [Some(interval.low), Some(interval.high)];
        for (end, sign) in ends.iter_mut().zip([-1.0, 1.0]) {
            let way = |at: &DVector<f64>| sign * (at[number] - centre);
            let farthest = {
                let admitted = self.admitted.borrow();
                let by = |a: &&DVector<f64>, b: &&DVector<f64>| way(a).total_cmp(&way(b));
                admitted.iter().max_by(by).cloned()
            };
            let past = |at: &DVector<f64>| {
                let beyond = coordinate.value(at[number]) - end.unwrap_or(f64::NAN);
                sign * beyond > interval.high - interval.low
            };
            if let Some(from) = farthest.filter(past) {
                let walk = Walk {
                    profile: self,
                    number,
                    others: from.clone().remove_row(number),
                };
                let outside = self.farther(number, way(&from));
                *end = self
                    .end_of(walk, sign, (way(&from), 0.0), outside)?
                    .map(|u| coordinate.value(u));
            }
        }
        let [low, high] = ends;
        let is_open = low.is_none() || high.is_none();
        Ok(is_open.then(|| self.open(number, low, high)))
    }

    fn walk(&self, number: usize) -> Walk<'_> {
        Walk {
            profile: self,
            number,
            others: self.best.at.clone().remove_row(number),
        }
    }

    /// A parameter without an end on one side, or on both.
    fn open(&self, number: usize, low: Option<f64>, high: Option<f64>) -> Open {
        let parameter = &self.problem.model.parameters()[self.problem.free[number]];
        let unit = match parameter.unit {
            "1" => String::new(),
            unit => format!(" {unit}"),
        };
        let found = match (low, high) {
            (None, Some(high)) => format!("it may be anything below {}{unit}", digits(high)),
            (Some(low), None) => format!("it may be anything above {}{unit}", digits(low)),
            _ => "values larger or smaller by orders of magnitude fit as well".to_owned(),
        };
        Open {
            parameter: parameter.name,
            meaning: parameter.meaning,
            found,
            measurement: parameter.measurement,
        }
    }
}

/// A walk along a profile: each point starts from where the others were at the
/// one before, for a parameter may drag another one along far.
struct Walk<'p> {
    profile: &'p Profile<'p>,
    number: usize,
    others: DVector<f64>,
}

impl Walk<'_> {
    /// √(Δχ²/σ²) with the coordinate held at `u` and the others fitted.
    fn rise(&mut self, u: f64) -> Result<f64, Lower> {
        let Profile { problem, best, .. } = self.profile;
        let number = self.number;
        let whole = |others: &DVector<f64>| others.clone().insert_row(number, u);
        let residuals = |others: &DVector<f64>| problem.residuals(&whole(others));
        let Some(found) = minimise_roughly(&residuals, self.others.clone()) else {
            return Ok(f64::INFINITY);
        };
        let difference = found.chi_square - best.chi_square;
        if difference < -LOWER * self.profile.variance {
            return Err(Lower(Minimum {
                at: whole(&found.at),
                ..found
            }));
        }
        let rise = (difference.max(0.0) / self.profile.variance).sqrt();
        if rise < self.profile.threshold {
            self.profile.admitted.borrow_mut().push(whole(&found.at));
        }
        self.others = found.at;
        Ok(rise)
    }
}

/// Three digits, with an exponent where the number is far from one.
fn digits(value: f64) -> String {
    let decimals = 2.0 - value.abs().log10().floor();
    if (0.0..=4.0).contains(&decimals) {
        format!("{value:.0$}", decimals as usize)
    } else {
        format!("{value:.2e}")
    }
}
