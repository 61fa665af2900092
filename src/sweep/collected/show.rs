//! A collected sweep as text: the axes, what is missing, and a line for each place.

use super::{CollectedFile, GridAxis, GridTable, Mean, Quantity};
use crate::results::format::{
    WIDTH, align, longest, number, plain_unit, section, si_prefix, with_error, wrap,
};
use std::fmt::Write;

/// Lines of a table that are shown; the file holds the rest.
const LINES: usize = 40;

/// Missing points that are named.
const NAMED: usize = 6;

/// Describes a collected sweep: its axes, what is missing, and its results.
#[must_use]
pub fn describe(file: &CollectedFile) -> String {
    let mut text = format!(
        "{}  (a sweep, {} of {} points)\n",
        file.path.display(),
        file.complete(),
        file.points.len()
    );
    for line in wrap(&file.title, WIDTH - 2) {
        let _ = writeln!(text, "  {line}");
    }
    text += &section("Axes", &axes(file));
    text += &section("Missing", &missing(file));
    for table in &file.tables {
        for of_rows in [false, true] {
            text += &results(file, table, of_rows);
        }
    }
    text
}

fn axes(file: &CollectedFile) -> Vec<String> {
    let mut cells = Vec::new();
    for dimension in &file.dimensions {
        for axis in &dimension.axes {
            let (first, last) = ends(axis);
            let values = match axis.words.len() {
                1 => first.clone(),
                count => format!("{count} values, {first} to {last}"),
            };
            let with = match dimension.axes.len() {
                1 => axis.key.clone(),
                _ => format!("{}, along {}", axis.key, dimension.name),
            };
            cells.push(vec![axis.name.clone(), values, axis.unit.clone(), with]);
        }
    }
    if file.seeds > 1 {
        let means = "the tables below are means over them".to_owned();
        cells.push(vec![
            "replica".to_owned(),
            format!("{} seeds", file.seeds),
            String::new(),
            means,
        ]);
    }
    align(&cells, &[])
}

/// The least and the greatest value; of words, the first and the last.
fn ends(axis: &GridAxis) -> (&String, &String) {
    let mut order: Vec<usize> = (0..axis.words.len()).collect();
    if let Some(numbers) = &axis.numbers {
        order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
    }
    (&axis.words[order[0]], &axis.words[order[order.len() - 1]])
}

fn missing(file: &CollectedFile) -> Vec<String> {
    let missing = |index: &usize| !file.points[*index].complete;
    let missing: Vec<usize> = (0..file.points.len()).filter(missing).collect();
    let name = |&index: &usize| match file.seeds {
        1 => file.words(index),
        seeds => format!("{}, replica {}", file.words(index / seeds), index % seeds),
    };
    let mut lines: Vec<String> = missing.iter().take(NAMED).map(name).collect();
    if missing.len() > NAMED {
        lines.push(format!("and {} more", missing.len() - NAMED));
    }
    lines
}

/// Single numbers, or columns, of a table against the axes.
fn results(file: &CollectedFile, table: &GridTable, of_rows: bool) -> String {
    let Some(shown) = ShownTable::of(file, table, of_rows, LINES) else {
        return String::new();
    };
    let mut text = side_by_side(&shown.axes, &shown.quantities);
    if shown.more > 0 {
        text.push(format!("... {} more lines", shown.more));
    }
    section(
        &format!("{}  [/results/{}]", table.title, table.name),
        &text,
    )
}

/// The single numbers, or the columns, of a table as words: a line for each place and row.
pub(crate) struct ShownTable {
    /// Place and row of each line.
    pub lines: Vec<(usize, usize)>,
    /// Name, unit and values of each axis.
    pub axes: Vec<Vec<String>>,
    /// Name, unit and values of each quantity, with their errors.
    pub quantities: Vec<Vec<String>>,
    /// Lines that are left out.
    pub more: usize,
}

impl ShownTable {
    /// The first `most` lines; `None` if there is nothing of that kind to show.
    pub fn of(file: &CollectedFile, table: &GridTable, of_rows: bool, most: usize) -> Option<Self> {
        let chosen: Vec<&Quantity> = table
            .quantities
            .iter()
            .filter(|quantity| quantity.rows.is_some() == of_rows)
            .collect();
        // Tables inside a table (distributions, one for each copy of a slit) would fill pages.
        if chosen.is_empty() || table.name.contains('/') {
            return None;
        }
        let rows = chosen.iter().filter_map(|q| q.rows).max().unwrap_or(1);
        let mut lines = lines(file, &chosen, rows);
        let more = lines.len().saturating_sub(most);
        lines.truncate(most);
        Some(Self {
            axes: axis_columns(file, &lines),
            quantities: chosen.iter().map(|q| column(file, q, &lines)).collect(),
            lines,
            more,
        })
    }
}

