//! Which pairs of ions may interact: a Verlet list built from cells.
//!
//! The list holds every pair closer than `reach = cut-off + skin` when it was
//! built, and stays complete until some ion has moved by half the skin. Ions
//! are wrapped into the box only when the list is built; in between positions
//! run freely, so whether a pair meets through a periodic boundary is settled
//! once per build and not once per step.

use crate::slit::{Slit, Walls};
use std::ops::Range;

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
    /// Where in `partners` those of ion i stand.
    rows: Vec<[u32; 2]>,
    partners: Vec<u32>,
    across: Vec<AcrossPair>,
    /// Where every ion was when the list was built.
    reference: Vec<[f64; 2]>,
    builds: u64,
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
            partners: Vec::new(),
            across: Vec::new(),
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
        &self.partners[start as usize..end as usize]
    }

    /// All ions, those of a cell together and neighbouring cells close.
    #[must_use]
    pub fn by_cell(&self) -> &[u32] {
        &self.cells.ions
    }

    /// How many pairs are listed.
    #[must_use]
    pub fn pair_count(&self) -> usize {
        self.partners.len() + self.across.len()
    }

    /// The pairs that meet across a periodic boundary.
    #[must_use]
    pub fn across(&self) -> &[AcrossPair] {
        &self.across
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
    /// periodic direction: x in [0, L), y in [-W/2, W/2).
    pub fn build(&mut self, positions: &[[f64; 2]]) {
        self.builds += 1;
        self.reference.clear();
        self.reference.extend_from_slice(positions);
        self.rows.resize(positions.len(), [0, 0]);
        self.partners.clear();
        self.across.clear();
        let mut cells = std::mem::take(&mut self.cells);
        cells.sort(&self.slit, self.cutoff + self.skin, positions);
        for cell in 0..cells.count() {
            let members = cells.members(cell);
            if !members.is_empty() {
                let neighbourhood = cells.neighbourhood(cell);
                for i in members {
                    self.list_partners(&cells, i, &neighbourhood);
                }
            }
        }
        self.cells = cells;
    }

    /// Lists the partners of the ion of rank `i` that stand after it in the
    /// order of the cells.
    fn list_partners(&mut self, cells: &Cells, i: usize, neighbourhood: &Neighbourhood) {
        let start = self.partners.len();
        for (range, wraps) in neighbourhood.ranges() {
            let range = range.start.max(i + 1)..range.end;
            if wraps {
                self.append_nearest_images(cells, i, range);
            } else {
                self.append_within(cells, i, range);
            }
        }
        self.rows[cells.ions[i] as usize] = [start as u32, self.partners.len() as u32];
    }

    /// Lists those of the ions of ranks `range` that are within reach of `i`.
    #[inline]
    fn append_within(&mut self, cells: &Cells, i: usize, range: Range<usize>) {
        let reach2 = (self.cutoff + self.skin).powi(2);
        let [x, y] = cells.positions[i];
        let mut end = self.partners.len();
        self.partners.resize(end + range.len(), 0);
        for (&[there_x, there_y], &j) in cells.positions[range.clone()]
            .iter()
            .zip(&cells.ions[range])
        {
            let (dx, dy) = (x - there_x, y - there_y);
            // Written always and kept if near: a branch would be guessed wrong.
            self.partners[end] = j;
            end += usize::from(dx * dx + dy * dy < reach2);
        }
        self.partners.truncate(end);
    }

    /// The same where a pair may meet across a periodic boundary.
    fn append_nearest_images(&mut self, cells: &Cells, i: usize, range: Range<usize>) {
        let reach2 = (self.cutoff + self.skin).powi(2);
        for k in range {
            let (here, there) = (cells.positions[i], cells.positions[k]);
            let d = [here[0] - there[0], here[1] - there[1]];
            let shift = self.shift(d);
            if (d[0] + shift[0]).powi(2) + (d[1] + shift[1]).powi(2) >= reach2 {
                continue;
            }
            let (i, j) = (cells.ions[i], cells.ions[k]);
            if shift == [0.0, 0.0] {
                self.partners.push(j);
            } else {
                self.across.push(AcrossPair { i, j, shift });
            }
        }
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

/// Ions sorted into a grid of cells no smaller than the reach. The place of an
/// ion in that order is its rank.
#[derive(Clone, Debug, Default)]
struct Cells {
    columns: usize,
    rows: usize,
    periodic_rows: bool,
    /// Cell of every ion.
    cell_of: Vec<u32>,
    /// The ions of cell c have the ranks `start[c]..start[c + 1]`.
    start: Vec<u32>,
    /// The ion of each rank, ascending within a cell.
    ions: Vec<u32>,
    /// The position of each rank.
    positions: Vec<[f64; 2]>,
}

/// The ranks of the ions around one cell that come no earlier than its own.
#[derive(Default)]
struct Neighbourhood {
    /// With whether a periodic boundary may lie between.
    ranges: [(Range<usize>, bool); 9],
    count: usize,
}

impl Neighbourhood {
    /// Cells side by side become one range.
    fn push(&mut self, range: Range<usize>, wraps: bool) {
        if let Some(last) = self.count.checked_sub(1)
            && self.ranges[last].0.end == range.start
            && self.ranges[last].1 == wraps
        {
            self.ranges[last].0.end = range.end;
        } else {
            self.ranges[self.count] = (range, wraps);
            self.count += 1;
        }
    }

    fn ranges(&self) -> impl Iterator<Item = (Range<usize>, bool)> {
        self.ranges[..self.count].iter().cloned()
    }
}

impl Cells {
    fn sort(&mut self, slit: &Slit, reach: f64, positions: &[[f64; 2]]) {
        // Cells larger than the reach cost candidates, cells that hold no ion
        // cost memory: in a dilute slit one ion a cell is the better bargain.
        let size = reach.max((slit.area() / positions.len().max(1) as f64).sqrt());
        self.columns = ((slit.length / size) as usize).max(1);
        self.rows = ((slit.width / size) as usize).max(1);
        self.periodic_rows = slit.walls == Walls::Periodic;
        self.assign(slit, positions);
        self.start.clear();
        self.start.resize(self.count() + 1, 0);
        for &cell in &self.cell_of {
            self.start[cell as usize] += 1;
        }
        let mut end = 0;
        for start in &mut self.start {
            end += *start;
            *start = end;
        }
        // Filled from the end of each cell, which leaves `start` at its start.
        self.ions.resize(positions.len(), 0);
        self.positions.resize(positions.len(), [0.0; 2]);
        for (ion, &cell) in self.cell_of.iter().enumerate().rev() {
            self.start[cell as usize] -= 1;
            let rank = self.start[cell as usize] as usize;
            self.ions[rank] = ion as u32;
            self.positions[rank] = positions[ion];
        }
    }

    fn assign(&mut self, slit: &Slit, positions: &[[f64; 2]]) {
        let (columns, rows) = (self.columns, self.rows);
        let per_length = columns as f64 / slit.length;
        let per_width = rows as f64 / slit.width;
        self.cell_of.clear();
        self.cell_of.extend(positions.iter().map(|p| {
            let column = (p[0] * per_length) as usize;
            // Ions may stand beyond a soft wall: they belong to the last row.
            let row = ((p[1] + 0.5 * slit.width) * per_width).max(0.0) as usize;
            (row.min(rows - 1) * columns + column.min(columns - 1)) as u32
        }));
    }

    fn count(&self) -> usize {
        self.columns * self.rows
    }

    fn members(&self, cell: usize) -> Range<usize> {
        self.start[cell] as usize..self.start[cell + 1] as usize
    }

    /// The cells around `cell`, itself included, that do not come before it:
    /// taken over all cells, every pair of cells once.
    fn neighbourhood(&self, cell: usize) -> Neighbourhood {
        let (row, column) = (cell / self.columns, cell % self.columns);
        let few = self.columns < 3 || (self.periodic_rows && self.rows < 3);
        let mut found = Neighbourhood::default();
        for r in around(row, self.rows, self.periodic_rows) {
            for c in around(column, self.columns, true) {
                let other = r * self.columns + c;
                let range = self.members(other);
                if other >= cell && !range.is_empty() {
                    let wraps = few || r.abs_diff(row) > 1 || c.abs_diff(column) > 1;
                    found.push(range, wraps);
                }
            }
        }
        found
    }
}

/// `index` and its neighbours along one axis of `count` cells, each once.
fn around(index: usize, count: usize, periodic: bool) -> impl Iterator<Item = usize> {
    let wrap = periodic && count >= 3;
    let first = if index > 0 {
        index - 1
    } else if wrap {
        count - 1
    } else {
        0
    };
    // With one or two cells along a periodic axis all of them are neighbours,
    // and wrapping would visit one twice.
    let length = if wrap {
        3
    } else {
        (index + 1).min(count - 1) - first + 1
    };
    (0..length).map(move |k| (first + k) % count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Stream;
    use std::collections::BTreeSet;

    fn scatter(slit: &Slit, count: usize) -> Vec<[f64; 2]> {
        let mut stream = Stream::named(7, "scatter", 0);
        (0..count)
            .map(|_| {
                [
                    slit.length * stream.uniform(),
                    slit.width * (stream.uniform() - 0.5),
                ]
            })
            .collect()
    }

    fn listed(list: &NeighbourList, count: usize) -> BTreeSet<(usize, usize)> {
        let mut pairs = BTreeSet::new();
        let mut insert = |i: usize, j: usize| {
            assert!(
                pairs.insert((i.min(j), i.max(j))),
                "({i}, {j}) listed twice"
            );
        };
        for i in 0..count {
            for &j in list.partners(i) {
                insert(i, j as usize);
            }
        }
        for pair in list.across() {
            insert(pair.i as usize, pair.j as usize);
        }
        pairs
    }

    fn brute_force(slit: &Slit, reach: f64, positions: &[[f64; 2]]) -> BTreeSet<(usize, usize)> {
        let mut pairs = BTreeSet::new();
        for i in 0..positions.len() {
            for j in i + 1..positions.len() {
                let mut d = [
                    positions[i][0] - positions[j][0],
                    positions[i][1] - positions[j][1],
                ];
                d[0] -= slit.length * (d[0] / slit.length).round();
                if slit.walls == Walls::Periodic {
                    d[1] -= slit.width * (d[1] / slit.width).round();
                }
                if d[0].hypot(d[1]) < reach {
                    pairs.insert((i, j));
                }
            }
        }
        pairs
    }

    /// The list equals the brute-force one in wide, narrow, tiny and walled slits.
    #[test]
    fn lists_exactly_the_pairs_within_reach() {
        let soft = Walls::Soft { force: 1.0 };
        for (length, width, walls) in [
            (5000.0, 4000.0, Walls::Periodic),
            (5000.0, 450.0, Walls::Periodic),
            (450.0, 450.0, Walls::Periodic),
            (900.0, 800.0, Walls::Periodic),
            (3000.0, 5000.0, soft),
            (3000.0, 120.0, soft),
        ] {
            let slit = Slit {
                length,
                width,
                walls,
            };
            let positions = scatter(&slit, 300);
            let mut list = NeighbourList::new(slit, 200.0, 50.0);
            list.build(&positions);
            let reach = list.cutoff + list.skin;
            assert_eq!(
                listed(&list, 300),
                brute_force(&slit, reach, &positions),
                "{length} by {width}"
            );
        }
    }

    #[test]
    fn goes_stale_at_half_the_skin() {
        let slit = Slit {
            length: 2000.0,
            width: 2000.0,
            walls: Walls::Periodic,
        };
        let mut positions = scatter(&slit, 50);
        let mut list = NeighbourList::new(slit, 200.0, 40.0);
        list.build(&positions);
        positions[17][1] += 19.9;
        assert!(!list.is_stale(&positions));
        positions[17][0] += 2.1;
        assert!(list.is_stale(&positions));
    }
}
