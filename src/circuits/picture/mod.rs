//! Figures of circuits: voltages with their spikes, conductances, currents; and
//! how they answer to what is varied.

mod analyses;
mod pulses;

use super::{label, run, table_name};
use crate::plot::figures::prefixed;
use crate::plot::{Axis, Figure, Legend, Mark, Panel, Scale, Trace, palette, si_prefix};
use crate::results::{ResultsError, RunFile, Series, Table};
use crate::scenario::{CircuitScenario, Circuits};

/// The figures of a file of circuits, each with its name.
///
/// # Errors
/// [`ResultsError`] if the file cannot be read.
pub fn figures(
    file: &RunFile,
    circuits: &Circuits,
) -> Result<Vec<(&'static str, Figure)>, ResultsError> {
    let tables = file.tables()?;
    let figure = match circuits.compared {
        true => side_by_side(file, circuits, &tables)?,
        false => alone(file, circuits, &tables)?,
    };
    let provenance = file.provenance()?;
    let of = |name: &str| {
        let found = provenance.iter().find(|(key, _)| key == name);
        found.map_or("unknown", |(_, value)| value.as_str())
    };
    let footer = format!(
        "bjerrum {} ({}), {}",
        of("version"),
        of("git_revision"),
        of("start")
    );
    let mut figures = vec![("circuit", figure)];
    figures.extend(analyses::figures(circuits, &tables));
    let signed = |(name, figure)| {
        let footer = footer.clone();
        (name, Figure { footer, ..figure })
    };
    Ok(figures.into_iter().map(signed).collect())
}

/// Voltages, conductances and currents of one circuit, on one time axis.
fn alone(file: &RunFile, circuits: &Circuits, tables: &[Table]) -> Result<Figure, ResultsError> {
    let circuit = &circuits.circuits[0];
    let group = format!("observables/{}", label(circuits, circuit));
    let carriers = run::carriers(circuit);
    let mut panels = vec![voltage(file, circuits, circuit, tables)?];
    panels[0].height = 190.0;
    let conductance = file.series(&group, "branch_conductance")?;
    let mut conductances = branches(&conductance, &carriers, "Conductance", "S");
    conductances.y = conductances.y.scaled(Scale::Log);
    let varies = |trace: &Trace| trace.points.iter().any(|p| p.1 != trace.points[0].1);
    conductances.traces.retain(varies);
    if !conductances.traces.is_empty() {
        panels.push(conductances);
    }
    let current = file.series(&group, "branch_current")?;
    panels.push(branches(&current, &carriers, "Current", "A"));
    Ok(Figure {
        share_x: true,
        subtitle: elements(circuit),
        ..Figure::new(circuits.title.clone(), panels)
    })
}

/// One panel a neuron, each on its own axes.
fn side_by_side(
    file: &RunFile,
    circuits: &Circuits,
    tables: &[Table],
) -> Result<Figure, ResultsError> {
    let mut panels = Vec::new();
    for circuit in &circuits.circuits {
        let mut panel = voltage(file, circuits, circuit, tables)?;
        panel.title = circuit.title.clone();
        panel.legend = Legend::Hidden;
        panel.height = 150.0;
        panels.push(panel);
    }
    Ok(Figure {
        columns: 2,
        ..Figure::new(circuits.title.clone(), panels)
    })
}

/// The voltage of the node that spikes, or of all nodes.
fn voltage(
    file: &RunFile,
    circuits: &Circuits,
    circuit: &CircuitScenario,
    tables: &[Table],
) -> Result<Panel, ResultsError> {
    let series = file.series(
        &format!("observables/{}", label(circuits, circuit)),
        "voltage",
    )?;
    let Some(rule) = &circuit.spikes else {
        return Ok(branches(&series, &circuit.nodes[1..], "Voltage", "V"));
    };
    let node = rule.node - 1;
    let mut panel = branches(&series, &[], "Voltage", "V");
    let values = series.column(node);
    let (factor, unit) = prefixed(&[&values], "V");
    let (seconds, _) = time_unit(&series);
    let points = time(&series)
        .into_iter()
        .zip(values.iter().map(|v| v * factor));
    panel.y = Axis::new(format!("Voltage ({unit})"));
    panel.traces = vec![Trace::line("", palette::VOLTAGE, points.collect())];
    let name = table_name(circuits, circuit, "spikes");
    if let Some(table) = tables.iter().find(|table| table.name == name) {
        let spikes = table.column("time").into_iter().zip(table.column("peak"));
        panel.marks = spikes
            .map(|(time, peak)| Mark {
                at: (time * seconds, peak * factor),
                text: String::new(),
                color: palette::SPIKE,
            })
            .collect();
    }
    Ok(panel)
}

/// One line for each column that has a name and a number.
fn branches(series: &Series, names: &[String], quantity: &str, unit: &str) -> Panel {
    let columns: Vec<Vec<f64>> = (0..names.len()).map(|k| series.column(k)).collect();
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let (factor, unit) = prefixed(&slices, unit);
    let (_, prefix) = time_unit(series);
    let mut panel = Panel::new(
        Axis::new(format!("Time ({prefix}s)")),
        Axis::new(format!("{quantity} ({unit})")),
    );
    let time = time(series);
    let lines = names
        .iter()
        .zip(&columns)
        .zip(palette::CYCLE.iter().cycle());
    panel.traces = lines
        .filter(|((_, values), _)| values.iter().any(|v| v.is_finite()))
        .map(|((name, values), color)| {
            let points = time.iter().copied().zip(values.iter().map(|v| v * factor));
            Trace::line(name.as_str(), *color, points.collect())
        })
        .collect();
    panel.legend = Legend::Above;
    panel
}

/// Factor and prefix for times: a tenth of the run decides.
fn time_unit(series: &Series) -> (f64, &'static str) {
    si_prefix(0.1 * series.time.last().copied().unwrap_or(1e12) * 1e-12)
}

/// The times in that unit.
fn time(series: &Series) -> Vec<f64> {
    let (factor, _) = time_unit(series);
    series.time.iter().map(|t| t * 1e-12 * factor).collect()
}

fn elements(circuit: &CircuitScenario) -> String {
    let names: Vec<&str> = circuit.elements.iter().map(|e| e.name.as_str()).collect();
    format!("Elements: {}", names.join(", "))
}
