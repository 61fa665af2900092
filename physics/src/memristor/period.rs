//! The period of a drive: from its times, or its times from the period.

use super::fit::minimise;
use nalgebra::DVector;
use std::f64::consts::TAU;

/// How a voltage goes over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Course {
    /// Again and again, with this period (s).
    Periodic(f64),
    /// With two periods, one after the other (s).
    Mixed(f64, f64),
    /// Without a period that can be told.
    Single,
}

/// Periods that differ by less than this are one.
const SAME: f64 = 0.05;

/// How `voltage` goes over `time` (s), by its upward passes through the middle
/// of its range; to count, it must have been in the lowest third before. One
/// closed cycle has the period in which it closes.
#[must_use]
pub fn course(time: &[f64], voltage: &[f64]) -> Course {
    let intervals: Vec<f64> = upward_passes(time, voltage)
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .collect();
    let Some(shortest) = intervals.iter().copied().reduce(f64::min) else {
        return closed_cycle(time, voltage).map_or(Course::Single, Course::Periodic);
    };
    let longest = intervals.iter().copied().fold(0.0, f64::max);
    if longest <= shortest * (1.0 + SAME) {
        return Course::Periodic(intervals.iter().sum::<f64>() / intervals.len() as f64);
    }
    let near = |period: f64| {
        let alike = intervals
            .iter()
            .filter(|t| (**t / period - 1.0).abs() < SAME);
        alike.count()
    };
    if near(shortest) >= 2
        && near(longest) >= 2
        && near(shortest) + near(longest) + 1 >= intervals.len()
    {
        Course::Mixed(longest, shortest)
    } else {
        Course::Single
    }
}

fn range(values: &[f64]) -> (f64, f64) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (low, high)
}

/// Times at which the voltage comes up through the middle of its range.
fn upward_passes(time: &[f64], voltage: &[f64]) -> Vec<f64> {
    let (low, high) = range(voltage);
    let (third, middle) = (low + (high - low) / 3.0, 0.5 * (low + high));
    let mut armed = false;
    let mut passes = Vec::new();
    for k in 0..voltage.len() {
        if voltage[k] < third {
            armed = true;
        } else if armed && voltage[k] >= middle {
            let share = (middle - voltage[k - 1]) / (voltage[k] - voltage[k - 1]);
            passes.push(time[k - 1] + share * (time[k] - time[k - 1]));
            armed = false;
        }
    }
    passes
}

/// The time in which one cycle closes: it begins and ends at one voltage,
/// going the same way, and reaches both ends of its range between.
fn closed_cycle(time: &[f64], voltage: &[f64]) -> Option<f64> {
    let n = voltage.len();
    if n < 8 {
        return None;
    }
    let (low, high) = range(voltage);
    let ends_inside = |v: f64| v > low && v < high;
    let (first, last) = (voltage[1] - voltage[0], voltage[n - 1] - voltage[n - 2]);
    let step = voltage
        .windows(2)
        .map(|w| (w[1] - w[0]).abs())
        .fold(0.0, f64::max);
    let missing = voltage[0] - voltage[n - 1];
    let closes = missing.abs() <= 1.5 * step && first * last > 0.0;
    if !closes || !ends_inside(0.5 * (voltage[0] + voltage[1])) {
        return None;
    }
    let extra = missing / last * (time[n - 1] - time[n - 2]);
    Some(time[n - 1] - time[0] + extra)
}

/// How far the voltage may be from a sine, root mean square over amplitude.
const SINE: f64 = 0.03;

