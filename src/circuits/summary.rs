//! The table printed when circuits were run.

use super::analyses::NO_NOISE;
use super::table_name;
use super::tables::CORTICAL_ACTION_POTENTIAL;
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
    if circuits.compared {
        let _ = writeln!(
            text,
            "an action potential of a cortical neuron takes {} (3.84e8 ATP)",
            with_prefix(CORTICAL_ACTION_POTENTIAL, "J")
        );
    }
    for circuit in &circuits.circuits {
        text += &answers(circuit, |table| named(circuit, table));
    }
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

/// How a circuit answers to what is varied, one block a circuit.
fn answers<'t>(circuit: &CircuitScenario, found: impl Fn(&str) -> Option<&'t Table>) -> String {
    let mut text = String::new();
    if let Some(table) = found("fi-curve") {
        text += &transitions(table);
    }
    if let Some(period) = found("phase-plane").and_then(|t| t.scalar("period")) {
        let _ = writeln!(text, "  limit cycle       {}", with_prefix(period, "s"));
    }
    if let Some(table) = found("map") {
        let counted = table.scalars.iter().filter(|s| s.value > 0.0);
        let counted: Vec<String> = counted
            .map(|s| format!("{:.0} {}", s.value, s.name))
            .collect();
        let _ = writeln!(text, "  map               {}", counted.join(", "));
    }
    if let Some(table) = found("threshold") {
        text += &threshold(table);
    }
    if let Some(table) = found("refractory") {
        text += &refractory(table);
    }
    if let Some(table) = found("sensitivity") {
        text += "  d ln rate / d ln p\n";
        text += &sensitivities(circuit, table);
    }
    match text.is_empty() {
        true => text,
        false => format!("\n{}{}\n{text}", circuit.name, noise(circuit)),
    }
}

/// A word on noise that was left out.
fn noise(circuit: &CircuitScenario) -> String {
    let word = circuit.settings.seed.map(|_| format!(", {NO_NOISE}"));
    word.unwrap_or_default()
}

/// The sources at which the neuron changes what it does.
fn transitions(table: &Table) -> String {
    let get = |name: &str| table.scalar(name).unwrap_or(f64::NAN);
    let mut text = String::new();
    for (name, label) in [
        ("rheobase", "rheobase"),
        ("least_sustaining", "goes on down to"),
        ("rest_lost", "rest is lost at"),
    ] {
        if get(name).is_nan() {
            let _ = writeln!(text, "  {label:16}  not within the range");
            continue;
        }
        let (factor, prefix) = si_prefix(get(name).abs());
        let (value, error) = (get(name) * factor, get(&format!("{name}_error")) * factor);
        // As many digits as are known, four decimals at most.
        let decimals = (-error.log10().floor()).clamp(0.0, 4.0) as usize;
        let _ = writeln!(
            text,
            "  {label:16}  {value:.decimals$} {prefix}A, {}",
            with_prefix(get(&format!("{name}_rate")), "Hz"),
        );
    }
    text
}

/// What pulses it takes.
fn threshold(table: &Table) -> String {
    let get = |name: &str| table.scalar(name).unwrap_or(f64::NAN);
    let charges = table.column("charge");
    let shortest = (charges.first(), table.column("width").first().copied());
    let (charge, width) = (shortest.0.copied(), shortest.1);
    format!(
        "  pulses            rheobase {}, chronaxie {}; {} in {}\n",
        with_prefix(get("rheobase"), "A"),
        with_prefix(get("chronaxie"), "s"),
        with_prefix(charge.unwrap_or(f64::NAN), "C"),
        with_prefix(width.unwrap_or(f64::NAN), "s"),
    )
}

/// How long it takes until a second pulse makes it fire.
fn refractory(table: &Table) -> String {
    let end = |name: &str| {
        let get = |name: &str| table.scalar(name).unwrap_or(f64::NAN);
        let (value, error) = (get(name), get(&format!("{name}_error")));
        match value.is_nan() {
            true => "not within the range".to_owned(),
            false => {
                let (factor, prefix) = si_prefix(value);
                let (value, error) = (value * factor, error * factor);
                format!("until {value:.2} ± {error:.2} {prefix}s")
            }
        }
    };
    format!(
        "  refractory        absolutely {}, relatively {}\n",
        end("absolute"),
        end("relative")
    )
}

/// One line a parameter, as they were asked for.
fn sensitivities(circuit: &CircuitScenario, table: &Table) -> String {
    let Some(spec) = &circuit.analyses.sensitivity else {
        return String::new();
    };
    let (values, errors) = (table.column("sensitivity"), table.column("error"));
    let width = spec
        .tunables
        .iter()
        .map(|t| t.name.len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for ((tunable, value), error) in spec.tunables.iter().zip(values).zip(errors) {
        let said = match value.is_nan() {
            true => "stops firing".to_owned(),
            false => format!("{value:+.4} ± {error:.4}"),
        };
        let _ = writeln!(text, "    {:width$}  {said}", tunable.name);
    }
    text
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
