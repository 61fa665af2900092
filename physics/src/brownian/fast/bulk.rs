//! Large groups of ions: a neighbour list, sixteen ions at a time.
//!
//! Every step computes the force on each ion from its full list of partners
//! (both directions of each pair, so that nothing is scattered), then writes
//! the new position beside the old ones. Ions with equally many partners stand
//! together, so that the lanes of a vector have equal work.
//!
//! Positions are 32-bit fractions of the box. Their differences wrap around
//! exactly as the box does, which gives the nearest image for nothing, and
//! resolve 5·10⁻⁶ Å in a slit of 2 µm.
//!
//! In a refined step the force from partners that are not near is taken once,
//! at its start: beyond 30 Å it changes by a few per cent while an ion wanders
//! the 1 Å of a step, and without bias. Ions with somebody near take the
//! substeps, the others one step of Euler.

use super::law::{PairLaw, Substep};
use super::lists::FullLists;
use crate::brownian::{Ions, NeighbourList};
use crate::noise::{LANES, LaneNoise};
use crate::slit::{Slit, Walls};
use rayon::prelude::*;

type Lanes = [f32; LANES];

/// Blocks of sixteen ions that one stream of noise moves, and one task.
const TILE: usize = 32;

/// Ions that are ordered together by what they cost; beyond, neighbours in the
/// plane stand near each other in memory.
const WINDOW: usize = 16_384;

/// Layers of partners fetched at once.
const FETCH: usize = 8;

/// Stands for no ion.
const NOBODY: u32 = u32::MAX;

/// A position in units of 2⁻³² of the box.
type Fixed = [i32; 2];

/// The ions of all large groups of a slit.
#[derive(Clone, Debug)]
pub struct Bulk {
    master: u64,
    purpose: String,
    grid: Grid,
    /// The ion in each slot; the last block is filled up with [`NOBODY`].
    ions: Vec<u32>,
    now: Vec<Fixed>,
    next: Vec<Fixed>,
    start: Vec<Fixed>,
    blocks: Vec<Block>,
    partners: Vec<[u32; LANES]>,
    /// z_i z_j of each entry; 0 where a list is filled up.
    charges: Vec<Lanes>,
    noise: Vec<LaneNoise>,
}

/// Sixteen ions.
#[derive(Clone, Debug)]
struct Block {
    /// Where its layers of partners stand.
    layers: std::ops::Range<usize>,
    charge: Lanes,
    mobility: Lanes,
    spread: Lanes,
    /// The normal deviates that the next substep uses again.
    kicks: [Lanes; 2],
    near: Near,
}

/// What the substeps of a block need.
#[derive(Clone, Debug, Default)]
struct Near {
    /// Partners that were near at the start of the step, as in [`Bulk`].
    partners: Vec<[u32; LANES]>,
    charges: Vec<Lanes>,
    /// How many each lane has.
    counts: [usize; LANES],
    /// Force from the others, at the start of the step.
    far_force: [Lanes; 2],
}

impl Near {
    fn clear(&mut self) {
        self.partners.clear();
        self.charges.clear();
        self.counts = [0; LANES];
        self.far_force = [[0.0; LANES]; 2];
    }

    /// Enters a partner; lanes without one have themselves, the slots from
    /// `first` on.
    fn push(&mut self, first: usize, lane: usize, partner: u32, charge: f32) {
        let layer = self.counts[lane];
        if layer == self.partners.len() {
            self.partners
                .push(std::array::from_fn(|l| (first + l) as u32));
            self.charges.push([0.0; LANES]);
        }
        self.partners[layer][lane] = partner;
        self.charges[layer][lane] = charge;
        self.counts[lane] += 1;
    }
}

impl Block {
    fn empty(layers: std::ops::Range<usize>) -> Self {
        let zero = [0.0; LANES];
        Self {
            layers,
            charge: zero,
            mobility: zero,
            spread: zero,
            kicks: [zero; 2],
            near: Near::default(),
        }
    }

    /// The sum of the deviates of this substep and of the next.
    #[inline(always)]
    fn next_kicks(&mut self, first: bool, noise: &mut LaneNoise) -> [Lanes; 2] {
        if first {
            self.kicks = draw(noise);
        }
        let next = draw(noise);
        let mut sum = [[0.0; LANES]; 2];
        for l in 0..LANES {
            sum[0][l] = self.kicks[0][l] + next[0][l];
            sum[1][l] = self.kicks[1][l] + next[1][l];
        }
        self.kicks = next;
        sum
    }
}

