//! What the fast engine promises besides the law of the process, which the
//! validation holds against the plain engine.

use super::clusters::ClusterBlock;
use super::*;
use crate::brownian::{Refinement, escape};
use crate::electrolyte::{Population, Species};
use crate::interaction::{
    ConfinedLog, Coulomb, DielectricSlab, Interaction, ScreeningWalls, Unresolved,
};
use crate::slit::{Slit, Walls, WaterLayer};
use crate::statistics::{Estimate, independent};

const PUBLISHED: Scheme = Scheme {
    interaction: Interaction::PUBLISHED,
    step: 5.0,
    refinement: None,
};

/// Ions of unequal charge and mobility, so that no index can be wrong unseen.
fn mixture(count: usize) -> Vec<Population> {
    [(2, 0.10341), (-2, 0.15), (1, 0.13), (-1, 0.2)]
        .into_iter()
        .map(|(valence, diffusion)| Population {
            species: Species {
                name: format!("z{valence}"),
                valence,
                diffusion,
            },
            count: count / 4,
        })
        .collect()
}

/// Less dense than the published memristor, which makes every kind of group.
fn slit(count: usize, walls: Walls) -> Slit {
    Slit {
        length: 5000.0,
        width: count as f64 * 25.0,
        walls,
    }
}

fn engine(count: usize, walls: Walls, seed: u64) -> FastEngine {
    engine_with(Interaction::PUBLISHED, count, walls, seed)
}

fn engine_with(interaction: Interaction, count: usize, walls: Walls, seed: u64) -> FastEngine {
    let start = Stream::named(seed, "start", 0);
    let ions = Ions::at_random(slit(count, walls), &mixture(count), start);
    let scheme = Scheme {
        interaction,
        ..PUBLISHED
    };
    FastEngine::new(ions, scheme, seed, "noise").expect("a force in single precision")
}

/// Slits that are not the published one, one of each kind.
fn other_slits() -> [Interaction; 3] {
    let layer = WaterLayer::new(7.0, [70.0, 10.0], 2.0, 298.0).expect("a slit");
    [
        Interaction::Slab(DielectricSlab::new(&layer, 1.0, 200.0).expect("a slab")),
        Interaction::Screening(ScreeningWalls::new(&layer, 5.0, 1.0, 200.0).expect("walls")),
        Interaction::Coulomb(Coulomb::new(10.0, 298.0, 1.0, 200.0).expect("a medium")),
    ]
}

const SOFT: Walls = Walls::Soft { force: 1.7 };

#[test]
fn every_kind_of_group_occurs() {
    let mut engine = engine(2000, SOFT, 1);
    engine.advance(&[0.1; 2000], &mut [0.0; 4]);
    let census = engine.census();
    assert!(census.lone > 20 && census.paired > 20, "{census:?}");
    assert!(census.clustered > 200 && census.bulk > 20, "{census:?}");
}

/// Vectors of any width, and none at all, give the same bytes, whatever the walls.
#[test]
fn same_bytes_at_any_vector_width() {
    for interaction in other_slits().into_iter().chain([Interaction::PUBLISHED]) {
        let run = |arch| {
            let mut engine = engine_with(interaction, 400, SOFT, 3);
            engine.arch = arch;
            engine.advance(&[0.2; 500], &mut [0.0; 4]);
            engine.ions
        };
        let widest = run(pulp::Arch::new());
        assert_eq!(widest, run(pulp::Arch::Scalar));
        #[cfg(target_arch = "x86_64")]
        if let Some(v3) = pulp::x86::V3::try_new() {
            assert_eq!(widest, run(pulp::Arch::V3(v3)));
        }
    }
}

#[test]
fn same_bytes_at_any_number_of_threads() {
    for interaction in other_slits().into_iter().chain([Interaction::PUBLISHED]) {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("a pool").install(|| {
                let mut engine = engine_with(interaction, 2000, Walls::Periodic, 4);
                engine.advance(&[0.2; 200], &mut [0.0; 4]);
                engine.ions
            })
        };
        assert_eq!(run(1), run(3));
    }
}

