//! Errors of what is summed along a run, in a memory that does not grow.

use super::{Estimate, correlated};
use serde::{Deserialize, Serialize};

/// Blocks at most; when they are full, each two become one.
const BLOCKS: usize = 64;
/// Blocks that must hold something for the scatter between them to mean anything,
/// where others are empty.
const LEAST: usize = 8;

/// Several sums over a run, kept apart for consecutive blocks of windows.
///
/// A window is summed with [`Self::add`] and ended with [`Self::close`]. As the
/// run goes on the blocks grow longer instead of more: there are 32 to 64 of
/// them, each of the same number of windows, and the last windows that do not
/// yet fill one.
///
/// Means of blocks longer than the memory of a series are independent, and their
/// scatter is the error: Flyvbjerg & Petersen, J. Chem. Phys. 91, 461 (1989),
/// <https://doi.org/10.1063/1.457480>. What memory is left between blocks is
/// taken into account as in [`correlated`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blocks {
    open: Vec<f64>,
    full: Vec<Vec<f64>>,
    last: Vec<f64>,
    windows_in_last: u64,
    windows_per_block: u64,
}

impl Blocks {
    /// No windows yet of `sums` sums each.
    #[must_use]
    pub fn new(sums: usize) -> Self {
        Self {
            open: vec![0.0; sums],
            full: Vec::new(),
            last: vec![0.0; sums],
            windows_in_last: 0,
            windows_per_block: 1,
        }
    }

    /// Adds to a sum of the window that is open.
    #[inline]
    pub fn add(&mut self, sum: usize, amount: f64) {
        self.open[sum] += amount;
    }

    /// The sums of the window that is open.
    #[must_use]
    pub fn open(&self) -> &[f64] {
        &self.open
    }

    /// Forgets the window that is open, and opens the next.
    pub fn forget(&mut self) {
        self.open.fill(0.0);
    }

    /// Ends the window that is open, and opens the next.
    pub fn close(&mut self) {
        add_to(&mut self.last, &self.open);
        self.forget();
        self.windows_in_last += 1;
        if self.windows_in_last < self.windows_per_block {
            return;
        }
        let empty = vec![0.0; self.last.len()];
        self.full.push(std::mem::replace(&mut self.last, empty));
        self.windows_in_last = 0;
        if self.full.len() == BLOCKS {
            self.full = self.full.chunks_exact(2).map(merged).collect();
            self.windows_per_block *= 2;
        }
    }

    /// The sums over all windows that were closed.
    #[must_use]
    pub fn totals(&self) -> Vec<f64> {
        let mut totals = self.last.clone();
        for block in &self.full {
            add_to(&mut totals, block);
        }
        totals
    }

    /// The ratio R = Σa/Σb of two quantities that are linear in the sums, over all
    /// windows; NaN where Σb = 0.
    ///
    /// Its error is that of the mean of a - R b over the full blocks, divided by
    /// the mean of b (Cochran, Sampling Techniques, 3rd ed. 1977, §2.11). It is NaN
    /// for fewer than two blocks, and where b is zero in all but a few of them: what
    /// was met so rarely tells nothing about its own scatter.
    #[must_use]
    pub fn ratio(&self, a: impl Fn(&[f64]) -> f64, b: impl Fn(&[f64]) -> f64) -> Estimate {
        let totals = self.totals();
        let mean = a(&totals) / b(&totals);
        let deviations: Vec<f64> = self.full.iter().map(|s| a(s) - mean * b(s)).collect();
        let weights: Vec<f64> = self.full.iter().map(|s| b(s)).collect();
        let each = weights.iter().sum::<f64>() / weights.len() as f64;
        let met = weights.iter().filter(|&&weight| weight != 0.0).count();
        let error = if met < LEAST.min(weights.len()) {
            f64::NAN
        } else {
            correlated(&deviations).error / each.abs()
        };
        Estimate { mean, error }
    }
}

fn add_to(sums: &mut [f64], more: &[f64]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

fn merged(two: &[Vec<f64>]) -> Vec<f64> {
    let mut sums = two[0].clone();
    add_to(&mut sums, &two[1]);
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Stream;
    use crate::statistics::independent;

    /// The mean of an AR(1) series of coefficient 0.9 (τ = 1/2 + 9 samples) over
    /// 20 000 windows, 400 times: it scatters by its stated error. The variance
    /// of 400 pulls is known to √(2/400) = 7 %, that from some 40 blocks adds a
    /// bias of about 5 %.
    #[test]
    fn errors_of_a_correlated_series_are_honest() {
        let mut stream = Stream::named(21, "blocks", 0);
        let pulls: Vec<f64> = (0..400)
            .map(|_| {
                let mut blocks = Blocks::new(2);
                let mut x = stream.normal() / (1.0f64 - 0.81).sqrt();
                for _ in 0..20_000 {
                    blocks.add(0, 3.0 + x);
                    blocks.add(1, 1.0);
                    blocks.close();
                    x = 0.9 * x + stream.normal();
                }
                let mean = blocks.ratio(|s| s[0], |s| s[1]);
                (mean.mean - 3.0) / mean.error
            })
            .collect();
        let spread = independent(&pulls).error * 400f64.sqrt();
        assert!((spread - 1.0).abs() < 0.2, "{spread}");
    }

    /// A ratio whose numerator follows its denominator: a = 2b + noise of 1, b
    /// uniform in [0, 10], over 1000 windows. The error is 1/(5 √1000) = 0.0063;
    /// from independent errors of a and b it would be 2 √2 · 0.58 / √1000 = 0.05.
    #[test]
    fn a_ratio_knows_that_its_parts_move_together() {
        let mut stream = Stream::named(22, "blocks", 0);
        let mut blocks = Blocks::new(2);
        for _ in 0..1000 {
            let b = 10.0 * stream.uniform();
            blocks.add(0, 2.0 * b + stream.normal());
            blocks.add(1, b);
            blocks.close();
        }
        let ratio = blocks.ratio(|s| s[0], |s| s[1]);
        assert!((ratio.error / 0.0063 - 1.0).abs() < 0.5, "{ratio:?}");
        assert!((ratio.mean - 2.0).abs() < 4.0 * ratio.error, "{ratio:?}");
    }

    /// Met in 7 of 40 windows, and in 8: only the latter has an error.
    #[test]
    fn what_is_rare_has_no_error() {
        for (met, known) in [(7, false), (8, true)] {
            let mut blocks = Blocks::new(2);
            for window in 0..40 {
                if window < met {
                    blocks.add(0, f64::from(window));
                    blocks.add(1, 1.0);
                }
                blocks.close();
            }
            let error = blocks.ratio(|s| s[0], |s| s[1]).error;
            assert_eq!(error.is_finite(), known, "{error}");
        }
    }

    #[test]
    fn memory_is_bounded_and_nothing_is_lost() {
        let mut blocks = Blocks::new(1);
        for window in 0..100_001 {
            blocks.add(0, f64::from(window));
            blocks.close();
            assert!(blocks.full.len() < BLOCKS);
        }
        blocks.add(0, 1e9);
        blocks.forget();
        assert_eq!(blocks.totals(), [100_000.0 * 100_001.0 / 2.0]);
        assert!(blocks.full.len() >= BLOCKS / 2);
        assert!(Blocks::new(1).ratio(|s| s[0], |s| s[0]).mean.is_nan());
    }
}
