//! What a result file holds, as text for a terminal of 100 columns.

mod nested;

use std::fmt::Write as _;

use crate::scenario::{Derived, Scenario};

use super::format::{
    WIDTH, align, duration, longest, number, plain_unit, quantity, section, si_prefix, wrap,
};
use super::{Column, ResultsError, RunFile, SeriesInfo, Table, TrajectoryInfo};

/// Rows of a results table that are shown; the file holds the rest.
const ROWS_SHOWN: usize = 12;

/// Describes a result file: its scenario, where it comes from, what it recorded and what came out.
///
/// # Errors
/// [`ResultsError::Missing`] if the file is damaged.
pub fn describe(run: &RunFile) -> Result<String, ResultsError> {
    let mut text = heading(run)?;
    text += &derived(&run.scenario_toml()?);
    text += &provenance(&run.provenance()?);
    text += &series(&run.series_list()?);
    text += &trajectories(&run.trajectory_list()?);
    let tables = run.tables()?;
    for table in tables.iter().filter(|table| !nested::is_nested(table)) {
        text += &results_table(table);
    }
    text += &nested::describe(&tables);
    Ok(text)
}

/// File, status and the scenario's own words about itself.
fn heading(run: &RunFile) -> Result<String, ResultsError> {
    let scenario: toml::Table = run.scenario_toml()?.parse().unwrap_or_default();
    let status = match run.status()?.as_str() {
        "running" => "running, or stopped before its end".to_owned(),
        ended => ended.to_owned(),
    };
    let mut text = format!("{}  ({status})\n", run.path().display());
    for key in ["name", "title", "summary", "description"] {
        if let Some(words) = scenario.get(key).and_then(toml::Value::as_str) {
            for line in wrap(words, WIDTH - 2) {
                let _ = writeln!(text, "  {line}");
            }
        }
    }
    Ok(text)
}

/// What follows from the stored scenario, if this program can read it: that of
/// another version need not be one.
fn derived(scenario: &str) -> String {
    let Ok(scenario) = Scenario::parse("stored", "/parameters/scenario", scenario) else {
        return String::new();
    };
    let row = |one: &Derived| {
        vec![
            one.symbol.clone(),
            quantity(one.value, one.unit),
            one.meaning.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = scenario.derived.iter().map(row).collect();
    section("What follows from the scenario", &align(&rows, &[]))
}

fn provenance(entries: &[(String, String)]) -> String {
    let shown: Vec<Vec<String>> = entries
        .iter()
        .filter(|(name, value)| name != "status" && !value.is_empty())
        .map(
            |(name, value)| match (name.as_str(), value.parse::<f64>()) {
                ("wall_seconds", Ok(seconds)) => vec!["wall time".to_owned(), duration(seconds)],
                _ => vec![name.replace('_', " "), value.clone()],
            },
        )
        .collect();
    section("Provenance", &align(&shown, &[]))
}

/// The series, group by group; groups that hold the same series (the copies of
/// a slit) are told together.
fn series(list: &[SeriesInfo]) -> String {
    let mut text = String::new();
    let mut groups: Vec<&[SeriesInfo]> = list.chunk_by(|a, b| a.group == b.group).collect();
    while !groups.is_empty() {
        let first = groups[0];
        let (alike, others): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|group| same_series(first, group));
        text += &section(&title(&alike), &align(&series_cells(first), &[1]));
        groups = others;
    }
    text
}

fn series_cells(group: &[SeriesInfo]) -> Vec<Vec<String>> {
    let header = ["series", "rows", "time", "unit", "what it is"].map(str::to_owned);
    let row = |info: &SeriesInfo| {
        vec![
            info.name.clone(),
            info.rows.to_string(),
            span(info.span),
            plain_unit(&info.unit),
            match info.columns.as_slice() {
                [] => info.long_name.clone(),
                names => format!("{} ({})", info.long_name, names.join(", ")),
            },
        ]
    };
    std::iter::once(header.to_vec())
        .chain(group.iter().map(row))
        .collect()
}

/// The names of groups, without the /observables they all stand in.
fn title(groups: &[&[SeriesInfo]]) -> String {
    let name = |group: &[SeriesInfo]| group[0].group.replacen("observables/", "", 1);
    match groups {
        [only] => name(only),
        [first, .., last] => format!(
            "{} ... {} ({} groups)",
            name(first),
            name(last),
            groups.len()
        ),
        [] => String::new(),
    }
}

fn same_series(a: &[SeriesInfo], b: &[SeriesInfo]) -> bool {
    let key = |info: &SeriesInfo| (info.name.clone(), info.rows, info.columns.clone());
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| key(a) == key(b))
}

