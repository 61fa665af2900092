//! Which pairs of ions may interact: a Verlet list built from cells.
//!
//! The list holds every pair closer than `reach = cut-off + skin` when it was
//! built, and stays complete until some ion has moved by half the skin. Ions
//! are wrapped into the box only when the list is built; in between positions
//! run freely, so whether a pair meets through a periodic boundary is settled
//! once per build and not once per step.

use crate::slit::{Slit, Walls};

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
    /// `partners[start[i]..start[i + 1]]` are the partners of ion i.
    start: Vec<u32>,
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
            start: Vec::new(),
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

    /// Partners j of ion i within the box; each pair is listed once.
    #[inline]
    #[must_use]
    pub fn partners(&self, i: usize) -> &[u32] {
        &self.partners[self.start[i] as usize..self.start[i + 1] as usize]
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
        self.start.clear();
        self.partners.clear();
        self.across.clear();
        let cells = Cells::sort(&self.slit, self.cutoff + self.skin, positions);
        for i in 0..positions.len() {
            self.start.push(self.partners.len() as u32);
            cells.for_each_candidate(i, |j| self.consider(positions, i, j));
        }
        self.start.push(self.partners.len() as u32);
    }

    /// Lists the pair (i, j) if its nearest images are within reach.
    #[inline]
    fn consider(&mut self, positions: &[[f64; 2]], i: usize, j: usize) {
        let shift = [
            nearest_shift(positions[i][0] - positions[j][0], self.slit.length),
            match self.slit.walls {
                Walls::Periodic => {
                    nearest_shift(positions[i][1] - positions[j][1], self.slit.width)
                }
                Walls::Soft { .. } => 0.0,
            },
        ];
        let dx = positions[i][0] - positions[j][0] + shift[0];
        let dy = positions[i][1] - positions[j][1] + shift[1];
        let reach = self.cutoff + self.skin;
        if dx * dx + dy * dy >= reach * reach {
            return;
        }
        let (i, j) = (i as u32, j as u32);
        if shift == [0.0, 0.0] {
            self.partners.push(j);
        } else {
            self.across.push(AcrossPair { i, j, shift });
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

/// Ions sorted into a grid of cells no smaller than the reach.
struct Cells {
    columns: usize,
    rows: usize,
    periodic_rows: bool,
    /// Cell of every ion.
    cell_of: Vec<u32>,
    /// `members[start[c]..start[c + 1]]` are the ions of cell c, ascending.
    start: Vec<u32>,
    members: Vec<u32>,
}

impl Cells {
    fn sort(slit: &Slit, reach: f64, positions: &[[f64; 2]]) -> Self {
        // Cells larger than the reach cost candidates, cells that hold no ion
        // cost memory: in a dilute slit one ion a cell is the better bargain.
        let size = reach.max((slit.area() / positions.len().max(1) as f64).sqrt());
        let columns = ((slit.length / size) as usize).max(1);
        let rows = ((slit.width / size) as usize).max(1);
        let cell_of: Vec<u32> = positions
            .iter()
            .map(|p| {
                let column = (p[0] / slit.length * columns as f64) as usize;
                let row = ((p[1] / slit.width + 0.5) * rows as f64).max(0.0) as usize;
                // Ions may stand beyond a soft wall: they belong to the last row.
                (row.min(rows - 1) * columns + column.min(columns - 1)) as u32
            })
            .collect();
        let mut start = vec![0u32; columns * rows + 1];
        for &cell in &cell_of {
            start[cell as usize + 1] += 1;
        }
        for cell in 0..columns * rows {
            start[cell + 1] += start[cell];
        }
        let mut next = start.clone();
        let mut members = vec![0; positions.len()];
        for (ion, &cell) in cell_of.iter().enumerate() {
            members[next[cell as usize] as usize] = ion as u32;
            next[cell as usize] += 1;
        }
        Self {
            columns,
            rows,
            periodic_rows: slit.walls == Walls::Periodic,
            cell_of,
            start,
            members,
        }
    }

    /// Calls `visit` once for every ion j > i in the cells around ion i.
    fn for_each_candidate(&self, i: usize, mut visit: impl FnMut(usize)) {
        let cell = self.cell_of[i] as usize;
        let (row, column) = (cell / self.columns, cell % self.columns);
        for r in around(row, self.rows, self.periodic_rows) {
            for c in around(column, self.columns, true) {
                let cell = r * self.columns + c;
                for &j in &self.members[self.start[cell] as usize..self.start[cell + 1] as usize] {
                    if j as usize > i {
                        visit(j as usize);
                    }
                }
            }
        }
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
