//! The course of a run in memory, for the analysis at its end.

use super::experiment::{Experiment, WindowDone};

/// One slit over time, one entry a window, in internal units.
#[derive(Clone, Debug, Default)]
pub struct SlitHistory {
    /// Name in the result file.
    pub label: String,
    /// Index of its drive.
    pub drive: usize,
    /// Conductance if all ions were free, e²/(kT·ps).
    pub free_conductance: f64,
    /// Length of the slit, Å.
    pub length: f64,
    /// Field, kT/(e·Å).
    pub field: Vec<f64>,
    /// Current, e/ps.
    pub current: Vec<f64>,
    /// Fraction of free ions.
    pub free_fraction: Vec<f64>,
    /// Conductance of the mobile charge, e²/(kT·ps).
    pub mobile_conductance: Vec<f64>,
}

/// The circuit over time, one entry a window, in internal units.
#[derive(Clone, Debug, Default)]
pub struct CircuitHistory {
    /// Voltage, kT/e.
    pub voltage: Vec<f64>,
    /// Power dissipated in the slits, Σ m G (V - E)², kT/ps.
    pub power: Vec<f64>,
}

/// All slits and the circuit over time.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// End of each window, ps.
    pub time: Vec<f64>,
    /// The slits.
    pub slits: Vec<SlitHistory>,
    /// The circuit; empty where there is none.
    pub circuit: CircuitHistory,
}

impl History {
    /// An empty history of `experiment`.
    #[must_use]
    pub fn new(experiment: &Experiment) -> Self {
        let slits = experiment.copies().iter().map(|copy| SlitHistory {
            label: copy.label.clone(),
            drive: copy.drive,
            free_conductance: copy.free_conductance,
            length: copy.engine.slit().length,
            ..SlitHistory::default()
        });
        Self {
            slits: slits.collect(),
            ..Self::default()
        }
    }

    /// Adds the window that `experiment` has just run.
    pub fn push(&mut self, experiment: &Experiment, done: WindowDone) {
        self.time.push(experiment.time());
        for (slit, window) in self.slits.iter_mut().zip(done.slits) {
            slit.field.push(window.field);
            slit.current.push(window.current);
            slit.free_fraction.push(window.free_fraction);
            slit.mobile_conductance.push(window.mobile_conductance);
        }
        if let Some(window) = done.circuit {
            self.circuit.voltage.push(window.voltage);
            self.circuit.power.push(window.power);
        }
    }

    /// First window that ends after `time` (ps).
    #[must_use]
    pub fn first_after(&self, time: f64) -> usize {
        self.time.partition_point(|&end| end <= time)
    }
}
