//! Blocks of sixteen ions, and what one task does with a few of them.
//!
//! The loops over lanes in here are what the vector unit runs. No closures:
//! they would be compiled without it.

use super::grid::{Fixed, Grid, Slots, nearest};
use super::law::{Force, LaneTask, PairLaw, Substep};
use crate::noise::{LANES, LaneNoise};

pub type Lanes = [f32; LANES];

/// Layers of partners fetched at once.
const FETCH: usize = 8;

/// Sixteen ions.
#[derive(Clone, Debug)]
pub struct Block {
    /// Where they are, and where they were at the start of the epoch.
    pub here: [Fixed; LANES],
    pub start: [Fixed; LANES],
    /// Where its layers of partners stand among those of its tile.
    pub layers: std::ops::Range<usize>,
    pub charge: Lanes,
    pub mobility: Lanes,
    pub spread: Lanes,
    /// Force from beyond the cut-off, kT/Å.
    pub far_force: [Lanes; 2],
    /// The normal deviates that the next substep uses again.
    pub kicks: [Lanes; 2],
    pub near: Near,
}

/// What the substeps of a block need.
#[derive(Clone, Debug, Default)]
pub struct Near {
    /// Partners that were near at the start of the step, as in a [`Tile`].
    pub partners: Vec<[u32; LANES]>,
    pub charges: Vec<Lanes>,
    /// How many each lane has.
    pub counts: [usize; LANES],
    /// Force from the others, at the start of the step.
    pub far_force: [Lanes; 2],
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
    pub fn empty(layers: std::ops::Range<usize>) -> Self {
        let zero = [0.0; LANES];
        Self {
            here: [[0; 2]; LANES],
            start: [[0; 2]; LANES],
            layers,
            charge: zero,
            mobility: zero,
            spread: zero,
            far_force: [zero; 2],
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

/// From sixteen partners to their ions, Å.
struct Away {
    x: Lanes,
    y: Lanes,
    r2: Lanes,
}

impl Away {
    #[inline(always)]
    fn new(here: &[Fixed; LANES], there: &[Fixed; LANES], unit: [f32; 2]) -> Self {
        let (mut x, mut y, mut r2) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            x[l] = here[l][0].wrapping_sub(there[l][0]) as f32 * unit[0];
            y[l] = here[l][1].wrapping_sub(there[l][1]) as f32 * unit[1];
            r2[l] = x[l] * x[l] + y[l] * y[l];
        }
        Self { x, y, r2 }
    }
}

/// What one pass over all ions is.
#[derive(Clone, Copy, Debug)]
pub enum Pass {
    /// A whole step.
    Euler,
    /// The first force evaluation of a refined step.
    First(Substep),
    /// Another one.
    Next(Substep),
}

/// Some blocks, moved by one thread at a time.
#[derive(Clone, Debug)]
pub struct Tile {
    pub blocks: Vec<Block>,
    /// The partners of its blocks.
    pub listed: Layers,
    pub noise: LaneNoise,
}

/// Partners, one for each of sixteen ions in a layer.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// The slots where they stand.
    pub partners: Vec<[u32; LANES]>,
    /// z_i z_j of each entry; 0 where a list is filled up.
    pub charges: Vec<Lanes>,
}

impl Layers {
    /// Makes it `end` layers. New ones hold `own` slots: an ion is its own
    /// partner where there is none, at no distance and so without force.
    pub fn resize(&mut self, end: usize, own: [u32; LANES]) {
        self.partners.resize(end, own);
        self.charges.resize(end, [0.0; LANES]);
    }

    fn clear(&mut self) {
        self.partners.clear();
        self.charges.clear();
    }
}

impl Tile {
    /// No blocks yet.
    pub fn new(master: u64, purpose: &str, number: u64) -> Self {
        Self {
            blocks: Vec::new(),
            listed: Layers::default(),
            noise: LaneNoise::named(master, purpose, number),
        }
    }

    /// Takes the blocks out.
    pub fn clear(&mut self) {
        self.blocks.clear();
        self.listed.clear();
    }

    /// The longest way, squared (Å²), that an ion has moved; `unit` in Å.
    pub fn farthest(&self, unit: [f32; 2]) -> f32 {
        let mut farthest = [0.0f32; LANES];
        for block in &self.blocks {
            for (l, farthest) in farthest.iter_mut().enumerate() {
                let (now, then) = (block.here[l], block.start[l]);
                let dx = now[0].wrapping_sub(then[0]) as f32 * unit[0];
                let dy = now[1].wrapping_sub(then[1]) as f32 * unit[1];
                *farthest = farthest.max(dx * dx + dy * dy);
            }
        }
        farthest.into_iter().fold(0.0, f32::max)
    }
}

/// One pass over one tile.
pub struct TilePass<'a> {
    pub grid: Grid,
    pub field: f32,
    pub now: &'a Slots,
    pub pass: Pass,
    /// The first slot of the tile.
    pub first: usize,
    pub tile: &'a mut Tile,
    pub next: &'a Slots,
}