/// Place and row of each line: all rows that hold a number anywhere, and one for a place
/// that is missing.
fn lines(file: &CollectedFile, chosen: &[&Quantity], rows: usize) -> Vec<(usize, usize)> {
    let means: Vec<Vec<Mean>> = chosen.iter().map(|q| file.means(q)).collect();
    let known = |place: usize, row: usize| {
        let quantities = chosen.iter().zip(&means);
        quantities.into_iter().any(|(quantity, means)| {
            let own = quantity.rows.unwrap_or(1);
            row < own && means[place * own + row].value.is_finite()
        })
    };
    (0..file.places())
        .flat_map(|place| (0..rows).map(move |row| (place, row)))
        .filter(|&(place, row)| row == 0 || known(place, row))
        .collect()
}

/// The values of the axes, and how many seeds there are where some are missing.
fn axis_columns(file: &CollectedFile, lines: &[(usize, usize)]) -> Vec<Vec<String>> {
    let mut columns = Vec::new();
    for (k, dimension) in file.dimensions.iter().enumerate() {
        for axis in &dimension.axes {
            let value = |&(place, _): &(usize, usize)| axis.words[file.indices(place)[k]].clone();
            let head = [axis.name.clone(), axis.unit.clone()];
            columns.push(head.into_iter().chain(lines.iter().map(value)).collect());
        }
    }
    if file.seeds > 1 && file.complete() < file.points.len() {
        let count = |&(place, _): &(usize, usize)| {
            let complete = file.seeds_at(place).iter().filter(|p| p.complete);
            format!("{} of {}", complete.count(), file.seeds)
        };
        let head = ["replicas".to_owned(), String::new()];
        columns.push(head.into_iter().chain(lines.iter().map(count)).collect());
    }
    columns
}

/// Name, unit and values with their errors, under one SI prefix.
fn column(file: &CollectedFile, quantity: &Quantity, lines: &[(usize, usize)]) -> Vec<String> {
    let means = file.means(quantity);
    let rows = quantity.rows.unwrap_or(1);
    let sizes = means.iter().map(|mean| mean.value.abs());
    let largest = sizes.filter(|v| v.is_finite()).fold(0.0, f64::max);
    let (factor, prefix) = si_prefix(largest, &quantity.unit);
    let cell = |&(place, row): &(usize, usize)| {
        if !file.seeds_at(place).iter().any(|point| point.complete) {
            return "missing".to_owned();
        }
        match means.get(place * rows + row).filter(|_| row < rows) {
            Some(mean) if mean.value.is_finite() && mean.error.is_finite() => {
                with_error(mean.value / factor, mean.error / factor)
            }
            Some(mean) if mean.value.is_finite() => number(mean.value / factor),
            _ => "none".to_owned(),
        }
    };
    let unit = format!("{prefix}{}", plain_unit(&quantity.unit));
    let head = [quantity.name.clone(), unit];
    head.into_iter().chain(lines.iter().map(cell)).collect()
}

/// Columns in blocks as wide as a line, each with the columns of the axes before it.
fn side_by_side(left: &[Vec<String>], right: &[Vec<String>]) -> Vec<String> {
    let room = |columns: &[Vec<String>]| columns.iter().map(|c| 2 + longest(c)).sum::<usize>();
    let mut lines = Vec::new();
    let mut rest = right;
    while !rest.is_empty() {
        let mut width = room(left);
        let fits = |column: &&Vec<String>| {
            width += 2 + longest(column);
            width <= WIDTH
        };
        let taken = rest.iter().take_while(fits).count().max(1);
        let (now, later) = rest.split_at(taken);
        let columns: Vec<&Vec<String>> = left.iter().chain(now).collect();
        let row = |k: usize| columns.iter().map(|column| column[k].clone()).collect();
        let cells: Vec<Vec<String>> = (0..columns[0].len()).map(row).collect();
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(align(&cells, &(0..columns.len()).collect::<Vec<_>>()));
        rest = later;
    }
    lines
}
