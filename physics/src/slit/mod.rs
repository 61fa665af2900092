//! The slit: one water layer between two graphene sheets, a plane for ions.
//!
//! The field points along x, where the slit is always periodic. Across (y) it
//! is either periodic or closed by soft walls. [`WaterLayer`] is what fills it,
//! as far as charges feel it.

use serde::{Deserialize, Serialize};

mod material;
mod water;

pub use material::{Material, materials, thomas_fermi_length};
pub use water::{MOLECULE, Unphysical, WaterLayer, debye_length};
pub(crate) use water::{permittivity, positive};

/// What bounds the slit across (y).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Walls {
    /// Periodic: a stretch of an infinitely wide slit.
    Periodic,
    /// Outside |y| = width/2 a constant force pulls back, in kT/Å (the
    /// published neuron uses 1 kcal/(mol·Å)).
    Soft {
        /// Magnitude of the restoring force, kT/Å, positive.
        force: f64,
    },
}

/// Geometry of one slit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slit {
    /// Length L along the field, Å.
    pub length: f64,
    /// Width W across, Å.
    pub width: f64,
    /// What bounds it across.
    pub walls: Walls,
}

impl Slit {
    /// Force along y on an ion at `y`, kT/Å.
    #[must_use]
    pub fn wall_force(&self, y: f64) -> f64 {
        match self.walls {
            Walls::Periodic => 0.0,
            Walls::Soft { force } => {
                let half = 0.5 * self.width;
                if y > half {
                    -force
                } else if y < -half {
                    force
                } else {
                    0.0
                }
            }
        }
    }

    /// Rows of a lattice of `sites` whose cells are nearly square: √(N W/L), or one more or
    /// less where they then are of equal length.
    #[must_use]
    pub fn lattice_rows(&self, sites: usize) -> usize {
        let rows = (sites as f64 * self.width / self.length).sqrt().round();
        let rows = (rows as usize).clamp(1, sites.max(1));
        let whole = |rows: &usize| *rows > 0 && sites.is_multiple_of(*rows);
        [rows, rows - 1, rows + 1]
            .into_iter()
            .find(whole)
            .unwrap_or(rows)
    }

    /// The `sites` of a rectangular lattice that fills the slit, row by row along it:
    ///
    /// ```text
    /// x = (a + ½) L/columns,     y = (b + ½) W/rows - W/2
    /// ```
    ///
    /// Where they do not fill whole [rows](Self::lattice_rows), those of some rows stand
    /// farther apart along the slit.
    #[must_use]
    pub fn lattice(&self, sites: usize) -> Vec<[f64; 2]> {
        let rows = self.lattice_rows(sites);
        let row = |b: usize| {
            let columns = (b + 1) * sites / rows - b * sites / rows;
            let y = self.width * ((b as f64 + 0.5) / rows as f64 - 0.5);
            let x = move |a: usize| self.length * (a as f64 + 0.5) / columns as f64;
            (0..columns).map(move |a| [x(a), y])
        };
        (0..rows).flat_map(row).collect()
    }

    /// Area L·W, Å².
    #[must_use]
    pub fn area(&self) -> f64 {
        self.length * self.width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six columns and three rows; with one more site a row has seven.
    #[test]
    fn lattices_fill_the_slit() {
        let slit = Slit {
            length: 600.0,
            width: 300.0,
            walls: Walls::Periodic,
        };
        let sites = slit.lattice(18);
        assert_eq!(slit.lattice_rows(18), 3);
        for (site, [x, y]) in [(0, [50.0, -100.0]), (17, [550.0, 100.0])] {
            let off = (sites[site][0] - x).hypot(sites[site][1] - y);
            assert!(off < 1e-10, "{site}: {:?}", sites[site]);
        }
        let more = slit.lattice(19);
        assert_eq!(more.len(), 19);
        let in_row = |y: f64| {
            more.iter()
                .filter(|site| (site[1] - y).abs() < 1e-9)
                .count()
        };
        assert_eq!([-100.0, 0.0, 100.0].map(in_row), [6, 6, 7]);
    }

    #[test]
    fn soft_walls_pull_back_and_only_outside() {
        let slit = Slit {
            length: 100.0,
            width: 40.0,
            walls: Walls::Soft { force: 1.69 },
        };
        assert_eq!(slit.wall_force(19.9), 0.0);
        assert_eq!(slit.wall_force(20.1), -1.69);
        assert_eq!(slit.wall_force(-20.1), 1.69);
    }
}
