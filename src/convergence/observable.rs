//! What is measured at every setting.

use super::error::TooLong;
use super::{ConvergenceError, Plan, Rung, Setting};
use crate::run::{Experiment, RunError};
use crate::scenario::{Applied, AppliedDrive, Protocol, Scenario, rounded};
use bjerrum_physics::brownian::escape::{Allowance, BoundPair, NoEscapeTime};
use bjerrum_physics::drive::Drive;
use bjerrum_physics::statistics::correlated;

/// Standard error of an escape time at effort 1, as a share of the tolerance:
/// what is left of the tolerance after two errors of value and limit.
const ERROR_SHARE: f64 = 0.125;

/// Force evaluations of single pairs for one setting at effort 1: ten to
/// twenty seconds of two cores.
const EVALUATIONS: f64 = 5e9;

/// Where a pair starts, over the contact length: well inside of what the
/// contact length rounds off.
const START: f64 = 0.25;

/// Windows of a current at effort 1, after as many that are dropped.
const WINDOWS: f64 = 60.0;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observable {
    /// Mean time in which a pair goes from contact to the cut-off.
    EscapeTime,
    /// Current of the slits over that of free ions.
    Current,
}

impl Observable {
    /// Its name in a result file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EscapeTime => "escape time",
            Self::Current => "I/I_free",
        }
    }
}

/// The highest field that `scenario` has in store: the peak of its drives, or
/// in a circuit the largest of the batteries and the initial voltage.
///
/// At lower fields pairs live longer and a coarse step is more wrong; at those
/// where a neuron decides to spike, though, they live for tens of µs, longer
/// than can be followed with short steps.
#[must_use]
pub fn default_field(scenario: &Scenario) -> f64 {
    let in_slit = |length: f64| match &scenario.protocol {
        Protocol::Driven { drives } => {
            let peaks = drives.iter().map(|drive| drive.peak_field(length));
            peaks.fold(0.0, f64::max)
        }
        Protocol::Circuit(circuit) => {
            let batteries = circuit.branches.iter().map(|b| b.branch.battery.abs());
            batteries.fold(circuit.initial_voltage.abs(), f64::max) / length
        }
    };
    let lengths = scenario.slits.iter().map(|slit| slit.slit.length);
    lengths.map(in_slit).fold(0.0, f64::max)
}

/// Ready to measure.
pub(super) struct Probe<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    pair: BoundPair,
}

impl<'a> Probe<'a> {
    pub(super) fn new(scenario: &'a Scenario, plan: &'a Plan) -> Result<Self, ConvergenceError> {
        let pair = bound_pair(scenario, plan.field);
        let (step, cutoff) = (scenario.dynamics.step, scenario.interaction.cutoff());
        let pull = pair.charges[0] * pair.diffusion[0] - pair.charges[1] * pair.diffusion[1];
        let way = (pull * plan.field * step).abs();
        if way > cutoff {
            return Err(ConvergenceError::FieldTooHigh {
                step,
                field: plan.field,
                way,
                cutoff,
            });
        }
        if plan.observable == Observable::Current {
            check_current(scenario, plan.field)?;
        }
        Ok(Self {
            scenario,
            plan,
            pair,
        })
    }

    /// What is measured, in words.
    pub(super) fn subject(&self) -> String {
        let field = rounded(self.plan.field, 4);
        match self.plan.observable {
            Observable::EscapeTime => format!(
                "mean escape time of one pair, z = {:+.0} and −{:.0}, contact length {} Å, from \
                 {} to {} Å at E = {field} kT/(e Å)",
                self.pair.charges[0],
                -self.pair.charges[1],
                self.scenario.interaction.contact(),
                self.pair.separation,
                self.scenario.interaction.cutoff(),
            ),
            Observable::Current => {
                format!("current over that of free ions at E = {field} kT/(e Å)")
            }
        }
    }

    pub(super) fn measure(&self, setting: Setting) -> Result<Rung, ConvergenceError> {
        match self.plan.observable {
            Observable::EscapeTime => self.escape_time(setting),
            Observable::Current => self.current(setting),
        }
    }

    fn escape_time(&self, setting: Setting) -> Result<Rung, ConvergenceError> {
        let Plan {
            field,
            tolerance,
            effort,
            ..
        } = *self.plan;
        let allowance = Allowance {
            error: ERROR_SHARE * tolerance / effort.sqrt(),
            evaluations: EVALUATIONS * effort,
        };
        let scheme = setting.scheme(self.scenario.interaction);
        let purpose = format!("convergence/{setting}");
        let found = self
            .pair
            .escape_time(&scheme, allowance, self.scenario.seed, &purpose)
            .map_err(|error| match error {
                NoEscapeTime::TooLong(found) => TooLong { field, found }.into(),
                NoEscapeTime::Unresolved(force) => ConvergenceError::from(RunError::from(force)),
            })?;
        Ok(Rung {
            setting,
            value: found.time,
            samples: found.escapes,
        })
    }

