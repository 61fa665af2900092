//! Large groups of ions: a neighbour list, sixteen ions at a time.
//!
//! Every step computes the force on each ion from its full list of partners
//! (both directions of each pair, so that nothing is scattered), then writes
//! the new position beside the old ones. Ions with equally many partners stand
//! together, so that the lanes of a vector have equal work.
//!
//! In a refined step the force from partners that are not near is taken once,
//! at its start: beyond 30 Å it changes by a few per cent while an ion wanders
//! the 1 Å of a step, and without bias. Ions with somebody near take the
//! substeps, the others one step of Euler.

use super::grid::{Fixed, Grid};
use super::law::PairLaw;
use super::lists::FullLists;
use super::tile::{Block, Lanes, Pass, Tile, TilePass};
use crate::brownian::{Ions, NeighbourList};
use crate::noise::{LANES, LaneNoise};
use crate::slit::Slit;
use rayon::prelude::*;

/// Blocks of sixteen ions that one stream of noise moves, and one task.
const TILE: usize = 32;

/// Ions that are ordered together by what they cost; beyond, neighbours in the
/// plane stand near each other in memory.
const WINDOW: usize = 16_384;

/// Stands for no ion.
const NOBODY: u32 = u32::MAX;

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
