use super::*;
use crate::brownian::{Engine, FastEngine, PlainEngine};
use crate::electrolyte::{Population, Species};
use crate::interaction::{DielectricSlab, Interaction};
use crate::slit::WaterLayer;

const LONG_RANGE: LongRange = LongRange {
    error: 1e-4,
    interval: 500.0,
};

/// How far boxes are summed, Å.
const FARTHEST: f64 = 40_000.0;

fn slit() -> Slit {
    Slit {
        length: 1500.0,
        width: 1000.0,
        walls: Walls::Periodic,
    }
}

fn scheme(interaction: Interaction) -> Scheme {
    Scheme {
        interaction,
        step: 5.0,
        refinement: None,
    }
}

fn slab() -> Interaction {
    let layer = WaterLayer::new(7.0, [70.0, 70.0], 2.0, 298.0).expect("a layer");
    Interaction::Slab(DielectricSlab::new(&layer, 4.0, 150.0).expect("a slab"))
}

/// As many cations as anions, at random.
fn ions(slit: Slit, each: usize) -> Ions {
    let mixture = [population(2, each), population(-2, each)];
    Ions::at_random(slit, &mixture, Stream::named(3, "ions", 0))
}

/// The force on ion `i` from beyond the cut-off, summed over all boxes whose centres
/// are within `farthest` of its own.
fn direct_sum(ions: &Ions, law: &PairForce, cutoff: f64, i: usize, farthest: f64) -> [f64; 2] {
    let slit = ions.slit();
    let [along, across] = [slit.length, slit.width].map(|side| (farthest / side) as i64);
    let across = match slit.walls {
        Walls::Periodic => across,
        Walls::Soft { .. } => 0,
    };
    let here = ions.positions()[i];
    let mut force = [0.0; 2];
    for a in -along..=along {
        for b in -across..=across {
            let shift = [a as f64 * slit.length, b as f64 * slit.width];
            if shift[0].hypot(shift[1]) > farthest {
                continue;
            }
            for (there, charge) in ions.positions().iter().zip(ions.charges()) {
                let d = [0, 1].map(|axis| here[axis] - there[axis] - shift[axis]);
                let r2 = d[0] * d[0] + d[1] * d[1];
                if r2 >= cutoff.powi(2) {
                    let f = law.over_r(ions.charges()[i] * charge, r2);
                    force[0] += f * d[0];
                    force[1] += f * d[1];
                }
            }
        }
    }
    force
}

/// The relative error (root mean square) of the forces on `ions` against the direct sum,
/// of which what is left beyond a radius falls as its power -`order`: two radii take
/// that away.
fn error(interaction: Interaction, ions: &Ions, order: i32) -> f64 {
    let law = PairForce::new(&interaction.with_cutoff(4.0 * FARTHEST)).expect("a force");
    let mut beyond =
        Beyond::new(&scheme(interaction), ions.slit(), ions.count(), LONG_RANGE).expect("a mesh");
    beyond.find(ions, 0);
    let rest = 1.0 / (2f64.powi(order) - 1.0);
    let (mut off, mut all) = (0.0, 0.0);
    for i in 0..6 {
        let [near, far] = [1.0, 2.0]
            .map(|times| direct_sum(ions, &law, interaction.cutoff(), i, times * FARTHEST));
        for axis in [0, 1] {
            let exact = far[axis] + rest * (far[axis] - near[axis]);
            off += (beyond.forces()[i][axis] - exact).powi(2);
            all += exact.powi(2);
        }
    }
    (off / all).sqrt()
}

/// Against the sum over boxes. Far boxes are dipoles P: their forces add up to
/// something ∝ P/R.
#[test]
fn forces_are_those_of_the_lattice() {
    for interaction in [Interaction::PUBLISHED, slab()] {
        let error = error(interaction, &ions(slit(), 10), 1);
        assert!(error < LONG_RANGE.error, "{error:e}");
    }
}

/// Between soft walls against the sum along the slit, where far boxes add up to
/// something ∝ P/R²: square, narrow, and much wider than long, with an ion in a wall.
#[test]
fn forces_between_walls_are_those_of_the_row() {
    for (length, width, interaction) in [
        (1500.0, 1000.0, Interaction::PUBLISHED),
        (2000.0, 150.0, Interaction::PUBLISHED),
        (600.0, 9000.0, Interaction::PUBLISHED),
        (1500.0, 1000.0, slab()),
    ] {
        let closed = Slit {
            length,
            width,
            walls: Walls::Soft { force: 1.69 },
        };
        let mut ions = ions(closed, 10);
        ions.positions[0][1] = 0.5 * width + 20.0;
        let error = error(interaction, &ions, 2);
        assert!(error < LONG_RANGE.error, "{length} by {width}: {error:e}");
    }
}