fn trajectories(list: &[TrajectoryInfo]) -> String {
    if list.is_empty() {
        return String::new();
    }
    let mut cells = vec![
        ["trajectory", "frames", "time", "ions", "species"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for info in list {
        cells.push(vec![
            info.group.clone(),
            info.frames.to_string(),
            span(info.span),
            info.ions.to_string(),
            info.species_names.join(", "),
        ]);
    }
    section("Trajectories", &align(&cells, &[1, 3]))
}

fn results_table(table: &Table) -> String {
    let mut lines = Vec::new();
    let scalars: Vec<Vec<String>> = table
        .scalars
        .iter()
        .map(|s| {
            vec![
                s.name.clone(),
                quantity(s.value, &s.unit),
                s.long_name.clone(),
            ]
        })
        .collect();
    lines.extend(align(&scalars, &[]));
    lines.extend(columns(&table.columns));
    for (name, note) in &table.notes {
        let label = name.replace('_', " ");
        lines.extend(wrap(&format!("{label}: {note}"), WIDTH - 2));
    }
    let title = if table.title.is_empty() {
        &table.name
    } else {
        &table.title
    };
    section(&format!("{title}  [/results/{}]", table.name), &lines)
}

/// The columns of a table side by side, each in one unit throughout; what does not fit into a
/// line follows below.
fn columns(columns: &[Column]) -> Vec<String> {
    let printed: Vec<Vec<String>> = columns.iter().map(printed_column).collect();
    let rows = printed.iter().map(Vec::len).max().unwrap_or(0);
    let mut lines = Vec::new();
    let mut rest = printed.as_slice();
    while !rest.is_empty() {
        let mut width = 0;
        let fits = |cells: &&Vec<String>| {
            width += 2 + longest(cells);
            width <= WIDTH
        };
        let taken = rest.iter().take_while(fits).count().max(1);
        let (now, later) = rest.split_at(taken);
        let cell = |column: &Vec<String>, row: usize| column.get(row).cloned().unwrap_or_default();
        let cells: Vec<Vec<String>> = (0..rows)
            .map(|row| now.iter().map(|column| cell(column, row)).collect())
            .collect();
        lines.extend(align(&cells, &(0..taken).collect::<Vec<_>>()));
        rest = later;
    }
    let recorded = columns
        .iter()
        .map(|column| column.values.len())
        .max()
        .unwrap_or(0);
    if recorded > ROWS_SHOWN {
        lines.push(format!("... {} more rows", recorded - ROWS_SHOWN));
    }
    lines
}

/// Name, unit and the first values of a column, under one SI prefix.
fn printed_column(column: &Column) -> Vec<String> {
    let largest = column
        .values
        .iter()
        .filter(|v| v.is_finite())
        .fold(0.0, |m: f64, v| m.max(v.abs()));
    let (factor, prefix) = si_prefix(largest, &column.unit);
    let unit = format!("{prefix}{}", plain_unit(&column.unit));
    let values = column
        .values
        .iter()
        .take(ROWS_SHOWN)
        .map(|value| number(value / factor));
    [column.name.clone(), unit]
        .into_iter()
        .chain(values)
        .collect()
}

fn span(span: Option<(f64, f64)>) -> String {
    match span {
        None => "none yet".to_owned(),
        Some((first, last)) => format!("{} to {}", picoseconds(first), picoseconds(last)),
    }
}

fn picoseconds(time: f64) -> String {
    if time == 0.0 {
        "0".to_owned()
    } else {
        quantity(time * 1e-12, "s")
    }
}
