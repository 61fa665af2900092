//! The table printed when a run ends: what it found beside what is published.

mod clusters;
mod theory;

use crate::results::{ResultsError, RunFile, Table, format};
use crate::scenario::{Protocol, Scenario};
use bjerrum_physics::units::Units;
use bjerrum_validation::published;
use std::fmt::Write;

/// A line of the table: quantity, found, published.
type Line = (String, String, String);

/// The table of the result file, with what was run below it.
///
/// # Errors
/// [`ResultsError`] if the file cannot be read.
pub fn summarise(file: &RunFile, scenario: &Scenario) -> Result<String, ResultsError> {
    let mut lines = Vec::new();
    let mut parts = Vec::new();
    for table in file.tables()? {
        match table.name.as_str() {
            "spikes" => lines.extend(spikes(&table)),
            "loop" => lines.extend(hysteresis(&table, scenario)),
            "steady" if table.column("theory").is_empty() => {
                lines.extend(steady(&table, scenario));
            }
            "steady" => parts.push(theory::conduction(&table, scenario)),
            "relaxation" => lines.extend(relaxation(&table)),
            "memory" => lines.extend(memory(&table)),
            "wien_exponents" => parts.push(theory::exponents(&table, scenario)),
            "pairing" => parts.push(theory::pairing(&table)),
            "cluster_averages" if !scenario.analysis.pairing => {
                parts.push(clusters::clusters(&table))
            }
            _ => {}
        }
    }
    if !lines.is_empty() {
        parts.insert(0, aligned(&lines));
    }
    parts.push(what_was_run(file, scenario)?);
    Ok(parts.join("\n"))
}

fn spikes(table: &Table) -> Vec<Line> {
    let get = |name: &str| table.scalar(name).unwrap_or(f64::NAN);
    let measured = |name: &str, factor: f64, unit: &str| {
        with_error(
            get(name) * factor,
            get(&format!("{name}_error")) * factor,
            unit,
        )
    };
    let known = published::SPIKES;
    vec![
        line(
            "spikes",
            format!("{:.0}", get("count")),
            format!("{} in {:.0} µs", known.count, 1e3 * known.duration),
        ),
        line(
            "mean interval",
            measured("interval", 1e6, "µs"),
            format!("{} µs", known.interval),
        ),
        line(
            "interval spread",
            percent(get("interval_spread")),
            format!("about {:.0} %", 100.0 * known.spread),
        ),
        line(
            "peak",
            measured("mean_peak", 1.0, "V"),
            format!("{} V", known.peak),
        ),
        line(
            "width at half prominence",
            measured("mean_width", 1e6, "µs"),
            String::new(),
        ),
        line(
            "energy a spike",
            measured("mean_energy", 1e15, "fJ"),
            String::new(),
        ),
    ]
}

fn hysteresis(table: &Table, scenario: &Scenario) -> Vec<Line> {
    let of = |name: &str| table.column(name);
    let (rising, falling) = (of("rising"), of("falling"));
    let (rising_error, falling_error) = (of("rising_error"), of("falling_error"));
    let mut lines = Vec::new();
    for (k, field) in of("field").into_iter().enumerate() {
        let known = published::HYSTERESIS
            .iter()
            .find(|row| scenario.is_of_published_ions() && (row.field - field).abs() < 1e-9);
        let publish = |value: Option<f64>| value.map_or(String::new(), |v| format!("{v:.4}"));
        lines.push(line(
            &format!("I/I_free rising,  |E| = {field:.2}"),
            with_error(rising[k], rising_error[k], ""),
            publish(known.map(|row| row.rising)),
        ));
        lines.push(line(
            &format!("I/I_free falling, |E| = {field:.2}"),
            with_error(falling[k], falling_error[k], ""),
            publish(known.map(|row| row.falling)),
        ));
    }
    lines
}

fn steady(table: &Table, scenario: &Scenario) -> Vec<Line> {
    let of = |name: &str| table.column(name);
    let (ratio, error) = (of("ratio"), of("ratio_error"));
    let several = scenario.slits.len() > 1;
    of("field")
        .into_iter()
        .zip(theory::named(table))
        .enumerate()
        .map(|(k, (field, slit))| {
            let known = published::CONSTANT_FIELDS
                .iter()
                .find(|p| scenario.is_of_published_ions() && (p.field - field).abs() < 1e-9);
            let whose = match several {
                true => format!(", {slit}"),
                false => String::new(),
            };
            line(
                &format!("I/I_free at E = {field:.3}{whose}"),
                with_error(ratio[k], error[k], ""),
                known.map_or(String::new(), |p| {
                    format!("{} ± {}", p.ratio, p.ratio_error)
                }),
            )
        })
        .collect()
}

