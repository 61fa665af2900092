//! What is fitted to: a current measured under a known voltage.

use crate::memristor::device::{Start, Sweep};

/// One recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What to call it in messages and pictures.
    pub name: String,
    /// Times, s, growing.
    pub time: Vec<f64>,
    /// Voltages, V.
    pub voltage: Vec<f64>,
    /// Measured currents, A.
    pub current: Vec<f64>,
    /// Points that take part in the drive and not in the fit.
    pub left_out: Vec<bool>,
    /// What came before.
    pub start: Start,
    /// Standard deviation of the noise of one current, A, if it was measured.
    pub noise: Option<f64>,
}

impl Recording {
    /// A recording that is fitted to in full.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        time: Vec<f64>,
        voltage: Vec<f64>,
        current: Vec<f64>,
        start: Start,
    ) -> Self {
        Self {
            name: name.into(),
            left_out: vec![false; time.len()],
            time,
            voltage,
            current,
            start,
            noise: None,
        }
    }

    /// The voltage, as a model takes it.
    #[must_use]
    pub fn sweep(&self) -> Sweep<'_> {
        Sweep {
            time: &self.time,
            voltage: &self.voltage,
            start: self.start,
        }
    }

    /// Points that are fitted to.
    #[must_use]
    pub fn fitted_points(&self) -> usize {
        self.left_out.iter().filter(|out| !**out).count()
    }

    /// Length of the recording, or of its period if that is longer, s.
    #[must_use]
    pub fn span(&self) -> f64 {
        let length = match (self.time.first(), self.time.last()) {
            (Some(first), Some(last)) => last - first,
            _ => 0.0,
        };
        match self.start {
            Start::Periodic(period) => length.max(period),
            Start::Steady(_) => length,
        }
    }

    /// Σ (I - data)² over the points that are fitted to, A².
    pub(super) fn missed(&self, current: &[f64]) -> f64 {
        self.squares(current, false)
    }

    /// Σ (I - data)² over the points that are left out, A².
    pub(super) fn missed_left_out(&self, current: &[f64]) -> f64 {
        self.squares(current, true)
    }

    fn squares(&self, current: &[f64], left_out: bool) -> f64 {
        let missed = current.iter().zip(&self.current).zip(&self.left_out);
        missed
            .filter(|(_, out)| **out == left_out)
            .map(|((i, data), _)| (i - data).powi(2))
            .sum()
    }
}

/// Standard deviation of the noise of `current` (in its unit) from its scatter
/// between periods at the same phase; nothing with fewer than three periods.
///
/// Currents between samples are interpolated, which averages the noise of two
/// neighbours: the variance is divided by w² + (1 - w)² of each weight w.
#[must_use]
pub fn noise_between_periods(time: &[f64], current: &[f64], period: f64) -> Option<f64> {
    let (first, last) = (*time.first()?, *time.last()?);
    let periods = ((last - first) / period * (1.0 + 1e-9)).floor() as usize;
    if periods < 3 {
        return None;
    }
    let at = |t: f64| {
        let after = time.partition_point(|s| *s < t).clamp(1, time.len() - 1);
        let w = (t - time[after - 1]) / (time[after] - time[after - 1]);
        let value = (1.0 - w) * current[after - 1] + w * current[after];
        (value, (1.0 - w).powi(2) + w * w)
    };
    let samples = time.iter().filter(|t| **t < first + period).count();
    let (mut variance, mut count) = (0.0, 0.0);
    for phase in &time[..samples] {
        let passes: Vec<(f64, f64)> = (0..periods)
            .map(|k| phase + period * k as f64)
            .filter(|t| *t <= last)
            .map(at)
            .collect();
        if passes.len() < 2 {
            continue;
        }
        let n = passes.len() as f64;
        let mean = passes.iter().map(|p| p.0).sum::<f64>() / n;
        let spread: f64 = passes.iter().map(|p| (p.0 - mean).powi(2)).sum();
        let gain = passes.iter().map(|p| p.1).sum::<f64>() / n;
        variance += spread / (n - 1.0) / gain;
        count += 1.0;
    }
    let noise = (variance / count).sqrt();
    (noise > 0.0).then_some(noise)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Stream;
    use std::f64::consts::TAU;

    /// Noise of 0.1 on ten periods that are no whole number of samples long:
    /// found to 5 % (its standard error is 0.1/√(2·9·97) = 2.4 %).
    #[test]
    fn noise_is_the_scatter_between_periods() {
        let mut stream = Stream::named(3, "noise", 0);
        let time: Vec<f64> = (0..980).map(f64::from).collect();
        let current: Vec<f64> = time
            .iter()
            .map(|t| 5.0 * (TAU * t / 97.3).sin() + 0.1 * stream.normal())
            .collect();
        let found = noise_between_periods(&time, &current, 97.3).expect("ten periods");
        assert!((found / 0.1 - 1.0).abs() < 0.05, "{found}");
        assert_eq!(noise_between_periods(&time, &current, 400.0), None);
    }
}
