//! Nanoseconds per ion-step of both engines, in the states that matter.
//!
//! `cargo bench` prints, for each state and engine, the throughput in ion-steps
//! per second; its inverse is the cost of an ion-step: of both engines on one
//! core, and of the fast one on two and with the physical preset. Run A at
//! E = 0.5 is mostly free ions, Run A relaxed at E = 0 pairs and clusters; Run B
//! is the two slits of the neuron. `benches/peers/` times LAMMPS in the same states.

use bjerrum_physics::brownian::{Engine, FastEngine, Ions, PlainEngine, Refinement, Scheme};
use bjerrum_physics::electrolyte::{Population, Species};
use bjerrum_physics::interaction::{ConfinedLog, Interaction};
use bjerrum_physics::noise::Stream;
use bjerrum_physics::slit::{Slit, Walls};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::time::Duration;

/// Ions of each sign, as published.
const PAIRS: usize = 4000;
/// 1 kcal/(mol·Å) at 298 K, in kT/Å.
const SOFT: Walls = Walls::Soft { force: 1.6887 };
/// Steps in a window, as published: engines advance by whole windows, and what
/// the fast one does once at their ends is part of its cost.
const WINDOW: usize = 10_000;

/// A state of the engine to be timed.
struct State {
    name: &'static str,
    width: f64,
    walls: Walls,
    /// Field it is timed in, kT/(e·Å).
    field: f64,
    /// Steps, at that field, that lead to it.
    relaxation: usize,
}

const STATES: [State; 6] = [
    State {
        name: "run-a/E=0.5",
        width: 2e4,
        walls: Walls::Periodic,
        field: 0.5,
        relaxation: 10_000,
    },
    State {
        name: "run-a/relaxed",
        width: 2e4,
        walls: Walls::Periodic,
        field: 0.0,
        relaxation: 100_000,
    },
    State {
        name: "run-b/Na/E=0.03",
        width: 2e5,
        walls: SOFT,
        field: 0.03,
        relaxation: 100_000,
    },
    State {
        name: "run-b/Na/E=0.07",
        width: 2e5,
        walls: SOFT,
        field: 0.07,
        relaxation: 100_000,
    },
    State {
        name: "run-b/K/E=0.03",
        width: 2e6,
        walls: SOFT,
        field: 0.03,
        relaxation: 100_000,
    },
    State {
        name: "run-b/K/E=0.07",
        width: 2e6,
        walls: SOFT,
        field: 0.07,
        relaxation: 100_000,
    },
];

const SCHEME: Scheme = Scheme {
    interaction: Interaction::PUBLISHED,
    step: 5.0,
    refinement: None,
};

/// The physical preset: a real contact distance, ten evaluations where ions
/// that attract are close.
const PHYSICAL: Scheme = Scheme {
    interaction: Interaction::ConfinedLog(ConfinedLog {
        contact: 4.0,
        ..ConfinedLog::PUBLISHED
    }),
    step: 5.0,
    refinement: Some(Refinement {
        evaluations: 10,
        within: 15.0,
    }),
};

impl State {
    /// The ions, relaxed by the fast engine.
    fn relaxed(&self) -> Ions {
        let ions = |valence: i32| Population {
            species: Species {
                name: format!("z{valence}"),
                valence,
                diffusion: 0.10341,
            },
            count: PAIRS,
        };
        let slit = Slit {
            length: 2e4,
            width: self.width,
            walls: self.walls,
        };
        let ions = Ions::at_random(slit, &[ions(2), ions(-2)], Stream::named(1, "start", 0));
        let mut engine = FastEngine::new(ions, SCHEME, 1, "relaxation").expect("a closed form");
        engine.advance(&vec![self.field; self.relaxation], &mut [0.0; 2]);
        engine.ions().clone()
    }
}

/// Both engines from the same positions.
fn engines(criterion: &mut Criterion) {
    for state in &STATES {
        let ions = state.relaxed();
        let plain = PlainEngine::new(ions.clone(), SCHEME, Stream::named(1, "noise", 0))
            .expect("a closed form");
        let fast = |ions, scheme| FastEngine::new(ions, scheme, 1, "noise").expect("a closed form");
        let physical = fast(ions.clone(), PHYSICAL);
        let fast = fast(ions, SCHEME);
        time(criterion, state, "plain", Box::new(plain), 200, 1);
        time(criterion, state, "fast", Box::new(fast.clone()), WINDOW, 1);
        let name = "fast, two threads";
        time(criterion, state, name, Box::new(fast), WINDOW, 2);
        let name = "fast, physical preset";
        time(criterion, state, name, Box::new(physical), WINDOW, 1);
    }
}

/// Times `steps` steps at a time, on `threads`.
fn time(
    criterion: &mut Criterion,
    state: &State,
    name: &str,
    mut engine: Box<dyn Engine>,
    steps: usize,
    threads: usize,
) {
    let fields = vec![state.field; steps];
    let mut group = criterion.benchmark_group(state.name);
    group.throughput(Throughput::Elements((2 * PAIRS * steps) as u64));
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("a pool of threads");
    group.bench_function(name, |bencher| {
        bencher.iter(|| pool.install(|| engine.advance(&fields, &mut [0.0; 2])));
    });
    group.finish();
}

criterion_group!(benches, engines);
criterion_main!(benches);
