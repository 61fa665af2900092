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

use super::grid::{Fixed, Grid, Slots};
use super::law::Law;
use super::lists::FullLists;
use super::source::Source;
use super::tile::{Block, Pass, Tile, TilePass};
use crate::brownian::crew::{Relay, lock};
use crate::noise::{LANES, LaneNoise};
use crate::slit::Slit;
use std::sync::Mutex;

/// Blocks of sixteen ions that one stream of noise moves, and one task.
const TILE: usize = 32;

/// Ions that are ordered together by what they cost; a whole number of tiles.
/// Few enough that those who meet stand near each other in memory.
const WINDOW: usize = 2 * TILE * LANES;

/// Stands for no ion.
const NOBODY: u32 = u32::MAX;

/// The ions of all large groups of a slit.
#[derive(Debug)]
pub struct Bulk {
    master: u64,
    purpose: String,
    grid: Grid,
    /// The ion in each slot; the last block is filled up with [`NOBODY`].
    ions: Vec<u32>,
    now: Slots,
    /// Takes the positions that are being found, and changes places with `now`.
    next: Slots,
    lists: FullLists,
    slot_of: Vec<u32>,
    /// Each is locked by whoever moves it; those in use come first.
    tiles: Vec<Mutex<Tile>>,
}

impl Bulk {
    /// No ions yet; each tile will have its own noise, named after `purpose`.
    pub fn new(slit: &Slit, master: u64, purpose: &str) -> Self {
        Self {
            master,
            purpose: format!("{purpose}/bulk"),
            grid: Grid::new(slit),
            ions: Vec::new(),
            now: Slots::default(),
            next: Slots::default(),
            lists: FullLists::default(),
            slot_of: Vec::new(),
            tiles: Vec::new(),
        }
    }

    /// Takes the ions with the numbers `members`. Their partners must be members.
    pub fn fill(&mut self, members: &[u32], source: Source<'_>, helpers: usize) {
        let count = source.ions.count();
        self.lists.fill(members, count, source.list);
        self.ions = in_order(&self.lists, source, helpers);
        self.slot_of.resize(count, 0);
        for (slot, &ion) in self.ions.iter().enumerate() {
            self.slot_of[ion as usize] = slot as u32;
        }
        let slots = members.len().next_multiple_of(LANES);
        self.ions.resize(slots, NOBODY);
        self.now.resize(slots);
        self.next.resize(slots);
        self.have_tiles(self.tiles_in_use());
        let filling = Filling {
            source,
            grid: self.grid,
            lists: &self.lists,
            slot_of: &self.slot_of,
        };
        Relay::new(1, self.tiles_in_use()).run(helpers, |_, k| {
            let mut tile = lock(&self.tiles[k]);
            tile.clear();
            let blocks = self.ions.as_chunks::<LANES>().0.iter().enumerate();
            for (block, ions) in blocks.skip(k * TILE).take(TILE) {
                let first = block * LANES;
                let here = filling.push_block(ions, first, &mut tile);
                self.now.set_block(first, &here);
                self.next.set_block(first, &here);
            }
        });
    }

    /// Makes the tiles up to number `count`, where they are not there yet.
    fn have_tiles(&mut self, count: usize) {
        for tile in self.tiles.len()..count {
            let tile = Tile::new(self.master, &self.purpose, tile as u64);
            self.tiles.push(Mutex::new(tile));
        }
    }

    /// The noise of every tile that was ever in use.
    pub fn noise(&self) -> impl Iterator<Item = LaneNoise> {
        self.tiles.iter().map(|tile| lock(tile).noise.clone())
    }

