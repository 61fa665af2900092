//! What the groups of an epoch are made of.

use super::clusters::{LocalWalls, Member};
use super::law::Refining;
use super::pairs::Pair;
use crate::brownian::{Beyond, Ions, NeighbourList};
use crate::slit::Walls;

/// The ions as an epoch begins, and who may meet whom.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    pub ions: &'a Ions,
    /// D dt of every ion, Å².
    pub mobilities: &'a [f64],
    pub beyond: Option<&'a Beyond>,
    pub list: &'a NeighbourList,
    pub refining: Refining,
}

impl Source<'_> {
    /// Length of the longest chain of ions, each in reach of the next, that
    /// cannot reach around the box to itself.
    pub fn longest_chain(&self) -> usize {
        let slit = self.ions.slit();
        let period = match slit.walls {
            Walls::Periodic => slit.length.min(slit.width),
            Walls::Soft { .. } => slit.length,
        };
        let reach = self.list.cutoff() + self.list.skin();
        1 + (0.5 * period / reach) as usize
    }

    /// The force on `ion` from beyond the cut-off, kT/Å.
    pub fn far_force(&self, ion: u32) -> [f64; 2] {
        self.beyond
            .map_or([0.0; 2], |beyond| beyond.forces()[ion as usize])
    }

    /// Whether an ion of `group` may touch a soft wall.
    pub fn near_wall(&self, group: &[u32]) -> bool {
        let slit = self.ions.slit();
        let inside = 0.5 * slit.width - 0.5 * self.list.skin();
        let beyond = |&ion: &u32| self.ions.positions()[ion as usize][1].abs() > inside;
        slit.walls != Walls::Periodic && group.iter().any(beyond)
    }

    /// The squared distance of a pair, Å².
    pub fn distance2(&self, [i, j]: [u32; 2]) -> f64 {
        let [here, there] = [i, j].map(|ion| self.ions.positions()[ion as usize]);
        let d = self.list.nearest_image(here, there);
        d[0] * d[0] + d[1] * d[1]
    }

    /// Whether an ion does not diffuse, as a fixed charge of a wall.
    pub fn fixed(&self, ion: u32) -> bool {
        self.mobilities[ion as usize] == 0.0
    }

    pub fn pair(&self, ions: [u32; 2]) -> Pair {
        let [a, b] = ions.map(|ion| ion as usize);
        let positions = self.ions.positions();
        Pair {
            ions,
            separation: self.list.nearest_image(positions[a], positions[b]),
            mobility: [self.mobilities[a], self.mobilities[b]],
            charge: [self.ions.charges()[a], self.ions.charges()[b]],
            far_force: ions.map(|ion| self.far_force(ion)),
        }
    }

    /// The ions of a group, relative to the first.
    pub fn members(&self, group: &[u32]) -> impl Iterator<Item = Member> {
        let positions = self.ions.positions();
        let origin = positions[group[0] as usize];
        group.iter().map(move |&ion| {
            let k = ion as usize;
            Member {
                ion,
                offset: self.list.nearest_image(positions[k], origin),
                mobility: self.mobilities[k],
                charge: self.ions.charges()[k],
                far_force: self.far_force(ion),
            }
        })
    }

    /// The walls relative to the first ion of `group`.
    pub fn walls_about(&self, group: &[u32]) -> LocalWalls {
        let y = self.ions.positions()[group[0] as usize][1];
        let half = 0.5 * self.ions.slit().width;
        match self.ions.slit().walls {
            Walls::Periodic => LocalWalls {
                at: [f64::NEG_INFINITY, f64::INFINITY],
                force: 0.0,
            },
            Walls::Soft { force } => LocalWalls {
                at: [-half - y, half - y],
                force,
            },
        }
    }
}
