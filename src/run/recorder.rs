//! What is written during a run: one row a window for every observable.

use super::clusters;
use super::experiment::{Experiment, SlitCopy, WindowDone};
use super::history::History;
use super::{CheckpointError, RunError};
use crate::results::{Layout, RunFile, RunWriter, SeriesSpec, Table, TrajectorySpec};
use crate::scenario::{Protocol, Scenario};
use bjerrum_physics::circuit::{CircuitWindow, Coupling};
use bjerrum_physics::observables::WindowAverage;
use bjerrum_physics::slit::Walls;
use bjerrum_physics::units::Units;
use std::path::Path;
use std::time::{Duration, Instant};

/// H5MD has no symbol for kT; the long name says at which temperature.
const FIELD_UNIT: &str = "kT e-1 Angstrom-1";
/// How often readers of a running file get to see new rows, at most and at least. In between it is
/// a [`FLUSHED_SHARE`] of the time that the run has taken: a file grows at every flush, and one of a
/// long run would otherwise grow more by those than by what it holds.
const FLUSH_EVERY: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(60)];
/// One in so many.
const FLUSHED_SHARE: u32 = 60;

/// Observables of a slit, in the order in which they are written. Each row is
/// the average over the window that ends at its time.
const SLIT_SERIES: [(&str, &str, &str); 6] = [
    ("field", FIELD_UNIT, "mean field, kT/(e Angstrom)"),
    ("current", "A", "mean ionic current"),
    (
        "current_by_species",
        "A",
        "mean current carried by each species",
    ),
    ("conductance", "S", "mean current over mean voltage"),
    (
        "mobile_conductance",
        "S",
        "conductance of the mobile charge",
    ),
    ("free_fraction", "1", "fraction of ions that are alone"),
];

/// The announced content of the result file.
pub(super) fn layout(scenario: &Scenario, experiment: &Experiment) -> Layout {
    let mut layout = Layout::default();
    for copy in experiment.copies() {
        layout.series.extend(slit_series(copy));
        if copy.clusters.is_some() {
            layout.series.extend(clusters::series(&copy.label));
        }
        if scenario.observe.trajectory_windows.is_some() {
            layout.trajectories.push(trajectory(copy));
        }
    }
    if let Protocol::Circuit(circuit) = &scenario.protocol {
        let names: Vec<String> = circuit
            .branches
            .iter()
            .map(|b| scenario.slits[b.slit].name.clone())
            .collect();
        layout
            .series
            .extend(circuit_series(&names, circuit.coupling));
    }
    layout
}

fn slit_series(copy: &SlitCopy) -> impl Iterator<Item = SeriesSpec> {
    SLIT_SERIES
        .iter()
        .map(|&(name, unit, long_name)| SeriesSpec {
            group: format!("observables/{}", copy.label),
            name: name.to_owned(),
            unit: unit.to_owned(),
            long_name: long_name.to_owned(),
            columns: match name {
                "current_by_species" => copy
                    .engine
                    .species()
                    .iter()
                    .map(|s| s.species.name.clone())
                    .collect(),
                _ => Vec::new(),
            },
        })
}

fn circuit_series(branches: &[String], coupling: Coupling) -> Vec<SeriesSpec> {
    let conductance = match coupling {
        Coupling::Published => "conductance of one slit, <I>/V (published coupling)",
        Coupling::MobileCharge => "conductance of one slit, of its mobile charge",
    };
    let series = |name: &str, unit: &str, long_name: &str, columns: &[String]| SeriesSpec {
        group: "observables/circuit".to_owned(),
        name: name.to_owned(),
        unit: unit.to_owned(),
        long_name: long_name.to_owned(),
        columns: columns.to_vec(),
    };
    vec![
        series("voltage", "V", "voltage, held during the window", &[]),
        series("branch_conductance", "S", conductance, branches),
        series(
            "branch_current",
            "A",
            "current out of the node, m G (V - E)",
            branches,
        ),
        series(
            "power",
            "W",
            "power dissipated in the slits, sum of m G (V - E)^2",
            &[],
        ),
    ]
}

fn trajectory(copy: &SlitCopy) -> TrajectorySpec {
    let engine = &copy.engine;
    let slit = engine.slit();
    let mut species = Vec::new();
    for (index, range) in engine.species().iter().enumerate() {
        species.extend(std::iter::repeat_n(index as i32, range.ions.len()));
    }
    TrajectorySpec {
        group: copy.label.clone(),
        // One water layer is a few Å high; the box needs an edge there.
        box_edges: [slit.length, slit.width, 7.0],
        periodic: [true, slit.walls == Walls::Periodic, false],
        species_names: engine
            .species()
            .iter()
            .map(|s| s.species.name.clone())
            .collect(),
        species,
        charge: engine.ions().charges().to_vec(),
    }
}

/// Writes windows to the result file, in SI units (fields in kT/(e·Å)).
pub(super) struct Recorder {
    writer: RunWriter,
    units: Units,
    trajectory_windows: Option<u64>,
    started: Instant,
    flushed: Instant,
}

