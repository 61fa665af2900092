//! The page of a collected sweep: results on the grid, and every run with links to its
//! neighbours on it.

use super::ReportError;
use crate::page::{Cell, Page};
use crate::picture::sweep::{Choice, figures};
use crate::plot::Figure;
use crate::results::format::{number, plain_unit, si_prefix, with_error};
use crate::sweep::CollectedFile;
use crate::sweep::collected::{GridTable, Quantity, ShownTable};

/// Lines of a table, and runs, that are shown; the file holds the rest.
const LINES: usize = 2000;

/// Rows of a table of one run.
const ROWS: usize = 12;

pub(super) fn html(file: &CollectedFile) -> Result<String, ReportError> {
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    let mut page = Page::new(&format!("{name}: {}", file.title), &file.title);
    let (complete, points) = (file.complete(), file.points.len());
    page.paragraph(&match points - complete {
        0 => format!("{name}: a sweep of {points} points, all complete."),
        missing => format!("{name}: a sweep of {points} points, {missing} of them missing."),
    });
    axes(&mut page, file);
    for figure in drawn(file)? {
        page.figure(&figure)?;
    }
    for table in &file.tables {
        results(&mut page, file, table);
    }
    page.heading("Runs");
    let runs = points.min(LINES);
    for index in 0..runs {
        run(&mut page, file, index);
    }
    if points > runs {
        page.paragraph(&format!("{} more runs are in the file.", points - runs));
    }
    page.heading("The sweep file");
    page.folded("as it was collected", |page| page.verbatim(&file.sweep));
    Ok(page.into_html())
}

/// Results against the first axis, and as maps against the first two.
fn drawn(file: &CollectedFile) -> Result<Vec<Figure>, ReportError> {
    let several = file.dimensions.iter().filter(|d| d.length() > 1);
    let names: Vec<String> = several.map(|d| d.axes[0].name.clone()).collect();
    let mut choices = Vec::new();
    if !names.is_empty() {
        choices.push(names[..1].to_vec());
    }
    if names.len() > 1 {
        choices.push(names[..2].to_vec());
    }
    let mut drawn = Vec::new();
    for against in choices {
        let results = Vec::new();
        let figures = figures(file, &Choice { against, results })?;
        drawn.extend(figures.into_iter().map(|(_, figure)| figure));
    }
    Ok(drawn)
}

fn axes(page: &mut Page, file: &CollectedFile) {
    let axes = file.dimensions.iter().flat_map(|dimension| &dimension.axes);
    let mut rows: Vec<Vec<Cell>> = axes
        .map(|axis| {
            let values = format!("{} {}", axis.words.join(", "), axis.unit);
            [axis.name.clone(), values, axis.key.clone()]
                .map(Cell::from)
                .to_vec()
        })
        .collect();
    if file.seeds > 1 {
        let words = [
            "replica".to_owned(),
            format!("{} seeds", file.seeds),
            "seed".to_owned(),
        ];
        rows.push(words.map(Cell::from).to_vec());
    }
    let head = ["axis", "values", "key of the scenario"].map(str::to_owned);
    page.table(&head, &rows);
}

/// A table of results; its first cells lead to the runs.
fn results(page: &mut Page, file: &CollectedFile, table: &GridTable) {
    for of_rows in [false, true] {
        let Some(shown) = ShownTable::of(file, table, of_rows, LINES) else {
            continue;
        };
        page.heading(&table.title);
        if file.seeds > 1 {
            page.paragraph(&format!(
                "Means over the {} seeds of each line.",
                file.seeds
            ));
        }
        let columns: Vec<&Vec<String>> = shown.axes.iter().chain(&shown.quantities).collect();
        let head = columns
            .iter()
            .map(|column| format!("{}\n{}", column[0], column[1]));
        let row = |(k, &(place, _)): (usize, &(usize, usize))| -> Vec<Cell> {
            let cells = columns
                .iter()
                .map(|column| Cell::from(column[k + 2].clone()));
            let mut cells: Vec<Cell> = cells.collect();
            cells[0].link = anchor(file, place * file.seeds);
            cells
        };
        let rows: Vec<Vec<Cell>> = shown.lines.iter().enumerate().map(row).collect();
        page.table(&head.collect::<Vec<_>>(), &rows);
        if shown.more > 0 {
            page.paragraph(&format!("{} more lines are in the file.", shown.more));
        }
    }
}

