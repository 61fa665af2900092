//! The experiment under way: ions in slits, and what drives them.

use super::RunError;
use crate::scenario::{Applied, AppliedDrive, EngineKind, Protocol, Scenario, SlitSpec};
use bjerrum_physics::brownian::{Beyond, Engine, FastEngine, Ions, PlainEngine, Scheme};
use bjerrum_physics::circuit::{Circuit, CircuitWindow};
use bjerrum_physics::noise::Stream;
use bjerrum_physics::observables::{self, Sampling, WindowAverage};
use bjerrum_physics::theory;
use rayon::prelude::*;

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

/// What one window gave.
#[derive(Clone, Debug)]
pub struct WindowDone {
    /// One average for each copy.
    pub slits: Vec<WindowAverage>,
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
        let slits: Vec<WindowAverage> = self
            .copies
            .par_iter_mut()
            .map(|copy| {
                let length = copy.engine.slit().length;
                observables::run_window(copy.engine.as_mut(), &sampling, |time| {
                    power.field(copy.drive, length, time)
                })
            })
            .collect();
        self.windows_done += 1;
        self.check_ions()?;
        let circuit = self.advance_circuit(&slits);
        Ok(WindowDone { slits, circuit })
    }

    fn advance_circuit(&mut self, slits: &[WindowAverage]) -> Option<CircuitWindow> {
        let duration = self.sampling.steps as f64 * self.copies[0].engine.scheme().step;
        match &mut self.power {
            Power::Drives(_) => None,
            Power::Circuit {
                circuit,
                relaxation_windows,
            } => {
                let window = circuit.observe(slits);
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
            let lost = |p: &[f64; 2]| !(p[0].is_finite() && p[1].is_finite());
            if let Some(ion) = copy.engine.ions().positions().iter().position(lost) {
                return Err(RunError::LostIon {
                    slit: copy.label.clone(),
                    step: self.steps_done(),
                    ion,
                });
            }
        }
        Ok(())
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
        let beyond = scenario
            .long_range
            .map(|how| Beyond::new(&scheme(scenario), &slit.slit, how));
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

fn scheme(scenario: &Scenario) -> Scheme {
    Scheme {
        interaction: scenario.interaction,
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
        let scheme = scheme(scenario);
        let stream = |purpose: &str| Stream::named(scenario.seed, &format!("{purpose}/{label}"), 0);
        let ions = Ions::at_random(slit.slit, &slit.mixture, stream("start"));
        let engine: Box<dyn Engine> = match scenario.dynamics.engine {
            EngineKind::Fast => {
                let purpose = format!("noise/{label}");
                let engine = FastEngine::new(ions, scheme, scenario.seed, &purpose)?;
                match beyond {
                    Some(beyond) => Box::new(engine.with_beyond(beyond.clone())),
                    None => Box::new(engine),
                }
            }
            EngineKind::Plain => {
                let engine = PlainEngine::new(ions, scheme, stream("noise"))?;
                match beyond {
                    Some(beyond) => Box::new(engine.with_beyond(beyond.clone())),
                    None => Box::new(engine),
                }
            }
        };
        Ok(Self {
            free_conductance: theory::nernst_einstein_conductance(&slit.mixture, slit.slit.length),
            label,
            drive,
            engine,
        })
    }
}
