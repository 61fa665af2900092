//! Which pairs of ions may interact: a Verlet list built from cells.
//!
//! The list holds every pair closer than `reach = cut-off + skin` when it was
//! built, and stays complete until some ion has moved by half the skin. Ions
//! are wrapped into the box only when the list is built; in between positions
//! run freely, so whether a pair meets through a periodic boundary is settled
//! once per build and not once per step.

mod cells;

use super::crew::{Relay, lock};
use crate::slit::{Slit, Walls};
use cells::Cells;
use std::ops::Range;
use std::sync::Mutex;

/// Ions whose partners one task finds, about.
const PORTION: usize = 512;

/// A pair of ions that meet through a periodic boundary: the vector `shift`
/// (Å) is to be added to r_i - r_j.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AcrossPair {
    /// First ion.
    pub i: u32,
    /// Second ion.
    pub j: u32,
    /// Periodic shift of r_i - r_j, Å.
    pub shift: [f64; 2],
}

/// The list, in two parts: pairs within the box, partners of ion i standing
/// together, and the few pairs across a periodic boundary.
#[derive(Clone, Debug)]
pub struct NeighbourList {
    slit: Slit,
    cutoff: f64,
    skin: f64,
    cells: Cells,
    /// Where in `found.partners` those of ion i stand.
    rows: Vec<[u32; 2]>,
    found: Found,
    portions: Portions,
    /// Where every ion was when the list was built.
    reference: Vec<[f64; 2]>,
    builds: u64,
}

/// Pairs that were found.
#[derive(Clone, Debug, Default)]
struct Found {
    partners: Vec<u32>,
    across: Vec<AcrossPair>,
}

/// What one task finds: the partners of the ions of some cells.
#[derive(Debug, Default)]
struct Portion {
    found: Found,
    /// How many partners the ion of each rank has.
    lengths: Vec<u32>,
}

/// Kept from build to build, for their memory.
#[derive(Debug, Default)]
struct Portions(Vec<Mutex<Portion>>);

impl Clone for Portions {
    /// None: there is nothing in them between builds.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl NeighbourList {
    /// An empty list, to be [built](Self::build) before use.
    ///
    /// The skin is cut to what the box can hold: in a periodic direction the
    /// reach may not exceed half the box.
    ///
    /// # Panics
    /// If a periodic direction is shorter than twice the cut-off.
    #[must_use]
    pub fn new(slit: Slit, cutoff: f64, skin: f64) -> Self {
        let narrowest = match slit.walls {
            Walls::Periodic => slit.length.min(slit.width),
            Walls::Soft { .. } => slit.length,
        };
        assert!(
            narrowest >= 2.0 * cutoff,
            "a periodic box of {narrowest} Å cannot hold a cut-off of {cutoff} Å"
        );
        Self {
            slit,
            cutoff,
            skin: skin.min(0.5 * narrowest - cutoff),
            cells: Cells::default(),
            rows: Vec::new(),
            found: Found::default(),
            portions: Portions::default(),
            reference: Vec::new(),
            builds: 0,
        }
    }

    /// How many times the list was built.
    #[must_use]
    pub fn builds(&self) -> u64 {
        self.builds
    }

    /// Distance within which every pair is known to be listed, Å.
    #[must_use]
    pub fn cutoff(&self) -> f64 {
        self.cutoff
    }

    /// Distance over which pairs are listed beyond the cut-off, Å.
    #[must_use]
    pub fn skin(&self) -> f64 {
        self.skin
    }

    /// The positions for which the list was built, Å.
    #[must_use]
    pub fn reference(&self) -> &[[f64; 2]] {
        &self.reference
    }

    /// r_i - r_j by the nearest images, Å, of two positions in the box.
    #[must_use]
    pub fn nearest_image(&self, i: [f64; 2], j: [f64; 2]) -> [f64; 2] {
        let d = [i[0] - j[0], i[1] - j[1]];
        let shift = self.shift(d);
        [d[0] + shift[0], d[1] + shift[1]]
    }

