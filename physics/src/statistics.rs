//! Means with honest errors from correlated series.

mod blocks;

pub use blocks::Blocks;

/// A mean and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Its standard error; NaN where the data cannot tell.
    pub error: f64,
}

impl Estimate {
    /// The square root: its error is that of the value over twice the root.
    #[must_use]
    pub fn sqrt(self) -> Self {
        let mean = self.mean.sqrt();
        Self {
            mean,
            error: 0.5 * self.error / mean,
        }
    }
}

/// Mean of independent values, with error s/√n; the error of fewer than two
/// values is NaN.
#[must_use]
pub fn independent(values: &[f64]) -> Estimate {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let error = if values.len() < 2 {
        f64::NAN
    } else {
        (squares / (n - 1.0) / n).sqrt()
    };
    Estimate { mean, error }
}

/// Mean of a stationary, correlated series: the error of independent values
/// times √(2τ), τ the integrated autocorrelation time.
///
/// Sokal, Monte Carlo Methods in Statistical Mechanics (1997),
/// <https://doi.org/10.1007/978-1-4899-0319-8_6>, §3.
#[must_use]
pub fn correlated(values: &[f64]) -> Estimate {
    let Estimate { mean, error } = independent(values);
    Estimate {
        mean,
        error: error * (2.0 * autocorrelation_time(values)).sqrt(),
    }
}

/// Integrated autocorrelation time τ = 1/2 + Σ_{k≥1} ρ(k), in samples, at
/// least 1/2 (independent samples).
///
/// The sum ends at the first lag beyond 5τ (Sokal's automatic window).
#[must_use]
pub fn autocorrelation_time(values: &[f64]) -> f64 {
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n as f64;
    let deviation: Vec<f64> = values.iter().map(|v| v - mean).collect();
    let variance: f64 = deviation.iter().map(|d| d * d).sum();
    if n < 4 || variance == 0.0 {
        return 0.5;
    }
    let mut tau: f64 = 0.5;
    for lag in 1..n / 2 {
        let product: f64 = deviation[lag..]
            .iter()
            .zip(&deviation)
            .map(|(a, b)| a * b)
            .sum();
        tau += product / variance;
        if lag as f64 >= 5.0 * tau {
            break;
        }
    }
    tau.max(0.5)
}

/// A straight line through measured points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Value at x = 0.
    pub intercept: Estimate,
    /// Change of y with x.
    pub slope: Estimate,
    /// Σ ((y - line)/error)².
    pub chi_square: f64,
    /// Points less the two numbers taken from them.
    pub freedom: usize,
}

impl Line {
    /// Whether the points scatter about the line no more than their errors
    /// allow: χ² has the mean ν and the variance 2ν, and is taken up to two
    /// standard deviations above its mean (for ν = 1 to 5 that turns down 5 %
    /// of what is straight).
    #[must_use]
    pub fn fits(&self) -> bool {
        let freedom = self.freedom as f64;
        self.chi_square <= freedom + 2.0 * (2.0 * freedom).sqrt()
    }
}

/// The line y = a + b x of least χ² through `points` (x, y ± error), at least
/// two of them with different x and with errors above zero.
///
/// With weights w = 1/error² and means weighted with them,
///
/// ```text
/// b = Σ w (x - x̄) y / S,    a = ȳ - b x̄,    S = Σ w (x - x̄)²
/// Var b = 1/S,    Var a = 1/Σw + x̄²/S
/// ```
///
/// Press et al., Numerical Recipes (3rd ed., 2007), §15.2.
#[must_use]
pub fn straight_line(points: &[(f64, Estimate)]) -> Line {
    let weighted = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        let terms = points.iter().map(|(x, y)| f(*x, y.mean) / y.error.powi(2));
        terms.sum()
    };
    let weight = weighted(&|_, _| 1.0);
    let middle = weighted(&|x, _| x) / weight;
    let spread = weighted(&|x, _| (x - middle).powi(2));
    let slope = weighted(&|x, y| (x - middle) * y) / spread;
    let intercept = weighted(&|_, y| y) / weight - slope * middle;
    Line {
        intercept: Estimate {
            mean: intercept,
            error: (1.0 / weight + middle * middle / spread).sqrt(),
        },
        slope: Estimate {
            mean: slope,
            error: (1.0 / spread).sqrt(),
        },
        chi_square: weighted(&|x, y| (y - intercept - slope * x).powi(2)),
        freedom: points.len() - 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Stream;

    /// Points about y = 2 - 3x with errors that grow with x: over 4000 lines
    /// the intercept is right, scatters by its error, and χ² has mean ν.
    #[test]
    fn straight_line_has_honest_errors() {
        let mut stream = Stream::named(12, "line", 0);
        let lines: Vec<Line> = (0..4000)
            .map(|_| {
                let points = [0.1, 0.2, 0.5, 1.0].map(|x| {
                    let error = 0.05 + 0.1 * x;
                    let mean = 2.0 - 3.0 * x + error * stream.normal();
                    (x, Estimate { mean, error })
                });
                straight_line(&points)
            })
            .collect();
        let pulls: Vec<f64> = lines
            .iter()
            .map(|line| (line.intercept.mean - 2.0) / line.intercept.error)
            .collect();
        let Estimate { mean, error } = independent(&pulls);
        assert!(mean.abs() < 0.06, "{mean}");
        assert!((error * 4000f64.sqrt() - 1.0).abs() < 0.05, "{error}");
        let chi: Vec<f64> = lines.iter().map(|line| line.chi_square).collect();
        assert!((independent(&chi).mean - 2.0).abs() < 0.15);
        let kept = lines.iter().filter(|line| line.fits()).count() as f64 / 4000.0;
        assert!((kept - 0.95).abs() < 0.02, "{kept}");
    }

    /// AR(1) with coefficient a: τ = 1/2 + a/(1 - a), exactly. At a = 0.8 and
    /// 2e5 samples the estimate scatters by about 2 %.
    #[test]
    fn autocorrelation_time_of_an_autoregressive_series() {
        let mut stream = Stream::named(11, "ar", 0);
        let mut x = 0.0;
        let series: Vec<f64> = (0..200_000)
            .map(|_| {
                x = 0.8 * x + stream.normal();
                x
            })
            .collect();
        let tau = autocorrelation_time(&series);
        assert!((tau - 4.5).abs() < 0.4, "{tau}");
        let white: Vec<f64> = (0..100_000).map(|_| stream.normal()).collect();
        assert!((autocorrelation_time(&white) - 0.5).abs() < 0.03);
    }

    #[test]
    fn error_of_independent_values() {
        let estimate = independent(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(estimate.mean, 2.5);
        assert!((estimate.error - (5.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-15);
        assert!(independent(&[1.0]).error.is_nan());
    }
}