/// A checksum of 400 ions after 500 steps between the published walls, as they moved
/// before the engine knew any other.
const BEFORE: u64 = 0x570b_cc58_e6ec_9d96;

#[test]
fn the_published_walls_give_the_bytes_they_gave() {
    let mut engine = engine(400, SOFT, 3);
    engine.advance(&[0.2; 500], &mut [0.0; 4]);
    let positions = engine.ions.positions().iter().flatten();
    let sum = positions.fold(0u64, |sum, x| sum.rotate_left(5) ^ x.to_bits());
    assert_eq!(sum, BEFORE);
}

#[test]
fn a_force_that_single_precision_does_not_hold_is_refused() {
    let layer = WaterLayer::new(7.0, [70.0; 2], 2.0, 298.0).expect("a slit");
    let slab = DielectricSlab::new(&layer, 1e-4, 1000.0).expect("a slab");
    let ions = Ions::at_random(slit(40, SOFT), &mixture(40), Stream::named(1, "start", 0));
    let scheme = Scheme {
        interaction: Interaction::Slab(slab),
        ..PUBLISHED
    };
    let refused = FastEngine::new(ions, scheme, 1, "noise").expect_err("refused");
    let Unresolved {
        reached, wanted, ..
    } = refused;
    assert!(reached > wanted && wanted == 2e-6, "{refused}");
}

/// In one call or many, as a restart would have it: the state between calls is
/// the positions and the noise.
#[test]
fn seeds_differ_and_a_copy_goes_on_alike() {
    let mut first = engine(400, SOFT, 5);
    first.advance(&[0.1; 300], &mut [0.0; 4]);
    let mut copy = first.clone();
    copy.groups = Groups::default();
    copy.neighbours.build(&[], 0);
    for engine in [&mut first, &mut copy] {
        engine.advance(&[0.1; 300], &mut [0.0; 4]);
    }
    assert_eq!(first.ions, copy.ions);
    let mut other = engine(400, SOFT, 6);
    other.advance(&[0.1; 600], &mut [0.0; 4]);
    assert_ne!(first.ions, other.ions);
}

/// `moved` is what the unwrapped positions tell.
#[test]
fn displacements_telescope() {
    let mut engine = engine(400, Walls::Periodic, 7);
    let unwrapped = |ions: &Ions, k: usize| {
        ions.positions()[k][0] + f64::from(ions.images()[k][0]) * ions.slit().length
    };
    let before = engine.ions.clone();
    let mut moved = [0.0; 4];
    engine.advance(&[0.5; 700], &mut moved);
    for (range, moved) in engine.species().iter().zip(moved) {
        let ways = range
            .ions
            .clone()
            .map(|k| unwrapped(&engine.ions, k) - unwrapped(&before, k));
        assert!((ways.sum::<f64>() - moved).abs() < 1e-6);
    }
}

/// No two ions of different groups are ever found within the cut-off.
#[test]
fn groups_do_not_meet() {
    for (walls, field) in [(Walls::Periodic, 0.5), (Walls::Periodic, 0.0), (SOFT, 0.2)] {
        let mut engine = engine(800, walls, 8);
        let cutoff = PUBLISHED.interaction.cutoff();
        for _ in 0..100 {
            engine.epoch(&[field; 400], &mut [0.0; 4]);
            let group_of = group_numbers(&engine);
            engine.ions.wrap();
            let mut close = NeighbourList::new(*engine.slit(), cutoff, 0.0);
            close.build(engine.ions.positions(), 0);
            for i in 0..engine.ions.count() {
                for &j in close.partners(i) {
                    assert_eq!(group_of[i], group_of[j as usize], "ions {i} and {j}");
                }
            }
        }
    }
}

fn group_numbers(engine: &FastEngine) -> Vec<usize> {
    let mut numbers = vec![0; engine.ions.count()];
    for (number, group) in engine.groups.iter().enumerate() {
        for &ion in group {
            numbers[ion as usize] = number;
        }
    }
    numbers
}