impl LaneTask for TilePass<'_> {
    type Output = ();

    #[inline(always)]
    fn run<F: Force>(self, law: PairLaw<F>) {
        let Tile {
            blocks,
            listed,
            noise,
        } = self.tile;
        let around = Surroundings {
            law,
            grid: self.grid,
            field: self.field,
            now: self.now,
        };
        for (k, block) in blocks.iter_mut().enumerate() {
            let first = self.first + k * LANES;
            match self.pass {
                Pass::Euler => around.euler(block, listed, noise),
                Pass::First(substep) => {
                    around.split_forces(block, listed, first);
                    around.substep(block, substep, true, noise);
                }
                Pass::Next(substep) => around.substep(block, substep, false, noise),
            }
            self.next.set_block(first, &block.here);
        }
    }
}

/// What every block of a pass sees.
#[derive(Clone, Copy)]
struct Surroundings<'a, F> {
    law: PairLaw<F>,
    grid: Grid,
    field: f32,
    now: &'a Slots,
}

impl<F: Force> Surroundings<'_, F> {
    #[inline(always)]
    fn positions_of(&self, slots: &[u32; LANES]) -> [Fixed; LANES] {
        let mut positions = [[0; 2]; LANES];
        for l in 0..LANES {
            positions[l] = self.now.get(slots[l] as usize);
        }
        positions
    }

    /// A whole step of one block.
    #[inline(always)]
    fn euler(&self, block: &mut Block, listed: &Layers, noise: &mut LaneNoise) {
        let mut force = [[0.0; LANES]; 2];
        let partners = &listed.partners[block.layers.clone()];
        let charges = &listed.charges[block.layers.clone()];
        self.add_forces(&block.here, partners, charges, &mut force);
        self.move_block(block, [1.0, 1.0], &force, &draw(noise));
    }

    /// A substep of a block that has somebody near; else a whole step first, and
    /// rest in the other substeps.
    #[inline(always)]
    fn substep(&self, block: &mut Block, substep: Substep, first: bool, noise: &mut LaneNoise) {
        let Near {
            partners,
            charges,
            far_force,
            ..
        } = &block.near;
        let mut force = *far_force;
        if !partners.is_empty() {
            self.add_forces(&block.here, partners, charges, &mut force);
            let kicks = block.next_kicks(first, noise);
            let Substep { drift, kick } = substep;
            self.move_block(block, [drift, kick], &force, &kicks);
        } else if first {
            self.move_block(block, [1.0, 1.0], &force, &draw(noise));
        }
    }

    /// Finds who is near the ions of `block`, and the force of the others.
    #[inline(always)]
    fn split_forces(&self, block: &mut Block, listed: &Layers, first: usize) {
        let here = block.here;
        let near = &mut block.near;
        near.clear();
        let unit = self.grid.unit.map(|unit| unit as f32);
        let near2 = self.law.refining.near2();
        let mut far_force = [[0.0; LANES]; 2];
        for k in block.layers.clone() {
            let (partners, charges) = (&listed.partners[k], &listed.charges[k]);
            let away = Away::new(&here, &self.positions_of(partners), unit);
            let over_r = self.law.over_r(&away.r2);
            for l in 0..LANES {
                let is_far = away.r2[l] >= near2;
                let f = if is_far { charges[l] * over_r[l] } else { 0.0 };
                far_force[0][l] += f * away.x[l];
                far_force[1][l] += f * away.y[l];
            }
            // Without a charge it is the ion itself, where its list has ended.
            let mut any_near = false;
            for (r2, charge) in away.r2.iter().zip(charges) {
                any_near |= *r2 < near2 && *charge != 0.0;
            }
            if any_near {
                for l in 0..LANES {
                    if away.r2[l] < near2 && charges[l] != 0.0 {
                        near.push(first, l, partners[l], charges[l]);
                    }
                }
            }
        }
        near.far_force = far_force;
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
            *there = self.positions_of(partners);
        }
        let unit = self.grid.unit.map(|unit| unit as f32);
        for (there, charges) in there.iter().zip(charges) {
            let away = Away::new(here, there, unit);
            let over_r = self.law.over_r(&away.r2);
            for l in 0..LANES {
                let f = charges[l] * over_r[l];
                force[0][l] += f * away.x[l];
                force[1][l] += f * away.y[l];
            }
        }
    }

    #[inline(always)]
    fn move_block(
        &self,
        block: &mut Block,
        [drift, kick]: [f32; 2],
        force: &[Lanes; 2],
        noise: &[Lanes; 2],
    ) {
        let here = block.here;
        let per_unit = self.grid.unit.map(|unit| (1.0 / unit) as f32);
        let Grid {
            wall, wall_force, ..
        } = self.grid;
        for l in 0..LANES {
            let y = here[l][1];
            let below = if y < -wall { wall_force } else { 0.0 };
            let above = if y > wall { wall_force } else { 0.0 };
            let fx = force[0][l] + (block.charge[l] * self.field + block.far_force[0][l]);
            let fy = force[1][l] + ((below - above) + block.far_force[1][l]);
            let (mobility, spread) = (drift * block.mobility[l], kick * block.spread[l]);
            let dx = (mobility * fx + spread * noise[0][l]) * per_unit[0];
            let dy = (mobility * fy + spread * noise[1][l]) * per_unit[1];
            block.here[l] = [
                here[l][0].wrapping_add(nearest(dx)),
                y.wrapping_add(nearest(dy)),
            ];
        }
    }
}
