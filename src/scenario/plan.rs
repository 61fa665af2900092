//! What a scenario file asks for: ions in slits, or a circuit of devices, or
//! several of these side by side.

use std::path::Path;

use super::Scenario;
use super::document::Document;
use super::error::{Problem, ScenarioError, Source};
use super::library;
use super::netlist::{CircuitScenario, nothing_random};
use super::section::{Resolved, Section};

/// A scenario of any kind, checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    /// Ions in slits, by Brownian dynamics.
    Ions(Box<Scenario>),
    /// Device models in circuits, as differential equations.
    Circuits(Box<Circuits>),
}

/// Circuits that are run one after the other; a single one, most often.
#[derive(Clone, Debug, PartialEq)]
pub struct Circuits {
    /// Name of the scenario.
    pub name: String,
    /// One line on what it is.
    pub title: String,
    /// The circuits.
    pub circuits: Vec<CircuitScenario>,
    /// Whether they are several, to be compared.
    pub compared: bool,
    /// The scenario with every default and device written out, as TOML.
    pub resolved: String,
}

impl Plan {
    /// Reads a scenario by built-in name, or from a file, as
    /// [`Scenario::load`] does.
    ///
    /// # Errors
    /// The first mistake found, with its place and how to mend it.
    pub fn load(
        name_or_path: &str,
        overrides: &[(String, String)],
        seed: Option<u64>,
    ) -> Result<Self, ScenarioError> {
        let seed = seed.map(|seed| seed.to_string());
        let sets = overrides
            .iter()
            .map(|(key, value)| ("--set", key.as_str(), value.as_str()));
        let seeds = seed.iter().map(|seed| ("--seed", "seed", seed.as_str()));
        let changes: Vec<_> = sets.chain(seeds).collect();
        Self::load_with(name_or_path, &changes)
    }

    /// As [`Self::load`], with changes that each say where they come from (what
    /// messages call them), their dotted key and their value.
    pub(super) fn load_with(
        name_or_path: &str,
        changes: &[(&str, &str, &str)],
    ) -> Result<Self, ScenarioError> {
        let found = library::find(name_or_path)?;
        let document = Document::parse(found.source, changes)?;
        Self::read(found.name, &document, &found.directory)
    }

    /// Reads a scenario from its text, as [`Scenario::parse`] does.
    ///
    /// # Errors
    /// The first mistake found, with its place and how to mend it.
    pub fn parse(name: &str, source: &str, text: &str) -> Result<Self, ScenarioError> {
        let document = Document::parse(Source::file(source, text), &[])?;
        Self::read(name.to_owned(), &document, Path::new(""))
    }

    /// The scenario of ions, if it is one.
    pub(super) fn ions(self) -> Result<Scenario, ScenarioError> {
        match self {
            Self::Ions(scenario) => Ok(*scenario),
            Self::Circuits(circuits) => Err(ScenarioError::nowhere(Problem::unphysical(
                format!(
                    "{} is a circuit of device models, without ions",
                    circuits.name
                ),
                "`bjerrum run` and `bjerrum plot` take it; the rest is for ions in slits",
            ))),
        }
    }

    fn read(name: String, document: &Document, directory: &Path) -> Result<Self, ScenarioError> {
        let has = |key: &str| document.root().iter().any(|entry| entry.key == key);
        if has("axis") {
            let reason = "a sweep varies a scenario, and is none";
            let mend = "`bjerrum sweep` runs it, and with --dry-run says what it would run";
            return Err(Section::root(document).unphysical("axis", reason, mend));
        }
        if has("elements") {
            let mut resolved = Resolved::default();
            let root = Section::root(document);
            let circuit = CircuitScenario::read(name, root, directory, &mut resolved)?;
            return Ok(Self::Circuits(Box::new(Circuits {
                name: circuit.name.clone(),
                title: circuit.title.clone(),
                circuits: vec![circuit],
                compared: false,
                resolved: resolved.into_text(),
            })));
        }
        if has("neurons") {
            let circuits = compared(name, document, directory)?;
            return Ok(Self::Circuits(Box::new(circuits)));
        }
        Scenario::read(name, document, directory).map(|s| Self::Ions(Box::new(s)))
    }
}

/// `[neurons.NAME]`: each names a scenario, of which its other keys change values, or
/// is a circuit itself.
fn compared(
    name: String,
    document: &Document,
    directory: &Path,
) -> Result<Circuits, ScenarioError> {
    let mut resolved = Resolved::default();
    let mut root = Section::root(document);
    let title = root.text(
        "title",
        "one line, such as title = \"Neurons side by side\"",
    )?;
    let seed = match root.has("seed") {
        true => Some(root.integer("seed", None, "a whole number, such as seed = 2021")?),
        false => None,
    };
    let mut all = root.section("neurons")?;
    let mut circuits = Vec::new();
    for neuron in all.names()? {
        let mut section = all.section(&neuron)?;
        if !section.has("scenario") {
            let circuit = CircuitScenario::read(neuron, section, directory, &mut resolved)?;
            circuits.push(circuit);
            continue;
        }
        let expected = "a scenario, such as scenario = \"hodgkin-huxley\"";
        let wanted = section.unrecorded_text("scenario", expected)?;
        let found = library::find_from(&wanted, directory).map_err(|error| {
            // What is not there is missed here, not there.
            section.error("scenario", error.problem().clone())
        })?;
        let path = section.path().to_owned();
        let changes = section.changes();
        section.finish(&mut resolved)?;
        let changes = changes
            .iter()
            .map(|(key, value)| (&*path, &**key, &**value));
        let other = Document::parse(found.source, &changes.collect::<Vec<_>>())?;
        if !other.root().iter().any(|entry| entry.key == "elements") {
            let reason = format!("{wanted:?} is no circuit of device models");
            let mend = "neurons that can be compared have [elements]; see bjerrum list";
            return Err(all.error(&neuron, Problem::unphysical(reason, mend)));
        }
        let part = Section::root_at(&other, &path);
        circuits.push(CircuitScenario::read(
            neuron,
            part,
            &found.directory,
            &mut resolved,
        )?);
    }
    if circuits.is_empty() {
        let expected = "a table [neurons.NAME] for each".to_owned();
        return Err(root.error("neurons", Problem::Missing { expected }));
    }
    if seed.is_some() {
        let mut random = circuits
            .iter_mut()
            .filter(|c| c.settings.seed.is_some())
            .peekable();
        if random.peek().is_none() {
            return Err(nothing_random(&root, "seed"));
        }
        random.for_each(|circuit| circuit.settings.seed = seed);
    }
    root.finish(&mut resolved)?;
    Ok(Circuits {
        name,
        title,
        circuits,
        compared: true,
        resolved: resolved.into_text(),
    })
}
