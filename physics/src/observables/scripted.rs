//! Configurations made by hand, for the tests.

use crate::brownian::{Ions, NeighbourList};
use crate::electrolyte::{Population, Species};
use crate::slit::{Slit, Walls};

/// A periodic square.
pub fn plane(side: f64) -> Slit {
    Slit {
        length: side,
        width: side,
        walls: Walls::Periodic,
    }
}

/// As many cations as anions of valence ±2, cations first.
pub fn ions(slit: Slit, positions: &[[f64; 2]]) -> Ions {
    let salt = [2, -2].map(|valence| Population {
        species: Species {
            name: format!("{valence}"),
            valence,
            diffusion: 0.1,
        },
        count: positions.len() / 2,
    });
    Ions::at(slit, &salt, positions.to_vec())
}

/// The pairs of `positions` (in the box) closer than `cutoff`, listed.
pub fn listed(slit: Slit, cutoff: f64, positions: &[[f64; 2]]) -> NeighbourList {
    let mut list = NeighbourList::new(slit, cutoff, 0.0);
    list.build(positions, 0);
    list
}