impl Recorder {
    pub(super) fn new(scenario: &Scenario, writer: RunWriter) -> Self {
        Self {
            writer,
            units: Units::at(scenario.temperature),
            trajectory_windows: scenario.observe.trajectory_windows,
            started: Instant::now(),
            flushed: Instant::now(),
        }
    }

    /// Writes the window that `experiment` has just run.
    pub(super) fn record(
        &mut self,
        experiment: &Experiment,
        done: &WindowDone,
    ) -> Result<(), RunError> {
        let (step, time) = (experiment.steps_done(), experiment.time());
        self.record_rows(experiment, step, time, done)?;
        self.record_frames(experiment)?;
        let [least, most] = FLUSH_EVERY;
        let every = (self.started.elapsed() / FLUSHED_SHARE).clamp(least, most);
        if self.flushed.elapsed() >= every {
            self.flush()?;
        }
        Ok(())
    }

    /// Readers of a running file, and those who come after a kill, see all that
    /// was recorded.
    pub(super) fn flush(&mut self) -> Result<(), RunError> {
        self.writer.flush()?;
        self.flushed = Instant::now();
        Ok(())
    }

    /// As [`Self::flush`], and a loss of power does not undo it.
    pub(super) fn sync(&mut self) -> Result<(), RunError> {
        self.flush()?;
        Ok(self.writer.sync()?)
    }

    /// Writes what an earlier process has recorded: the rows of `history`, and the
    /// frames from its own file, `frames`.
    pub(super) fn replay(
        &mut self,
        experiment: &Experiment,
        history: &History,
        frames: Option<&RunFile>,
    ) -> Result<(), RunError> {
        let window_steps = experiment.steps_done() / experiment.windows_done().max(1);
        for (k, &time) in history.time.iter().enumerate() {
            let step = (k as u64 + 1) * window_steps;
            self.record_rows(experiment, step, time, &history.window(k))?;
        }
        let due = self
            .trajectory_windows
            .map(|every| experiment.windows_done() / every);
        let due = due.unwrap_or(0) as usize;
        let lost = |reason: String| CheckpointError::Frames {
            window: experiment.windows_done(),
            reason,
        };
        for (index, copy) in experiment.copies().iter().enumerate() {
            for frame in 0..due {
                let file = frames.ok_or_else(|| lost("the result file is not there".to_owned()))?;
                let frame = file.frame(&copy.label, frame);
                let frame = frame.map_err(|error| lost(error.to_string()))?;
                self.writer
                    .append_frame(index, frame.step, frame.time, &frame.positions)?;
            }
        }
        self.flush()
    }

    /// The file that was written takes the place of `file`, and grows there.
    pub(super) fn take_place_of(&mut self, file: &Path) -> Result<(), RunError> {
        Ok(self.writer.take_place_of(file)?)
    }

    fn record_rows(
        &mut self,
        experiment: &Experiment,
        step: u64,
        time: f64,
        done: &WindowDone,
    ) -> Result<(), RunError> {
        let mut rows: Vec<Vec<f64>> = Vec::new();
        for (copy, window) in experiment.copies().iter().zip(&done.slits) {
            rows.extend(self.slit_rows(&window.average, copy.engine.slit().length));
            rows.extend(window.clusters.iter().flat_map(clusters::rows));
        }
        if let Some(window) = &done.circuit {
            rows.extend(self.circuit_rows(window));
        }
        for (index, row) in rows.iter().enumerate() {
            self.writer.append(index, step, time, row)?;
        }
        Ok(())
    }

    fn slit_rows(&self, window: &WindowAverage, length: f64) -> [Vec<f64>; SLIT_SERIES.len()] {
        let Units {
            current,
            conductance,
            ..
        } = self.units;
        let ratio = window.current / (window.field * length);
        [
            vec![window.field],
            vec![window.current * current],
            window
                .current_by_species
                .iter()
                .map(|i| i * current)
                .collect(),
            vec![if window.field == 0.0 {
                f64::NAN
            } else {
                ratio * conductance
            }],
            vec![window.mobile_conductance * conductance],
            vec![window.free_fraction],
        ]
    }

    fn circuit_rows(&self, window: &CircuitWindow) -> [Vec<f64>; 4] {
        let Units {
            voltage,
            current,
            conductance,
            ..
        } = self.units;
        [
            vec![window.voltage * voltage],
            window
                .conductances
                .iter()
                .map(|g| g * conductance)
                .collect(),
            window.currents.iter().map(|i| i * current).collect(),
            vec![window.power * current * voltage],
        ]
    }

    fn record_frames(&mut self, experiment: &Experiment) -> Result<(), RunError> {
        let due = |every: u64| experiment.windows_done().is_multiple_of(every);
        if !self.trajectory_windows.is_some_and(due) {
            return Ok(());
        }
        for (index, copy) in experiment.copies().iter().enumerate() {
            let (step, time) = (experiment.steps_done(), experiment.time());
            self.writer
                .append_frame(index, step, time, copy.engine.ions().positions())?;
        }
        Ok(())
    }

    pub(super) fn finish(
        self,
        tables: &[Table],
        wall_seconds: f64,
        status: &str,
    ) -> Result<(), RunError> {
        Ok(self.writer.finish(tables, wall_seconds, status)?)
    }
}
