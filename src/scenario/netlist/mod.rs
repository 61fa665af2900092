//! Scenarios of device models in circuits: named nodes and what is between them.
//!
//! ```toml
//! [elements.membrane]
//! kind = "capacitor"
//! between = ["inside", "ground"]
//! capacitance = "1 uF"
//! ```
//!
//! Such a scenario has `[elements.NAME]` tables and no slits. It is read into a
//! [`CircuitScenario`], in SI units as device models are, with its resolved text
//! in which every device stands with its parameters.

mod analysis;
mod element;
mod tunable;

use std::path::Path;

use bjerrum_physics::circuit::{Netlist, NetlistError, Settings};
use bjerrum_physics::units::PICOSECOND;

pub use analysis::{
    AxisSpec, CircuitAnalyses, CurveSpec, MapSpec, PlaneSpec, PulseSpec, RefractorySpec,
    SensitivitySpec, ThresholdSpec,
};
pub use element::{ElementSpec, FittedRange, PartSpec};
pub use tunable::Tunable;

use super::error::{Problem, ScenarioError, nearest};
use super::quantity::Kind;
use super::section::{Resolved, Section};
use super::timing::show;

/// A circuit of device models, checked, in SI units.
#[derive(Clone, Debug, PartialEq)]
pub struct CircuitScenario {
    /// Name of the built-in scenario, or the file's name without extension.
    pub name: String,
    /// One line on what it is.
    pub title: String,
    /// Names of the nodes, ground first.
    pub nodes: Vec<String>,
    /// The elements, in the order of the file.
    pub elements: Vec<ElementSpec>,
    /// How long, how often, how precisely.
    pub settings: Settings,
    /// What counts as a spike, if spikes are looked for.
    pub spikes: Option<CircuitSpikes>,
    /// What is computed besides.
    pub analyses: CircuitAnalyses,
}

/// How spikes of a node are told from noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CircuitSpikes {
    /// The node, by number.
    pub node: usize,
    /// Lowest peak, V.
    pub threshold: f64,
    /// Least rise above the higher of the neighbouring troughs, V.
    pub prominence: f64,
    /// Least time between two peaks, s.
    pub minimum_interval: f64,
    /// Time dropped at the start, s.
    pub discard: f64,
}

/// The name of the node at 0 V.
const GROUND: &str = "ground";

impl CircuitScenario {
    /// The circuit, to be integrated.
    #[must_use]
    pub fn netlist(&self) -> Netlist {
        Netlist {
            nodes: self.nodes.clone(),
            elements: self.elements.iter().map(ElementSpec::element).collect(),
        }
    }

    /// Reads a circuit from the section `root`, which is a whole scenario or a
    /// part of a comparison.
    pub(super) fn read(
        name: String,
        mut root: Section<'_>,
        directory: &Path,
        resolved: &mut Resolved,
    ) -> Result<Self, ScenarioError> {
        let title = root.text("title", "one line, such as title = \"A neuron\"")?;
        let why = "kT/e is a voltage at some temperature";
        let temperature = root.positive("temperature", Kind::Temperature, Some("298 K"), why)?;
        root.set_temperature(temperature);

        let mut nodes = vec![GROUND.to_owned()];
        let mut all = root.section("elements")?;
        let mut elements = Vec::new();
        for name in all.names()? {
            let section = all.section(&name)?;
            let spec = element::read(section, name, &mut nodes, directory, resolved)?;
            elements.push(spec);
        }
        let random = elements.iter().any(ElementSpec::is_random);
        let seed = seed(&mut root, random)?;
        let mut settings = settings(&mut root, random, resolved)?;
        settings.seed = settings.seed.and(seed);
        let duration = settings.duration / PICOSECOND;
        let (spikes, analyses) = analysis::read(&mut root, &nodes, &elements, duration, resolved)?;
        let scenario = Self {
            name,
            title,
            nodes,
            elements,
            settings,
            spikes,
            analyses,
        };
        if let Err(fault) = scenario.netlist().check() {
            return Err(no_circuit(&all, &scenario, &fault));
        }
        analysis::refuse_several_voltages(&root, &scenario)?;
        root.finish(resolved)?;
        Ok(scenario)
    }
}