fn anchor(file: &CollectedFile, index: usize) -> String {
    match index < LINES {
        true => format!("#{}", file.points[index].digest),
        false => String::new(),
    }
}

/// What a run was, what came out, and the way to its neighbours.
fn run(page: &mut Page, file: &CollectedFile, index: usize) {
    let point = &file.points[index];
    let place = index / file.seeds;
    let words = match file.seeds {
        1 => file.words(place),
        seeds => format!("{}, replica {}", file.words(place), index % seeds),
    };
    page.target(&point.digest, &words);
    page.links(&neighbours(file, index));
    if !point.complete {
        page.paragraph("Missing.");
        return;
    }
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for table in file.tables.iter().filter(|table| !table.name.contains('/')) {
        for quantity in &table.quantities {
            let words = [quantity.long_name.clone(), value(quantity, index)];
            rows.push(words.map(Cell::from).to_vec());
        }
    }
    let provenance = point.provenance.iter().map(|(name, value)| {
        let words = [name.replace('_', " "), value.clone()];
        words.map(Cell::from).to_vec()
    });
    rows.extend(provenance);
    let name = format!("{}.h5", point.digest);
    rows.push(vec![Cell::from("file".to_owned()), Cell::from(name)]);
    page.table(&[], &rows);
}

/// A quantity of one run, with its errors.
fn value(quantity: &Quantity, index: usize) -> String {
    let rows = quantity.rows.unwrap_or(1);
    let cells = index * rows..(index + 1) * rows;
    let values = &quantity.values[cells.clone()];
    let sizes = values.iter().map(|v| v.abs());
    let largest = sizes.filter(|v| v.is_finite()).fold(0.0, f64::max);
    let (factor, prefix) = si_prefix(largest, &quantity.unit);
    let errors = quantity.errors.as_ref().map(|errors| &errors[cells]);
    let cell = |(k, value): (usize, &f64)| match errors {
        Some(errors) => with_error(value / factor, errors[k] / factor),
        None => number(value / factor),
    };
    let known = values.iter().enumerate().filter(|(_, v)| v.is_finite());
    let words: Vec<String> = known.clone().take(ROWS).map(cell).collect();
    let unit = format!("{prefix}{}", plain_unit(&quantity.unit));
    let more = match known.count().saturating_sub(ROWS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match words.is_empty() {
        true => "none".to_owned(),
        false => format!("{} {unit}{more}", words.join(", ")),
    }
}

/// Links to the runs one step away along each dimension, and to those of other seeds.
fn neighbours(file: &CollectedFile, index: usize) -> Vec<Cell> {
    let (place, seed) = (index / file.seeds, index % file.seeds);
    let indices = file.indices(place);
    let mut cells = Vec::new();
    let mut stride = file.places();
    for (dimension, &at) in file.dimensions.iter().zip(&indices) {
        stride /= dimension.length();
        let axis = &dimension.axes[0];
        let to = |step: usize, other: usize| Cell {
            text: axis.words[step].clone(),
            link: anchor(file, other * file.seeds + seed),
            ..Cell::default()
        };
        let before = (at > 0).then(|| to(at - 1, place - stride));
        let after = (at + 1 < dimension.length()).then(|| to(at + 1, place + stride));
        if before.is_some() || after.is_some() {
            cells.push(Cell::from(format!("{}:", axis.name)));
            cells.extend(before);
            cells.extend(after);
        }
    }
    if file.seeds > 1 {
        cells.push(Cell::from("replica:".to_owned()));
        let others = [
            seed.checked_sub(1),
            Some(seed + 1).filter(|&other| other < file.seeds),
        ];
        cells.extend(others.into_iter().flatten().map(|other| Cell {
            text: other.to_string(),
            link: anchor(file, place * file.seeds + other),
            ..Cell::default()
        }));
    }
    cells
}
