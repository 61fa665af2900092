//! Levenberg–Marquardt for any function of a few numbers.

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::storage::Owned;
use nalgebra::{DMatrix, DVector, Dyn};

/// What stands for a residual that is not finite: a trial step into overflow is
/// turned down instead of ending the search.
const HUGE: f64 = 1e100;

/// A search ends when a step promises to lower Σ r² by less than this share of
/// it, or to move by less: finer than differences can tell.
const TOLERANCE: f64 = 1e-10;

/// The first step goes no farther than this share of the way from the origin:
/// coordinates are mostly logarithms, and a long step lands where a model has
/// lost its memory and finds no way back.
const FIRST_STEP: f64 = 0.3;

/// Evaluations a search may take, for each coordinate and one more.
const PATIENCE: usize = 60;

/// Step of the central differences, in units of coordinates of order one.
const DIFFERENCE: f64 = 1e-5;

/// Where a search ended.
#[derive(Clone, Debug)]
pub(in super::super) struct Minimum {
    /// The coordinates.
    pub at: DVector<f64>,
    /// The residuals there.
    pub residuals: DVector<f64>,
    /// Σ of their squares.
    pub chi_square: f64,
}

/// Minimises Σ r_k² over the coordinates, from `start`; nothing if it got
/// nowhere. Coordinates should be of order one.
///
/// The search is MINPACK's (Moré, Lecture Notes in Mathematics 630, 105
/// (1978), <https://doi.org/10.1007/BFb0067700>), its derivatives central
/// differences.
pub(in super::super) fn minimise(
    residuals: &dyn Fn(&DVector<f64>) -> DVector<f64>,
    start: DVector<f64>,
) -> Option<Minimum> {
    minimise_to(TOLERANCE, PATIENCE, residuals, start)
}

/// The same for points on the way, where Σ r² to a millionth is plenty.
pub(super) fn minimise_roughly(
    residuals: &dyn Fn(&DVector<f64>) -> DVector<f64>,
    start: DVector<f64>,
) -> Option<Minimum> {
    minimise_to(1e-6, PATIENCE / 3, residuals, start)
}

fn minimise_to(
    tolerance: f64,
    patience: usize,
    residuals: &dyn Fn(&DVector<f64>) -> DVector<f64>,
    start: DVector<f64>,
) -> Option<Minimum> {
    if start.is_empty() {
        let residuals = residuals(&start);
        return minimum(start, residuals);
    }
    let problem = Problem {
        residuals,
        at: start,
    };
    let (end, report) = LevenbergMarquardt::new()
        .with_ftol(tolerance)
        .with_xtol(tolerance)
        .with_stepbound(FIRST_STEP)
        .with_patience(patience)
        .minimize(problem);
    // Out of patience it may still have found the minimum: the caller
    // compares several searches.
    if matches!(
        report.termination,
        levenberg_marquardt::TerminationReason::User(_)
            | levenberg_marquardt::TerminationReason::Numerical(_)
            | levenberg_marquardt::TerminationReason::NoParameters
            | levenberg_marquardt::TerminationReason::NoResiduals
            | levenberg_marquardt::TerminationReason::WrongDimensions(_)
    ) {
        return None;
    }
    let residuals = finite(residuals(&end.at));
    minimum(end.at, residuals)
}

fn minimum(at: DVector<f64>, residuals: DVector<f64>) -> Option<Minimum> {
    let chi_square = residuals.norm_squared();
    (chi_square < HUGE).then_some(Minimum {
        at,
        residuals,
        chi_square,
    })
}

/// Derivatives of the residuals (rows) by the coordinates (columns) at `at`.
pub(in super::super) fn derivatives(
    residuals: &dyn Fn(&DVector<f64>) -> DVector<f64>,
    at: &DVector<f64>,
) -> DMatrix<f64> {
    let columns: Vec<DVector<f64>> = (0..at.len())
        .map(|k| {
            let moved = |way: f64| {
                let mut moved = at.clone();
                moved[k] += way;
                finite(residuals(&moved))
            };
            (moved(DIFFERENCE) - moved(-DIFFERENCE)) / (2.0 * DIFFERENCE)
        })
        .collect();
    DMatrix::from_columns(&columns)
}

fn finite(mut residuals: DVector<f64>) -> DVector<f64> {
    for residual in residuals.iter_mut() {
        let is_sensible = residual.abs() < HUGE.sqrt(); // false for NaN
        if !is_sensible {
            *residual = HUGE.sqrt();
        }
    }
    residuals
}

struct Problem<'a> {
    residuals: &'a dyn Fn(&DVector<f64>) -> DVector<f64>,
    at: DVector<f64>,
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Problem<'_> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;
    type ParameterStorage = Owned<f64, Dyn>;

    fn set_params(&mut self, at: &DVector<f64>) {
        self.at.copy_from(at);
    }

    fn params(&self) -> DVector<f64> {
        self.at.clone()
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        Some(finite((self.residuals)(&self.at)))
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        Some(derivatives(self.residuals, &self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock's valley: residuals 10 (y - x²) and 1 - x, minimum at (1, 1).
    #[test]
    fn finds_the_end_of_rosenbrocks_valley() {
        let valley =
            |p: &DVector<f64>| DVector::from_vec(vec![10.0 * (p[1] - p[0] * p[0]), 1.0 - p[0]]);
        let found = minimise(&valley, DVector::from_vec(vec![-1.2, 1.0])).expect("a minimum");
        assert!((found.at[0] - 1.0).abs() < 1e-6 && (found.at[1] - 1.0).abs() < 1e-6);
        assert!(found.chi_square < 1e-12);
    }
}
