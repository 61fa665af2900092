//! The experiment under way: ions in slits, and what drives them.

use super::RunError;
use crate::scenario::{
    Applied, AppliedDrive, EngineKind, Protocol, Scenario, SlitSpec, WallPlaces,
};
use bjerrum_physics::brownian::{
    Beyond, Engine, EngineState, FastEngine, ForeignState, Ions, PlainEngine, Scheme,
};
use bjerrum_physics::circuit::{Circuit, CircuitWindow};
use bjerrum_physics::noise::Stream;
use bjerrum_physics::observables::{self, ClusterWatch, ClusterWindow, Sampling, WindowAverage};
use bjerrum_physics::slit::Walls;
use bjerrum_physics::theory;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// One simulated slit.
pub struct SlitCopy {
    /// Name in the result file: that of the slit, with the number of the drive
    /// and of the replica where there are several.
    pub label: String,
    /// Index of the drive it is under; 0 in a circuit.
    pub drive: usize,
    /// Its ions.
    pub engine: Box<dyn Engine>,
    /// Conductance if all ions were free, e²/(kT·ps).
    pub free_conductance: f64,
    /// What watches its pairs and clusters, where that is asked for.
    pub clusters: Option<ClusterWatch>,
}

/// Every slit of a scenario, and the drives or the circuit around them.
pub struct Experiment {
    copies: Vec<SlitCopy>,
    power: Power,
    sampling: Sampling,
    windows_done: u64,
}

/// What drives the slits.
#[derive(Debug)]
enum Power {
    Drives(Vec<AppliedDrive>),
    Circuit {
        circuit: Circuit,
        relaxation_windows: u64,
    },
}

/// An experiment between two windows, to the bit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ExperimentState {
    windows_done: u64,
    engines: Vec<EngineState>,
    /// What was seen of pairs and clusters, where they are watched.
    watches: Vec<Option<ClusterWatch>>,
    /// That of the capacitor, kT/e, where there is a circuit.
    voltage: Option<f64>,
}

/// What one window gave of one slit.
#[derive(Clone, Debug)]
pub struct SlitWindow {
    /// Currents and free ions.
    pub average: WindowAverage,
    /// Pairs and clusters, where they are watched.
    pub clusters: Option<ClusterWindow>,
}

/// What one window gave.
#[derive(Clone, Debug)]
pub struct WindowDone {
    /// One for each copy.
    pub slits: Vec<SlitWindow>,
    /// What the circuit did, if there is one.
    pub circuit: Option<CircuitWindow>,
}

impl Experiment {
    /// Places the ions of `scenario`.
    ///
    /// # Errors
    /// [`RunError::Force`] if the engine cannot have the force as precisely as it
    /// needs it.
    pub fn prepare(scenario: &Scenario) -> Result<Self, RunError> {
        let (power, drives) = match &scenario.protocol {
            Protocol::Driven { drives } => (Power::Drives(drives.clone()), drives.len()),
            Protocol::Circuit(spec) => {
                let circuit = Circuit {
                    capacitance: spec.capacitance,
                    source: spec.source,
                    branches: spec.branches.iter().map(|b| b.branch).collect(),
                    coupling: spec.coupling,
                    voltage: spec.initial_voltage,
                };
                let relaxation_windows = spec.relaxation_windows;
                (
                    Power::Circuit {
                        circuit,
                        relaxation_windows,
                    },
                    1,
                )
            }
        };
        Ok(Self {
            copies: copies(scenario, drives)?,
            power,
            sampling: Sampling {
                steps: scenario.dynamics.window_steps,
                samples: scenario.observe.samples_per_window,
                free_cutoff: scenario.observe.free_cutoff,
            },
            windows_done: 0,
        })
    }

    /// The slits, in the order of the result file; in a circuit, in the order
    /// of its branches.
    #[must_use]
    pub fn copies(&self) -> &[SlitCopy] {
        &self.copies
    }

    /// Steps done.
    #[must_use]
    pub fn steps_done(&self) -> u64 {
        self.windows_done * self.sampling.steps
    }

    /// Windows done.
    #[must_use]
    pub fn windows_done(&self) -> u64 {
        self.windows_done
    }

    /// Time since the start, ps.
    #[must_use]
    pub fn time(&self) -> f64 {
        self.copies[0].engine.time()
    }

    /// What it takes to go on from here.
    pub(super) fn state(&self) -> ExperimentState {
        ExperimentState {
            windows_done: self.windows_done,
            engines: self.copies.iter().map(|copy| copy.engine.state()).collect(),
            watches: self
                .copies
                .iter()
                .map(|copy| copy.clusters.clone())
                .collect(),
            voltage: match &self.power {
                Power::Drives(_) => None,
                Power::Circuit { circuit, .. } => Some(circuit.voltage),
            },
        }
    }

