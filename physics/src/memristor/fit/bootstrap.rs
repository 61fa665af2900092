//! Intervals from resampled residuals.

use super::{Fit, FitError, Interval, Method, Recording, refit};
use crate::noise::Stream;
use rayon::prelude::*;

/// How residuals are resampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resampling {
    /// Fits to resampled data; a few hundred for intervals of 95 %.
    pub replicas: u64,
    /// Seed of the choice of blocks.
    pub seed: u64,
}

/// Replicas that may fail to be fitted, as a share of all.
const FAILURES: f64 = 0.05;

/// `fit` with standard errors and 95 % intervals from the circular block
/// bootstrap: to the fitted current of each recording its own residuals are
/// added, in blocks of consecutive ones drawn at random ([`block_length`],
/// around the end), and the model is fitted again from where it was.
///
/// Residuals are centred and enlarged for what fitting took from them,
/// √(m/(m - k)) with k parameters and m = n/c independent points (of n, c
/// neighbours say the same), and for what blocks of L cut apart,
/// 1/√(1 - (c - 1/c)/2L) for a memory that fades exponentially. Errors are the
/// standard deviation of the replicas, intervals their 2.5th to 97.5th
/// percentile. The noise is taken to be alike along a recording, and to hang
/// together over less than a block; the intervals are those of the minimum that
/// was found, and miss others.
///
/// Künsch, Ann. Stat. 17, 1217 (1989), <https://doi.org/10.1214/aos/1176347265>;
/// Politis & Romano, in Exploring the Limits of Bootstrap, 263 (1992).
///
/// # Errors
/// [`FitError::NotConverged`] where more than one replica in twenty cannot be
/// fitted.
pub fn bootstrap(
    fit: &Fit,
    recordings: &[Recording],
    resampling: Resampling,
) -> Result<Fit, FitError> {
    let sources: Vec<Source> = recordings
        .iter()
        .map(|recording| Source::new(fit, recording))
        .collect();
    let replicas: Vec<Vec<f64>> = (0..resampling.replicas)
        .into_par_iter()
        .filter_map(|replica| {
            let mut stream = Stream::named(resampling.seed, "bootstrap of a fit", replica);
            let data: Vec<Recording> = sources.iter().map(|s| s.resampled(&mut stream)).collect();
            let mut values = refit(fit, &data)?;
            if fit.free() == values.len() {
                fit.model.arrange(&mut values);
            }
            Some(values)
        })
        .collect();
    if (replicas.len() as f64) < (1.0 - FAILURES) * resampling.replicas as f64 {
        let model = fit.model.name();
        return Err(FitError::NotConverged { model });
    }
    let mut found = fit.clone();
    for (number, fitted) in found.parameters.iter_mut().enumerate() {
        if fitted.interval.is_some() {
            let values = replicas.iter().map(|values| values[number]).collect();
            let (error, interval) = spread(values);
            (fitted.error, fitted.interval) = (error, Some(interval));
        }
    }
    Ok(found)
}

/// Points in a block: n^(1/3) for residuals without memory, three times the
/// number that say the same where there is one, a third of the recording at most.
#[must_use]
pub fn block_length(points: usize, correlation: f64) -> usize {
    let remembered = if correlation > 1.0 {
        3.0 * correlation
    } else {
        1.0
    };
    let length = (points as f64).cbrt().max(remembered).ceil() as usize;
    length.clamp(1, (points / 3).max(1))
}

/// What residuals are multiplied by before they are resampled in blocks of
/// `block`.
fn enlargement(fit: &Fit, block: usize) -> f64 {
    let same = fit.correlation;
    let independent = fit.points as f64 / same;
    let left = (independent - fit.free() as f64).max(1.0) / independent;
    // No block holds less than half of the variance of a sensible fit.
    let cut = (0.5 * (same - 1.0 / same) / block as f64).min(0.5);
    1.0 / (left * (1.0 - cut)).sqrt()
}

/// A recording as fitted, and what the fit misses.
struct Source<'r> {
    recording: &'r Recording,
    current: Vec<f64>,
    residuals: Vec<f64>,
    block: usize,
}

impl<'r> Source<'r> {
    fn new(fit: &Fit, recording: &'r Recording) -> Self {
        let current = fit.current(recording);
        let missed = || {
            recording
                .current
                .iter()
                .zip(&current)
                .map(|(data, i)| data - i)
        };
        let mean = missed().sum::<f64>() / current.len() as f64;
        let block = block_length(current.len(), fit.correlation);
        let enlarged = enlargement(fit, block);
        Self {
            residuals: missed().map(|r| enlarged * (r - mean)).collect(),
            block,
            current,
            recording,
        }
    }

    fn resampled(&self, stream: &mut Stream) -> Recording {
        let n = self.current.len();
        let mut recording = self.recording.clone();
        for start in (0..n).step_by(self.block) {
            let from = (stream.uniform() * n as f64) as usize;
            for k in start..(start + self.block).min(n) {
                recording.current[k] = self.current[k] + self.residuals[(from + k - start) % n];
            }
        }
        recording
    }
}

