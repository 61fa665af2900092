//! Bound pairs: how close their ions are, and how they stand to the field.

use super::cluster::BoundPair;
use super::{Cluster, ClusterWindow};
use crate::brownian::Ions;
use crate::statistics::{Blocks, Estimate};
use serde::{Deserialize, Serialize};

/// Sums over bound pairs.
#[derive(Clone, Copy)]
enum Sum {
    Looks,
    Pairs,
    Separation,
    Dipole,
    Alignment,
}
const SUMS: usize = 5;

/// Averages over bound pairs: clusters of exactly two ions, of opposite sign.
///
/// A rigid dipole p in a field E at equilibrium has, in the plane,
/// ⟨cos φ⟩ = I₁(pE/kT)/I₀(pE/kT) (Bessel functions), the alignment here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoundPairs {
    ions: f64,
    area: f64,
    blocks: Blocks,
}

impl BoundPairs {
    /// For the slit of `ions`.
    #[must_use]
    pub fn new(ions: &Ions) -> Self {
        Self {
            ions: ions.count() as f64,
            area: ions.slit().area(),
            blocks: Blocks::new(SUMS),
        }
    }

    /// Adds one look.
    pub fn look(&mut self, ions: &Ions, clusters: &[Cluster]) {
        self.blocks.add(Sum::Looks as usize, 1.0);
        for cluster in clusters {
            if let Some(BoundPair { separation, dipole }) = cluster.bound_pair(ions) {
                self.blocks.add(Sum::Pairs as usize, 1.0);
                self.blocks.add(Sum::Separation as usize, separation);
                self.blocks.add(Sum::Dipole as usize, dipole[0]);
                let magnitude = dipole[0].hypot(dipole[1]);
                if magnitude > 0.0 {
                    self.blocks
                        .add(Sum::Alignment as usize, dipole[0] / magnitude);
                }
            }
        }
    }

    /// The sums over windows.
    pub(super) fn blocks(&mut self) -> &mut Blocks {
        &mut self.blocks
    }

    /// Fills in what the open window has of this.
    pub(super) fn describe(&self, window: &mut ClusterWindow) {
        let sums = self.blocks.open();
        let of = |sum: Sum| sums[sum as usize];
        window.pair_fraction = 2.0 * of(Sum::Pairs) / (self.ions * of(Sum::Looks));
        window.pair_separation = of(Sum::Separation) / of(Sum::Pairs);
        window.pair_dipole = of(Sum::Dipole) / of(Sum::Pairs);
    }

    /// Fraction of ions that are in bound pairs.
    #[must_use]
    pub fn fraction(&self) -> Estimate {
        let ions = self.ions;
        self.blocks.ratio(
            |s| 2.0 * s[Sum::Pairs as usize],
            move |s| ions * s[Sum::Looks as usize],
        )
    }

    /// Mean distance of the ions of a pair, Å.
    #[must_use]
    pub fn separation(&self) -> Estimate {
        self.a_pair(Sum::Separation)
    }

    /// Mean dipole along the field of a pair, e·Å.
    #[must_use]
    pub fn dipole(&self) -> Estimate {
        self.a_pair(Sum::Dipole)
    }

    /// ⟨cos φ⟩, φ the angle between dipole and field.
    #[must_use]
    pub fn alignment(&self) -> Estimate {
        self.a_pair(Sum::Alignment)
    }

    /// Polarisation along the field, the dipoles of bound pairs an area, e/Å.
    #[must_use]
    pub fn polarisation(&self) -> Estimate {
        let area = self.area;
        self.blocks.ratio(
            |s| s[Sum::Dipole as usize],
            move |s| area * s[Sum::Looks as usize],
        )
    }

    fn a_pair(&self, sum: Sum) -> Estimate {
        self.blocks
            .ratio(|s| s[sum as usize], |s| s[Sum::Pairs as usize])
    }
}
