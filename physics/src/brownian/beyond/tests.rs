use super::*;
use crate::electrolyte::{Population, Species};
use crate::interaction::{DielectricSlab, Interaction};
use crate::slit::WaterLayer;

const LONG_RANGE: LongRange = LongRange {
    error: 1e-4,
    interval: 500.0,
};

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
    let population = |name: &str, valence| Population {
        species: Species {
            name: name.into(),
            valence,
            diffusion: 0.103,
        },
        count: each,
    };
    let mixture = [population("cation", 2), population("anion", -2)];
    Ions::at_random(slit, &mixture, Stream::named(3, "ions", 0))
}

/// The force on ion `i` from beyond the cut-off, summed over all boxes whose centres
/// are within `farthest` of its own.
fn lattice_sum(ions: &Ions, interaction: &Interaction, i: usize, farthest: f64) -> [f64; 2] {
    let slit = ions.slit();
    let law = PairForce::new(&interaction.with_cutoff(2.0 * farthest)).expect("a force");
    let turns = [slit.length, slit.width].map(|side| (farthest / side) as i64);
    let here = ions.positions()[i];
    let mut force = [0.0; 2];
    for a in -turns[0]..=turns[0] {
        for b in -turns[1]..=turns[1] {
            let shift = [a as f64 * slit.length, b as f64 * slit.width];
            if shift[0].hypot(shift[1]) > farthest {
                continue;
            }
            for (there, charge) in ions.positions().iter().zip(ions.charges()) {
                let d = [0, 1].map(|axis| here[axis] - there[axis] - shift[axis]);
                let r2 = d[0] * d[0] + d[1] * d[1];
                if r2 >= interaction.cutoff().powi(2) {
                    let f = law.over_r(ions.charges()[i] * charge, r2);
                    force[0] += f * d[0];
                    force[1] += f * d[1];
                }
            }
        }
    }
    force
}

/// Against the sum over boxes. Far boxes are dipoles P: their forces add up to
/// something ∝ P/R, which two radii take away, up to 1/R².
#[test]
fn forces_are_those_of_the_lattice() {
    for interaction in [Interaction::PUBLISHED, slab()] {
        let ions = ions(slit(), 10);
        let mut beyond = Beyond::new(&scheme(interaction), &slit(), LONG_RANGE).expect("a mesh");
        beyond.find(&ions, 0);
        let (mut off, mut all) = (0.0, 0.0);
        for i in 0..ions.count() {
            let [near, far] =
                [1.0, 2.0].map(|times| lattice_sum(&ions, &interaction, i, times * 60_000.0));
            for axis in [0, 1] {
                let exact = 2.0 * far[axis] - near[axis];
                off += (beyond.forces()[i][axis] - exact).powi(2);
                all += exact.powi(2);
            }
        }
        let error = (off / all).sqrt();
        println!("{interaction:?}: {error:e}, claimed {:e}", beyond.error());
        assert!(error < 3e-4, "{error:e}");
    }
}
