//! Results against two axes, as colours.

use super::grid::{Along, Group, evenly, groups};
use super::{errors_up_to, label, scale_of};
use crate::plot::{Axis, Cell, ColorMap, Panel, Scale};
use crate::sweep::CollectedFile;
use crate::sweep::collected::{GridTable, Mean, Quantity};

/// Maps of one quantity, where there are further axes.
const MAPS: usize = 6;

/// A map of each quantity, for each combination of the other axes.
pub(super) fn panels(
    file: &CollectedFile,
    table: &GridTable,
    quantities: &[&Quantity],
    x: &Along<'_>,
    y: &Along<'_>,
) -> (Vec<Panel>, Vec<String>) {
    let mut panels = Vec::new();
    let mut remarks = Vec::new();
    for quantity in quantities {
        let groups = groups(file, table, quantity, &[x.dimension, y.dimension]);
        if groups.len() > MAPS {
            let remark = format!("{MAPS} of {} maps of a quantity", groups.len());
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
        let means = file.means(quantity);
        for group in evenly(groups, MAPS) {
            panels.push(panel(quantity, &means, &group, x, y));
        }
    }
    let cells = panels
        .iter()
        .flat_map(|panel: &Panel| &panel.map)
        .flat_map(|map| &map.cells);
    if cells.into_iter().any(|cell| cell.value.is_nan()) {
        remarks.push("crossed out: no value".to_owned());
    }
    (panels, remarks)
}

fn panel(
    quantity: &Quantity,
    means: &[Mean],
    group: &Group,
    x: &Along<'_>,
    y: &Along<'_>,
) -> Panel {
    // All maps of a quantity have one bar.
    let values: Vec<f64> = means.iter().map(|mean| mean.value).collect();
    let (factor, label) = label(quantity, &values);
    let finite = values.iter().filter(|v| v.is_finite()).map(|v| v * factor);
    let range = finite.fold(None, |range: Option<(f64, f64)>, v| {
        let (low, high) = range.unwrap_or((v, v));
        Some((low.min(v), high.max(v)))
    });
    // Axes that change together have points, and no grid.
    let dots = x.dimension == y.dimension;
    let (columns, rows) = (x.stretches(), y.stretches());
    let cells = group.cells.iter().map(|(indices, cell)| {
        let (i, j) = (indices[x.dimension], indices[y.dimension]);
        let (at_x, at_y) = match dots {
            true => ((x.number(i), x.number(i)), (y.number(j), y.number(j))),
            false => (columns[i], rows[j]),
        };
        Cell {
            x: at_x,
            y: at_y,
            value: means[*cell].value * factor,
        }
    });
    let mut panel = Panel::new(axis(x, dots), axis(y, dots));
    panel.height = 240.0;
    let errors = errors_up_to(
        group
            .cells
            .iter()
            .map(|(_, cell)| means[*cell].error * factor),
    );
    let title = [group.label.clone(), errors];
    panel.title = title
        .into_iter()
        .filter(|words| !words.is_empty())
        .collect::<Vec<_>>()
        .join("; ");
    panel.map = Some(ColorMap {
        label,
        range,
        scale: scale_of(&values),
        cells: cells.collect(),
    });
    panel
}

/// From the edge of the first to that of the last cell, or with room for dots.
fn axis(along: &Along<'_>, dots: bool) -> Axis {
    let numbers: Vec<(f64, f64)> = along.stretches();
    let low = numbers.iter().map(|s| s.0).fold(f64::INFINITY, f64::min);
    let high = numbers
        .iter()
        .map(|s| s.1)
        .fold(f64::NEG_INFINITY, f64::max);
    let room = match (dots, along.scale()) {
        (false, _) => (low, high),
        (true, Scale::Linear) => (low - 0.03 * (high - low), high + 0.03 * (high - low)),
        (true, Scale::Log) => (
            low / (high / low).powf(0.03),
            high * (high / low).powf(0.03),
        ),
    };
    Axis {
        range: Some(room),
        ..along.axis()
    }
}