    /// Goes on to `state`, which must be of the same scenario.
    pub(super) fn restore(&mut self, state: ExperimentState) -> Result<(), ForeignState> {
        for (copy, engine) in self.copies.iter_mut().zip(state.engines) {
            copy.engine.restore(engine)?;
        }
        for (copy, watch) in self.copies.iter_mut().zip(state.watches) {
            copy.clusters = watch;
        }
        if let (Power::Circuit { circuit, .. }, Some(voltage)) = (&mut self.power, state.voltage) {
            circuit.voltage = voltage;
        }
        self.windows_done = state.windows_done;
        Ok(())
    }

    /// Runs one window: all slits in parallel, then the circuit.
    ///
    /// Each slit has its own stream of noise, so that the result does not
    /// depend on the number of threads.
    ///
    /// # Errors
    /// [`RunError`] if an ion is lost or the field has run away.
    pub fn advance(&mut self) -> Result<WindowDone, RunError> {
        self.check_fields()?;
        let sampling = self.sampling;
        let power = &self.power;
        let slits: Vec<SlitWindow> = self
            .copies
            .par_iter_mut()
            .map(|copy| copy.run_window(&sampling, power))
            .collect();
        self.windows_done += 1;
        self.check_ions()?;
        let circuit = self.advance_circuit(&slits);
        Ok(WindowDone { slits, circuit })
    }

    fn advance_circuit(&mut self, slits: &[SlitWindow]) -> Option<CircuitWindow> {
        let duration = self.sampling.steps as f64 * self.copies[0].engine.scheme().step;
        match &mut self.power {
            Power::Drives(_) => None,
            Power::Circuit {
                circuit,
                relaxation_windows,
            } => {
                let averages: Vec<_> = slits.iter().map(|slit| slit.average.clone()).collect();
                let window = circuit.observe(&averages);
                if self.windows_done <= *relaxation_windows {
                    return Some(window.disconnected());
                }
                circuit.advance(&window, duration);
                Some(window)
            }
        }
    }

    /// A drift beyond the cut-off in one step would carry ions past each other
    /// unseen. Drives are checked when a scenario is read; a circuit can only
    /// be watched.
    fn check_fields(&self) -> Result<(), RunError> {
        if let Power::Drives(_) = self.power {
            return Ok(());
        }
        for copy in &self.copies {
            let field = self.power.field(copy.drive, copy.engine.slit().length, 0.0);
            let scheme = copy.engine.scheme();
            let mobility = |s: &bjerrum_physics::brownian::IonRange| {
                s.species.charge().abs() * s.species.diffusion
            };
            let fastest = copy
                .engine
                .species()
                .iter()
                .map(mobility)
                .fold(0.0, f64::max);
            let drift = fastest * scheme.step * field.abs();
            if drift.is_nan() || drift > scheme.interaction.cutoff() {
                return Err(RunError::FieldRanAway {
                    slit: copy.label.clone(),
                    step: self.steps_done(),
                    field,
                    drift,
                    cutoff: scheme.interaction.cutoff(),
                });
            }
        }
        Ok(())
    }

    fn check_ions(&self) -> Result<(), RunError> {
        for copy in &self.copies {
            let limit = farthest_across(copy.engine.as_ref());
            let lost = |p: &[f64; 2]| !(p[0].is_finite() && p[1].abs() <= limit);
            let positions = copy.engine.ions().positions();
            if let Some(ion) = positions.iter().position(lost) {
                return Err(RunError::LostIon {
                    slit: copy.label.clone(),
                    step: self.steps_done(),
                    ion,
                    position: positions[ion],
                });
            }
        }
        Ok(())
    }
}

/// How far from the middle of its slit an ion may be, Å: a soft wall gives way by
/// kT over its force, and may push an ion across the slit in one step.
fn farthest_across(engine: &dyn Engine) -> f64 {
    let slit = engine.slit();
    match slit.walls {
        Walls::Periodic => f64::MAX,
        Walls::Soft { force } => {
            1.5 * slit.width + engine.scheme().interaction.cutoff() + 50.0 / force
        }
    }
}

impl Power {
    /// Field in a slit of `length` under drive `index` at `time`, kT/(e·Å).
    fn field(&self, index: usize, length: f64, time: f64) -> f64 {
        match self {
            Self::Drives(drives) => match drives[index].kind {
                Applied::Field => drives[index].drive.at(time),
                Applied::Voltage => drives[index].drive.at(time) / length,
            },
            Self::Circuit { circuit, .. } => circuit.voltage / length,
        }
    }
}

