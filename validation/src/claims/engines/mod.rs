//! The fast engine against the plain one.
//!
//! The plain engine moves every ion at every step as the published program
//! does. The fast one must give the same law, in every way it has of moving
//! ions: alone, in pairs, in small groups and in large ones, so the slits
//! compared are dense and sparse, with and without walls. Either engine has
//! starts and noise of its own: whatever differs beyond the scatter of
//! independent copies is a difference of the law.
//!
//! A fault of the subject is planted in the fast engine alone.
//!
//! Loops and spikes are not compared here: they cost the plain engine tens of
//! minutes. `docs/engines.md` has them. The loop of the fast engine is held against
//! the published one by the claim `hysteresis`.

mod escape;
mod states;

use super::PUBLISHED_STEP;
use crate::claim::{Check, Claim, Law, Measurement, Plan, Tier};
use crate::subject::Subject;
use bjerrum_physics::brownian::{Engine, FastEngine, Ions, PlainEngine, Scheme};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::noise::Stream;
use bjerrum_physics::statistics;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "engines",
    statement: "the fast engine gives the currents, clusters, structure and pair lifetimes of the plain one",
    tier: Tier::Quick,
    axes: None,
    remark: "",
    measurement: Measurement::AtOnce(run),
};

fn run(plan: &Plan) -> Vec<Check> {
    let mut checks = escape::run(plan);
    checks.extend(states::run(plan));
    checks
}

/// Interaction and step of a preset.
#[derive(Clone, Copy, Debug)]
struct Preset {
    name: &'static str,
    interaction: ConfinedLog,
    /// ps.
    step: f64,
}

/// As published.
const PUBLISHED: Preset = Preset {
    name: "published",
    interaction: ConfinedLog::PUBLISHED,
    step: PUBLISHED_STEP,
};

/// A contact distance that the step resolves.
const PHYSICAL: Preset = Preset {
    name: "physical",
    interaction: ConfinedLog {
        contact: 4.0,
        ..ConfinedLog::PUBLISHED
    },
    step: 0.2,
};

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Fast,
}

impl Kind {
    const BOTH: [Self; 2] = [Self::Plain, Self::Fast];

    /// What is under test: the reference is sound.
    fn subject(self, plan: &Plan) -> Subject {
        match self {
            Self::Plain => Subject::Sound,
            Self::Fast => plan.subject,
        }
    }

    /// The name of a stream of copy `copy`, unlike any of the other engine.
    fn purpose(self, of: &str, copy: u64) -> String {
        format!("validation/engines/{self:?}/{of}/{copy}")
    }

    /// An engine that moves `ions`; `of` names its noise.
    fn engine(self, ions: Ions, scheme: Scheme, seed: u64, of: &str, copy: u64) -> Box<dyn Engine> {
        let purpose = self.purpose(of, copy);
        match self {
            Self::Plain => {
                let noise = Stream::named(seed, &purpose, 0);
                Box::new(PlainEngine::new(ions, scheme, noise).expect("a closed form"))
            }
            Self::Fast => {
                let engine = FastEngine::new(ions, scheme, seed, &purpose);
                Box::new(engine.expect("a closed form"))
            }
        }
    }
}

/// The means over copies of the plain and of the fast engine, with the scatter
/// between copies as their errors.
fn compare(quantity: String, plain: &[f64], fast: &[f64]) -> Check {
    let [expected, got] = [plain, fast].map(statistics::independent);
    Check {
        quantity,
        expected: expected.mean,
        expected_error: expected.error,
        got: got.mean,
        error: got.error,
        law: Law::Welch {
            degrees: [plain.len() as f64 - 1.0, fast.len() as f64 - 1.0],
        },
        source: "plain engine".into(),
        at: None,
    }
}