/// Normal deviates for the two directions.
#[inline(always)]
fn draw(noise: &mut LaneNoise) -> [Lanes; 2] {
    let (mut x, mut y) = ([0.0; LANES], [0.0; LANES]);
    noise.normals(&mut x, &mut y);
    [x, y]
}

/// The fixed-point grid of a slit.
#[derive(Clone, Copy, Debug)]
struct Grid {
    /// Å per unit.
    unit: [f64; 2],
    /// Soft walls at ±y, in units, and their force.
    wall: i32,
    wall_force: f32,
}

impl Grid {
    fn new(slit: &Slit) -> Self {
        const UNITS: f64 = 4_294_967_296.0;
        match slit.walls {
            Walls::Periodic => Self {
                unit: [slit.length / UNITS, slit.width / UNITS],
                wall: i32::MAX,
                wall_force: 0.0,
            },
            // Twice the width: an ion beyond one wall is not near the other.
            Walls::Soft { force } => Self {
                unit: [slit.length / UNITS, 2.0 * slit.width / UNITS],
                wall: (UNITS / 4.0) as i32,
                wall_force: force as f32,
            },
        }
    }

    fn fixed(&self, position: [f64; 2]) -> Fixed {
        // Through i64: the wrap to 32 bits is the wrap of the box.
        [0, 1].map(|axis| (position[axis] / self.unit[axis]).round() as i64 as i32)
    }

    /// The displacement between two positions less than half a box apart, Å.
    fn displacement(&self, from: Fixed, to: Fixed) -> [f64; 2] {
        [0, 1].map(|axis| f64::from(to[axis].wrapping_sub(from[axis])) * self.unit[axis])
    }
}

impl Bulk {
    /// No ions yet; each tile will have its own noise, named after `purpose`.
    pub fn new(slit: &Slit, master: u64, purpose: &str) -> Self {
        Self {
            master,
            purpose: format!("{purpose}/bulk"),
            grid: Grid::new(slit),
            ions: Vec::new(),
            now: Vec::new(),
            next: Vec::new(),
            start: Vec::new(),
            blocks: Vec::new(),
            partners: Vec::new(),
            charges: Vec::new(),
            noise: Vec::new(),
        }
    }

    /// Takes the ions with the numbers `members` from `ions`, with the pairs
    /// among them from `list`.
    pub fn fill(
        &mut self,
        members: &[u32],
        ions: &Ions,
        mobilities: &[f64],
        list: &NeighbourList,
        law: PairLaw,
    ) {
        let lists = FullLists::of(members, ions.count(), list);
        // Those that will take substeps stand together.
        let reach = f64::from(law.near2()).sqrt();
        let has_near = |&i: &u32| {
            let distance = |j: u32| {
                let [here, there] = [i, j].map(|ion| ions.positions()[ion as usize]);
                let d = list.nearest_image(here, there);
                d[0].hypot(d[1])
            };
            law.refines() && lists.partners(i).iter().any(|&j| distance(j) < reach)
        };
        self.ions.clear();
        for window in lists.windows(members, list, WINDOW) {
            let (near, others): (Vec<u32>, Vec<u32>) = window.iter().copied().partition(has_near);
            self.ions.append(&mut lists.by_length(&near));
            self.ions.append(&mut lists.by_length(&others));
        }
        let mut slot_of = vec![0; ions.count()];
        for (slot, &ion) in self.ions.iter().enumerate() {
            slot_of[ion as usize] = slot as u32;
        }
        self.blocks.clear();
        self.partners.clear();
        self.charges.clear();
        for first in (0..members.len()).step_by(LANES) {
            self.push_block(first, ions.charges(), mobilities, &lists, &slot_of);
        }
        self.place(ions.positions());
        for tile in self.noise.len()..self.blocks.len().div_ceil(TILE) {
            self.noise
                .push(LaneNoise::named(self.master, &self.purpose, tile as u64));
        }
    }

