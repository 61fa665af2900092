//! Tables inside a table, such as the distributions of each copy of a slit: told
//! by what they hold, for their rows would fill pages.

use super::super::Table;
use super::super::format::{align, plain_unit, section};

/// The tables whose names hold a `/`; those that hold the same columns are told
/// together.
pub(super) fn describe(tables: &[Table]) -> String {
    let mut rest: Vec<&Table> = tables.iter().filter(|table| is_nested(table)).collect();
    let mut text = String::new();
    while let Some(&first) = rest.first() {
        let (alike, others): (Vec<_>, Vec<_>) = rest
            .into_iter()
            .partition(|table| names(table) == names(first));
        text += &section(&title(&alike), &align(&cells(first), &[1]));
        rest = others;
    }
    text
}

/// Whether a table stands inside another.
pub(super) fn is_nested(table: &Table) -> bool {
    table.name.contains('/')
}

fn names(table: &Table) -> Vec<&str> {
    table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect()
}

fn title(alike: &[&Table]) -> String {
    match alike {
        [only] => format!("{}  [/results/{}]", only.title, only.name),
        [first, .., last] => format!(
            "{} ... {} ({} tables)  [/results/{} ...]",
            first.title,
            last.name,
            alike.len(),
            first.name
        ),
        [] => String::new(),
    }
}

/// One line for a column; that of its errors is named beside it.
fn cells(table: &Table) -> Vec<Vec<String>> {
    let header = ["column", "rows", "unit", "what it is"].map(str::to_owned);
    let errors = |name: &str| names(table).contains(&format!("{name}_error").as_str());
    let row = |column: &super::Column| {
        let with = if errors(&column.name) { ", _error" } else { "" };
        vec![
            format!("{}{with}", column.name),
            column.values.len().to_string(),
            plain_unit(&column.unit),
            column.long_name.clone(),
        ]
    };
    let told = table.columns.iter().filter(|c| !c.name.ends_with("_error"));
    std::iter::once(header.to_vec())
        .chain(told.map(row))
        .collect()
}
