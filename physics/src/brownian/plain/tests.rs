//! Exact results the plain engine satisfies.

use super::*;
use crate::electrolyte::{Population, Species};
use crate::interaction::{ConfinedLog, DielectricSlab, Interaction};
use crate::slit::{Slit, Walls, WaterLayer};

fn ion(valence: i32) -> Species {
    Species {
        name: format!("z{valence}"),
        valence,
        diffusion: 0.10341,
    }
}

fn mixture(cations: usize, anions: usize) -> Vec<Population> {
    vec![
        Population {
            species: ion(2),
            count: cations,
        },
        Population {
            species: ion(-2),
            count: anions,
        },
    ]
}

const PUBLISHED: Scheme = Scheme {
    interaction: Interaction::PUBLISHED,
    step: 5.0,
    refinement: None,
};

fn engine(slit: Slit, seed: u64) -> PlainEngine {
    engine_with(Interaction::PUBLISHED, slit, seed)
}

fn engine_with(interaction: Interaction, slit: Slit, seed: u64) -> PlainEngine {
    let ions = Ions::at_random(slit, &mixture(100, 100), Stream::named(seed, "start", 0));
    let scheme = Scheme {
        interaction,
        ..PUBLISHED
    };
    PlainEngine::new(ions, scheme, Stream::named(seed, "noise", 0)).expect("a force")
}

const PERIODIC: Slit = Slit {
    length: 3000.0,
    width: 3000.0,
    walls: Walls::Periodic,
};

fn run(engine: &mut PlainEngine, steps: usize, field: f64) -> [f64; 2] {
    let mut moved = [0.0; 2];
    for _ in 0..steps {
        engine.step(field, &mut moved);
    }
    moved
}

#[test]
fn same_seed_same_bytes_and_seeds_differ() {
    let trajectory = |seed| {
        let mut engine = engine(PERIODIC, seed);
        run(&mut engine, 500, 0.3);
        engine
            .ions()
            .positions()
            .iter()
            .flatten()
            .map(|x| x.to_bits())
            .collect::<Vec<_>>()
    };
    assert_eq!(trajectory(1), trajectory(1));
    assert_ne!(trajectory(1), trajectory(2));
}

/// Fixed charges on a lattice pull an ion as the sum over all sites and their images does
/// (to rounding); in the middle of a cell that sum is zero, and a place 30 Å off is pulled
/// back there by charges of its own sign.
#[test]
fn a_lattice_of_fixed_charges_is_the_sum_over_its_sites() {
    let slit = Slit {
        length: 1200.0,
        width: 800.0,
        walls: Walls::Periodic,
    };
    let fixed = Species {
        diffusion: 0.0,
        ..ion(2)
    };
    let mixture = [
        Population {
            species: ion(2),
            count: 1,
        },
        Population {
            species: fixed,
            count: 96,
        },
    ];
    let log = ConfinedLog::PUBLISHED;
    // Of 12 by 8 sites, 100 Å apart.
    for (place, balanced) in [([600.0, 0.0], true), ([630.0, -17.0], false)] {
        let start = vec![place; 97];
        let ions = Ions::at(slit, &mixture, start).with_fixed_on_lattice();
        let engine = PlainEngine::new(ions, PUBLISHED, Stream::named(1, "noise", 0));
        let found = forces(&engine.expect("a force"))[0];
        let mut expected = [0.0; 2];
        for a in -20..20 {
            for b in -20..20 {
                let site = [50.0 + 100.0 * f64::from(a), 50.0 + 100.0 * f64::from(b)];
                let d = [place[0] - site[0], place[1] - site[1]];
                let r = d[0].hypot(d[1]);
                for axis in [0, 1] {
                    expected[axis] += log.force(4.0, r) * d[axis] / r;
                }
            }
        }
        for axis in [0, 1] {
            assert!((found[axis] - expected[axis]).abs() < 1e-12, "{found:?}");
        }
        assert_eq!(found[0].hypot(found[1]) < 1e-12, balanced, "{found:?}");
        assert!(balanced || (found[0] < 0.0 && found[1] > 0.0), "{found:?}");
    }
}