    /// The block of up to sixteen ions from slot `first` on, and their partners.
    fn push_block(
        &mut self,
        first: usize,
        charges: &[f64],
        mobilities: &[f64],
        lists: &FullLists,
        slot_of: &[u32],
    ) {
        let ions = &self.ions[first..self.ions.len().min(first + LANES)];
        let start = self.partners.len();
        let lengths = ions.iter().map(|&ion| lists.partners(ion).len());
        let end = start + lengths.max().unwrap_or(0);
        self.charges.resize(end, [0.0; LANES]);
        // An ion is its own partner where there is none: at no distance, no force.
        self.partners
            .resize(end, std::array::from_fn(|l| (first + l) as u32));
        let mut block = Block::empty(start..end);
        for (l, &ion) in ions.iter().enumerate() {
            let charge = charges[ion as usize];
            let mobility = mobilities[ion as usize];
            block.charge[l] = charge as f32;
            block.mobility[l] = mobility as f32;
            block.spread[l] = (2.0 * mobility).sqrt() as f32;
            for (k, &partner) in lists.partners(ion).iter().enumerate() {
                self.partners[start + k][l] = slot_of[partner as usize];
                self.charges[start + k][l] = (charge * charges[partner as usize]) as f32;
            }
        }
        self.blocks.push(block);
    }

    /// Fixed-point positions, the last block filled up.
    fn place(&mut self, positions: &[[f64; 2]]) {
        let slots = self.blocks.len() * LANES;
        self.start.clear();
        let grid = self.grid;
        let fixed = |&ion: &u32| grid.fixed(positions[ion as usize]);
        self.start.extend(self.ions.iter().map(fixed));
        self.start.resize(slots, [0, 0]);
        self.ions.resize(slots, NOBODY);
        self.now.clone_from(&self.start);
        self.next.clone_from(&self.start);
    }

    /// One step under each of `fields`.
    pub fn advance(&mut self, law: PairLaw, fields: &[f32], how: Execution) {
        for &field in fields {
            if !law.refines() {
                self.pass(law, field, Pass::Euler, how);
                continue;
            }
            for (k, substep) in law.substeps().enumerate() {
                let pass = if k == 0 { Pass::First } else { Pass::Next };
                self.pass(law, field, pass(substep), how);
                if self.blocks.iter().all(|b| b.near.partners.is_empty()) {
                    break;
                }
            }
        }
    }

    /// Moves every ion once.
    fn pass(&mut self, law: PairLaw, field: f32, pass: Pass, how: Execution) {
        let Self {
            grid,
            now,
            next,
            blocks,
            partners,
            charges,
            noise,
            ..
        } = self;
        let step = |(t, ((next, blocks), noise))| {
            let tile = Tile {
                law,
                grid: *grid,
                field,
                first: t * TILE * LANES,
                now,
                partners,
                charges,
            };
            how.arch.dispatch(TilePass {
                tile,
                pass,
                next,
                blocks,
                noise,
            });
        };
        if how.shared {
            let tiles = next
                .par_chunks_mut(TILE * LANES)
                .zip(blocks.par_chunks_mut(TILE))
                .zip(noise.par_iter_mut());
            tiles.enumerate().for_each(step);
        } else {
            let tiles = next
                .chunks_mut(TILE * LANES)
                .zip(blocks.chunks_mut(TILE))
                .zip(noise.iter_mut());
            tiles.enumerate().for_each(step);
        }
        std::mem::swap(now, next);
    }

    /// The longest way, squared (Å²), that an ion has moved.
    pub fn farthest(&self) -> f32 {
        let unit = self.grid.unit.map(|unit| unit as f32);
        let mut farthest = [0.0f32; LANES];
        let start = self.start.as_chunks::<LANES>().0;
        let now = self.now.as_chunks::<LANES>().0;
        for (start, now) in start.iter().zip(now) {
            for (l, farthest) in farthest.iter_mut().enumerate() {
                let dx = now[l][0].wrapping_sub(start[l][0]) as f32 * unit[0];
                let dy = now[l][1].wrapping_sub(start[l][1]) as f32 * unit[1];
                *farthest = farthest.max(dx * dx + dy * dy);
            }
        }
        farthest.into_iter().fold(0.0, f32::max)
    }

    /// Takes the noise away.
    #[cfg(test)]
    pub fn silence(&mut self) {
        for block in &mut self.blocks {
            block.spread = [0.0; LANES];
        }
    }

