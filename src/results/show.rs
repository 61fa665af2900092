//! What a result file holds, as text for a terminal of 100 columns.

mod nested;

use std::fmt::Write as _;

use crate::scenario::{Derived, Scenario};

use super::{Column, ResultsError, RunFile, SeriesInfo, Table, TrajectoryInfo};

/// Widest line.
const WIDTH: usize = 100;
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

fn section(title: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{title}\n");
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// Pads the cells of a table into columns; those in `right` end flush, the others start so. The
/// last column is wrapped to what the line leaves it.
fn align(cells: &[Vec<String>], right: &[usize]) -> Vec<String> {
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            cells
                .iter()
                .filter_map(|row| row.get(column))
                .map(|c| length(c))
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut lines = Vec::new();
    for row in cells {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let padding = " ".repeat(widths[column] - length(cell));
            if right.contains(&column) {
                line += &format!("{padding}{cell}  ");
            } else if column + 1 < columns {
                line += &format!("{cell}{padding}  ");
            } else {
                let start = length(&line);
                let room = (WIDTH - 2).saturating_sub(start).max(24);
                line += &wrap(cell, room).join(&format!("\n  {}", " ".repeat(start)));
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Breaks a text at its spaces into lines of at most `width` characters.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Characters, not bytes: names hold µ and Å.
fn length(text: &str) -> usize {
    text.chars().count()
}

fn longest(cells: &[String]) -> usize {
    cells.iter().map(|cell| length(cell)).max().unwrap_or(0)
}

/// A pure number has the H5MD unit `1`, which nobody wants to read, and for the
/// elementary charge H5MD has no symbol.
fn plain_unit(unit: &str) -> String {
    match unit {
        "1" => String::new(),
        _ => unit
            .replace("1.602176634e-19 C", "e")
            .replace("2.566969967e-38 C+2", "e+2"),
    }
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

fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, _) => format!("{} s", number(seconds)),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// A number with its unit, under an SI prefix where the unit takes one.
fn quantity(value: f64, unit: &str) -> String {
    let (factor, prefix) = si_prefix(value.abs(), unit);
    format!("{} {prefix}{}", number(value / factor), plain_unit(unit))
        .trim_end()
        .to_owned()
}

/// The SI prefix that brings `magnitude` to between 1 and 1000, for the units that take one alone.
fn si_prefix(magnitude: f64, unit: &str) -> (f64, &'static str) {
    const PREFIXABLE: [&str; 10] = ["A", "S", "V", "s", "m", "J", "W", "F", "C", "Hz"];
    const PREFIXES: [(f64, &str); 11] = [
        (1e9, "G"),
        (1e6, "M"),
        (1e3, "k"),
        (1.0, ""),
        (1e-3, "m"),
        (1e-6, "µ"),
        (1e-9, "n"),
        (1e-12, "p"),
        (1e-15, "f"),
        (1e-18, "a"),
        (1e-21, "z"),
    ];
    if !PREFIXABLE.contains(&unit) || !magnitude.is_finite() || magnitude < 1e-24 {
        return (1.0, "");
    }
    // A hair below the step, so that 999.9996 is not printed as "1000 n".
    let reached = |&&(factor, _): &&(f64, &str)| magnitude >= 0.99995 * factor;
    PREFIXES
        .iter()
        .find(reached)
        .copied()
        .unwrap_or((1e-21, "z"))
}

/// Four significant digits.
fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return value.to_string();
    }
    let rounded = format!("{value:.3e}");
    let exponent: i32 = rounded
        .split_once('e')
        .map_or(0, |(_, e)| e.parse().unwrap_or(0));
    if !(-3..6).contains(&exponent) {
        return rounded;
    }
    let decimals = usize::try_from(3 - exponent).unwrap_or(0);
    let fixed = format!("{value:.decimals$}");
    if fixed.contains('.') {
        fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        fixed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_four_digits() {
        let cases = [
            (0.0, "0"),
            (1.0, "1"),
            (-0.123_456, "-0.1235"),
            (999.96, "1000"),
            (123_456.7, "123457"),
            (1.5e-7, "1.500e-7"),
            (2.0e9, "2.000e9"),
            (f64::NAN, "NaN"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn quantities_take_si_prefixes() {
        let cases = [
            (3.2e-9, "A", "3.2 nA"),
            (-1.0e-12, "S", "-1 pS"),
            (9.9999e-7, "s", "1 µs"),
            (0.25, "1", "0.25"),
            (1.5e-10, "kg m s-2", "1.500e-10 kg m s-2"),
            (4.0e-21, "J", "4 zJ"),
        ];
        for (value, unit, expected) in cases {
            assert_eq!(quantity(value, unit), expected);
        }
    }

    #[test]
    fn durations_read_like_a_clock() {
        assert_eq!(duration(0.5), "0.5 s");
        assert_eq!(duration(61.2), "1 min 1 s");
        assert_eq!(duration(7_322.0), "2 h 2 min");
    }
}