fn forces(engine: &PlainEngine) -> Vec<[f64; 2]> {
    let ions = engine.ions();
    let mut forces = vec![[0.0; 2]; ions.count()];
    find_forces(
        ions,
        &engine.neighbours,
        &engine.law,
        None,
        0.0,
        ions.positions(),
        &mut forces,
    );
    forces
}

/// Pair forces cancel exactly in sum: Newton's third law, up to rounding.
#[test]
fn pair_forces_sum_to_zero() {
    let engine = engine(PERIODIC, 3);
    let forces = forces(&engine);
    let total = forces
        .iter()
        .fold([0.0, 0.0], |t, f| [t[0] + f[0], t[1] + f[1]]);
    let largest = forces.iter().flatten().fold(0.0_f64, |m, f| m.max(f.abs()));
    assert!(largest > 0.1, "no forces at all: {largest}");
    assert!(
        total[0].abs() < 1e-11 && total[1].abs() < 1e-11,
        "{total:?}"
    );
}

/// The listed forces equal a brute-force sum over nearest images, after the
/// ions have moved and the list has aged: to rounding where the force has a closed
/// form, to 1e-8 of each pair where it comes from a table.
#[test]
fn forces_equal_the_direct_sum() {
    let layer = WaterLayer::new(7.0, [70.0, 10.0], 2.0, 298.0).expect("a slit");
    let slab = DielectricSlab::new(&layer, 1.0, 200.0).expect("a slab");
    for (interaction, walls, share) in [
        (Interaction::PUBLISHED, Walls::Periodic, 0.0),
        (Interaction::PUBLISHED, Walls::Soft { force: 1.69 }, 0.0),
        (Interaction::Slab(slab), Walls::Periodic, 1e-8),
    ] {
        let slit = Slit { walls, ..PERIODIC };
        let mut engine = engine_with(interaction, slit, 4);
        run(&mut engine, 30, 0.2);
        let forces = forces(&engine);
        for (i, force) in forces.into_iter().enumerate() {
            let mut expected = [0.0, slit.wall_force(engine.ions().positions()[i][1])];
            let mut allowed = 1e-10;
            for j in (0..engine.ions().count()).filter(|&j| j != i) {
                let mut d = [0.0, 0.0];
                for axis in 0..2 {
                    let period = [slit.length, slit.width][axis];
                    d[axis] =
                        engine.ions().positions()[i][axis] - engine.ions().positions()[j][axis];
                    if axis == 0 || walls == Walls::Periodic {
                        d[axis] -= period * (d[axis] / period).round();
                    }
                }
                let r = d[0].hypot(d[1]);
                let zz = engine.ions().charges()[i] * engine.ions().charges()[j];
                let f = interaction.force(zz, r);
                allowed += share * f.abs();
                expected = [expected[0] + f * d[0] / r, expected[1] + f * d[1] / r];
            }
            for (force, expected) in force.into_iter().zip(expected) {
                let error = (force - expected).abs();
                assert!(error < allowed, "ion {i}: off by {error}");
            }
        }
    }
}

/// `moved` is what the unwrapped positions say: nothing is lost at the border.
#[test]
fn displacements_telescope_across_the_boundary() {
    let mut engine = engine(PERIODIC, 5);
    let unwrapped = |e: &PlainEngine| -> f64 {
        e.ions().positions()[..100]
            .iter()
            .zip(&e.ions().images()[..100])
            .map(|(p, image)| p[0] + f64::from(image[0]) * 3000.0)
            .sum()
    };
    let before = unwrapped(&engine);
    let moved = run(&mut engine, 3000, 0.5);
    assert!(
        engine.ions().images().iter().any(|image| image[0] != 0),
        "no ion crossed"
    );
    assert!((unwrapped(&engine) - before - moved[0]).abs() < 1e-6);
}

#[test]
fn soft_walls_hold_the_ions() {
    let slit = Slit {
        length: 3000.0,
        width: 500.0,
        walls: Walls::Soft { force: 1.69 },
    };
    let mut engine = engine(slit, 6);
    run(&mut engine, 5000, 0.1);
    // The wall lets an ion in by kT/force = 0.6 Å on average, and by a step of noise.
    let farthest = engine
        .ions()
        .positions()
        .iter()
        .fold(0.0_f64, |m, p| m.max(p[1].abs()));
    assert!(farthest > 240.0 && farthest < 270.0, "{farthest}");
}
