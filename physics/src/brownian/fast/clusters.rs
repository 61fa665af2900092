//! Small groups of ions with nobody else in reach, one group a lane.
//!
//! Groups of (nearly) equal size stand side by side in the lanes of a block.
//! Every ion interacts with every other of its group, so there is no list, and
//! nothing is gathered: coordinates are relative to the group's first ion, in
//! single precision.

use super::law::{Force, PairLaw, Refining, Substep};
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
    /// Force from beyond the cut-off, kT/Å.
    pub far_force: [f64; 2],
}

/// The soft walls as the ions of one group see them.
#[derive(Clone, Copy, Debug)]
pub struct LocalWalls {
    /// y of the lower and the upper wall, relative to the group's first ion, Å.
    pub at: [f64; 2],
    /// Force of the wall, kT/Å; 0 without walls.
    pub force: f64,
}

/// Up to [`LANES`] groups.
#[derive(Clone, Debug)]
pub struct ClusterBlock {
    /// The first ions of all groups, the second ions, ... A lane whose group is
    /// smaller is filled up with ions of no charge and no mobility.
    ranks: Vec<Rank>,
    wall: [Lanes; 2],
    wall_force: f32,
}

/// One ion of every group of a block.
#[derive(Clone, Debug)]
struct Rank {
    ion: [u32; LANES],
    x: Lanes,
    y: Lanes,
    start_x: Lanes,
    start_y: Lanes,
    charge: Lanes,
    mobility: Lanes,
    far_force: [Lanes; 2],
    /// √(2 D dt).
    spread: Lanes,
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

impl Rank {
    fn empty() -> Self {
        let zero = [0.0; LANES];
        Self {
            ion: [NOBODY; LANES],
            x: zero,
            y: zero,
            start_x: zero,
            start_y: zero,
            charge: zero,
            mobility: zero,
            far_force: [zero; 2],
            spread: zero,
        }
    }

    fn put(&mut self, lane: usize, member: &Member) {
        self.ion[lane] = member.ion;
        self.x[lane] = member.offset[0] as f32;
        self.y[lane] = member.offset[1] as f32;
        self.start_x[lane] = self.x[lane];
        self.start_y[lane] = self.y[lane];
        self.charge[lane] = member.charge as f32;
        self.mobility[lane] = member.mobility as f32;
        for axis in [0, 1] {
            self.far_force[axis][lane] = member.far_force[axis] as f32;
        }
        self.spread[lane] = (2.0 * member.mobility).sqrt() as f32;
    }
}

impl ClusterBlock {
    /// A block of at most [`LANES`] groups, of at most [`LARGEST`] ions each.
    pub fn new(groups: impl Iterator<Item = (impl Iterator<Item = Member>, LocalWalls)>) -> Self {
        let mut block = Self {
            ranks: Vec::new(),
            wall: [[f32::NEG_INFINITY; LANES], [f32::INFINITY; LANES]],
            wall_force: 0.0,
        };
        for (lane, (members, walls)) in groups.enumerate() {
            block.wall[0][lane] = walls.at[0] as f32;
            block.wall[1][lane] = walls.at[1] as f32;
            block.wall_force = walls.force as f32;
            for (rank, member) in members.enumerate() {
                if rank == block.ranks.len() {
                    block.ranks.push(Rank::empty());
                }
                block.ranks[rank].put(lane, &member);
            }
        }
        block
    }

    /// Pair forces of one step: what a block costs whose largest group has `size`
    /// ions.
    pub fn work(size: usize) -> usize {
        size * (size + 3) / 2
    }

    /// One step under each of `fields`.
    #[inline(always)]
    pub fn advance<F: Force>(&mut self, law: PairLaw<F>, fields: &[f32], noise: &mut LaneNoise) {
        let mut kicks = Vectors::default();
        let mut forces = Vectors::default();
        for &field in fields {
            kicks.draw(self.ranks.len(), noise);
            if law.refining.refines() && self.is_tight(law.refining) {
                let mut next = Vectors::default();
                for Substep { drift, kick } in law.refining.substeps() {
                    next.draw(self.ranks.len(), noise);
                    kicks.add(self.ranks.len(), &next);
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
        for (i, ion) in self.ranks.iter_mut().enumerate() {
            for l in 0..LANES {
                let mobility = drift * ion.mobility[l];
                let spread = kick * ion.spread[l];
                ion.x[l] += mobility * forces.x[i][l] + spread * kicks.x[i][l];
                ion.y[l] += mobility * forces.y[i][l] + spread * kicks.y[i][l];
            }
        }
    }

    /// Whether any of the groups is tight. All lanes then take the substeps:
    /// more of them than a group needs do no harm.
    #[inline(always)]
    fn is_tight(&self, refining: Refining) -> bool {
        let mut tight = false;
        for (i, one) in self.ranks.iter().enumerate() {
            for other in &self.ranks[..i] {
                for l in 0..LANES {
                    let dx = one.x[l] - other.x[l];
                    let dy = one.y[l] - other.y[l];
                    tight |= refining.is_tight(one.charge[l] * other.charge[l], dx * dx + dy * dy);
                }
            }
        }
        tight
    }

    /// Field, walls, and every ion on every other of its group.
    #[inline(always)]
    fn find_forces<F: Force>(&self, law: PairLaw<F>, field: f32, forces: &mut Vectors) {
        let Vectors { x: fx, y: fy } = forces;
        let force = self.wall_force;
        for (i, ion) in self.ranks.iter().enumerate() {
            for l in 0..LANES {
                let below = if ion.y[l] < self.wall[0][l] {
                    force
                } else {
                    0.0
                };
                let above = if ion.y[l] > self.wall[1][l] {
                    force
                } else {
                    0.0
                };
                fx[i][l] = ion.charge[l] * field + ion.far_force[0][l];
                fy[i][l] = (below - above) + ion.far_force[1][l];
            }
        }
        for (i, one) in self.ranks.iter().enumerate() {
            let (mut sum_x, mut sum_y) = ([0.0; LANES], [0.0; LANES]);
            for (j, other) in self.ranks[..i].iter().enumerate() {
                let mut r2 = [0.0; LANES];
                for (l, r2) in r2.iter_mut().enumerate() {
                    let dx = one.x[l] - other.x[l];
                    let dy = one.y[l] - other.y[l];
                    *r2 = dx * dx + dy * dy;
                }
                let over_r = law.over_r(&r2);
                for l in 0..LANES {
                    let dx = one.x[l] - other.x[l];
                    let dy = one.y[l] - other.y[l];
                    let zz = one.charge[l] * other.charge[l];
                    let f = zz * over_r[l];
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
        for ion in &self.ranks {
            for (l, farthest) in farthest.iter_mut().enumerate() {
                let dx = ion.x[l] - ion.start_x[l];
                let dy = ion.y[l] - ion.start_y[l];
                *farthest = farthest.max(dx * dx + dy * dy);
            }
        }
        farthest.into_iter().fold(0.0, f32::max)
    }

    /// Adds the displacements to the ions' positions.
    pub fn settle(&self, positions: &mut [[f64; 2]]) {
        for rank in &self.ranks {
            for l in 0..LANES {
                if rank.ion[l] != NOBODY {
                    let position = &mut positions[rank.ion[l] as usize];
                    position[0] += f64::from(rank.x[l] - rank.start_x[l]);
                    position[1] += f64::from(rank.y[l] - rank.start_y[l]);
                }
            }
        }
    }

    /// Takes the noise away.
    #[cfg(test)]
    pub fn silence(&mut self) {
        for rank in &mut self.ranks {
            rank.spread = [0.0; LANES];
        }
    }
}
