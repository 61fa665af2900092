//! Figures of a collected sweep: results against one axis as lines, against two as a map.

mod grid;
mod map;

use super::PictureError;
use crate::plot::figures::prefixed;
use crate::plot::{Axis, Figure, Marker, Panel, Scale, Style, Trace, palette};
use crate::results::format::{number, plain_unit};
use crate::scenario::rounded;
use crate::sweep::CollectedFile;
use crate::sweep::collected::{GridAxis, GridTable, Quantity};
use grid::{Along, Group, along, evenly, groups};

/// Lines in a panel: as many as there are colours.
const LINES: usize = palette::CYCLE.len();

/// Panels in a figure.
const PANELS: usize = 12;

/// The ratio of the largest to the least value from which on their axis is logarithmic.
const DECADES: f64 = 50.0;

/// What to draw of a sweep.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// One axis for lines, two for a map; the first axis if there is none.
    pub against: Vec<String>,
    /// Results as `TABLE` or `TABLE/NAME`; all that have errors if there is none.
    pub results: Vec<String>,
}

/// A figure for each table of results, with the name of the table.
///
/// # Errors
/// [`PictureError`] if the sweep has no such axis or result.
pub fn figures(
    file: &CollectedFile,
    choice: &Choice,
) -> Result<Vec<(String, Figure)>, PictureError> {
    let axes = axes(file, &choice.against)?;
    let mut figures = Vec::new();
    for (table, quantities) in results(file, &choice.results)? {
        let (panels, mut remarks) = match axes.as_slice() {
            [x, y] => map::panels(file, table, &quantities, x, y),
            _ => lines(file, table, &quantities, &axes[0]),
        };
        let all = panels.len();
        let panels: Vec<Panel> = panels.into_iter().take(PANELS).collect();
        if all > PANELS {
            remarks.push(format!(
                "{PANELS} of {all} panels, choose others with --result"
            ));
        }
        figures.push((
            table.name.replace('/', "-"),
            Figure {
                columns: if panels.len() > 1 { 2 } else { 1 },
                subtitle: subtitle(file, table, remarks),
                footer: format!(
                    "{}, bjerrum {}",
                    file.path.file_name().unwrap_or_default().to_string_lossy(),
                    file.version
                ),
                ..Figure::new(file.title.clone(), panels)
            },
        ));
    }
    Ok(figures)
}

/// The axes that were asked for, or the first with more than one value.
fn axes<'f>(file: &'f CollectedFile, names: &[String]) -> Result<Vec<Along<'f>>, PictureError> {
    let all = || file.dimensions.iter().flat_map(|d| &d.axes);
    let refuse = |found: String| PictureError::Axis {
        path: file.path.clone(),
        found,
        axes: all()
            .map(|a| a.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    };
    if names.is_empty() {
        let several = all().find(|axis| axis.words.len() > 1);
        let first = several.or_else(|| all().next());
        let first = first.ok_or_else(|| refuse("nothing to draw against".to_owned()))?;
        return Ok(along(file, &first.name).into_iter().collect());
    }
    if names.len() > 2 || (names.len() == 2 && names[0] == names[1]) {
        return Err(refuse(format!("--against {}", names.join(","))));
    }
    let find = |name: &String| along(file, name).ok_or_else(|| refuse(name.clone()));
    names.iter().map(find).collect()
}

/// The results that were asked for, table by table.
fn results<'f>(
    file: &'f CollectedFile,
    names: &[String],
) -> Result<Vec<(&'f GridTable, Vec<&'f Quantity>)>, PictureError> {
    let full = |table: &GridTable, q: &Quantity| format!("{}/{}", table.name, q.name);
    // Tables inside a table are drawn where they are asked for.
    let whole = |table: &GridTable| match names.is_empty() {
        true => !table.name.contains('/'),
        false => names.contains(&table.name),
    };
    let chosen = file.tables.iter().map(|table| {
        let mut quantities = match whole(table) {
            true => usual(file, table),
            false => Vec::new(),
        };
        let others = table.quantities.iter();
        quantities.extend(others.filter(|q| names.contains(&full(table, q))));
        (table, quantities)
    });
    let chosen: Vec<_> = chosen
        .filter(|(_, quantities)| !quantities.is_empty())
        .collect();
    let found = |name: &&String| {
        chosen.iter().any(|(table, quantities)| {
            **name == table.name || quantities.iter().any(|q| **name == full(table, q))
        })
    };
    let absent = names.iter().find(|name| !found(name));
    if absent.is_none() && !chosen.is_empty() {
        return Ok(chosen);
    }
    let all = file.tables.iter().flat_map(|table| {
        let quantities = table.quantities.iter();
        quantities.map(|q| format!("{}/{}", table.name, q.name))
    });
    Err(PictureError::Result {
        path: file.path.clone(),
        found: absent.map_or_else(|| "nothing to draw".to_owned(), Clone::clone),
        results: all.collect::<Vec<_>>().join(", "),
    })
}