/// Every slit once for each drive and replica; in a circuit, the slits of its
/// branches.
fn copies(scenario: &Scenario, drives: usize) -> Result<Vec<SlitCopy>, RunError> {
    let slits: Vec<&SlitSpec> = match &scenario.protocol {
        Protocol::Driven { .. } => scenario.slits.iter().collect(),
        Protocol::Circuit(spec) => spec
            .branches
            .iter()
            .map(|b| &scenario.slits[b.slit])
            .collect(),
    };
    let mut copies = Vec::new();
    for slit in slits {
        let ions = slit.mixture.iter().map(|population| population.count).sum();
        let beyond = scenario
            .long_range
            .map(|how| Beyond::new(&scheme(scenario, slit), &slit.slit, ions, how));
        let beyond = beyond.transpose()?;
        for drive in 0..drives {
            for replica in 0..scenario.run.replicas {
                let mut label = slit.name.clone();
                if drives > 1 {
                    label.push_str(&format!("-field{drive}"));
                }
                if scenario.run.replicas > 1 {
                    label.push_str(&format!("-copy{replica}"));
                }
                copies.push(SlitCopy::new(
                    scenario,
                    slit,
                    label,
                    drive,
                    beyond.as_ref(),
                )?);
            }
        }
    }
    Ok(copies)
}

fn scheme(scenario: &Scenario, slit: &SlitSpec) -> Scheme {
    Scheme {
        interaction: slit.interaction,
        step: scenario.dynamics.step,
        refinement: scenario.dynamics.refinement,
    }
}

impl SlitCopy {
    /// The streams are named by the label: each copy has its own.
    fn new(
        scenario: &Scenario,
        slit: &SlitSpec,
        label: String,
        drive: usize,
        beyond: Option<&Beyond>,
    ) -> Result<Self, RunError> {
        let scheme = scheme(scenario, slit);
        let stream = |purpose: &str| Stream::named(scenario.seed, &format!("{purpose}/{label}"), 0);
        let ions = Ions::at_random(slit.slit, &slit.mixture, stream("start"));
        let ions = match slit.wall_places {
            WallPlaces::Random => ions,
            WallPlaces::Lattice => ions.with_fixed_on_lattice(),
        };
        let engine: Box<dyn Engine> = match scenario.dynamics.engine {
            EngineKind::Fast => {
                let purpose = format!("noise/{label}");
                let engine = FastEngine::new(ions, scheme, scenario.seed, &purpose)?;
                Box::new(engine.with_beyond(beyond.cloned()))
            }
            EngineKind::Plain => {
                let engine = PlainEngine::new(ions, scheme, stream("noise"))?;
                Box::new(engine.with_beyond(beyond.cloned()))
            }
        };
        let watch = |rule| ClusterWatch::new(rule, engine.as_ref());
        Ok(Self {
            free_conductance: theory::nernst_einstein_conductance(&slit.mixture, slit.slit.length),
            clusters: scenario.analysis.clusters.map(watch),
            label,
            drive,
            engine,
        })
    }

    /// Moves the ions by one window, and watches them if that is asked for.
    fn run_window(&mut self, sampling: &Sampling, power: &Power) -> SlitWindow {
        let (drive, length) = (self.drive, self.engine.slit().length);
        let field = |time| power.field(drive, length, time);
        let Some(watch) = &mut self.clusters else {
            return SlitWindow {
                average: observables::run_window(self.engine.as_mut(), sampling, field),
                clusters: None,
            };
        };
        let look = |engine: &dyn Engine| watch.look(engine);
        let average = observables::run_watched_window(self.engine.as_mut(), sampling, field, look);
        SlitWindow {
            average,
            clusters: Some(watch.close_window(self.engine.time())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Not a number, and far beyond a soft wall; near the wall is in the slit.
    #[test]
    fn ions_that_are_out_of_the_slit_are_named() {
        let sets = [("scale".to_owned(), "0.01".to_owned())];
        let scenario = Scenario::load("ionic-neuron", &sets, None).expect("a scenario");
        let mut experiment = Experiment::prepare(&scenario).expect("an experiment");
        let state = experiment.state();
        let half = 0.5 * experiment.copies[1].engine.slit().width;
        for (y, lost) in [(half + 100.0, false), (1e9, true), (f64::NAN, true)] {
            let mut state = state.clone();
            state.engines[1].positions[3][1] = y;
            experiment.restore(state).expect("the same experiment");
            match experiment.check_ions() {
                Err(RunError::LostIon { slit, ion, .. }) => {
                    assert!(lost, "{y}");
                    assert_eq!((slit.as_str(), ion), ("K", 3));
                }
                other => assert!(!lost && other.is_ok(), "{y}"),
            }
        }
    }
}