/// `[run]`; with some seed where there is noise.
fn settings(
    root: &mut Section<'_>,
    random: bool,
    resolved: &mut Resolved,
) -> Result<Settings, ScenarioError> {
    let mut section = root.section("run")?;
    let duration = section.positive("duration", Kind::Time, None, "time goes forward")?;
    let why = "it is the time from one sample to the next";
    let default = show(duration / 5000.0);
    let sample = section.positive("sample", Kind::Time, Some(&default), why)?;
    if sample > duration {
        return Err(section.unphysical(
            "sample",
            format!(
                "{:?} is longer than the run of {}",
                section.written("sample", None),
                show(duration)
            ),
            "shorten it: a spike should have 50 samples or more",
        ));
    }
    let held = section.time_from_zero("held", Some("0 s"))?;
    if held >= duration {
        return Err(section.unphysical(
            "held",
            format!(
                "{:?} leaves nothing of the run",
                section.written("held", None)
            ),
            "shorten it, or lengthen run.duration",
        ));
    }
    let noise = match (random, section.has("noise")) {
        (true, _) => section.choice("noise", &[("on", true), ("off", false)], Some("on"))?,
        (false, true) => return Err(nothing_random(&section, "noise")),
        (false, false) => false,
    };
    let why = "it is the relative error of a step";
    let tolerance = section.positive_number("tolerance", "1e-6", why)?;
    if tolerance > 1e-2 {
        return Err(section.unphysical(
            "tolerance",
            format!("{tolerance} is no precision: it is the relative error of a step"),
            "give a number between 1e-10 and 1e-2",
        ));
    }
    section.finish(resolved)?;
    Ok(Settings {
        duration: duration * PICOSECOND,
        sample: sample * PICOSECOND,
        tolerance,
        held: held * PICOSECOND,
        seed: noise.then_some(0),
    })
}

/// `seed`, where something is random.
fn seed(root: &mut Section<'_>, random: bool) -> Result<Option<u64>, ScenarioError> {
    if random {
        let seed = root.integer("seed", None, "a whole number, such as seed = 2021")?;
        return Ok(Some(seed));
    }
    match root.has("seed") {
        true => Err(nothing_random(root, "seed")),
        false => Ok(None),
    }
}

/// `key` is of use only where something is random.
pub(super) fn nothing_random(section: &Section<'_>, key: &str) -> ScenarioError {
    section.unphysical(
        key,
        "nothing here is random",
        "remove it, or give a device its number of ions",
    )
}

/// What is wrong with the netlist, at the element that is written.
fn no_circuit(
    elements: &Section<'_>,
    scenario: &CircuitScenario,
    fault: &NetlistError,
) -> ScenarioError {
    let first_at = |node: &str| {
        let number = scenario.nodes.iter().position(|n| n == node);
        let at = |e: &&ElementSpec| number.is_some_and(|n| e.nodes.contains(&n));
        let found = scenario.elements.iter().find(at);
        found.map_or(String::new(), |e| e.name.clone())
    };
    let (element, mend) = match fault {
        NetlistError::Floating { node } => (
            first_at(node),
            format!("connect {node} to ground by a resistor, a capacitor or a device"),
        ),
        NetlistError::Dangling { node, element } => {
            let others: Vec<&String> = scenario.nodes.iter().filter(|n| *n != node).collect();
            let meant = nearest(node, &others);
            let meant = meant.map_or(String::new(), |n| format!("; was {n:?} meant?"));
            let mend = format!("connect something else to {node}, or remove {element}{meant}");
            (element.clone(), mend)
        }
        NetlistError::SourceLoop { element } => (
            element.clone(),
            "put a resistor in the loop, or remove one of the sources".to_owned(),
        ),
        NetlistError::CannotFire { element } => (
            element.clone(),
            format!("write between = [NODE, {GROUND:?}] and put a capacitor between the same two"),
        ),
        NetlistError::NothingMoves => (
            String::new(),
            "add a capacitor or a device with a memory".to_owned(),
        ),
    };
    let problem = Problem::unphysical(fault.to_string(), mend);
    elements.error(&element, problem)
}
