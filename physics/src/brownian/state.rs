//! What an engine is between two calls of [`Engine::advance`]: all that a run
//! which goes on later needs, to the bit.
//!
//! Lists and groups are made anew at the start of every call, from the positions
//! alone; so the state is where the ions stand, and where each stream of noise is.
//!
//! [`Engine::advance`]: super::Engine::advance

use super::Ions;
use crate::noise::{LaneNoise, Stream};
use serde::{Deserialize, Serialize};

/// The state of an engine. Only an engine of the same kind, for the same ions, can
/// take it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineState {
    /// Steps taken.
    pub steps_done: u64,
    /// Position of every ion, Å.
    pub positions: Vec<[f64; 2]>,
    /// How many times each was wrapped back, along x and y.
    pub images: Vec<[i32; 2]>,
    /// The streams of double precision, in the order of the engine.
    pub streams: Vec<Stream>,
    /// The streams in lanes, in the order of the engine.
    pub lanes: Vec<LaneNoise>,
}

/// Why an engine cannot take a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the state has {found} {what}, and the engine {expected}")]
pub struct ForeignState {
    /// What does not agree.
    pub what: &'static str,
    /// How many there are in the state.
    pub found: usize,
    /// How many the engine has (at least).
    pub expected: usize,
}

impl EngineState {
    /// That of `ions` after `steps_done` steps, without noise.
    pub(super) fn of(ions: &Ions, steps_done: u64) -> Self {
        Self {
            steps_done,
            positions: ions.positions().to_vec(),
            images: ions.images().to_vec(),
            streams: Vec::new(),
            lanes: Vec::new(),
        }
    }

    /// Refuses the state of another engine: it must have one position an ion, as
    /// many `streams`, and `lanes` or more.
    pub(super) fn check(
        &self,
        ions: &Ions,
        streams: usize,
        lanes: usize,
    ) -> Result<(), ForeignState> {
        let equal = |what, found, expected| match found == expected {
            true => Ok(()),
            false => Err(ForeignState {
                what,
                found,
                expected,
            }),
        };
        equal("positions", self.positions.len(), ions.count())?;
        equal("images", self.images.len(), ions.count())?;
        equal("streams of noise", self.streams.len(), streams)?;
        let enough = self.lanes.len().max(lanes);
        equal("streams of noise in lanes", self.lanes.len(), enough)
    }
}

#[cfg(test)]
mod tests {
    use crate::brownian::{Engine, FastEngine, Ions, PlainEngine, Refinement, Scheme};
    use crate::electrolyte::{Population, Species};
    use crate::interaction::{ConfinedLog, Interaction};
    use crate::noise::Stream;
    use crate::slit::{Slit, Walls};

    fn ions(walls: Walls) -> Ions {
        let population = |name: &str, valence| Population {
            species: Species {
                name: name.to_owned(),
                valence,
                diffusion: 0.10341,
            },
            count: 700,
        };
        let slit = Slit {
            length: 10_000.0,
            width: 6_000.0,
            walls,
        };
        let mixture = [population("cation", 2), population("anion", -2)];
        Ions::at_random(slit, &mixture, Stream::named(5, "start", 0))
    }

    fn engine(fast: bool, refined: bool, walls: Walls) -> Box<dyn Engine> {
        let contact = if refined { 4.0 } else { 1.0 };
        let scheme = Scheme {
            interaction: Interaction::ConfinedLog(ConfinedLog {
                contact,
                ..ConfinedLog::PUBLISHED
            }),
            step: 5.0,
            refinement: refined.then_some(Refinement {
                evaluations: 10,
                within: 15.0,
            }),
        };
        if fast {
            Box::new(FastEngine::new(ions(walls), scheme, 5, "noise").expect("a force"))
        } else {
            let noise = Stream::named(5, "noise", 0);
            Box::new(PlainEngine::new(ions(walls), scheme, noise).expect("a force"))
        }
    }

    /// 300 steps and 300 more are, to the bit, 300 steps, a state put into a new
    /// engine, and 300 more there; with lone ions, pairs, clusters and bulk.
    #[test]
    fn an_engine_goes_on_from_a_state_to_the_bit() {
        for walls in [Walls::Periodic, Walls::Soft { force: 1.69 }] {
            for (fast, refined) in [(false, false), (false, true), (true, false), (true, true)] {
                let mut first = engine(fast, refined, walls);
                let mut moved = [0.0; 2];
                first.advance(&[0.2; 300], &mut moved);
                let mut second = engine(fast, refined, walls);
                let state = first.state();
                let strands_and_tiles = state.lanes.len();
                assert!(!fast || strands_and_tiles > 16, "the bulk is in use");
                second.restore(state).expect("the same engine");
                assert_eq!(second.steps_done(), 300);
                let ends = [first, second].map(|mut engine| {
                    let mut moved = [0.0; 2];
                    engine.advance(&[0.1; 300], &mut moved);
                    (engine.state(), moved.map(f64::to_bits))
                });
                assert_eq!(ends[0], ends[1], "fast {fast}, refined {refined}");
                assert_ne!(moved, [0.0; 2]);
            }
        }
    }

    #[test]
    fn the_state_of_another_engine_is_refused() {
        let plain = engine(false, false, Walls::Periodic);
        let mut fast = engine(true, false, Walls::Periodic);
        let error = fast.restore(plain.state()).expect_err("another engine");
        assert_eq!(error.what, "streams of noise in lanes");
        let mut state = fast.state();
        state.positions.pop();
        let error = fast.restore(state).expect_err("an ion is missing");
        let message = "the state has 1399 positions, and the engine 1400";
        assert_eq!(error.to_string(), message);
    }
}
