//! Small groups of ions with nobody else in reach, one group a lane.
//!
//! Groups of (nearly) equal size stand side by side in the lanes of a block.
//! Every ion interacts with every other of its group, so there is no list, and
//! nothing is gathered: coordinates are relative to the group's first ion, in
//! single precision.

use super::law::{PairLaw, Substep};
use crate::noise::{LANES, LaneNoise};

/// Ions of the largest group that is treated so. The work grows with the
/// square of the size, and beyond this a neighbour list is cheaper.
pub const LARGEST: usize = 16;

type Lanes = [f32; LANES];

/// One ion of a group.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub ion: u32,
    /// Position relative to the group's first ion, nearest image, Å.
    pub offset: [f64; 2],
    /// D dt, Å².
    pub mobility: f64,
    pub charge: f64,
}

/// The soft walls as the ions of one group see them.
#[derive(Clone, Copy, Debug)]
pub struct LocalWalls {
    /// y of the lower and the upper wall, relative to the group's first ion, Å.
    pub at: [f64; 2],
    /// Force of the wall, kT/Å; 0 without walls.
    pub force: f64,
}

/// Up to [`LANES`] groups of up to `size` ions.
///
/// A lane whose group is smaller is filled up with ions of no charge and no
/// mobility.
#[derive(Clone, Debug)]
pub struct ClusterBlock {
    size: usize,
    ions: [[u32; LANES]; LARGEST],
    x: [Lanes; LARGEST],
    y: [Lanes; LARGEST],
    start_x: [Lanes; LARGEST],
    start_y: [Lanes; LARGEST],
    charge: [Lanes; LARGEST],
    mobility: [Lanes; LARGEST],
    /// √(2 D dt).
    spread: [Lanes; LARGEST],
    wall: [Lanes; 2],
    wall_force: f32,
}

/// A vector for every ion of a block: forces, or normal deviates.
struct Vectors {
    x: [Lanes; LARGEST],
    y: [Lanes; LARGEST],
}

impl Default for Vectors {
    fn default() -> Self {
        Self {
            x: [[0.0; LANES]; LARGEST],
            y: [[0.0; LANES]; LARGEST],
        }
    }
}

impl Vectors {
    #[inline(always)]
    fn draw(&mut self, size: usize, noise: &mut LaneNoise) {
        noise.fill(&mut self.x[..size], &mut self.y[..size]);
    }

    #[inline(always)]
    fn add(&mut self, size: usize, other: &Self) {
        for i in 0..size {
            for l in 0..LANES {
                self.x[i][l] += other.x[i][l];
                self.y[i][l] += other.y[i][l];
            }
        }
    }
}

/// Stands for no ion.
const NOBODY: u32 = u32::MAX;

