//! Nanoseconds per ion-step of both engines, in the states that matter.
//!
//! `cargo bench` prints, for each state and engine, the throughput in ion-steps
//! per second; its inverse is the cost of an ion-step: of both engines on one
//! core, and of the fast one on two and with the physical preset. Run A at
//! E = 0.5 is mostly free ions, Run A relaxed at E = 0 pairs and clusters; Run B
//! is the two slits of the neuron; half a mole of salt a litre between insulating walls
//! shows what a crowd costs. `benches/peers/` times LAMMPS in the states of Runs A and B.

use bjerrum_physics::brownian::{Engine, FastEngine, Ions, PlainEngine, Refinement, Scheme};
use bjerrum_physics::electrolyte::{Population, Species};
use bjerrum_physics::interaction::{ConfinedLog, DielectricSlab, Interaction};
use bjerrum_physics::noise::Stream;
use bjerrum_physics::slit::{Slit, Walls, WaterLayer};
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
        let slit = Slit {
            length: 2e4,
            width: self.width,
            walls: self.walls,
        };
        let ions = at_random(slit, PAIRS);
        let mut engine = FastEngine::new(ions, SCHEME, 1, "relaxation").expect("a closed form");
        engine.advance(&vec![self.field; self.relaxation], &mut [0.0; 2]);
        engine.ions().clone()
    }
}

fn at_random(slit: Slit, pairs: usize) -> Ions {
    let ions = |valence: i32| Population {
        species: Species {
            name: format!("z{valence}"),
            valence,
            diffusion: 0.10341,
        },
        count: pairs,
    };
    Ions::at_random(slit, &[ions(2), ions(-2)], Stream::named(1, "start", 0))
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
        let mut time = |name, engine, steps, threads| {
            time(
                criterion,
                (state.name, name),
                engine,
                &vec![state.field; steps],
                threads,
            );
        };
        time("plain", Box::new(plain), 200, 1);
        time("fast", Box::new(fast.clone()), WINDOW, 1);
        time("fast, two threads", Box::new(fast), WINDOW, 2);
        time("fast, physical preset", Box::new(physical), WINDOW, 1);
    }
}

/// 1000 pairs of ions in 100 × 100 nm, each with 250 others within the cut-off.
fn crowd(criterion: &mut Criterion) {
    let square = Slit {
        length: 1e3,
        width: 1e3,
        walls: Walls::Periodic,
    };
    let water = WaterLayer::new(7.0, [70.0; 2], 2.0, 298.0).expect("a slit");
    let slab = DielectricSlab::new(&water, 4.0, 200.0).expect("a slab");
    for (name, refinement) in [
        ("fast", None),
        ("fast, physical preset", PHYSICAL.refinement),
    ] {
        let scheme = Scheme {
            interaction: Interaction::Slab(slab),
            step: 5.0,
            refinement,
        };
        let engine = FastEngine::new(at_random(square, 1000), scheme, 1, "noise");
        let engine = Box::new(engine.expect("a force that is met"));
        time(criterion, ("crowd/slab", name), engine, &[0.1; 200], 1);
    }
}

/// Times steps under `fields`, on `threads`.
fn time(
    criterion: &mut Criterion,
    (state, name): (&str, &str),
    mut engine: Box<dyn Engine>,
    fields: &[f64],
    threads: usize,
) {
    let mut group = criterion.benchmark_group(state);
    let ion_steps = engine.ions().count() * fields.len();
    group.throughput(Throughput::Elements(ion_steps as u64));
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("a pool of threads");
    group.bench_function(name, |bencher| {
        bencher.iter(|| pool.install(|| engine.advance(fields, &mut [0.0; 2])));
    });
    group.finish();
}

criterion_group!(benches, engines, crowd);
criterion_main!(benches);
