//! A whole circuit as a netlist that ngspice runs as it stands.
//!
//! ```text
//! circuit scenario → elements, subcircuits, start, options, .tran → netlist
//! ```
//!
//! Every element keeps its name behind the letter of its kind. Devices and
//! channels are subcircuits with their memories on capacitor nodes; all of it
//! starts (`uic`) from the state from which our own integration starts.

mod channel;
mod drive;
mod names;

use super::ExportError;
use super::language::broken;
use super::spice::{NOTE_ON_MEMORIES, Subcircuit, comment};
use crate::scenario::{CircuitScenario, ElementSpec, PartSpec, rounded};
use bjerrum_physics::circuit::{Row, Settings, System, integrate};
use bjerrum_physics::memristor::device::model;
use names::Names;
use std::fmt::Write;

/// The netlist of `circuit`.
///
/// # Errors
/// [`ExportError`]: an element that SPICE has no words for, or a circuit that
/// cannot be started.
pub fn netlist(circuit: &CircuitScenario) -> Result<String, ExportError> {
    let start = start(circuit)?;
    let mut names = Names::default();
    let nodes = names.of_nodes(&circuit.nodes);
    let mut writer = Writer {
        circuit,
        nodes,
        names,
        memories: start.memories.iter(),
        start: &start,
        subcircuits: String::new(),
    };
    let mut elements = String::new();
    for element in &circuit.elements {
        elements += &writer.element(element)?;
    }
    let (nodes, subcircuits) = (writer.nodes, writer.subcircuits);
    let text = format!(
        "{}\n{elements}\n{subcircuits}\n{}{}.end\n",
        head(circuit, &nodes),
        starts(&nodes, &start),
        analysis(circuit, &nodes)
    );
    Ok(text)
}

/// The state from which our own integration starts.
fn start(circuit: &CircuitScenario) -> Result<Row, ExportError> {
    let fails = |fault: String| ExportError::Start {
        circuit: circuit.name.clone(),
        fault,
    };
    let system = System::new(circuit.netlist()).map_err(|fault| fails(fault.to_string()))?;
    let mut first = None;
    // Until the elements are connected, and a moment for a row to be told.
    let held = circuit.settings.held;
    let settings = Settings {
        duration: held.max(circuit.settings.sample),
        sample: held.max(circuit.settings.sample),
        seed: None,
        ..circuit.settings
    };
    let observed = integrate(&system, &settings, &mut |row| {
        let connected = row.time >= held;
        first = Some(row);
        !connected
    });
    observed.map_err(|fault| fails(fault.to_string()))?;
    first.ok_or_else(|| fails("it has no first moment".to_owned()))
}

/// What the netlist is, in comments; the first line is the title.
fn head(circuit: &CircuitScenario, nodes: &[String]) -> String {
    let mut lines = vec![
        circuit.title.clone(),
        String::new(),
        format!(
            "The circuit {}, exported by bjerrum {} for ngspice 39 or later:",
            circuit.name,
            env!("CARGO_PKG_VERSION")
        ),
        format!("    ngspice -b {}.cir", circuit.name),
        "writes time and voltages, a pair of columns each, to".to_owned(),
        format!("    {}.txt: {}", circuit.name, nodes[1..].join(", ")),
    ];
    if circuit.settings.held > 0.0 {
        lines.push(format!(
            "Time begins when the elements are connected, {:e} s after the start there.",
            short(circuit.settings.held)
        ));
    }
    let renamed = circuit.nodes.iter().zip(nodes).skip(1);
    lines.extend(
        renamed
            .filter(|(ours, theirs)| *ours != *theirs)
            .map(|(ours, theirs)| format!("Node {theirs} is {ours}.")),
    );
    let has_devices = |e: &ElementSpec| matches!(e.part, PartSpec::Device { .. });
    if circuit.elements.iter().any(has_devices) {
        lines.extend(NOTE_ON_MEMORIES.map(str::to_owned));
    }
    let lines = lines.iter().flat_map(|line| broken(line, &[" "], ""));
    comment(lines.collect::<Vec<_>>().iter())
}

/// Voltages of nodes at the start.
fn starts(nodes: &[String], start: &Row) -> String {
    let each = nodes.iter().zip(&start.voltages).skip(1);
    each.map(|(node, voltage)| format!(".ic v({node})={voltage:?}\n"))
        .collect()
}

/// Precision, and what is run.
fn analysis(circuit: &CircuitScenario, nodes: &[String]) -> String {
    let settings = &circuit.settings;
    let voltages: Vec<String> = nodes[1..].iter().map(|n| format!("v({n})")).collect();
    format!(
        "{}.tran {:?} {:?} 0 {:?} uic\n.control\nrun\nwrdata {}.txt {}\nquit\n.endc\n",
        options(circuit),
        settings.sample,
        settings.duration - settings.held,
        settings.sample,
        circuit.name,
        voltages.join(" ")
    )
}

/// The defaults of SPICE are meant for volts, milliamperes and picofarads: here
/// charges count from 1e-6 of what the smallest capacitor holds, currents from
/// 1e-8 of what charges it between two samples.
fn options(circuit: &CircuitScenario) -> String {
    let relative = (10.0 * circuit.settings.tolerance).clamp(1e-6, 1e-3);
    let capacitances = circuit.elements.iter().filter_map(|e| match e.part {
        PartSpec::Capacitor(capacitance, _) => Some(capacitance),
        _ => None,
    });
    let smallest = capacitances.fold(f64::INFINITY, f64::min);
    let mut text = format!(".options reltol={:?}", short(relative));
    if smallest.is_finite() {
        let charge = smallest * largest_voltage(circuit);
        let _ = write!(
            text,
            " chgtol={:e} abstol={:e}",
            short(1e-6 * charge),
            short(1e-8 * charge / circuit.settings.sample)
        );
    }
    text + "\n"
}