/// Without noise each kind of group takes the step of the law: the force on every
/// ion from all others by brute force, in double precision.
#[test]
fn a_step_without_noise_is_the_drift() {
    let published = [Walls::Periodic, SOFT].map(|walls| (Interaction::PUBLISHED, walls));
    let others = other_slits().map(|interaction| (interaction, Walls::Periodic));
    for (interaction, walls) in published.into_iter().chain(others) {
        let mut engine = engine_with(interaction, 1200, walls, 9);
        // Relaxed, so that there are tight pairs; then at the walls.
        engine.advance(&[0.05; 3000], &mut [0.0; 4]);
        engine.ions.wrap();
        let before = engine.ions.positions().to_vec();
        engine.neighbours.build(&before, 0);
        engine.assign_groups();
        engine.silence();
        assert_eq!(engine.move_groups(&[0.3]), 1);
        for strand in &engine.strands {
            for block in &strand.clusters {
                block.settle(&mut engine.ions.positions);
            }
        }
        engine.bulk.settle(&mut engine.ions.positions);
        let moved = |k: &usize| before[*k] != engine.ions.positions[*k];
        let grouped: Vec<usize> = (0..before.len()).filter(moved).collect();
        assert_eq!(
            grouped.len(),
            engine.census.clustered + engine.census.bulk,
            "every ion in a large group moves"
        );
        for k in grouped {
            let expected = drift(&engine, &before, k, 0.3);
            for (axis, expected) in expected.into_iter().enumerate() {
                let got = engine.ions.positions[k][axis] - before[k][axis];
                // Coordinates of a cluster are good to 1e-4 Å; of a tight pair
                // that is 1e-3 of the distance.
                assert!(
                    (got - expected).abs() < 2e-3 * expected.abs() + 2e-3,
                    "ion {k} of {walls:?}, {interaction:?}: {got}, expected {expected}"
                );
            }
        }
    }
}

impl FastEngine {
    /// Takes the noise out of the groups of this epoch.
    fn silence(&mut self) {
        for strand in &mut self.strands {
            strand.clusters.iter_mut().for_each(ClusterBlock::silence);
        }
        self.bulk.silence();
    }
}

/// D dt (z E x̂ + Σ F + F_wall) of ion `k`, all ions by their nearest images.
fn drift(engine: &FastEngine, positions: &[[f64; 2]], k: usize, field: f64) -> [f64; 2] {
    let charges = engine.ions.charges();
    let mut force = [
        charges[k] * field,
        engine.slit().wall_force(positions[k][1]),
    ];
    for j in (0..positions.len()).filter(|&j| j != k) {
        let d = engine.neighbours.nearest_image(positions[k], positions[j]);
        let r = d[0].hypot(d[1]);
        let f = engine.scheme.interaction.force(charges[k] * charges[j], r);
        force[0] += f * d[0] / r;
        force[1] += f * d[1] / r;
    }
    force.map(|f| f * engine.mobilities[k])
}

/// A pair in relative coordinates: without noise the drift of its separation,
/// and its centre of friction at rest.
#[test]
fn a_pair_closes_in_by_the_law() {
    let pair = Pair {
        ions: [0, 1],
        separation: [30.0, -40.0],
        mobility: [0.5, 0.8],
        charge: [2.0, -2.0],
        far_force: [[0.0; 2]; 2],
    };
    let mut block = PairBlock::new(vec![pair]);
    block.silence();
    let law = Law::new(&PUBLISHED).expect("a closed form");
    let advance = Advance(&mut block);
    law.dispatch(pulp::Arch::new(), advance);
    let mut positions = [[0.0; 2]; 2];
    // No steps for the centre: only the relative motion is settled.
    block.settle(0, 0.0, &mut positions, &mut Stream::named(1, "centre", 0));
    let attraction = PUBLISHED.interaction.force(-4.0, 50.0) / 50.0;
    let expected = [
        1.3 * attraction * 30.0 + (2.0 * 0.5 + 2.0 * 0.8) * 0.1,
        -1.3 * attraction * 40.0,
    ];
    for (axis, expected) in expected.into_iter().enumerate() {
        let change = positions[0][axis] - positions[1][axis];
        assert!((change - expected).abs() < 1e-5, "{change} {expected}");
        let centre = 0.8 * positions[0][axis] + 0.5 * positions[1][axis];
        assert!(centre.abs() < 1e-6);
    }
}

