//! The table printed when circuits were run.

use super::table_name;
use crate::plot::si_prefix;
use crate::results::{ResultsError, RunFile, Table};
use crate::scenario::{CircuitScenario, Circuits};
use std::fmt::Write;

/// What was found, read from the result file.
///
/// # Errors
/// [`ResultsError`] if the file cannot be read.
pub fn summarise(file: &RunFile, circuits: &Circuits) -> Result<String, ResultsError> {
    let tables = file.tables()?;
    let named = |circuit: &CircuitScenario, table: &str| {
        let name = table_name(circuits, circuit, table);
        tables.iter().find(|table| table.name == name)
    };
    let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
    for circuit in &circuits.circuits {
        if let Some(table) = named(circuit, "spikes") {
            rows.push(spikes(&circuit.name, table));
        }
    }
    let mut text = match rows.len() {
        1 => voltages(file, circuits)?,
        _ => aligned(&rows),
    };
    let total = |scalar: &str| -> f64 {
        let of = |c| named(c, "integration").and_then(|t| t.scalar(scalar));
        circuits.circuits.iter().filter_map(of).sum()
    };
    let _ = write!(
        text,
        "\nran      {} of circuit time in {:.0} steps and {:.0} starts; error of a step {:e}",
        with_prefix(total("end"), "s"),
        total("steps"),
        total("starts"),
        circuits.circuits[0].settings.tolerance,
    );
    Ok(text)
}

const HEADINGS: [&str; 8] = [
    "", "spikes", "rate", "interval", "spread", "peak", "width", "energy",
];

fn spikes(name: &str, table: &Table) -> Vec<String> {
    let get = |name: &str| table.scalar(name).unwrap_or(f64::NAN);
    vec![
        name.to_owned(),
        format!("{:.0}", get("count")),
        with_prefix(get("rate"), "Hz"),
        with_prefix(get("interval"), "s"),
        match get("interval_spread") {
            spread if spread.is_nan() => "-".to_owned(),
            spread => format!("{:.1} %", 100.0 * spread),
        },
        with_prefix(get("mean_peak"), "V"),
        with_prefix(get("mean_width"), "s"),
        with_prefix(get("mean_energy"), "J"),
    ]
}

/// Where nothing spikes by any rule: where the voltages went.
fn voltages(file: &RunFile, circuits: &Circuits) -> Result<String, ResultsError> {
    let mut rows = vec![
        ["", "lowest", "highest", "last"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for circuit in &circuits.circuits {
        let group = format!("observables/{}", super::label(circuits, circuit));
        let series = file.series(&group, "voltage")?;
        for (column, node) in circuit.nodes[1..].iter().enumerate() {
            let values = series.column(column);
            let extreme = |pick: fn(f64, f64) -> f64| values.iter().copied().fold(f64::NAN, pick);
            rows.push(vec![
                node.clone(),
                with_prefix(extreme(f64::min), "V"),
                with_prefix(extreme(f64::max), "V"),
                with_prefix(values.last().copied().unwrap_or(f64::NAN), "V"),
            ]);
        }
    }
    Ok(aligned(&rows))
}

/// A number in a handy unit, four digits; a dash where there is none.
fn with_prefix(value: f64, unit: &str) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    let (factor, prefix) = si_prefix(value.abs());
    let scaled = value * factor;
    let decimals = (3.0 - scaled.abs().log10().floor()).clamp(0.0, 3.0) as usize;
    format!("{scaled:.decimals$} {prefix}{unit}")
}

/// Columns, the first one to the left.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows[0].len();
    let width = |k: usize| rows.iter().map(|row| row[k].chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|k| width(k).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate();
        let padded = cells.map(|(k, (cell, width))| match k {
            0 => format!("{cell:width$}"),
            _ => format!("{cell:>width$}"),
        });
        let line = padded.collect::<Vec<String>>().join("  ");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
