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
            Start::Steady(_) | Start::AllFree => length,
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