    /// The scenario with this setting under a constant field: the current of
    /// all its slits over what free ions would carry, window by window, with
    /// the error of the correlated series.
    fn current(&self, setting: Setting) -> Result<Rung, ConvergenceError> {
        let scenario = self.at_constant_field(setting);
        let mut experiment = Experiment::prepare(&scenario)?;
        let free: f64 = experiment
            .copies()
            .iter()
            .map(|copy| copy.free_conductance * self.plan.field * copy.engine.slit().length)
            .sum();
        let windows = (WINDOWS * self.plan.effort).ceil().max(4.0) as usize;
        let mut ratios = Vec::with_capacity(windows);
        for window in 0..2 * windows {
            let done = experiment.advance()?;
            let current: f64 = done.slits.iter().map(|slit| slit.average.current).sum();
            if window >= windows {
                ratios.push(current / free);
            }
        }
        Ok(Rung {
            setting,
            value: correlated(&ratios),
            samples: ratios.len(),
        })
    }

    fn at_constant_field(&self, setting: Setting) -> Scenario {
        let mut scenario = self.scenario.clone();
        let drive = Drive::Constant {
            value: self.plan.field,
        };
        scenario.protocol = Protocol::Driven {
            drives: vec![AppliedDrive {
                kind: Applied::Field,
                drive,
            }],
        };
        // The window lasts as long with shorter steps; nothing else is sampled.
        let shorter = (scenario.dynamics.step / setting.step).round() as u64;
        scenario.dynamics.window_steps *= shorter;
        scenario.dynamics.step = setting.step;
        scenario.dynamics.refinement = setting.refinement;
        scenario.observe.samples_per_window = 1;
        scenario
    }
}

fn check_current(scenario: &Scenario, field: f64) -> Result<(), ConvergenceError> {
    let refuse = |why: &str| {
        Err(ConvergenceError::NoCurrent {
            scenario: scenario.name.clone(),
            why: why.to_owned(),
        })
    };
    match scenario.protocol {
        Protocol::Circuit(_) => refuse("its slits are driven by a circuit"),
        Protocol::Driven { .. } if field == 0.0 => refuse("the field is zero"),
        Protocol::Driven { .. } => Ok(()),
    }
}

/// The pair of the scenario's ions that attract each other the most. There is
/// one, for the ions of a slit are neutral together.
fn bound_pair(scenario: &Scenario, field: f64) -> BoundPair {
    let mut tightest: Option<BoundPair> = None;
    let attraction = |pair: &BoundPair| -pair.charges[0] * pair.charges[1];
    for slit in &scenario.slits {
        let present = || slit.mixture.iter().filter(|p| p.count > 0);
        for first in present().filter(|p| p.species.valence > 0) {
            for second in present().filter(|p| p.species.valence < 0) {
                let pair = BoundPair {
                    charges: [first.species.charge(), second.species.charge()],
                    diffusion: [first.species.diffusion, second.species.diffusion],
                    field,
                    separation: START * scenario.interaction.contact(),
                };
                if tightest.is_none_or(|t| attraction(&pair) > attraction(&t)) {
                    tightest = Some(pair);
                }
            }
        }
    }
    tightest.expect("ions of both signs in a neutral slit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(name: &str) -> Scenario {
        Scenario::load(name, &[], None).expect("a scenario")
    }

    #[test]
    fn fields_of_drives_and_of_circuits() {
        assert_eq!(default_field(&scenario("memristor")), 0.5);
        assert_eq!(default_field(&scenario("iv-curve")), 0.5);
        // The batteries: 4000 kT/e over 2 µm.
        assert!((default_field(&scenario("ionic-neuron")) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn the_pair_is_the_tightest_that_there_is() {
        let sets = [
            ("electrolyte.species.calcium.valence", "2"),
            ("electrolyte.species.calcium.diffusion", "7.9e-10 m^2/s"),
            ("electrolyte.species.cation.valence", "1"),
            ("electrolyte.species.anion.valence", "-1"),
            ("slits.slit.ions", "{cation = 20, calcium = 10, anion = 40}"),
        ];
        let sets = sets.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let mixed = Scenario::load("memristor", &sets, None).expect("a scenario");
        let pair = bound_pair(&mixed, 0.1);
        assert_eq!(pair.charges, [2.0, -1.0]);
        assert!((pair.diffusion[0] - 0.079).abs() < 1e-12);
    }

    /// The window keeps its length, and the drive becomes a constant.
    #[test]
    fn currents_are_measured_at_a_constant_field() {
        let scenario = scenario("memristor");
        let plan = Plan {
            observable: Observable::Current,
            field: 0.2,
            tolerance: 0.02,
            effort: 1.0,
        };
        let probe = Probe::new(&scenario, &plan).expect("a probe");
        let fine = probe.at_constant_field(Setting {
            step: 0.5,
            refinement: None,
        });
        assert_eq!(fine.dynamics.window(), scenario.dynamics.window());
        assert_eq!(default_field(&fine), 0.2);
    }
}
