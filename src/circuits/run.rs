//! From circuits to a result file.

use super::progress::Progress;
use super::tables::{self, Rows};
use super::{CircuitError, analyses, label};
use crate::results::{Layout, Provenance, RunWriter, SeriesSpec};
use crate::run::{Destination, Ending, provenance_of};
use crate::scenario::{CircuitScenario, Circuits, PartSpec};
use bjerrum_physics::circuit::{Row, System, integrate};
use bjerrum_physics::excitability::ExcitabilityError;
use bjerrum_physics::units::PICOSECOND;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Integrates the circuits one after the other into a result file. Raising
/// `stop` ends the run at the next sample.
///
/// # Errors
/// [`CircuitError`]: the file cannot be written, or a circuit not be integrated.
/// What was recorded until then stays readable.
pub fn run(
    circuits: &Circuits,
    destination: &Destination,
    stop: &AtomicBool,
) -> Result<Ending, CircuitError> {
    let started = Instant::now();
    let layout = Layout {
        series: circuits
            .circuits
            .iter()
            .flat_map(|circuit| series(label(circuits, circuit), circuit))
            .collect(),
        trajectories: Vec::new(),
    };
    let seed = circuits.circuits.iter().find_map(|c| c.settings.seed);
    let mut writer = RunWriter::create(
        &destination.file,
        destination.overwrite,
        &circuits.resolved,
        &Provenance {
            engine: "circuit, ESDIRK 3(4) of diffsol 0.18".to_owned(),
            preset: "device models".to_owned(),
            ..provenance_of(seed.unwrap_or(0))
        },
        &layout,
    )?;
    let mut progress = Progress::shown();
    let mut results = Vec::new();
    let mut all = Vec::new();
    let mut ending = Ending::Complete;
    let mut first = 0;
    for circuit in &circuits.circuits {
        let rows = integrated(circuit, &mut writer, first, stop, &mut progress)?;
        first += series(label(circuits, circuit), circuit).len();
        warn_of_voltages_not_fitted(circuit, &rows);
        if stop.load(Ordering::Relaxed) {
            let windows = rows.rows.len() as u64;
            ending = Ending::Interrupted { windows };
        }
        all.push(rows);
        if ending != Ending::Complete {
            break;
        }
    }
    for (circuit, rows) in circuits.circuits.iter().zip(&all) {
        results.extend(tables::of(circuits, circuit, rows));
    }
    if circuits.compared {
        results.push(tables::comparison(circuits, &all));
    }
    if ending == Ending::Complete {
        for (circuit, rows) in circuits.circuits.iter().zip(&all) {
            match analyses::of(circuits, circuit, stop, &mut progress) {
                Ok(tables) => results.extend(tables),
                Err((_, ExcitabilityError::Stopped)) => {
                    let windows = rows.rows.len() as u64;
                    ending = Ending::Interrupted { windows };
                    break;
                }
                Err((analysis, fault)) => {
                    return Err(CircuitError::Analysis {
                        circuit: circuit.name.clone(),
                        analysis,
                        fault,
                    });
                }
            }
        }
    }
    writer.finish(&results, started.elapsed().as_secs_f64(), ending.status())?;
    Ok(ending)
}

/// Observables of a circuit, in the order in which they are written.
const SERIES: [(&str, &str, &str); 5] = [
    ("voltage", "V", "voltage of a node over ground"),
    (
        "branch_current",
        "A",
        "current through an element, from its first node to its second",
    ),
    (
        "branch_conductance",
        "S",
        "conductance of an element, not a number where it has none",
    ),
    ("memory", "1", "memory of an element"),
    (
        "power",
        "W",
        "power that the elements turn into heat, sum of I (V - E)",
    ),
];

/// The series of a circuit: those that have something to hold.
fn series(label: &str, circuit: &CircuitScenario) -> Vec<SeriesSpec> {
    let spec = |(name, unit, long_name): &(&str, &str, &str)| SeriesSpec {
        group: format!("observables/{label}"),
        name: (*name).to_owned(),
        unit: (*unit).to_owned(),
        long_name: (*long_name).to_owned(),
        columns: match *name {
            "voltage" => circuit.nodes[1..].to_vec(),
            "memory" => memories(circuit),
            "power" => Vec::new(),
            _ => carriers(circuit),
        },
    };
    let all = SERIES.iter().map(spec);
    all.filter(|series| series.name == "power" || !series.columns.is_empty())
        .collect()
}