    /// The periodic shift that brings the separation `d` nearest to zero.
    #[inline]
    fn shift(&self, d: [f64; 2]) -> [f64; 2] {
        let across = match self.slit.walls {
            Walls::Periodic => nearest_shift(d[1], self.slit.width),
            Walls::Soft { .. } => 0.0,
        };
        [nearest_shift(d[0], self.slit.length), across]
    }

    /// Partners j of ion i within the box; each pair is listed once.
    #[inline]
    #[must_use]
    pub fn partners(&self, i: usize) -> &[u32] {
        let [start, end] = self.rows[i];
        &self.found.partners[start as usize..end as usize]
    }

    /// All ions, those of a cell together and neighbouring cells close.
    #[must_use]
    pub fn by_cell(&self) -> &[u32] {
        &self.cells.ions
    }

    /// How many pairs are listed.
    #[must_use]
    pub fn pair_count(&self) -> usize {
        self.found.partners.len() + self.found.across.len()
    }

    /// The pairs that meet across a periodic boundary.
    #[must_use]
    pub fn across(&self) -> &[AcrossPair] {
        &self.found.across
    }

    /// Calls `visit(i, j, r_i - r_j)` for every listed pair at `positions`, those
    /// of the list or not so far from them that it is stale.
    #[inline]
    pub fn for_each_pair(
        &self,
        positions: &[[f64; 2]],
        mut visit: impl FnMut(usize, usize, [f64; 2]),
    ) {
        for (i, here) in positions.iter().enumerate() {
            for &j in self.partners(i) {
                let there = positions[j as usize];
                visit(i, j as usize, [here[0] - there[0], here[1] - there[1]]);
            }
        }
        for pair in self.across() {
            let (i, j) = (pair.i as usize, pair.j as usize);
            let [dx, dy] = [0, 1].map(|axis| positions[i][axis] - positions[j][axis]);
            visit(i, j, [dx + pair.shift[0], dy + pair.shift[1]]);
        }
    }

    /// Whether some ion has moved by half the skin since the list was built.
    #[must_use]
    pub fn is_stale(&self, positions: &[[f64; 2]]) -> bool {
        let limit = 0.25 * self.skin * self.skin;
        let mut stale = false;
        for (now, then) in positions.iter().zip(&self.reference) {
            let (dx, dy) = (now[0] - then[0], now[1] - then[1]);
            stale |= dx * dx + dy * dy >= limit;
        }
        stale
    }

    /// Builds the list for `positions`, which must lie in the box along every
    /// periodic direction: x in [0, L), y in [-W/2, W/2); on up to `helpers`
    /// threads besides this one.
    pub fn build(&mut self, positions: &[[f64; 2]], helpers: usize) {
        self.builds += 1;
        self.reference.clear();
        self.reference.extend_from_slice(positions);
        self.cells
            .sort(&self.slit, self.cutoff + self.skin, positions);
        let (cells, ions) = (self.cells.count(), positions.len().max(1));
        let each = (cells * PORTION / ions).max(1);
        let portions = cells.div_ceil(each);
        let mut scratch = std::mem::take(&mut self.portions.0);
        scratch.resize_with(scratch.len().max(portions), Mutex::default);
        let portions = &scratch[..portions];
        Relay::new(1, portions.len()).run(helpers, |_, k| {
            let cells = k * each..cells.min((k + 1) * each);
            self.find_pairs(cells, &mut lock(&portions[k]));
        });
        self.rows.resize(positions.len(), [0, 0]);
        self.found.partners.clear();
        self.found.across.clear();
        let mut rank = 0;
        for portion in portions {
            rank = self.append(rank, &lock(portion));
        }
        self.portions.0 = scratch;
    }

