//! The page of one run.

use super::ReportError;
use crate::page::{Cell, Page};
use crate::results::format::{number, plain_unit, quantity, si_prefix, with_error};
use crate::results::{Column, RunFile, Table};
use crate::scenario::Plan;
use crate::{circuits, picture, summary};
use std::path::Path;

/// Rows of a table that are shown; the file holds the rest.
const ROWS: usize = 200;

pub(super) fn html(path: &Path) -> Result<String, ReportError> {
    let file = RunFile::open(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let scenario = file.scenario_toml()?;
    let from = format!("{}:/parameters/scenario", path.display());
    let plan = Plan::parse(&stem, &from, &scenario).map_err(Box::new)?;
    let (title, summary) = match &plan {
        Plan::Ions(scenario) => (&scenario.title, summary::summarise(&file, scenario)?),
        Plan::Circuits(circuits) => (&circuits.title, circuits::summarise(&file, circuits)?),
    };
    let mut page = Page::new(&format!("{name}: {title}"), title);
    page.paragraph(&match file.status()?.as_str() {
        "running" => format!("{name}: the run goes on, or was stopped before its end."),
        ended => format!("{name}: {ended}."),
    });
    page.verbatim(&summary);
    for (_, figure) in picture::figures(path)? {
        page.figure(&figure)?;
    }
    for table in file.tables()? {
        let title = match table.title.as_str() {
            "" => &table.name,
            title => title,
        };
        // A table inside a table is a distribution of some hundred rows.
        if table.name.contains('/') {
            page.folded(title, |page| results(page, &table));
        } else {
            page.heading(title);
            results(&mut page, &table);
        }
    }
    page.heading("Provenance");
    let rows = file.provenance()?.into_iter().map(|(name, value)| {
        let name = name.replace('_', " ");
        vec![Cell::from(name), Cell::from(value)]
    });
    page.table(&[], &rows.collect::<Vec<_>>());
    page.heading("Scenario");
    page.folded("as it ran, defaults filled in", |page| {
        page.verbatim(&scenario)
    });
    Ok(page.into_html())
}

/// Single numbers, columns side by side, and notes, each number with its error.
fn results(page: &mut Page, table: &Table) {
    let numbers = table.scalars.iter().filter_map(|scalar| {
        let error = match scalar.name.strip_suffix("_error") {
            Some(of) if table.scalar(of).is_some() => return None,
            _ => table.scalar(&format!("{}_error", scalar.name)),
        };
        let (factor, prefix) = si_prefix(scalar.value.abs(), &scalar.unit);
        let value = match error {
            Some(error) => {
                let unit = format!("{prefix}{}", plain_unit(&scalar.unit));
                format!(
                    "{} {unit}",
                    with_error(scalar.value / factor, error / factor)
                )
            }
            None => quantity(scalar.value, &scalar.unit),
        };
        let words = [scalar.long_name.clone(), value];
        Some(words.map(Cell::from).to_vec())
    });
    let numbers: Vec<Vec<Cell>> = numbers.collect();
    if !numbers.is_empty() {
        page.table(&[], &numbers);
    }
    let columns: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| {
            let of = column.name.strip_suffix("_error");
            of.is_none_or(|of| table.columns.iter().all(|other| other.name != of))
        })
        .collect();
    if !columns.is_empty() {
        side_by_side(page, table, &columns);
    }
    for (name, note) in &table.notes {
        page.paragraph(&format!("{}: {note}", name.replace('_', " ")));
    }
}

fn side_by_side(page: &mut Page, table: &Table, columns: &[&Column]) {
    let shown: Vec<Vec<String>> = columns.iter().map(|column| cells(table, column)).collect();
    let heads: Vec<String> = shown.iter().map(|column| column[0].clone()).collect();
    let rows = shown
        .iter()
        .map(|column| column.len() - 1)
        .max()
        .unwrap_or(0);
    let row = |k: usize| -> Vec<Cell> {
        let cell = |column: &Vec<String>| column.get(k + 1).cloned().unwrap_or_default();
        shown
            .iter()
            .map(|column| Cell::from(cell(column)))
            .collect()
    };
    page.table(&heads, &(0..rows.min(ROWS)).map(row).collect::<Vec<_>>());
    if rows > ROWS {
        page.paragraph(&format!("{} more rows are in the file.", rows - ROWS));
    }
}

/// The head and the values of a column, under one SI prefix.
fn cells(table: &Table, column: &Column) -> Vec<String> {
    let sizes = column.values.iter().map(|v| v.abs());
    let largest = sizes.filter(|v| v.is_finite()).fold(0.0, f64::max);
    let (factor, prefix) = si_prefix(largest, &column.unit);
    let errors = table.column(&format!("{}_error", column.name));
    let value = |(k, value): (usize, &f64)| match errors.get(k) {
        Some(error) => with_error(value / factor, error / factor),
        None => number(value / factor),
    };
    let unit = format!("{prefix}{}", plain_unit(&column.unit));
    let meaning = match unit.is_empty() {
        true => column.long_name.clone(),
        false => format!("{}, {unit}", column.long_name),
    };
    let head = format!("{}\n{meaning}", column.name);
    let values = column.values.iter().enumerate().map(value);
    std::iter::once(head).chain(values).collect()
}