/// The times (s, from 0) of a loop that was recorded without any: `voltage` is
/// taken to be a sine of `frequency` (Hz), sampled evenly. Nothing where it is
/// not, to 3 % of its amplitude.
///
/// The samples a period are found by least squares, with the sine's phase,
/// amplitude and offset.
#[must_use]
pub fn times_of_a_sine(voltage: &[f64], frequency: f64) -> Option<Vec<f64>> {
    let n = voltage.len();
    let (low, high) = range(voltage);
    if n < 8 || low >= high {
        return None;
    }
    let (offset, amplitude) = (0.5 * (low + high), 0.5 * (high - low));
    // One period, until the fit knows better; per unit of the coordinates the
    // phase at the last sample changes by 2π.
    let residuals = |p: &DVector<f64>| {
        let missed = voltage.iter().enumerate().map(|(k, v)| {
            let phase = TAU * (p[0] * k as f64 / n as f64 + p[1]);
            p[2] * phase.sin() + p[3] - (v - offset) / amplitude
        });
        DVector::from_iterator(n, missed)
    };
    let middle = voltage.iter().map(|v| v - offset);
    let turns = middle
        .clone()
        .zip(middle.skip(1))
        .filter(|(a, b)| a * b < 0.0)
        .count();
    let periods = (0.5 * turns as f64).max(1.0);
    let starts = (0..8).map(|k| vec![periods, f64::from(k) / 8.0, 1.0, 0.0]);
    let best = starts
        .filter_map(|start| minimise(&residuals, DVector::from_vec(start)))
        .min_by(|a, b| a.chi_square.total_cmp(&b.chi_square))?;
    let missed = (best.chi_square / n as f64).sqrt();
    let per_sample = best.at[0].abs() / n as f64 / frequency;
    (missed < SINE && per_sample > 0.0).then(|| (0..n).map(|k| per_sample * k as f64).collect())
}

/// Periods from which the noise can be told.
const PERIODS: usize = 3;
/// Points that a mean period keeps, at most.
const POINTS: usize = 400;

/// One period, averaged over many.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanPeriod {
    /// Times, s, from the first sample on.
    pub time: Vec<f64>,
    /// Voltages, V.
    pub voltage: Vec<f64>,
    /// Currents, A.
    pub current: Vec<f64>,
    /// Standard deviation of the noise of one of these currents, A.
    pub noise: f64,
    /// Periods averaged over.
    pub periods: usize,
}

/// Averages a recording over its periods (s); nothing with fewer than three, or
/// without noise.
///
/// The noise is the scatter between periods at the same phase. More than 400
/// samples a period are averaged in blocks first. Between samples currents are
/// interpolated, with the weights w and 1 - w of two neighbours; that averages
/// their noise, and its variance is divided by w² + (1 - w)².
#[must_use]
pub fn mean_period(
    time: &[f64],
    voltage: &[f64],
    current: &[f64],
    period: f64,
) -> Option<MeanPeriod> {
    let a_period = time.iter().filter(|t| **t < time[0] + period).count();
    let block = a_period.div_ceil(POINTS).max(1);
    let blocks = |values: &[f64]| -> Vec<f64> {
        let whole = values.chunks_exact(block);
        whole
            .map(|b| b.iter().sum::<f64>() / block as f64)
            .collect()
    };
    let (time, voltage, current) = (blocks(time), blocks(voltage), blocks(current));
    let (first, last) = (*time.first()?, *time.last()?);
    let periods = ((last - first) / period * (1.0 + 1e-9)).floor() as usize;
    if periods < PERIODS {
        return None;
    }
    let phases: Vec<f64> = time
        .iter()
        .copied()
        .filter(|t| *t < first + period)
        .collect();
    let mut mean = MeanPeriod {
        time: phases,
        voltage: Vec::new(),
        current: Vec::new(),
        noise: 0.0,
        periods,
    };
    let mut variance = 0.0;
    for &phase in &mean.time {
        let (mut v, mut i, mut gain) = (0.0, Vec::new(), 0.0);
        for k in 0..periods {
            let (after, w) = place(&time, (phase + period * k as f64).min(last));
            v += (1.0 - w) * voltage[after - 1] + w * voltage[after];
            i.push((1.0 - w) * current[after - 1] + w * current[after]);
            gain += (1.0 - w).powi(2) + w * w;
        }
        let n = periods as f64;
        let average = i.iter().sum::<f64>() / n;
        let spread: f64 = i.iter().map(|i| (i - average).powi(2)).sum();
        variance += spread / (n - 1.0) / (gain / n);
        mean.voltage.push(v / n);
        mean.current.push(average);
    }
    mean.noise = (variance / mean.time.len() as f64 / periods as f64).sqrt();
    (mean.noise > 0.0).then_some(mean)
}