    /// Finds the partners, of higher rank, of the ions of some `cells`.
    fn find_pairs(&self, cells: Range<usize>, portion: &mut Portion) {
        portion.found.partners.clear();
        portion.found.across.clear();
        portion.lengths.clear();
        for cell in cells {
            let members = self.cells.members(cell);
            if members.is_empty() {
                continue;
            }
            match self.cells.later_ranks(cell) {
                Some(ranks) => self.find_within(members, ranks, portion),
                None => self.find_nearest_images(members, cell, portion),
            }
        }
    }

    /// Finds the partners of the ions of ranks `members`, where no boundary is
    /// near, among those of the same row of cells and of the next.
    fn find_within(
        &self,
        members: Range<usize>,
        [row, next_row]: [Range<usize>; 2],
        portion: &mut Portion,
    ) {
        let partners = &mut portion.found.partners;
        for i in members {
            let later = i + 1..row.end;
            let start = partners.len();
            partners.resize(start + later.len() + next_row.len(), 0);
            let mut end = start;
            for range in [later, next_row.clone()] {
                end = self.write_within(i, range, end, partners);
            }
            partners.truncate(end);
            portion.lengths.push((end - start) as u32);
        }
    }

    /// Writes those of the ions of ranks `range` that are within reach of `i` to
    /// `partners` from `end` on, where there must be room for all; returns the
    /// new end.
    #[inline]
    fn write_within(
        &self,
        i: usize,
        range: Range<usize>,
        mut end: usize,
        partners: &mut [u32],
    ) -> usize {
        let cells = &self.cells;
        let reach2 = (self.cutoff + self.skin).powi(2);
        let [x, y] = cells.positions[i];
        for (&[there_x, there_y], &j) in cells.positions[range.clone()]
            .iter()
            .zip(&cells.ions[range])
        {
            let (dx, dy) = (x - there_x, y - there_y);
            // Written always and kept if near: a branch would be guessed wrong.
            partners[end] = j;
            end += usize::from(dx * dx + dy * dy < reach2);
        }
        end
    }

    /// The same where pairs may meet across a periodic boundary.
    fn find_nearest_images(&self, members: Range<usize>, cell: usize, portion: &mut Portion) {
        let found = &mut portion.found;
        let around = self.cells.around(cell);
        for i in members {
            let before = found.partners.len();
            for k in around.iter().cloned().flatten().filter(|&k| k > i) {
                let Some(shift) = self.shift_within_reach(i, k) else {
                    continue;
                };
                let (i, j) = (self.cells.ions[i], self.cells.ions[k]);
                if shift == [0.0, 0.0] {
                    found.partners.push(j);
                } else {
                    found.across.push(AcrossPair { i, j, shift });
                }
            }
            let length = found.partners.len() - before;
            portion.lengths.push(length as u32);
        }
    }

    /// The periodic shift by which the ions of ranks `i` and `k` meet, if they
    /// do.
    fn shift_within_reach(&self, i: usize, k: usize) -> Option<[f64; 2]> {
        let (here, there) = (self.cells.positions[i], self.cells.positions[k]);
        let d = [here[0] - there[0], here[1] - there[1]];
        let shift = self.shift(d);
        let reach = self.cutoff + self.skin;
        let d2 = (d[0] + shift[0]).powi(2) + (d[1] + shift[1]).powi(2);
        (d2 < reach * reach).then_some(shift)
    }

    /// Takes over what was found for the ions from `rank` on; returns the rank
    /// after them.
    fn append(&mut self, rank: usize, portion: &Portion) -> usize {
        let mut start = self.found.partners.len() as u32;
        for (&ion, length) in self.cells.ions[rank..].iter().zip(&portion.lengths) {
            self.rows[ion as usize] = [start, start + length];
            start += length;
        }
        self.found
            .partners
            .extend_from_slice(&portion.found.partners);
        self.found.across.extend_from_slice(&portion.found.across);
        rank + portion.lengths.len()
    }
}

/// The multiple of `period` that brings `d` nearest to zero, for |d| < period.
fn nearest_shift(d: f64, period: f64) -> f64 {
    if d > 0.5 * period {
        -period
    } else if d < -0.5 * period {
        period
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests;