/// In either engine a group moves as one body by D t times the mean force on its
/// ions, whatever the way in which groups of its size are moved: here alone, as a
/// pair, in the lanes of small groups, and in bulk. The force is that of a large
/// charge out of reach of the group.
#[test]
fn groups_of_any_size_feel_them() {
    let slit = Slit {
        length: 4000.0,
        width: 4000.0,
        walls: Walls::Periodic,
    };
    let (steps, replicas) = (20, 200);
    let scheme = scheme(Interaction::PUBLISHED);
    let mut beyond = Beyond::new(&scheme, &slit, 1000, LONG_RANGE).expect("a mesh");
    for members in [1, 2, 3, 40] {
        let ions = group_and_charge(slit, members);
        beyond.find(&ions, 0);
        let force = mean(&beyond.forces()[..members]);
        let time = f64::from(steps) * scheme.step;
        let expected = force.map(|f| DIFFUSION * time * f);
        let error = (2.0 * DIFFUSION * time / (members * replicas) as f64).sqrt();
        assert!(expected[0] > 8.0 * error, "too little to be seen");
        for fast in [false, true] {
            let mut way = [0.0; 2];
            for replica in 0..replicas as u64 {
                let moved = displacement(
                    &ions,
                    scheme,
                    &beyond,
                    fast,
                    replica,
                    steps as usize,
                    members,
                );
                way = [0, 1].map(|axis| way[axis] + moved[axis] / replicas as f64);
            }
            for axis in [0, 1] {
                let off = (way[axis] - expected[axis]) / error;
                assert!(
                    off.abs() < 4.0,
                    "{members} ions, fast {fast}, axis {axis}: {off} σ"
                );
            }
        }
    }
}

const DIFFUSION: f64 = 0.103;

fn population(valence: i32, count: usize) -> Population {
    Population {
        species: Species {
            name: format!("z{valence}"),
            valence,
            diffusion: DIFFUSION,
        },
        count,
    }
}

/// `members` like ions 60 Å apart on a line, and one of a large charge, which
/// hardly moves.
fn group_and_charge(slit: Slit, members: usize) -> Ions {
    let line = (0..members).map(|k| [1500.0, 60.0 * k as f64 - 30.0 * (members - 1) as f64]);
    let positions = line.chain([[900.0, -300.0]]).collect();
    let mut heavy = population(1000, 1);
    heavy.species.diffusion = 1e-6 * DIFFUSION;
    let mixture = [population(1, members), heavy];
    Ions::at(slit, &mixture, positions)
}

fn mean(vectors: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|axis| vectors.iter().map(|v| v[axis]).sum::<f64>() / vectors.len() as f64)
}

/// How far the mean position of the first `members` comes.
fn displacement(
    start: &Ions,
    scheme: Scheme,
    beyond: &Beyond,
    fast: bool,
    replica: u64,
    steps: usize,
    members: usize,
) -> [f64; 2] {
    let ions = start.clone();
    let mut engine: Box<dyn Engine> = if fast {
        let engine = FastEngine::new(ions, scheme, replica, "beyond").expect("a force");
        Box::new(engine.with_beyond(Some(beyond.clone())))
    } else {
        let engine = PlainEngine::new(ions, scheme, Stream::named(replica, "beyond", 0));
        Box::new(engine.expect("a force").with_beyond(Some(beyond.clone())))
    };
    engine.advance(&vec![0.0; steps], &mut [0.0; 2]);
    let now = mean(&engine.ions().positions()[..members]);
    let then = mean(&start.positions()[..members]);
    [now[0] - then[0], now[1] - then[1]]
}

/// A finer mesh than there may be, and a slit with an end.
#[test]
fn what_cannot_be_had_is_refused() {
    let precise = LongRange {
        error: 1e-14,
        ..LONG_RANGE
    };
    let refused = Beyond::new(&scheme(Interaction::PUBLISHED), &slit(), 20, precise);
    let message = refused.expect_err("too precise").to_string();
    assert!(message.starts_with("the finest mesh, "), "{message}");
}