/// Without the last digits, which units leave behind.
fn short(value: f64) -> f64 {
    rounded(value, 12)
}

/// The largest voltage that elements name, V; a volt if none is.
fn largest_voltage(circuit: &CircuitScenario) -> f64 {
    let named = circuit.elements.iter().map(|e| match &e.part {
        PartSpec::Capacitor(_, voltage) => *voltage,
        PartSpec::Resistor(one) => one.reversal,
        PartSpec::VoltageSource(drive) => drive.peak(),
        PartSpec::Device { reversal, .. } => *reversal,
        PartSpec::Sodium(one) => one.reversal,
        PartSpec::Potassium(one) => one.reversal,
        PartSpec::FitzHughNagumo(one) => one.unit,
        PartSpec::CurrentSource(_) | PartSpec::Izhikevich(_) | PartSpec::Firing(_) => 0.0,
    });
    match named.fold(0.0, |most: f64, v| most.max(v.abs())) {
        0.0 => 1.0,
        largest => largest,
    }
}

/// A netlist under way.
struct Writer<'c> {
    circuit: &'c CircuitScenario,
    nodes: Vec<String>,
    names: Names,
    /// Memories at the start, not yet given to their elements.
    memories: std::slice::Iter<'c, f64>,
    start: &'c Row,
    subcircuits: String,
}

impl Writer<'_> {
    /// The lines of an element; what it is made of joins the subcircuits.
    fn element(&mut self, element: &ElementSpec) -> Result<String, ExportError> {
        let name = self.names.unique(&element.name);
        let [from, to] = element.nodes.map(|node| self.nodes[node].clone());
        let ends = format!("{from} {to}");
        let line = match &element.part {
            PartSpec::Capacitor(capacitance, _) => {
                let [first, second] = element.nodes.map(|node| self.start.voltages[node]);
                let capacitance = short(*capacitance);
                format!("C{name} {ends} {capacitance:?} IC={:?}", first - second)
            }
            PartSpec::Resistor(one) if one.reversal == 0.0 => {
                format!("R{name} {ends} {:?}", short(1.0 / one.conductance))
            }
            PartSpec::Resistor(one) => format!(
                "B{name} {ends} I = {:?}*(V({from},{to}) {:+?})",
                short(one.conductance),
                short(-one.reversal)
            ),
            PartSpec::VoltageSource(one) => {
                format!(
                    "V{name} {ends} {}",
                    drive::source(element, one, self.circuit)?
                )
            }
            PartSpec::CurrentSource(one) => {
                format!(
                    "I{name} {ends} {}",
                    drive::source(element, one, self.circuit)?
                )
            }
            PartSpec::Device { .. } => self.device(&name, [&from, &to], element),
            PartSpec::Sodium(one) => {
                let starts = self.take(2);
                self.subcircuits += &channel::sodium(&name, one, &starts);
                format!("X{name} {ends} {name}")
            }
            PartSpec::Potassium(one) => {
                let starts = self.take(1);
                self.subcircuits += &channel::potassium(&name, one, &starts);
                format!("X{name} {ends} {name}")
            }
            PartSpec::FitzHughNagumo(one) => {
                let starts = self.take(1);
                self.subcircuits += &channel::fitzhugh_nagumo(&name, one, &starts);
                format!("X{name} {ends} {name}")
            }
            PartSpec::Izhikevich(_) | PartSpec::Firing(_) => {
                return Err(ExportError::Resets {
                    element: element.name.clone(),
                });
            }
        };
        Ok(line + "\n")
    }

    /// A device, with its battery in series where it has one: the memory feels the
    /// whole voltage.
    fn device(&mut self, name: &str, [from, to]: [&str; 2], element: &ElementSpec) -> String {
        let PartSpec::Device {
            model: of,
            values,
            multiplier,
            reversal,
            fitted,
            ions,
            ..
        } = &element.part
        else {
            return String::new();
        };
        let model = model(of).unwrap_or_else(|| unreachable!("{of} was found when it was read"));
        let at_rest = self.take(model.memories());
        let fitted = fitted.map(|range| range.from.abs().max(range.to.abs()));
        let said = fitted.map_or(String::new(), |most| format!(", fitted up to {most} V"));
        let mut lines = vec![
            format!("{}: {of}{said}", element.name),
            model.equation().to_owned(),
        ];
        lines.extend(ions.map(|ions| {
            format!("The noise of its {ions} ions is not part of this: it is the mean of many.")
        }));
        self.subcircuits += &comment(lines.iter());
        let subcircuit = Subcircuit {
            name,
            model,
            values,
            at_rest: &at_rest,
            largest_voltage: fitted.unwrap_or_else(|| largest_voltage(self.circuit)),
        };
        self.subcircuits += &subcircuit.written();
        self.subcircuits += "\n";
        if *reversal == 0.0 {
            return format!("X{name} {from} {to} {name} multiplier={multiplier:?}");
        }
        let battery = self.names.unique(&format!("{name}_battery"));
        format!(
            "X{name} {from} {battery} {from} {to} {name}_driven multiplier={multiplier:?}\n\
             V{battery} {battery} {to} {:?}",
            short(*reversal)
        )
    }

    /// The next memories at the start.
    fn take(&mut self, count: usize) -> Vec<f64> {
        self.memories.by_ref().take(count).copied().collect()
    }
}