/// One step of a block of pairs under a field of 0.1.
struct Advance<'a>(&'a mut PairBlock);

impl LaneTask for Advance<'_> {
    type Output = ();

    fn run<F: Force>(self, law: PairLaw<F>) {
        let noise = &mut LaneNoise::named(1, "pair", 0);
        self.0.advance(law, &[0.1], noise);
    }
}

/// 1 - 10⁻⁹ of all relative motions end within the skin.
#[test]
fn an_epoch_is_as_long_as_the_skin_allows() {
    let engine = engine(400, Walls::Periodic, 10);
    for field in [0.0, 0.1, 0.5] {
        let steps = engine.longest_epoch(&[field; 5000]) as f64;
        let fastest = 0.2 * 5.0;
        let drift = 0.15 * 5.0 * 2.0 * field;
        let way = |n: f64| drift * n + TAIL * (2.0 * fastest * n).sqrt();
        assert!(way(steps) <= 0.5 * engine.skin);
        assert!(way(steps + 1.0) > 0.5 * engine.skin);
    }
}

/// Mean escape time of a converged pair (z = 2, c = 4 Å) at E = 0.4, from a
/// separation of 1 Å along the field to 200 Å, ps: by the backward equation of
/// [`escape`], solved for 60 angular modes on 1600 radii.
const ESCAPE_TIME: f64 = 1828.7;

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

/// The pairs of [`escape`](crate::brownian::escape), among the ions with a
/// neighbour list.
#[test]
fn refined_bulk_is_converged() {
    let times: Vec<f64> = (0..25).flat_map(bulk_escape_times).collect();
    let Estimate { mean, error } = independent(&times);
    assert!(error < 0.03 * ESCAPE_TIME, "{error}");
    assert!(
        (mean - ESCAPE_TIME).abs() < 3.0 * error + 0.005 * ESCAPE_TIME,
        "{mean} ± {error}"
    );
}

/// 64 pairs, too far from each other to matter.
fn bulk_escape_times(replica: u64) -> Vec<f64> {
    let side = 24_000.0;
    let slit = Slit {
        length: side,
        width: side,
        walls: Walls::Periodic,
    };
    let place = |k: usize, x: f64| {
        let row = (k / 8) as f64 * 3000.0 - 0.5 * side;
        [(k % 8) as f64 * 3000.0 + 100.0 + x, row]
    };
    let starts = (0..64)
        .map(|k| place(k, 1.0))
        .chain((0..64).map(|k| place(k, 0.0)));
    let mut mixture = mixture(256);
    mixture.truncate(2);
    mixture[1].species.diffusion = mixture[0].species.diffusion;
    let ions = Ions::at(slit, &mixture, starts.collect());
    let mut engine =
        FastEngine::new(ions, PHYSICAL, replica, "bulk escape").expect("a closed form");
    let all: Vec<u32> = (0..128).collect();
    let (law, list) = (engine.law, &engine.neighbours);
    let source = Source {
        ions: &engine.ions,
        mobilities: &engine.mobilities,
        beyond: None,
        list,
        refining: law.refining,
    };
    engine.bulk.fill(&all, source, 0);
    let how = Execution {
        arch: engine.arch,
        helpers: 0,
    };
    let mut times = vec![0.0; 64];
    let mut step = 0.0;
    let boundary = escape::boundary(&PHYSICAL, 2.0 * 0.10341);
    while times.contains(&0.0) {
        engine.bulk.advance(&law, &[0.4], how);
        step += 1.0;
        let mut positions = engine.ions.positions().to_vec();
        engine.bulk.settle(&mut positions);
        for (k, time) in times.iter_mut().enumerate() {
            let (a, b) = (positions[k], positions[k + 64]);
            if *time == 0.0 && (a[0] - b[0]).hypot(a[1] - b[1]) > boundary {
                *time = 5.0 * step;
            }
        }
    }
    times
}