/// What has an error; where nothing has, the single numbers that differ from point to
/// point.
fn usual<'f>(file: &CollectedFile, table: &'f GridTable) -> Vec<&'f Quantity> {
    let all = || table.quantities.iter();
    let with_errors: Vec<&Quantity> = all().filter(|q| q.errors.is_some()).collect();
    if !with_errors.is_empty() {
        return with_errors;
    }
    let varies = |quantity: &&Quantity| {
        let means = file.means(quantity);
        let mut values = means
            .iter()
            .map(|mean| mean.value)
            .filter(|v| v.is_finite());
        let first = values.next();
        values.any(|value| Some(value) != first)
    };
    all().filter(|q| q.rows.is_none()).filter(varies).collect()
}

/// What was swept, how it is drawn, and what is missing.
fn subtitle(file: &CollectedFile, table: &GridTable, remarks: Vec<String>) -> String {
    let mut parts = vec![table.title.clone()];
    if file.seeds > 1 {
        parts.push(format!("means over {} seeds", file.seeds));
    }
    parts.extend(remarks);
    let (complete, points) = (file.complete(), file.points.len());
    if complete < points {
        parts.push(format!("{} of {points} points missing", points - complete));
    }
    parts.join("; ")
}

/// A panel for each quantity, against one axis; the other axes are told apart by colour.
fn lines(
    file: &CollectedFile,
    table: &GridTable,
    quantities: &[&Quantity],
    x: &Along<'_>,
) -> (Vec<Panel>, Vec<String>) {
    let mut remarks = Vec::new();
    let panels = quantities.iter().map(|quantity| {
        let groups = groups(file, table, quantity, &[x.dimension]);
        if groups.len() > LINES {
            let remark = format!("{LINES} of {} lines", groups.len());
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
        line_panel(file, quantity, &evenly(groups, LINES), x)
    });
    let panels = panels.collect();
    (panels, remarks)
}

fn line_panel(file: &CollectedFile, quantity: &Quantity, groups: &[Group], x: &Along<'_>) -> Panel {
    let means = file.means(quantity);
    let values: Vec<f64> = means.iter().map(|mean| mean.value).collect();
    let (factor, label) = label(quantity, &values);
    let mut panel = Panel::new(x.axis(), Axis::new(label).scaled(scale_of(&values)));
    panel.height = 260.0;
    for (group, color) in groups.iter().zip(palette::CYCLE.iter().cycle()) {
        let mut cells: Vec<(f64, usize)> = group
            .cells
            .iter()
            .map(|(indices, cell)| (x.number(indices[x.dimension]), *cell))
            .collect();
        // Samples come in any order, and next to each other need not be alike; nothing lies
        // between words.
        let sorted = cells.is_sorted_by(|a, b| a.0 < b.0) || cells.is_sorted_by(|a, b| a.0 > b.0);
        let joined = sorted && x.values.numbers.is_some();
        cells.sort_by(|a, b| a.0.total_cmp(&b.0));
        let points = cells.iter().map(|&(x, k)| (x, means[k].value * factor));
        let errors = cells.iter().map(|&(_, k)| means[k].error * factor);
        panel.traces.push(Trace {
            style: Style::Points {
                marker: Marker::Circle,
                filled: true,
                joined,
            },
            ..Trace::points(group.label.as_str(), *color, points.collect())
                .with_error(errors.collect())
        });
    }
    panel
}

/// The factor to a unit with an SI prefix, and what to write along an axis.
fn label(quantity: &Quantity, values: &[f64]) -> (f64, String) {
    let prefixable = ["A", "S", "V", "s", "m", "J", "W", "F", "C", "Hz"];
    let (factor, unit) = match prefixable.contains(&quantity.unit.as_str()) {
        true => prefixed(&[values], &quantity.unit),
        false => (1.0, plain_unit(&quantity.unit)),
    };
    let mut letters = quantity.long_name.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    let name = first + letters.as_str();
    match unit.is_empty() {
        true => (factor, name),
        false => (factor, format!("{name} ({unit})")),
    }
}

/// Logarithmic where positive values span decades.
fn scale_of(values: &[f64]) -> Scale {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = finite().fold((f64::INFINITY, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    match low > 0.0 && high / low > DECADES {
        true => Scale::Log,
        false => Scale::Linear,
    }
}

/// The name of an axis with its unit, as papers write it.
fn axis_label(axis: &GridAxis) -> String {
    let unit = axis.unit.replace("angstrom", "Å").replace('*', "·");
    match unit.is_empty() {
        true => axis.name.clone(),
        false => format!("{} ({unit})", axis.name),
    }
}

/// The largest of the errors, in words; nothing where none is known.
fn errors_up_to(errors: impl Iterator<Item = f64>) -> String {
    let largest = errors.filter(|e| e.is_finite()).fold(0.0, f64::max);
    match largest > 0.0 {
        true => format!("errors up to {}", number(rounded(largest, 2))),
        false => String::new(),
    }
}