fn relaxation(table: &Table) -> Vec<Line> {
    if let Some((_, reason)) = table.notes.iter().find(|(name, _)| name == "not_fitted") {
        return vec![line(
            "memory time, from the decay",
            reason.clone(),
            String::new(),
        )];
    }
    let get = |name: &str| table.scalar(name).unwrap_or(f64::NAN);
    let (time, error) = (get("memory_time"), get("memory_time_error"));
    vec![
        line(
            "memory time, from the decay",
            with_error(time * 1e6, error * 1e6, "µs"),
            String::new(),
        ),
        line(
            "conducting at rest",
            with_error(get("rest"), get("rest_error"), ""),
            String::new(),
        ),
        line(
            "set free by the pulse",
            with_error(get("jump"), get("jump_error"), ""),
            String::new(),
        ),
    ]
}

/// The memory time from the areas of loops, beside that of a decay.
fn memory(table: &Table) -> Vec<Line> {
    let get = |name: &str| table.scalar(name).unwrap_or(f64::NAN);
    let refused = table.notes.iter().find(|(name, _)| name == "not_fitted");
    let found = match refused {
        Some((_, reason)) => reason.clone(),
        None => with_error(
            get("memory_time") * 1e6,
            get("memory_time_error") * 1e6,
            "µs",
        ),
    };
    vec![line("memory time, from loop areas", found, String::new())]
}

fn what_was_run(file: &RunFile, scenario: &Scenario) -> Result<String, ResultsError> {
    let provenance = file.provenance()?;
    let of = |name: &str| {
        let found = provenance.iter().find(|(key, _)| key == name);
        found.map_or("?", |(_, value)| value.as_str()).to_owned()
    };
    let ions: Vec<String> = scenario
        .written_slits()
        .map(|slit| {
            let counts: Vec<String> = slit.mobile().map(|p| p.count.to_string()).collect();
            let fixed = slit.mixture.iter().filter(|p| p.species.diffusion == 0.0);
            let fixed: Vec<String> = fixed.map(|p| format!(" ({} fixed)", p.count)).collect();
            format!("{} {}{}", slit.written, counts.join(" + "), fixed.concat())
        })
        .collect();
    let windows = file
        .series_list()?
        .first()
        .map_or(0, |series| series.rows as u64);
    let steps = windows * scenario.dynamics.window_steps;
    let seconds: f64 = of("wall_seconds").parse().unwrap_or(f64::NAN);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "ran      {} preset, step {} ps, ions: {}, copies {}, seed {}",
        of("preset"),
        scenario.dynamics.step,
        ions.join(", "),
        scenario.run.replicas,
        of("seed"),
    );
    if let Protocol::Circuit(circuit) = &scenario.protocol {
        let units = Units::at(scenario.temperature);
        let source = circuit.source * units.current / scenario.scale;
        let capacitance = circuit.capacitance * units.capacitance / scenario.scale;
        let _ = writeln!(
            text,
            "circuit  {} coupling, scale {}; at full size I_app {:.3} nA, C {:.3} fF (published: \
             0.1 nA, 0.1 fF)",
            circuit.coupling.name(),
            scenario.scale,
            source * 1e9,
            capacitance * 1e15,
        );
    }
    let _ = write!(
        text,
        "took     {steps} steps ({:.2} µs) in {seconds:.0} s, {} threads",
        steps as f64 * scenario.dynamics.step * 1e-6,
        of("threads"),
    );
    Ok(text)
}

fn aligned(lines: &[Line]) -> String {
    let head = ["", "this run", "published"].map(str::to_owned).to_vec();
    let rows = lines
        .iter()
        .cloned()
        .map(|(quantity, found, known)| vec![quantity, found, known]);
    aligned_columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

/// Cells in columns, two spaces apart.
fn aligned_columns(rows: &[Vec<String>]) -> String {
    let length = |cell: &String| cell.chars().count();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(length).max().unwrap_or(0).max(8)
    };
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().enumerate();
        let padded: Vec<String> = cells
            .map(|(column, cell)| format!("{cell}{}", " ".repeat(width(column) - length(cell))))
            .collect();
        let _ = writeln!(text, "{}", padded.join("  ").trim_end());
    }
    text
}

fn line(quantity: &str, found: String, known: String) -> Line {
    (quantity.to_owned(), found, known)
}

/// A value with its error: the error to two digits, the value to as many
/// decimals. Where there is no error, that is said.
fn with_error(value: f64, error: f64, unit: &str) -> String {
    let text = if value.is_nan() {
        return "not measured".to_owned();
    } else if error > 0.0 {
        format::with_error(value, error)
    } else {
        format!("{value:.4} (one sample)")
    };
    format!("{text} {unit}").trim_end().to_owned()
}

fn percent(value: f64) -> String {
    if value.is_nan() {
        "not measured".to_owned()
    } else {
        format!("{:.0} %", 100.0 * value)
    }
}