    /// Adds the displacements to the ions' positions.
    pub fn settle(&self, positions: &mut [[f64; 2]]) {
        for ((&ion, &from), &to) in self.ions.iter().zip(&self.start).zip(&self.now) {
            if ion != NOBODY {
                let [dx, dy] = self.grid.displacement(from, to);
                positions[ion as usize][0] += dx;
                positions[ion as usize][1] += dy;
            }
        }
    }
}

/// With which vector unit, and on how many threads.
#[derive(Clone, Copy, Debug)]
pub struct Execution {
    pub arch: pulp::Arch,
    pub shared: bool,
}

/// What one pass over all ions is.
#[derive(Clone, Copy, Debug)]
enum Pass {
    /// A whole step.
    Euler,
    /// The first force evaluation of a refined step.
    First(Substep),
    /// Another one.
    Next(Substep),
}

/// One pass over one tile, for whatever vector unit there is.
struct TilePass<'a> {
    tile: Tile<'a>,
    pass: Pass,
    next: &'a mut [Fixed],
    blocks: &'a mut [Block],
    noise: &'a mut LaneNoise,
}

impl pulp::NullaryFnOnce for TilePass<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self {
            tile,
            pass,
            next,
            blocks,
            noise,
        } = self;
        tile.pass(pass, blocks, next, noise);
    }
}

/// What one task needs for one pass over its blocks.
struct Tile<'a> {
    law: PairLaw,
    grid: Grid,
    field: f32,
    /// Its first slot.
    first: usize,
    now: &'a [Fixed],
    partners: &'a [[u32; LANES]],
    charges: &'a [Lanes],
}

