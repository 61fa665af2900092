//! Means with honest errors from correlated series.

/// A mean and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Its standard error; NaN where the data cannot tell.
    pub error: f64,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Stream;

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