impl ClusterBlock {
    /// A block of at most [`LANES`] groups, of at most [`LARGEST`] ions each.
    pub fn new<'a>(groups: impl Iterator<Item = (&'a [Member], LocalWalls)>) -> Self {
        let zero = [[0.0; LANES]; LARGEST];
        let mut block = Self {
            size: 0,
            ions: [[NOBODY; LANES]; LARGEST],
            x: zero,
            y: zero,
            start_x: zero,
            start_y: zero,
            charge: zero,
            mobility: zero,
            spread: zero,
            wall: [[f32::NEG_INFINITY; LANES], [f32::INFINITY; LANES]],
            wall_force: 0.0,
        };
        for (l, (members, walls)) in groups.enumerate() {
            block.size = block.size.max(members.len());
            block.wall[0][l] = walls.at[0] as f32;
            block.wall[1][l] = walls.at[1] as f32;
            block.wall_force = walls.force as f32;
            for (i, member) in members.iter().enumerate() {
                block.ions[i][l] = member.ion;
                block.x[i][l] = member.offset[0] as f32;
                block.y[i][l] = member.offset[1] as f32;
                block.charge[i][l] = member.charge as f32;
                block.mobility[i][l] = member.mobility as f32;
                block.spread[i][l] = (2.0 * member.mobility).sqrt() as f32;
            }
        }
        block.start_x = block.x;
        block.start_y = block.y;
        block
    }

    /// Pair forces of one step: what the block costs.
    pub fn work(&self) -> usize {
        self.size * (self.size + 3) / 2
    }

    /// One step under each of `fields`.
    #[inline(always)]
    pub fn advance(&mut self, law: PairLaw, fields: &[f32], noise: &mut LaneNoise) {
        let mut kicks = Vectors::default();
        let mut forces = Vectors::default();
        for &field in fields {
            kicks.draw(self.size, noise);
            if law.refines() && self.is_tight(law) {
                let mut next = Vectors::default();
                for Substep { drift, kick } in law.substeps() {
                    next.draw(self.size, noise);
                    kicks.add(self.size, &next);
                    self.find_forces(law, field, &mut forces);
                    self.drift_and_kick([drift, kick], &forces, &kicks);
                    std::mem::swap(&mut kicks, &mut next);
                }
            } else {
                self.find_forces(law, field, &mut forces);
                self.drift_and_kick([1.0, 1.0], &forces, &kicks);
            }
        }
    }

    /// r ← r + `drift` D F dt + `kick` √(2 D dt) N.
    #[inline(always)]
    fn drift_and_kick(&mut self, [drift, kick]: [f32; 2], forces: &Vectors, kicks: &Vectors) {
        for i in 0..self.size {
            for l in 0..LANES {
                let mobility = drift * self.mobility[i][l];
                let spread = kick * self.spread[i][l];
                self.x[i][l] += mobility * forces.x[i][l] + spread * kicks.x[i][l];
                self.y[i][l] += mobility * forces.y[i][l] + spread * kicks.y[i][l];
            }
        }
    }

    /// Whether any of the groups is tight. All lanes then take the substeps:
    /// more of them than a group needs do no harm.
    #[inline(always)]
    fn is_tight(&self, law: PairLaw) -> bool {
        let mut tight = false;
        for i in 1..self.size {
            for j in 0..i {
                for l in 0..LANES {
                    let dx = self.x[i][l] - self.x[j][l];
                    let dy = self.y[i][l] - self.y[j][l];
                    let zz = self.charge[i][l] * self.charge[j][l];
                    tight |= law.is_tight(zz, dx * dx + dy * dy);
                }
            }
        }
        tight
    }

    /// Field, walls, and every ion on every other of its group.
    #[inline(always)]
    fn find_forces(&self, law: PairLaw, field: f32, forces: &mut Vectors) {
        let Vectors { x: fx, y: fy } = forces;
        for i in 0..self.size {
            for l in 0..LANES {
                let y = self.y[i][l];
                let below = if y < self.wall[0][l] {
                    self.wall_force
                } else {
                    0.0
                };
                let above = if y > self.wall[1][l] {
                    self.wall_force
                } else {
                    0.0
                };
                fx[i][l] = self.charge[i][l] * field;
                fy[i][l] = below - above;
            }
        }
        for i in 1..self.size {
            let (mut sum_x, mut sum_y) = ([0.0; LANES], [0.0; LANES]);
            for j in 0..i {
                for l in 0..LANES {
                    let dx = self.x[i][l] - self.x[j][l];
                    let dy = self.y[i][l] - self.y[j][l];
                    let zz = self.charge[i][l] * self.charge[j][l];
                    let f = zz * law.over_r(dx * dx + dy * dy);
                    sum_x[l] += f * dx;
                    sum_y[l] += f * dy;
                    fx[j][l] -= f * dx;
                    fy[j][l] -= f * dy;
                }
            }
            for l in 0..LANES {
                fx[i][l] += sum_x[l];
                fy[i][l] += sum_y[l];
            }
        }
    }

    /// The longest way, squared (Å²), that an ion has moved.
    #[inline(always)]
    pub fn farthest(&self) -> f32 {
        let mut farthest = [0.0f32; LANES];
        for i in 0..self.size {
            for (l, farthest) in farthest.iter_mut().enumerate() {
                let dx = self.x[i][l] - self.start_x[i][l];
                let dy = self.y[i][l] - self.start_y[i][l];
                *farthest = farthest.max(dx * dx + dy * dy);
            }
        }
        farthest.into_iter().fold(0.0, f32::max)
    }

    /// Takes the noise away.
    #[cfg(test)]
    pub fn silence(&mut self) {
        self.spread = [[0.0; LANES]; LARGEST];
    }

    /// Adds the displacements to the ions' positions.
    pub fn settle(&self, positions: &mut [[f64; 2]]) {
        for i in 0..self.size {
            for l in 0..LANES {
                let ion = self.ions[i][l];
                if ion != NOBODY {
                    let position = &mut positions[ion as usize];
                    position[0] += f64::from(self.x[i][l] - self.start_x[i][l]);
                    position[1] += f64::from(self.y[i][l] - self.start_y[i][l]);
                }
            }
        }
    }
}
