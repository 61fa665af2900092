//! One file per claim, from the step of a single ion up to the memristor.

pub mod boltzmann;
pub mod clusters;
pub mod engines;
pub mod escape;
pub mod force;
pub mod free_ions;
pub mod hysteresis;
pub mod noise;
pub mod ohmic;
pub mod orders;
pub mod pairing;
pub mod spikes;
pub mod thermal_current;
pub mod wien;

use crate::claim::{Claim, Tier};
use bjerrum_physics::brownian::{Engine, EngineState, FastEngine};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::slit::{Slit, Walls};

/// Every claim, those that are measured quickly first.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        force::CLAIM,
        free_ions::CLAIM,
        thermal_current::CLAIM,
        noise::CLAIM,
        boltzmann::CLAIM,
        orders::CLAIM,
        ohmic::CLAIM,
        escape::CLAIM,
        clusters::CLAIM,
        engines::CLAIM,
        hysteresis::CLAIM,
        pairing::CLAIM,
        wien::CLAIM,
        spikes::CLAIM,
        hysteresis::WHOLE,
    ]
}

/// The claims that `tier` measures: the full one the whole loop in place of its upper part.
#[must_use]
pub fn claims_of(tier: Tier) -> Vec<Claim> {
    let mut claims = claims();
    claims.retain(|claim| match tier {
        Tier::Quick => claim.tier == Tier::Quick,
        Tier::Full => claim.name != hysteresis::CLAIM.name,
    });
    claims
}

/// No pair force at all: ξ = c. The short cut-off spares the search for pairs.
const NO_INTERACTION: ConfinedLog = ConfinedLog {
    xi: 1.0,
    x_t: 60.0,
    contact: 1.0,
    cutoff: 1.0,
};

/// Published time step, ps.
const PUBLISHED_STEP: f64 = 5.0;

/// A square slit, periodic both ways.
fn periodic_square(side: f64) -> Slit {
    Slit {
        length: side,
        width: side,
        walls: Walls::Periodic,
    }
}

/// The square that holds `pairs` of ions at the published density, 1e-3 nm⁻²
/// of each sign (4000 + 4000 ions in 2 × 2 µm).
fn published_density(pairs: usize) -> Slit {
    periodic_square((pairs as f64 * 1e5).sqrt())
}

/// Steps `engine` and returns the current averaged over those steps, e/ps.
fn window_current(engine: &mut dyn Engine, steps: u64, field: impl Fn(f64) -> f64) -> f64 {
    let mut moved = vec![0.0; engine.species().len()];
    let start = engine.steps_done();
    let time = |k| (start + k) as f64 * engine.scheme().step;
    let fields: Vec<f64> = (0..steps).map(|k| field(time(k))).collect();
    engine.advance(&fields, &mut moved);
    let charge: f64 = engine
        .species()
        .iter()
        .zip(&moved)
        .map(|(range, moved)| range.species.charge() * moved)
        .sum();
    charge / (engine.slit().length * engine.scheme().step * steps as f64)
}

/// The engines put to where they were left; nothing if the states are of engines of another
/// kind, as those of an older program may be.
fn resumed(engines: &[FastEngine], states: Vec<EngineState>) -> Option<Vec<FastEngine>> {
    if states.len() != engines.len() {
        return None;
    }
    let pairs = engines.iter().cloned().zip(states);
    let resumed = pairs.map(|(mut engine, state)| engine.restore(state).ok().map(|()| engine));
    resumed.collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::claim::{Check, Keeper, Plan, Underway, Verdict, score_limit};
    use crate::report::FALSE_ALARM;
    use crate::subject::{Fault, Subject};
    use std::sync::Mutex;

    /// The checks of one claim that fail at the limit for its own checks.
    pub fn failures(checks: Vec<Check>) -> Vec<Check> {
        let limit = score_limit(checks.len(), FALSE_ALARM);
        checks
            .into_iter()
            .filter(|check| check.verdict(limit) == Verdict::Fail)
            .collect()
    }

    /// A plan of the given effort on a sound engine.
    pub fn sound(effort: f64) -> Plan {
        Plan {
            effort,
            seed: Plan::SEED,
            subject: Subject::Sound,
        }
    }

    /// The same with a fault.
    pub fn faulty(effort: f64, fault: Fault) -> Plan {
        Plan {
            subject: Subject::Faulty(fault),
            ..sound(effort)
        }
    }

    /// Has a part from where it was left, and notes all that it is offered.
    #[derive(Default)]
    struct Notebook {
        left: Option<Underway>,
        offered: Mutex<Vec<Underway>>,
    }

    impl Keeper for Notebook {
        fn left(&self) -> Option<Underway> {
            self.left.clone()
        }

        fn offer(&self, underway: &dyn Fn() -> Underway) {
            self.offered.lock().expect("one thread").push(underway());
        }
    }

    /// A part that is left half-way goes on as if it had not been.
    pub fn assert_goes_on(measure: impl Fn(&dyn Keeper)) {
        let offered = |left| {
            let notebook = Notebook {
                left,
                ..Notebook::default()
            };
            measure(&notebook);
            notebook.offered.into_inner().expect("one thread")
        };
        let whole = offered(None);
        let (first, rest) = whole.split_at(whole.len() / 2);
        assert_eq!(offered(first.last().cloned()), rest);
    }

    #[test]
    fn tiers_hold_what_they_should() {
        let has = |tier, name| claims_of(tier).iter().any(|claim| claim.name == name);
        assert!(has(Tier::Quick, "hysteresis") && !has(Tier::Full, "hysteresis"));
        assert!(!has(Tier::Quick, "hysteresis-whole") && has(Tier::Full, "hysteresis-whole"));
        assert!(has(Tier::Quick, "force") && has(Tier::Full, "force"));
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = claims().iter().map(|claim| claim.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), claims().len());
    }
}