/// The sample after `t`, and how near `t` is to it.
fn place(time: &[f64], t: f64) -> (usize, f64) {
    let after = time.partition_point(|s| *s < t).clamp(1, time.len() - 1);
    (
        after,
        (t - time[after - 1]) / (time[after] - time[after - 1]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Stream;

    fn sines(periods: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut time, mut voltage) = (Vec::new(), Vec::new());
        let mut start = 0.0;
        for period in periods {
            for k in 0..50 {
                time.push(start + period * f64::from(k) / 50.0);
                voltage.push(0.4 * (TAU * f64::from(k) / 50.0).sin());
            }
            start += period;
        }
        (time, voltage)
    }

    #[test]
    fn courses_are_told_apart() {
        let (time, voltage) = sines(&[2.0; 5]);
        let Course::Periodic(period) = course(&time, &voltage) else {
            panic!("five periods")
        };
        assert!((period - 2.0).abs() < 1e-3, "{period}");

        let (time, voltage) = sines(&[2.0, 2.0, 2.0, 2.0, 0.5, 0.5, 0.5, 0.5]);
        let Course::Mixed(longer, shorter) = course(&time, &voltage) else {
            panic!("two periods")
        };
        assert!((longer - 2.0).abs() < 0.02 && (shorter - 0.5).abs() < 0.02);

        let ramp: Vec<f64> = time.iter().map(|t| 0.1 * t).collect();
        assert_eq!(course(&time, &ramp), Course::Single);
    }

    #[test]
    fn one_closed_cycle_has_a_period() {
        let (time, voltage) = sines(&[2.0]);
        let Course::Periodic(period) = course(&time, &voltage) else {
            panic!("a cycle")
        };
        assert!((period - 2.0).abs() < 1e-3, "{period}");
    }

    /// Times come back to 1e-6 of a period, whatever part of a sample a loop
    /// begins at and however often its first point is repeated.
    #[test]
    fn times_come_back_from_a_sine() {
        for (samples, shift, periods) in [(51, 0.5, 1.0), (201, 0.0, 1.0), (100, 0.3, 3.0)] {
            let each = f64::from(samples - 1) / periods;
            let voltage: Vec<f64> = (0..samples)
                .map(|k| 0.43 * (TAU * (f64::from(k) + shift) / each).sin() + 0.01)
                .collect();
            let time = times_of_a_sine(&voltage, 0.005).expect("a sine");
            let last = 200.0 * periods;
            let found = time[time.len() - 1];
            assert!((found / last - 1.0).abs() < 1e-6, "{found} {last}");
        }
        let triangle: Vec<f64> = (0..100).map(|k| (f64::from(k) - 50.0).abs()).collect();
        assert_eq!(times_of_a_sine(&triangle, 0.005), None);
    }

    /// Noise of 0.1 on ten periods that are no whole number of samples long: the
    /// mean of ten has 0.1/√10, known to 1/√(2·9·97) = 2.4 %, here to 10 %.
    #[test]
    fn noise_is_the_scatter_between_periods() {
        let mut stream = Stream::named(3, "noise", 0);
        let time: Vec<f64> = (0..980).map(f64::from).collect();
        let voltage: Vec<f64> = time.iter().map(|t| (TAU * t / 97.3).sin()).collect();
        let current: Vec<f64> = voltage
            .iter()
            .map(|v| 5.0 * v + 0.1 * stream.normal())
            .collect();
        let mean = mean_period(&time, &voltage, &current, 97.3).expect("ten periods");
        assert_eq!((mean.periods, mean.time.len()), (10, 98));
        assert!(
            (mean.noise * 10f64.sqrt() / 0.1 - 1.0).abs() < 0.1,
            "{}",
            mean.noise
        );
        for (v, i) in mean.voltage.iter().zip(&mean.current) {
            assert!((i - 5.0 * v).abs() < 5.0 * mean.noise);
        }
        assert_eq!(mean_period(&time, &voltage, &current, 400.0), None);
    }

    /// 4000 samples a period are averaged to 400 points.
    #[test]
    fn long_recordings_are_thinned() {
        let mut stream = Stream::named(4, "noise", 0);
        let time: Vec<f64> = (0..16_000).map(|k| f64::from(k) * 1e-3).collect();
        let voltage: Vec<f64> = time.iter().map(|t| (TAU * t / 4.0).sin()).collect();
        let current: Vec<f64> = voltage.iter().map(|v| v + 0.1 * stream.normal()).collect();
        let mean = mean_period(&time, &voltage, &current, 4.0);
        // The blocks of the last period are not all there: three are whole.
        let mean = mean.expect("three whole periods");
        assert_eq!((mean.periods, mean.time.len()), (3, 400));
        let expected = 0.1 / 30f64.sqrt();
        assert!((mean.noise / expected - 1.0).abs() < 0.15, "{}", mean.noise);
    }
}
