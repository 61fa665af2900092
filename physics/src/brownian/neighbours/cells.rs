//! Ions sorted into cells.

use crate::slit::{Slit, Walls};
use std::ops::Range;

/// Ions sorted into a grid of cells no smaller than the reach. The place of an
/// ion in that order is its rank.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    columns: usize,
    rows: usize,
    periodic_rows: bool,
    /// Cell of every ion.
    cell_of: Vec<u32>,
    /// The ions of cell c have the ranks `start[c]..start[c + 1]`.
    start: Vec<u32>,
    /// The ion of each rank, ascending within a cell.
    pub ions: Vec<u32>,
    /// The position of each rank.
    pub positions: Vec<[f64; 2]>,
}

impl Cells {
    pub fn sort(&mut self, slit: &Slit, reach: f64, positions: &[[f64; 2]]) {
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

    pub fn count(&self) -> usize {
        self.columns * self.rows
    }

    pub fn members(&self, cell: usize) -> Range<usize> {
        self.start[cell] as usize..self.start[cell + 1] as usize
    }

    /// The ranks around `cell` that are no lower than its own, in its row of cells
    /// and in the next; none where a periodic boundary may lie between.
    pub fn later_ranks(&self, cell: usize) -> Option<[Range<usize>; 2]> {
        let (row, column) = (cell / self.columns, cell % self.columns);
        let (first, last) = (row == 0, row + 1 == self.rows);
        let inside = column > 0 && column + 1 < self.columns;
        if !inside || (self.periodic_rows && (first || last)) {
            return None;
        }
        let ranks =
            |cells: Range<usize>| self.start[cells.start] as usize..self.start[cells.end] as usize;
        let below = cell + self.columns;
        let next_row = if last {
            0..0
        } else {
            ranks(below - 1..below + 2)
        };
        Some([ranks(cell..cell + 2), next_row])
    }

    /// The ranks of the cells around `cell`, itself included.
    pub fn around(&self, cell: usize) -> Vec<Range<usize>> {
        let (row, column) = (cell / self.columns, cell % self.columns);
        let rows = around(row, self.rows, self.periodic_rows);
        rows.flat_map(|r| {
            let columns = around(column, self.columns, true);
            columns.map(move |c| self.members(r * self.columns + c))
        })
        .collect()
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
