//! The course of a run in memory, for the analysis at its end and for checkpoints.

use super::experiment::{Experiment, SlitWindow, WindowDone};
use bjerrum_physics::circuit::CircuitWindow;
use bjerrum_physics::observables::{ClusterWindow, WindowAverage};
use serde::{Deserialize, Serialize};

/// One slit over time, one entry a window, in internal units.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
    /// Current of each species, e/ps: so many entries a window.
    pub current_by_species: Vec<f64>,
    /// Fraction of free ions.
    pub free_fraction: Vec<f64>,
    /// Conductance of the mobile charge, e²/(kT·ps).
    pub mobile_conductance: Vec<f64>,
    /// Pairs and clusters, where they are watched.
    pub clusters: Vec<ClusterWindow>,
}

/// The circuit over time, one entry a window, in internal units.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CircuitHistory {
    /// Voltage, kT/e.
    pub voltage: Vec<f64>,
    /// Conductance of one slit of each branch, e²/(kT·ps): so many entries a window.
    pub conductances: Vec<f64>,
    /// Current of each branch, e/ps: so many entries a window.
    pub currents: Vec<f64>,
    /// Power dissipated in the slits, Σ m G (V - E)², kT/ps.
    pub power: Vec<f64>,
}

/// All slits and the circuit over time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
    pub fn push(&mut self, experiment: &Experiment, done: &WindowDone) {
        self.time.push(experiment.time());
        for (slit, window) in self.slits.iter_mut().zip(&done.slits) {
            slit.push(window);
        }
        if let Some(window) = &done.circuit {
            self.circuit.push(window);
        }
    }

    /// What was pushed as window `k`, counted from 0.
    #[must_use]
    pub fn window(&self, k: usize) -> WindowDone {
        let circuit = &self.circuit;
        WindowDone {
            slits: self.slits.iter().map(|slit| slit.window(k)).collect(),
            circuit: (!circuit.voltage.is_empty()).then(|| circuit.window(k)),
        }
    }

    /// First window that ends after `time` (ps).
    #[must_use]
    pub fn first_after(&self, time: f64) -> usize {
        self.time.partition_point(|&end| end <= time)
    }
}

impl SlitHistory {
    fn push(&mut self, done: &SlitWindow) {
        let window = &done.average;
        self.field.push(window.field);
        self.current.push(window.current);
        self.current_by_species
            .extend_from_slice(&window.current_by_species);
        self.free_fraction.push(window.free_fraction);
        self.mobile_conductance.push(window.mobile_conductance);
        self.clusters.extend(done.clusters);
    }

    fn window(&self, k: usize) -> SlitWindow {
        let average = WindowAverage {
            field: self.field[k],
            current: self.current[k],
            current_by_species: row(&self.current_by_species, k, self.field.len()),
            free_fraction: self.free_fraction[k],
            mobile_conductance: self.mobile_conductance[k],
        };
        SlitWindow {
            average,
            clusters: self.clusters.get(k).copied(),
        }
    }
}

impl CircuitHistory {
    fn push(&mut self, window: &CircuitWindow) {
        self.voltage.push(window.voltage);
        self.conductances.extend_from_slice(&window.conductances);
        self.currents.extend_from_slice(&window.currents);
        self.power.push(window.power);
    }

    fn window(&self, k: usize) -> CircuitWindow {
        let windows = self.voltage.len();
        CircuitWindow {
            voltage: self.voltage[k],
            conductances: row(&self.conductances, k, windows),
            currents: row(&self.currents, k, windows),
            power: self.power[k],
        }
    }
}

/// Row `k` of `rows` equal rows.
fn row(values: &[f64], k: usize, rows: usize) -> Vec<f64> {
    let width = values.len() / rows;
    values[k * width..(k + 1) * width].to_vec()
}