impl Tile<'_> {
    /// Moves the ions of its blocks.
    //
    // No closures in here: they would be compiled without the vector unit.
    #[inline(always)]
    fn pass(&self, pass: Pass, blocks: &mut [Block], next: &mut [Fixed], noise: &mut LaneNoise) {
        let now = self.now[self.first..].as_chunks::<LANES>().0;
        let next = next.as_chunks_mut::<LANES>().0;
        for (k, ((block, here), next)) in blocks.iter_mut().zip(now).zip(next).enumerate() {
            match pass {
                Pass::Euler => self.euler(block, here, next, noise),
                Pass::First(substep) => {
                    self.split_forces(block, here, self.first + k * LANES);
                    self.substep(block, here, substep, true, next, noise);
                }
                Pass::Next(substep) => self.substep(block, here, substep, false, next, noise),
            }
        }
    }

    /// A whole step of one block.
    #[inline(always)]
    fn euler(
        &self,
        block: &Block,
        here: &[Fixed; LANES],
        next: &mut [Fixed; LANES],
        noise: &mut LaneNoise,
    ) {
        let mut force = [[0.0; LANES]; 2];
        let partners = &self.partners[block.layers.clone()];
        let charges = &self.charges[block.layers.clone()];
        self.add_forces(here, partners, charges, &mut force);
        self.move_block(block, here, [1.0, 1.0], &force, &draw(noise), next);
    }

    /// A substep of a block that has somebody near; else a whole step first, and
    /// rest in the other substeps.
    #[inline(always)]
    fn substep(
        &self,
        block: &mut Block,
        here: &[Fixed; LANES],
        substep: Substep,
        first: bool,
        next: &mut [Fixed; LANES],
        noise: &mut LaneNoise,
    ) {
        let Near {
            partners,
            charges,
            far_force,
            ..
        } = &block.near;
        let mut force = *far_force;
        if !partners.is_empty() {
            self.add_forces(here, partners, charges, &mut force);
            let kicks = block.next_kicks(first, noise);
            let Substep { drift, kick } = substep;
            self.move_block(block, here, [drift, kick], &force, &kicks, next);
        } else if first {
            self.move_block(block, here, [1.0, 1.0], &force, &draw(noise), next);
        } else {
            *next = *here;
        }
    }

    /// Finds who is near the ions of `block`, and the force of the others.
    #[inline(always)]
    fn split_forces(&self, block: &mut Block, here: &[Fixed; LANES], first: usize) {
        let near = &mut block.near;
        near.clear();
        let unit = self.grid.unit.map(|unit| unit as f32);
        for k in block.layers.clone() {
            let (partners, charges) = (&self.partners[k], &self.charges[k]);
            let mut there = [[0; 2]; LANES];
            for l in 0..LANES {
                there[l] = self.now[partners[l] as usize];
            }
            let mut is_near = [false; LANES];
            for l in 0..LANES {
                let dx = here[l][0].wrapping_sub(there[l][0]) as f32 * unit[0];
                let dy = here[l][1].wrapping_sub(there[l][1]) as f32 * unit[1];
                let r2 = dx * dx + dy * dy;
                is_near[l] = r2 < self.law.near2() && charges[l] != 0.0;
                let f = charges[l] * self.law.over_r(r2);
                let f = if is_near[l] { 0.0 } else { f };
                near.far_force[0][l] += f * dx;
                near.far_force[1][l] += f * dy;
            }
            if is_near != [false; LANES] {
                for l in 0..LANES {
                    if is_near[l] {
                        near.push(first, l, partners[l], charges[l]);
                    }
                }
            }
        }
    }

    /// Adds the forces of layers of partners, fetched a few layers at a time.
    #[inline(always)]
    fn add_forces(
        &self,
        here: &[Fixed; LANES],
        partners: &[[u32; LANES]],
        charges: &[Lanes],
        force: &mut [Lanes; 2],
    ) {
        for (partners, charges) in partners.chunks(FETCH).zip(charges.chunks(FETCH)) {
            self.add_few_forces(here, partners, charges, force);
        }
    }

    /// Adds the forces of up to [`FETCH`] layers of partners.
    #[inline(always)]
    fn add_few_forces(
        &self,
        here: &[Fixed; LANES],
        partners: &[[u32; LANES]],
        charges: &[Lanes],
        force: &mut [Lanes; 2],
    ) {
        // Fetched first, all of them, one by one: quicker than a gather.
        let mut there = [[[0; 2]; LANES]; FETCH];
        for (there, partners) in there.iter_mut().zip(partners) {
            for l in 0..LANES {
                there[l] = self.now[partners[l] as usize];
            }
        }
        let unit = self.grid.unit.map(|unit| unit as f32);
        for (there, charges) in there.iter().zip(charges) {
            for l in 0..LANES {
                let dx = here[l][0].wrapping_sub(there[l][0]) as f32 * unit[0];
                let dy = here[l][1].wrapping_sub(there[l][1]) as f32 * unit[1];
                let f = charges[l] * self.law.over_r(dx * dx + dy * dy);
                force[0][l] += f * dx;
                force[1][l] += f * dy;
            }
        }
    }

    #[inline(always)]
    fn move_block(
        &self,
        block: &Block,
        here: &[Fixed; LANES],
        [drift, kick]: [f32; 2],
        force: &[Lanes; 2],
        noise: &[Lanes; 2],
        next: &mut [Fixed; LANES],
    ) {
        let per_unit = self.grid.unit.map(|unit| (1.0 / unit) as f32);
        let Grid {
            wall, wall_force, ..
        } = self.grid;
        for l in 0..LANES {
            let y = here[l][1];
            let below = if y < -wall { wall_force } else { 0.0 };
            let above = if y > wall { wall_force } else { 0.0 };
            let fx = force[0][l] + block.charge[l] * self.field;
            let fy = force[1][l] + (below - above);
            let (mobility, spread) = (drift * block.mobility[l], kick * block.spread[l]);
            let dx = (mobility * fx + spread * noise[0][l]) * per_unit[0];
            let dy = (mobility * fy + spread * noise[1][l]) * per_unit[1];
            next[l] = [
                here[l][0].wrapping_add(nearest(dx)),
                y.wrapping_add(nearest(dy)),
            ];
        }
    }
}

/// The nearest integer, for |x| below 2³¹; what `x.round() as i32` gives, halves
/// to even, in operations that every vector unit has.
#[inline(always)]
fn nearest(x: f32) -> i32 {
    /// Adding it leaves no bits for fractions; the integer stands in the lowest.
    const ROUND: f32 = 12_582_912.0;
    let integer = |x: f32| (x + ROUND).to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    // In two halves, for only integers up to 2²² fit beside the constant.
    let high = (x * (1.0 / 4096.0) + ROUND) - ROUND;
    let low = x - high * 4096.0;
    (integer(high) << 12).wrapping_add(integer(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_integer() {
        for x in [
            0.0, 0.4, 0.6, -0.6, 1.5, 2.5, 4097.3, -123_456.7, 8.3e6, 1.9e9, -2.1e9f32,
        ] {
            assert_eq!(nearest(x), x.round_ties_even() as i32, "{x}");
        }
    }
}
