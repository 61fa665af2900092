//! Noisy loops of many periods, folded on the magnitude of the field.

use crate::statistics::{self, Estimate};

/// Window averages of one slit under a periodic drive.
#[derive(Clone, Copy, Debug)]
pub struct LoopSeries<'a> {
    /// Field of each window, kT/(e·Å).
    pub field: &'a [f64],
    /// Current of each window, in any unit.
    pub current: &'a [f64],
    /// Current of free ions under the field of each window, in the same unit.
    pub free_current: &'a [f64],
}

/// One point of a loop folded on |E|.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoopPoint {
    /// Centre of the bin, kT/(e·Å).
    pub field: f64,
    /// I/I_free while |E| grows.
    pub rising: Estimate,
    /// I/I_free while |E| shrinks.
    pub falling: Estimate,
    /// Passes through the bin, rising and falling.
    pub passes: (usize, usize),
}

/// Folds the loops of independent copies on |E| and bins them.
///
/// A bin holds the windows with ||E| - centre| ≤ `half_width`. Its ratio is
/// Σ I sgn(E) / Σ I_free sgn(E): weighted by field, so that windows at E ≈ 0
/// do not add noise. The error is the scatter between passes through the bin
/// (each half period passes it once rising, once falling), which are parted by
/// more than the memory and so independent; one pass alone gives NaN.
#[must_use]
pub fn fold_loops(copies: &[LoopSeries<'_>], centres: &[f64], half_width: f64) -> Vec<LoopPoint> {
    centres
        .iter()
        .map(|&centre| {
            let (mut rising, mut falling) = (Vec::new(), Vec::new());
            for copy in copies {
                collect_passes(copy, centre, half_width, &mut rising, &mut falling);
            }
            LoopPoint {
                field: centre,
                rising: statistics::independent(&rising),
                falling: statistics::independent(&falling),
                passes: (rising.len(), falling.len()),
            }
        })
        .collect()
}

/// Ratios of the passes of one copy through one bin. A pass is a run of
/// windows in the bin with the same direction of |E|.
fn collect_passes(
    series: &LoopSeries<'_>,
    centre: f64,
    half_width: f64,
    rising: &mut Vec<f64>,
    falling: &mut Vec<f64>,
) {
    let mut pass: Option<(bool, f64, f64)> = None;
    let mut close = |pass: &mut Option<(bool, f64, f64)>| {
        if let Some((up, current, free)) = pass.take() {
            if up { &mut *rising } else { &mut *falling }.push(current / free);
        }
    };
    for k in 1..series.field.len().saturating_sub(1) {
        let e = series.field[k];
        let inside = (e.abs() - centre).abs() <= half_width;
        let up = series.field[k + 1].abs() > series.field[k - 1].abs();
        if !inside || pass.is_some_and(|(was_up, ..)| was_up != up) {
            close(&mut pass);
        }
        if inside {
            let (_, current, free) = pass.unwrap_or((up, 0.0, 0.0));
            let sign = e.signum();
            let sum = (
                current + sign * series.current[k],
                free + sign * series.free_current[k],
            );
            pass = Some((up, sum.0, sum.1));
        }
    }
    close(&mut pass);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// A made-up device with I/I_free = 0.6 rising and 0.4 falling.
    #[test]
    fn folding_parts_rising_from_falling() {
        let field: Vec<f64> = (0..4000)
            .map(|k| 0.5 * (TAU * f64::from(k) / 1000.0).cos())
            .collect();
        let current: Vec<f64> = (0..4000)
            .map(|k| {
                let phase = f64::from(k % 500) / 500.0;
                // |cos| falls in the first half of each half period.
                field[k as usize] * if phase < 0.5 { 0.4 } else { 0.6 }
            })
            .collect();
        let series = LoopSeries {
            field: &field,
            current: &current,
            free_current: &field,
        };
        let points = fold_loops(&[series, series], &[0.1, 0.3], 0.01);
        for point in points {
            assert!((point.rising.mean - 0.6).abs() < 1e-12, "{point:?}");
            assert!((point.falling.mean - 0.4).abs() < 1e-12, "{point:?}");
            assert_eq!(point.passes, (16, 16));
        }
    }
}