    /// Puts `noise` into the first tiles, and makes the others anew.
    pub fn set_noise(&mut self, noise: Vec<LaneNoise>) {
        self.tiles.clear();
        self.have_tiles(noise.len());
        for (tile, noise) in self.tiles.iter().zip(noise) {
            lock(tile).noise = noise;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.ions.is_empty()
    }

    fn tiles_in_use(&self) -> usize {
        self.ions.len().div_ceil(TILE * LANES)
    }

    /// One step under each of `fields`; returns the longest way, squared (Å²),
    /// that an ion has moved since the start of the epoch.
    pub fn advance(&mut self, law: &Law, fields: &[f32], how: Execution) -> f32 {
        let passes: Vec<(f32, Pass)> = fields
            .iter()
            .flat_map(|&field| law.refining.passes().map(move |pass| (field, pass)))
            .collect();
        let unit = self.grid.unit.map(|unit| unit as f32);
        let ways: Vec<_> = (0..self.tiles_in_use()).map(|_| Mutex::new(0.0)).collect();
        // In the last round all look how far they have come.
        Relay::new(passes.len() + 1, ways.len()).run(how.helpers, |round, k| {
            let mut tile = lock(&self.tiles[k]);
            let (now, next) = match round % 2 {
                0 => (&self.now, &self.next),
                _ => (&self.next, &self.now),
            };
            let Some(&(field, pass)) = passes.get(round) else {
                *lock(&ways[k]) = tile.farthest(unit);
                return;
            };
            let pass = TilePass {
                grid: self.grid,
                field,
                now,
                pass,
                first: k * TILE * LANES,
                tile: &mut tile,
                next,
            };
            law.dispatch(how.arch, pass);
        });
        if passes.len() % 2 == 1 {
            std::mem::swap(&mut self.now, &mut self.next);
        }
        ways.iter().map(|way| *lock(way)).fold(0.0, f32::max)
    }

    /// Takes the noise away.
    #[cfg(test)]
    pub fn silence(&mut self) {
        for tile in &self.tiles {
            for block in &mut lock(tile).blocks {
                block.spread = [0.0; LANES];
            }
        }
    }

    /// Adds the displacements to the ions' positions.
    pub fn settle(&self, positions: &mut [[f64; 2]]) {
        let blocks = self.ions.as_chunks::<LANES>().0.chunks(TILE);
        for (ions, tile) in blocks.zip(&self.tiles) {
            for (ions, block) in ions.iter().zip(&lock(tile).blocks) {
                for (l, &ion) in ions.iter().enumerate().filter(|&(_, &ion)| ion != NOBODY) {
                    let [dx, dy] = self.grid.displacement(block.start[l], block.here[l]);
                    positions[ion as usize][0] += dx;
                    positions[ion as usize][1] += dy;
                }
            }
        }
    }
}

/// The members of `lists` by cell, and within a window by what they cost.
fn in_order(lists: &FullLists, source: Source<'_>, helpers: usize) -> Vec<u32> {
    let by_cell = lists.by_cell(source.list);
    // Those that will take substeps stand together.
    let near2 = f64::from(source.refining.near2());
    let is_near = |i, j| source.distance2([i, j]) < near2;
    let is_near = source.refining.refines().then_some(is_near);
    let windows: Vec<_> = by_cell
        .chunks(WINDOW)
        .map(|w| (w, Mutex::default()))
        .collect();
    Relay::new(1, windows.len()).run(helpers, |_, k| {
        let (window, ordered) = &windows[k];
        *lock(ordered) = lists.by_cost(window, is_near);
    });
    windows
        .iter()
        .flat_map(|(_, ordered)| std::mem::take(&mut *lock(ordered)))
        .collect()
}

impl Clone for Bulk {
    fn clone(&self) -> Self {
        let tiles = self.tiles.iter();
        Self {
            master: self.master,
            purpose: self.purpose.clone(),
            grid: self.grid,
            ions: self.ions.clone(),
            now: self.now.clone(),
            next: self.next.clone(),
            lists: self.lists.clone(),
            slot_of: self.slot_of.clone(),
            tiles: tiles.map(|tile| Mutex::new(lock(tile).clone())).collect(),
        }
    }
}

/// What the blocks are filled from.
struct Filling<'a> {
    source: Source<'a>,
    grid: Grid,
    lists: &'a FullLists,
    slot_of: &'a [u32],
}

impl Filling<'_> {
    /// Appends to `tile` the block of the `members` in the slots from `first` on,
    /// with their partners; returns where they are.
    fn push_block(&self, members: &[u32; LANES], first: usize, tile: &mut Tile) -> [Fixed; LANES] {
        let Source {
            ions, mobilities, ..
        } = self.source;
        let members = members.iter().copied().take_while(|&ion| ion != NOBODY);
        let start = tile.listed.partners.len();
        let lengths = members.clone().map(|ion| self.lists.partners(ion).len());
        let end = start + lengths.max().unwrap_or(0);
        let own = std::array::from_fn(|l| (first + l) as u32);
        tile.listed.resize(end, own);
        let mut block = Block::empty(start..end);
        for (l, member) in members.enumerate() {
            let ion = member as usize;
            let (charge, mobility) = (ions.charges()[ion], mobilities[ion]);
            block.here[l] = self.grid.fixed(ions.positions()[ion]);
            block.charge[l] = charge as f32;
            block.mobility[l] = mobility as f32;
            block.spread[l] = (2.0 * mobility).sqrt() as f32;
            let far_force = self.source.far_force(member);
            for axis in [0, 1] {
                block.far_force[axis][l] = far_force[axis] as f32;
            }
            for (layer, &partner) in (start..).zip(self.lists.partners(member)) {
                tile.listed.partners[layer][l] = self.slot_of[partner as usize];
                tile.listed.charges[layer][l] = (charge * ions.charges()[partner as usize]) as f32;
            }
        }
        block.start = block.here;
        let here = block.here;
        tile.blocks.push(block);
        here
    }
}

/// With which vector unit, and how many threads more than one.
#[derive(Clone, Copy, Debug)]
pub struct Execution {
    pub arch: pulp::Arch,
    pub helpers: usize,
}
