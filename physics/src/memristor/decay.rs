//! The decay of a conductance after a pulse: the memory time, read off directly.

use crate::statistics::{self, Estimate};
use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::storage::Owned;
use nalgebra::{Dyn, Matrix3, OMatrix, OVector, U3, Vector3};

/// A decay g(t) = rest + jump · exp(-t/τ), fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// Level it decays to, in the unit of the data.
    pub rest: Estimate,
    /// What decays, in the unit of the data.
    pub jump: Estimate,
    /// Memory time τ, in the unit of the times.
    pub memory_time: Estimate,
}

/// Why a decay could not be fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecayError {
    /// Fewer than eight samples.
    #[error("{0} samples after the pulse are too few to fit a decay to (8 at least)")]
    TooFew(usize),
    /// The least squares did not converge.
    #[error("the least-squares fit of a decay did not converge: {0}")]
    NotConverged(String),
    /// The data leave a parameter undetermined.
    #[error(
        "the data do not determine a memory time: the decay is too small, too slow or too noisy"
    )]
    Undetermined,
}

/// Fits g(t) = rest + jump · exp(-t/τ) to `value` at `time` ≥ 0 by
/// Levenberg–Marquardt least squares.
///
/// Standard errors are σ √diag((JᵀJ)⁻¹), σ² the variance of the residuals,
/// times √(2τ_int) for residuals correlated over τ_int samples. Pairing is
/// not a first-order reaction, so the exponential is a summary, not a law.
///
/// # Errors
/// [`DecayError`] where there is nothing to fit.
pub fn fit_decay(time: &[f64], value: &[f64]) -> Result<Decay, DecayError> {
    let n = time.len();
    if n < 8 {
        return Err(DecayError::TooFew(n));
    }
    let span = time[n - 1] - time[0];
    let tail = value[n - n / 4..].iter().sum::<f64>() / (n / 4) as f64;
    let start = Vector3::new(tail, value[0] - tail, (0.2 * span).ln());
    let (fit, report) = LevenbergMarquardt::new().minimize(DecayFit {
        time,
        value,
        p: start,
    });
    if !report.termination.was_successful() {
        return Err(DecayError::NotConverged(format!(
            "{:?}",
            report.termination
        )));
    }
    let residuals: Vec<f64> = fit.deviations().collect();
    let jacobian = fit.slopes();
    let normal: Matrix3<f64> = jacobian.transpose() * &jacobian;
    let covariance = normal.try_inverse().ok_or(DecayError::Undetermined)?;
    let variance = residuals.iter().map(|r| r * r).sum::<f64>() / (n - 3) as f64;
    let correlation = 2.0 * statistics::autocorrelation_time(&residuals);
    let error = |k: usize| (covariance[(k, k)] * variance * correlation).sqrt();

    let memory_time = fit.p[2].exp();
    let relative = error(2);
    if !relative.is_finite() || relative > 1.0 || memory_time > 10.0 * span {
        return Err(DecayError::Undetermined);
    }
    let estimate = |mean, error| Estimate { mean, error };
    Ok(Decay {
        rest: estimate(fit.p[0], error(0)),
        jump: estimate(fit.p[1], error(1)),
        memory_time: estimate(memory_time, memory_time * relative),
    })
}

/// Least squares for (rest, jump, ln τ): the logarithm keeps τ positive.
struct DecayFit<'a> {
    time: &'a [f64],
    value: &'a [f64],
    p: Vector3<f64>,
}

impl DecayFit<'_> {
    fn deviations(&self) -> impl Iterator<Item = f64> {
        let tau = self.p[2].exp();
        self.time
            .iter()
            .zip(self.value)
            .map(move |(t, v)| self.p[0] + self.p[1] * (-t / tau).exp() - v)
    }

    fn slopes(&self) -> OMatrix<f64, Dyn, U3> {
        let tau = self.p[2].exp();
        OMatrix::<f64, Dyn, U3>::from_fn(self.time.len(), |row, column| {
            let scaled = self.time[row] / tau;
            let decay = (-scaled).exp();
            match column {
                0 => 1.0,
                1 => decay,
                _ => self.p[1] * decay * scaled,
            }
        })
    }
}

impl LeastSquaresProblem<f64, Dyn, U3> for DecayFit<'_> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, U3>;
    type ParameterStorage = Owned<f64, U3>;

    fn set_params(&mut self, p: &Vector3<f64>) {
        self.p = *p;
    }

    fn params(&self) -> Vector3<f64> {
        self.p
    }

    fn residuals(&self) -> Option<OVector<f64, Dyn>> {
        Some(OVector::<f64, Dyn>::from_iterator(
            self.time.len(),
            self.deviations(),
        ))
    }

    fn jacobian(&self) -> Option<OMatrix<f64, Dyn, U3>> {
        Some(self.slopes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Stream;

    /// 200 noisy decays of known parameters: the standardised errors of τ have
    /// mean 0 ± 0.07 and variance 1 ± 0.1; 4.5 of these are allowed.
    #[test]
    fn decay_fit_recovers_and_states_its_error() {
        let mut stream = Stream::named(5, "decay", 0);
        let time: Vec<f64> = (0..400).map(|k| f64::from(k) * 0.1).collect();
        let scores: Vec<f64> = (0..200)
            .map(|_| {
                let value: Vec<f64> = time
                    .iter()
                    .map(|t| 0.2 + 0.5 * (-t / 8.0).exp() + 0.02 * stream.normal())
                    .collect();
                let fit = fit_decay(&time, &value).expect("a clean decay");
                (fit.memory_time.mean - 8.0) / fit.memory_time.error
            })
            .collect();
        let spread = statistics::independent(&scores);
        assert!(spread.mean.abs() < 0.32, "biased: {spread:?}");
        let variance = spread.error.powi(2) * 200.0;
        assert!(
            (0.65..1.6).contains(&variance),
            "errors misstated: {variance}"
        );
    }

    #[test]
    fn nothing_to_fit_is_said() {
        assert_eq!(
            fit_decay(&[0.0, 1.0], &[1.0, 1.0]),
            Err(DecayError::TooFew(2))
        );
        let time: Vec<f64> = (0..50).map(f64::from).collect();
        let mut stream = Stream::named(6, "flat", 0);
        let flat: Vec<f64> = time.iter().map(|_| 1.0 + 0.1 * stream.normal()).collect();
        assert!(fit_decay(&time, &flat).is_err());
    }
}