/// Names of the elements that carry a current by an equation of their own.
pub(super) fn carriers(circuit: &CircuitScenario) -> Vec<String> {
    let is_source = |part: &PartSpec| {
        matches!(
            part,
            PartSpec::Capacitor(..) | PartSpec::VoltageSource(_) | PartSpec::CurrentSource(_)
        )
    };
    let carriers = circuit.elements.iter().filter(|e| !is_source(&e.part));
    carriers.map(|e| e.name.clone()).collect()
}

/// Names of all memories.
fn memories(circuit: &CircuitScenario) -> Vec<String> {
    let mut names = Vec::new();
    for element in circuit.netlist().elements {
        if let bjerrum_physics::circuit::Part::OnePort { device, .. } = &element.part {
            let named = device.memories().iter();
            names.extend(named.map(|memory| format!("{}.{memory}", element.name)));
        }
    }
    names
}

/// Integrates one circuit, writing its rows to the series from number `first` on.
fn integrated(
    circuit: &CircuitScenario,
    writer: &mut RunWriter,
    first: usize,
    stop: &AtomicBool,
    progress: &mut Progress,
) -> Result<Rows, CircuitError> {
    let name = || circuit.name.clone();
    let system = System::new(circuit.netlist()).map_err(|fault| CircuitError::Netlist {
        circuit: name(),
        fault,
    })?;
    let mut rows = Vec::new();
    let mut written = Ok(());
    progress.begins(&circuit.name);
    let course = integrate(&system, &circuit.settings, &mut |row: Row| {
        written = write(writer, first, rows.len() as u64, &row);
        progress.advanced(&circuit.name, row.time / circuit.settings.duration);
        rows.push(row);
        written.is_ok() && !stop.load(Ordering::Relaxed)
    });
    written?;
    let course = course.map_err(|fault| CircuitError::Integration {
        circuit: name(),
        fault,
    })?;
    Ok(Rows { rows, course })
}

fn write(
    writer: &mut RunWriter,
    first: usize,
    step: u64,
    row: &Row,
) -> Result<(), crate::results::ResultsError> {
    let time = row.time / PICOSECOND;
    let values: [&[f64]; SERIES.len()] = [
        &row.voltages[1..],
        &row.currents,
        &row.conductances,
        &row.memories,
        &[row.power],
    ];
    let held = values.into_iter().filter(|values| !values.is_empty());
    for (k, values) in held.enumerate() {
        writer.append(first + k, step, time, values)?;
    }
    Ok(())
}

/// How far beyond the fitted voltages counts as far.
const MARGIN: f64 = 1.1;

/// A device model says little where it was never held against data: that is
/// told once for each device, with the range.
fn warn_of_voltages_not_fitted(circuit: &CircuitScenario, rows: &Rows) {
    for element in &circuit.elements {
        let PartSpec::Device {
            fitted: Some(fitted),
            ..
        } = element.part
        else {
            continue;
        };
        let [from, to] = element.nodes;
        let across = |row: &Row| row.voltages[from] - row.voltages[to];
        let lowest = rows.rows.iter().map(across).fold(f64::INFINITY, f64::min);
        let highest = rows
            .rows
            .iter()
            .map(across)
            .fold(f64::NEG_INFINITY, f64::max);
        let centre = 0.5 * (fitted.from + fitted.to);
        let reach = 0.5 * MARGIN * (fitted.to - fitted.from);
        if lowest < centre - reach || highest > centre + reach {
            tracing::warn!(
                "{}: elements.{}: the voltage went from {lowest:.3} to {highest:.3} V, and the \
                 device was fitted between {:.3} and {:.3} V",
                circuit.name,
                element.name,
                fitted.from,
                fitted.to,
            );
        }
    }
}
