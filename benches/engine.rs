//! Nanoseconds per ion-step of the plain engine, in the states that matter.
//!
//! `cargo bench` prints, for each state, the time of one step of all 8000 ions
//! and the throughput in ion-steps per second; their ratio is the cost of an
//! ion-step. Run A at E = 0.5 is mostly free ions, Run A relaxed at E = 0 pairs
//! and clusters; Run B is the two slits of the neuron.

use bjerrum_physics::brownian::{Brownian, Scheme};
use bjerrum_physics::electrolyte::{Population, Species};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::noise::Stream;
use bjerrum_physics::slit::{Slit, Walls};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::time::Duration;

/// Ions of each sign, as published.
const PAIRS: usize = 4000;
/// 1 kcal/(mol·Å) at 298 K, in kT/Å.
const SOFT: Walls = Walls::Soft { force: 1.6887 };

/// A state of the engine to be timed.
struct State {
    name: &'static str,
    width: f64,
    walls: Walls,
    /// Field it is timed in, kT/(e·Å).
    field: f64,
    /// Steps, at that field, that lead to it.
    relaxation: u64,
}

const STATES: [State; 5] = [
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

impl State {
    fn engine(&self) -> Brownian {
        let ions = |valence: i32| Population {
            species: Species {
                name: format!("z{valence}"),
                valence,
                diffusion: 0.10341,
            },
            count: PAIRS,
        };
        let mut engine = Brownian::at_random(
            Slit {
                length: 2e4,
                width: self.width,
                walls: self.walls,
            },
            &[ions(2), ions(-2)],
            Scheme {
                interaction: ConfinedLog::PUBLISHED,
                step: 5.0,
            },
            Stream::named(1, "start", 0),
            Stream::named(1, "noise", 0),
        );
        let mut moved = [0.0; 2];
        for _ in 0..self.relaxation {
            engine.step(self.field, &mut moved);
        }
        engine
    }
}

fn plain_engine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plain engine, one step");
    group.throughput(Throughput::Elements(2 * PAIRS as u64));
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(5));
    for state in &STATES {
        let mut engine = state.engine();
        let mut moved = [0.0; 2];
        group.bench_function(state.name, |bencher| {
            bencher.iter(|| engine.step(state.field, &mut moved));
        });
    }
    group.finish();
}

criterion_group!(benches, plain_engine);
criterion_main!(benches);