/// Fixed charges of the walls are ions that do not diffuse: they stay to the bit, alone, in
/// pairs (of two of them as well) and in larger groups, and carry nothing.
#[test]
fn fixed_charges_stay_where_they_are() {
    let population = |valence, diffusion, count| Population {
        species: Species {
            name: format!("z{valence}"),
            valence,
            diffusion,
        },
        count,
    };
    for (step, refinement) in [(5.0, None), (5.0, Some(REFINED))] {
        let mixture = [population(2, 0.1, 100), population(-1, 0.0, 200)];
        let many = Ions::at_random(slit(300, SOFT), &mixture, Stream::named(7, "start", 0));
        // Two fixed ones near each other, and nobody else in reach.
        let mixture = [population(2, 0.1, 1), population(-1, 0.0, 2)];
        let positions = vec![[2500.0, 0.0], [100.0, 0.0], [103.0, 0.0]];
        let few = Ions::at(slit(300, SOFT), &mixture, positions);
        let scheme = Scheme {
            interaction: ConfinedLog {
                contact: 4.0,
                ..ConfinedLog::PUBLISHED
            }
            .into(),
            step,
            refinement,
        };
        for ions in [many, few] {
            let mobile = ions.species()[0].ions.len();
            let start = ions.positions.clone();
            let mut engine = FastEngine::new(ions, scheme, 7, "noise").expect("a closed form");
            let mut moved = [0.0; 2];
            engine.advance(&[0.1; 2000], &mut moved);
            let now = engine.ions().positions();
            assert_eq!(now[mobile..], start[mobile..]);
            assert!(now.iter().flatten().all(|x| x.is_finite()));
            let moves = now[..mobile].iter().zip(&start);
            assert!(moves.into_iter().all(|(now, then)| now != then));
            assert!(moved[0] > 0.0 && moved[1] == 0.0, "{moved:?}");
        }
    }
}

/// The substeps of the physical preset.
const REFINED: Refinement = Refinement {
    evaluations: 10,
    within: 15.0,
};

/// A monovalent ion about a fixed one is found where Boltzmann says, as two mobile ions
/// are: 32 runs of 0.2 µs at 0.5 ps, whose bias is below 2 %.
#[test]
fn an_ion_about_a_fixed_one_in_equilibrium() {
    let interaction = ConfinedLog {
        contact: 4.0,
        cutoff: 100.0,
        ..ConfinedLog::PUBLISHED
    };
    let side = 240.0;
    let slit = Slit {
        length: side,
        width: side,
        walls: Walls::Periodic,
    };
    let ion = |valence, diffusion| Population {
        species: Species {
            name: format!("z{valence}"),
            valence,
            diffusion,
        },
        count: 1,
    };
    let scheme = Scheme {
        interaction: interaction.into(),
        step: 0.5,
        refinement: None,
    };
    let bound = |copy: u64| {
        let mixture = [ion(1, 0.2), ion(-1, 0.0)];
        let ions = Ions::at_random(slit, &mixture, Stream::named(copy, "start", 0));
        let mut engine = FastEngine::new(ions, scheme, copy, "noise").expect("a closed form");
        let (mut within, looks) = (0, 4000);
        for look in 0..looks + 400 {
            engine.advance(&[0.0; 100], &mut [0.0; 2]);
            let [a, b] = [0, 1].map(|k: usize| engine.ions().positions()[k]);
            let nearest = |d: f64| d - side * (d / side).round();
            let distance = nearest(a[0] - b[0]).hypot(nearest(a[1] - b[1]));
            within += usize::from(look >= 400 && distance < 30.0);
        }
        within as f64 / looks as f64
    };
    let copies: Vec<f64> = (0..32).map(bound).collect();
    let Estimate { mean, error } = independent(&copies);
    let expected = crate::theory::PairBoltzmann {
        interaction,
        zz: -1.0,
        side,
    }
    .within(30.0);
    assert!(error < 0.1 * expected, "{error}");
    assert!(
        (mean - expected).abs() < 4.0 * error + 0.02 * expected,
        "{mean} {error} {expected}"
    );
}
