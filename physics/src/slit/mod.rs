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

    /// Area L·W, Å².
    #[must_use]
    pub fn area(&self) -> f64 {
        self.length * self.width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