/// Standard deviation, and the 2.5th and 97.5th percentiles.
fn spread(mut values: Vec<f64>) -> (f64, Interval) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    values.sort_by(f64::total_cmp);
    // Replica k of n stands for the share k/(n + 1).
    let at = |share: f64| {
        let place = (share * (n + 1.0) - 1.0).clamp(0.0, n - 1.0);
        let (below, way) = (place.floor() as usize, place.fract());
        let above = (below + 1).min(values.len() - 1);
        values[below] + way * (values[above] - values[below])
    };
    let interval = Interval {
        low: at(0.025),
        high: at(0.975),
        method: Method::Bootstrap,
    };
    (variance.sqrt(), interval)
}

#[cfg(test)]
mod tests {
    use super::super::fit;
    use super::super::tests::loops;
    use super::*;
    use crate::memristor::device::{QuasiStatic, Volatile};
    use crate::statistics::Estimate;

    const TRUTH: [f64; 3] = [2e-7, 0.8, 12.0];

    /// How often the intervals of 150 replicas cover the truth, of 100 trials,
    /// with binomial errors; `memory` is the share of the noise of a point that
    /// the next one has as well.
    fn coverage(memory: f64) -> Vec<Estimate> {
        const TRIALS: u64 = 100;
        let model = &Volatile(QuasiStatic::Bipolar);
        let covered: Vec<Vec<bool>> = (0..TRIALS)
            .into_par_iter()
            .map(|trial| {
                let mut data = loops(model, &TRUTH, &[0.005, 0.03], 120, 0.0, trial);
                let mut stream = Stream::named(23, "noise with a memory", trial);
                for recording in &mut data {
                    let mut noise = stream.normal();
                    for current in &mut recording.current {
                        *current += 2e-9 * noise;
                        let fresh = (1.0 - memory * memory).sqrt() * stream.normal();
                        noise = memory * noise + fresh;
                    }
                }
                let found = fit(model, &data, &[]).expect("a fit");
                let resampling = Resampling {
                    replicas: 150,
                    seed: trial,
                };
                let found = bootstrap(&found, &data, resampling).expect("replicas");
                let parameters = found.parameters.iter().zip(TRUTH);
                let covers = parameters.map(|(p, truth)| {
                    let interval = p.interval.expect("a fitted parameter");
                    assert_eq!(interval.method, Method::Bootstrap);
                    interval.low <= truth && truth <= interval.high
                });
                covers.collect()
            })
            .collect();
        let share = |k: usize| covered.iter().filter(|c| c[k]).count() as f64 / TRIALS as f64;
        let error = (0.95 * 0.05 / TRIALS as f64).sqrt();
        (0..TRUTH.len())
            .map(|k| Estimate {
                mean: share(k),
                error,
            })
            .collect()
    }

    /// White noise: 95 %, of 100 trials within 3 binomial errors of 2.2 %.
    #[test]
    fn intervals_cover_the_truth() {
        let shares = coverage(0.0);
        println!("white noise: {shares:?}");
        for share in &shares {
            assert!((share.mean - 0.95).abs() < 3.0 * share.error, "{shares:?}");
        }
    }

    /// Noise of which a point hands on 0.8: nine neighbours say the same, and
    /// blocks of 2 × 9 hold all but 4.4/18 of the variance (Künsch's bias,
    /// Σ k ρ_k/L over the sum of correlations), 1.96 σ becomes 1.70 σ, which
    /// covers 91 %; single residuals would cover 49 %. Within 3 binomial errors
    /// of 2.3 %.
    #[test]
    fn blocks_hold_what_hangs_together() {
        let shares = coverage(0.8);
        println!("noise with a memory: {shares:?}");
        for share in &shares {
            assert!((share.mean - 0.91).abs() < 3.0 * 0.023, "{shares:?}");
        }
    }

    /// Same seed, same intervals; another seed, others; both near the quadratic ones.
    #[test]
    fn the_seed_decides() {
        let model = &Volatile(QuasiStatic::Bipolar);
        let data = loops(model, &TRUTH, &[0.005, 0.03], 120, 0.02, 1);
        let plain = fit(model, &data, &[]).expect("a fit");
        let time = |seed| {
            let resampling = Resampling {
                replicas: 400,
                seed,
            };
            bootstrap(&plain, &data, resampling)
                .expect("replicas")
                .parameters[2]
        };
        assert_eq!(time(1), time(1));
        assert_ne!(time(1).interval, time(2).interval);
        // The standard deviation of 400 replicas is good to 3.5 %, that of the
        // residuals it is drawn from to 4.6 %.
        let ratio = time(1).error / plain.parameters[2].error;
        assert!((ratio - 1.0).abs() < 0.2, "{ratio}");
    }

    #[test]
    fn blocks_have_a_sensible_length() {
        assert_eq!(block_length(1000, 1.0), 10);
        assert_eq!(block_length(1000, 20.0), 60);
        assert_eq!(block_length(60, 100.0), 20);
        assert_eq!(block_length(2, 1.0), 1);
    }
}
