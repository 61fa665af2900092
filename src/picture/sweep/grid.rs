//! The grid of a sweep cut along one or two of its dimensions.

use super::axis_label;
use crate::plot::{Axis, Scale};
use crate::results::format::number;
use crate::sweep::CollectedFile;
use crate::sweep::collected::{GridAxis, GridTable, Quantity};

/// An axis to draw against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Along<'f> {
    /// Its dimension.
    pub dimension: usize,
    /// The axis itself.
    pub values: &'f GridAxis,
}

/// The axis of that name or key.
pub(super) fn along<'f>(file: &'f CollectedFile, name: &str) -> Option<Along<'f>> {
    let (dimension, values) = file.axis(name)?;
    Some(Along { dimension, values })
}

impl Along<'_> {
    /// The value at `index`; of words, where they stand in the list.
    pub fn number(&self, index: usize) -> f64 {
        let numbers = self.values.numbers.as_ref();
        numbers.map_or(index as f64, |numbers| numbers[index])
    }

    /// As an axis of a panel.
    pub fn axis(&self) -> Axis {
        let names = match self.values.numbers {
            Some(_) => Vec::new(),
            None => self.values.words.clone(),
        };
        Axis {
            names,
            ..Axis::new(axis_label(self.values)).scaled(self.scale())
        }
    }

    /// Logarithmic where the steps are more even so.
    pub fn scale(&self) -> Scale {
        let Some(numbers) = &self.values.numbers else {
            return Scale::Linear;
        };
        let mut sorted = numbers.clone();
        sorted.sort_by(f64::total_cmp);
        if sorted.len() < 3 || sorted[0] <= 0.0 {
            return Scale::Linear;
        }
        let uneven = |place: fn(f64) -> f64| {
            let steps = sorted
                .windows(2)
                .map(|ends| place(ends[1]) - place(ends[0]));
            let (low, high) = steps.fold((f64::INFINITY, 0.0f64), |(l, h), s| (l.min(s), h.max(s)));
            high / low
        };
        match uneven(f64::ln) < 0.8 * uneven(|v| v) {
            true => Scale::Log,
            false => Scale::Linear,
        }
    }

    /// From halfway to the previous to halfway to the next value, for each value.
    pub fn stretches(&self) -> Vec<(f64, f64)> {
        let count = self.values.words.len();
        let numbers: Vec<f64> = (0..count).map(|k| self.number(k)).collect();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
        let logarithmic = self.scale() == Scale::Log;
        let bend = |v: f64| if logarithmic { v.ln() } else { v };
        let places: Vec<f64> = order.iter().map(|&k| bend(numbers[k])).collect();
        let half = |k: usize| match places.get(k + 1) {
            Some(next) => 0.5 * (next - places[k]),
            None if k > 0 => 0.5 * (places[k] - places[k - 1]),
            None => 0.5,
        };
        let mut stretches = vec![(0.0, 0.0); count];
        for (k, &index) in order.iter().enumerate() {
            let (below, above) = (half(k.saturating_sub(1)), half(k));
            let ends = (places[k] - below, places[k] + above);
            stretches[index] = match logarithmic {
                true => (ends.0.exp(), ends.1.exp()),
                false => ends,
            };
        }
        stretches
    }
}

/// The places of the grid that agree in all dimensions but those drawn against.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// What they agree in.
    pub label: String,
    /// Where each is on the grid, and its number among the means of the quantity.
    pub cells: Vec<(Vec<usize>, usize)>,
}

/// The places in groups; rows of a table are a further dimension.
pub(super) fn groups(
    file: &CollectedFile,
    table: &GridTable,
    quantity: &Quantity,
    drawn: &[usize],
) -> Vec<Group> {
    let rows = quantity.rows.unwrap_or(1);
    let mut groups: Vec<(Vec<usize>, Group)> = Vec::new();
    for place in 0..file.places() {
        let indices = file.indices(place);
        for row in 0..rows {
            let mut key: Vec<usize> = indices.clone();
            drawn.iter().for_each(|&dimension| key[dimension] = 0);
            key.push(row);
            let cell = (indices.clone(), place * rows + row);
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, group)) => group.cells.push(cell),
                None => {
                    let label = label(file, table, &indices, drawn, (row, rows));
                    let cells = vec![cell];
                    groups.push((key, Group { label, cells }));
                }
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn label(
    file: &CollectedFile,
    table: &GridTable,
    indices: &[usize],
    drawn: &[usize],
    (row, rows): (usize, usize),
) -> String {
    let others = file.dimensions.iter().enumerate();
    let mut words: Vec<String> = others
        .filter(|(k, dimension)| !drawn.contains(k) && dimension.length() > 1)
        .map(|(k, dimension)| dimension.axes[0].setting(indices[k]))
        .collect();
    if rows > 1 {
        words.push(row_name(file, table, row, rows));
    }
    words.join(", ").replace("angstrom", "Å")
}

/// What is the same in a row at every point (the field, most often), or its number.
fn row_name(file: &CollectedFile, table: &GridTable, row: usize, rows: usize) -> String {
    let mut known = table
        .quantities
        .iter()
        .filter(|quantity| quantity.rows == Some(rows) && quantity.errors.is_none());
    let value = known.next().and_then(|quantity| {
        let means = file.means(quantity);
        let mut values = means.iter().skip(row).step_by(rows).map(|mean| mean.value);
        let first = values.by_ref().find(|value| value.is_finite())?;
        let same = values
            .filter(|value| value.is_finite())
            .all(|value| value == first);
        same.then(|| format!("{} = {}", quantity.name, number(first)))
    });
    value.unwrap_or_else(|| format!("row {}", row + 1))
}

/// At most `count` of them, from the first to the last.
pub(super) fn evenly<T: Clone>(all: Vec<T>, count: usize) -> Vec<T> {
    if all.len() <= count {
        return all;
    }
    let at = |k: usize| all[k * (all.len() - 1) / (count - 1)].clone();
    (0..count).map(at).collect()
}
