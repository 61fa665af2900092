//! A study as text for a terminal, from what is in its file.

use super::limit::percent;
use crate::plot::si_prefix;
use crate::results::{ResultsError, RunFile, Table};
use crate::scenario::rounded;
use bjerrum_physics::statistics::Estimate;
use std::fmt::Write;

/// Setting, cost, value, deviation, and what to note about it.
type Row = [String; 5];

/// The table of the study in `file`, and its verdict below.
///
/// # Errors
/// [`ResultsError`] if the file cannot be read, or holds no study.
pub fn report(file: &RunFile) -> Result<String, ResultsError> {
    let tables = file.tables()?;
    let found = tables.iter().find(|table| table.name == "convergence");
    let table = found.ok_or_else(|| ResultsError::NotBjerrum {
        path: file.path().to_owned(),
        found: "it has no /results/convergence".to_owned(),
    })?;
    let note = |name: &str| {
        let found = table.notes.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, text)| text.as_str())
    };
    let mut text = format!("{}\n\n", note("subject"));
    text += &aligned(&rows(table, note("observable")));
    if !note("left_out").is_empty() {
        let _ = writeln!(text, "left out {}", note("left_out"));
    }
    let tolerance = rounded(100.0 * table.scalar("tolerance").unwrap_or(f64::NAN), 4);
    let _ = write!(
        text,
        "\nverdict  {} to {tolerance} %: {}",
        note("verdict"),
        note("reason")
    );
    Ok(text)
}

fn rows(table: &Table, observable: &str) -> Vec<Row> {
    let value = table.column("value");
    // One prefix for all escape times, so that they can be compared.
    let largest = value.iter().copied().fold(0.0, f64::max);
    let (factor, unit) = match observable {
        "escape time" => {
            let (factor, prefix) = si_prefix(1e-12 * largest);
            (1e-12 * factor, format!(" {prefix}s"))
        }
        _ => (1.0, String::new()),
    };
    let shown = |mean: f64, error: f64| with_error(factor * mean, factor * error, &unit);
    let mut rows = vec![
        [
            "setting",
            "evaluations in 5 ps",
            observable,
            "off the limit",
            "",
        ]
        .map(str::to_owned),
    ];
    let of = |name: &str| table.column(name);
    let (step, evaluations, cost) = (of("step"), of("evaluations"), of("cost"));
    let (error, off, off_error) = (of("value_error"), of("deviation"), of("deviation_error"));
    let (fitted, used) = (of("fitted"), of("used"));
    for k in 0..value.len() {
        let setting = match evaluations[k] {
            1.0 => format!("Euler, {} ps", step[k]),
            n => format!("{n} evaluations in {} ps", step[k]),
        };
        let deviation = Estimate {
            mean: off[k],
            error: off_error[k],
        };
        let remark = match (used[k] == 1.0, fitted[k] == 1.0) {
            (true, _) => "<- this scenario",
            (_, true) => "fitted",
            _ => "",
        };
        rows.push([
            setting,
            rounded(cost[k], 3).to_string(),
            shown(value[k], error[k]),
            if off[k].is_nan() {
                "-".to_owned()
            } else {
                percent(deviation)
            },
            remark.to_owned(),
        ]);
    }
    if let Some(limit) = table.scalar("limit") {
        let get = |name: &str| table.scalar(name).unwrap_or(f64::NAN);
        let name = match table.scalar("order") {
            Some(2.0) => "limit of many evaluations",
            _ => "limit of short steps",
        };
        rows.push([
            name.to_owned(),
            String::new(),
            shown(limit, get("limit_error")),
            String::new(),
            format!("χ² {:.1} of {}", get("chi_square"), get("freedom")),
        ]);
    }
    rows
}

/// Numbers to the right, words to the left.
fn aligned(rows: &[Row]) -> String {
    let width = |k: usize| rows.iter().map(|row| row[k].chars().count()).max();
    let widths: Vec<usize> = (0..5).map(|k| width(k).unwrap_or(0)).collect();
    let mut text = String::new();
    for [setting, cost, value, off, remark] in rows {
        let [w0, w1, w2, w3, _] = widths[..] else {
            continue;
        };
        let line = format!("{setting:w0$}  {cost:>w1$}  {value:>w2$}  {off:>w3$}  {remark}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// The error to two digits, the value to as many decimals.
fn with_error(value: f64, error: f64, unit: &str) -> String {
    if error > 0.0 {
        let decimals = (1.0 - error.log10().floor()).clamp(0.0, 9.0) as usize;
        format!("{value:.decimals$} ± {error:.decimals$}{unit}")
    } else {
        format!("{value}{unit}")
    }
}
