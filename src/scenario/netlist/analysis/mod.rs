//! `[analysis]` of a circuit: its spikes, and how it answers to what is varied.

mod plane;
mod pulses;

pub use pulses::{PulseSpec, RefractorySpec, ThresholdSpec};

use bjerrum_physics::circuit::{Clamp, System};
use bjerrum_physics::drive::Drive;
use bjerrum_physics::excitability::PlaneRequest;
use bjerrum_physics::units::{PICOSECOND, Units};

use super::tunable::{self, Tunable};
use super::{CircuitScenario, CircuitSpikes, ElementSpec, PartSpec};
use crate::scenario::error::{Problem, ScenarioError};
use crate::scenario::quantity::Kind;
use crate::scenario::section::{Resolved, Section};

type Result<T> = std::result::Result<T, ScenarioError>;

/// What is computed of a circuit besides its course.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CircuitAnalyses {
    /// f–I curve.
    pub curve: Option<CurveSpec>,
    /// Phase plane.
    pub plane: Option<PlaneSpec>,
    /// Map of two parameters.
    pub map: Option<MapSpec>,
    /// Sensitivity of the rate.
    pub sensitivity: Option<SensitivitySpec>,
    /// Threshold of pulses against their length.
    pub threshold: Option<ThresholdSpec>,
    /// Threshold of a second pulse against its delay.
    pub refractory: Option<RefractorySpec>,
}

impl CircuitAnalyses {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first that looks for equilibria, which takes one free voltage.
    fn of_a_membrane(&self) -> Option<&'static str> {
        let plane = self.plane.as_ref().map(|_| "phase-plane");
        plane.or_else(|| self.map.as_ref().map(|_| "map"))
    }
}

/// Values of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisSpec {
    /// The parameter.
    pub tunable: Tunable,
    /// Its values, rising.
    pub values: Vec<f64>,
}

/// `[analysis.fi-curve]`.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveSpec {
    /// The source and its values, A.
    pub source: AxisSpec,
    /// How well the rheobase shall be known, A.
    pub resolution: f64,
}

/// `[analysis.phase-plane]`.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneSpec {
    /// The memories by number.
    pub request: PlaneRequest,
    /// Names of all memories.
    pub memories: Vec<String>,
}

/// `[analysis.map]`.
#[derive(Clone, Debug, PartialEq)]
pub struct MapSpec {
    /// The horizontal axis.
    pub x: AxisSpec,
    /// The vertical axis.
    pub y: AxisSpec,
}

/// `[analysis.sensitivity]`.
#[derive(Clone, Debug, PartialEq)]
pub struct SensitivitySpec {
    /// The parameters.
    pub tunables: Vec<Tunable>,
    /// The larger of the two steps in ln p.
    pub step: f64,
}

/// The parts of `[analysis]` that try the circuit anew.
const TRIALS: [&str; 6] = [
    "fi-curve",
    "phase-plane",
    "map",
    "sensitivity",
    "threshold",
    "refractory",
];

/// `[analysis]`; it needs the elements, and the length of the run (ps).
pub(super) fn read(
    root: &mut Section<'_>,
    nodes: &[String],
    elements: &[ElementSpec],
    duration: f64,
    resolved: &mut Resolved,
) -> Result<(Option<CircuitSpikes>, CircuitAnalyses)> {
    let mut section = root.section_or_empty("analysis")?;
    let spikes = match section.has("spikes") {
        true => Some(spikes(&mut section, nodes, duration, resolved)?),
        false => None,
    };
    let mut analyses = CircuitAnalyses::default();
    let tunables = tunable::of(elements);
    if let Some(wanted) = TRIALS.into_iter().find(|key| section.has(key)) {
        if spikes.is_none() {
            let expected = format!("a table [analysis.spikes]: [analysis.{wanted}] counts spikes");
            return Err(section.missing(&["spikes"], &expected));
        }
        refuse_changing_sources(&section, wanted, elements)?;
    }
    if section.has("fi-curve") {
        let mut part = section.section("fi-curve")?;
        analyses.curve = Some(curve(&mut part, elements, &tunables)?);
        part.finish(resolved)?;
    }
    if section.has("phase-plane") {
        let mut part = section.section("phase-plane")?;
        analyses.plane = Some(plane::plane(&mut part, elements)?);
        part.finish(resolved)?;
    }
    if section.has("map") {
        let mut part = section.section("map")?;
        let mut axis = |key: &str| {
            let mut section = part.section(key)?;
            let axis = axis(&mut section, &tunables)?;
            section.finish(resolved)?;
            Ok::<AxisSpec, ScenarioError>(axis)
        };
        analyses.map = Some(MapSpec {
            x: axis("x")?,
            y: axis("y")?,
        });
        part.finish(resolved)?;
    }
    if section.has("sensitivity") {
        let mut part = section.section("sensitivity")?;
        analyses.sensitivity = Some(sensitivity(&mut part, &tunables, elements)?);
        part.finish(resolved)?;
    }
    if section.has("threshold") {
        let mut part = section.section("threshold")?;
        let spec = pulses::threshold(&mut part, elements, &tunables, duration)?;
        analyses.threshold = Some(spec);
        part.finish(resolved)?;
    }
    if section.has("refractory") {
        let mut part = section.section("refractory")?;
        let spec = pulses::refractory(&mut part, elements, &tunables, duration)?;
        analyses.refractory = Some(spec);
        part.finish(resolved)?;
    }
    section.finish(resolved)?;
    Ok((spikes, analyses))
}

/// `[analysis.spikes]`.
fn spikes(
    analysis: &mut Section<'_>,
    nodes: &[String],
    duration: f64,
    resolved: &mut Resolved,
) -> Result<CircuitSpikes> {
    let mut section = analysis.section("spikes")?;
    let node = section.text("node", "the name of a node, such as node = \"membrane\"")?;
    let Some(number) = nodes.iter().position(|known| *known == node) else {
        return Err(section.unknown_word("node", &node, nodes));
    };
    let volt = Units::at(section.temperature().unwrap_or(298.0)).voltage;
    let why = "a spike stands out of what is around it";
    let spikes = CircuitSpikes {
        node: number,
        threshold: volt * section.quantity("threshold", Kind::Voltage, None)?,
        prominence: volt * section.positive("prominence", Kind::Voltage, None, why)?,
        minimum_interval: PICOSECOND * section.time_from_zero("minimum_interval", Some("0 s"))?,
        discard: PICOSECOND * section.time_from_zero("discard", Some("0 s"))?,
    };
    if spikes.discard >= duration * PICOSECOND {
        return Err(section.unphysical(
            "discard",
            format!(
                "{:?} leaves nothing of the run",
                section.written("discard", None)
            ),
            "shorten it, or lengthen run.duration",
        ));
    }
    section.finish(resolved)?;
    Ok(spikes)
}

/// Equilibria are those of sources that stand still.
fn refuse_changing_sources(
    section: &Section<'_>,
    wanted: &str,
    elements: &[ElementSpec],
) -> Result<()> {
    let changes = |e: &&ElementSpec| match &e.part {
        PartSpec::VoltageSource(drive) | PartSpec::CurrentSource(drive) => {
            !matches!(drive, Drive::Constant { .. })
        }
        _ => false,
    };
    match elements.iter().find(changes) {
        None => Ok(()),
        Some(source) => Err(section.unphysical(
            wanted,
            format!(
                "this analysis is of a neuron under constant sources, and elements.{} changes",
                source.name
            ),
            "give it waveform = \"constant\", or remove the table",
        )),
    }
}

/// The circuit must have one free voltage, at the node that spikes.
pub(super) fn refuse_several_voltages(root: &Section<'_>, circuit: &CircuitScenario) -> Result<()> {
    let Some(spikes) = &circuit.spikes else {
        return Ok(());
    };
    let Some(wanted) = circuit.analyses.of_a_membrane() else {
        return Ok(());
    };
    let single = System::new(circuit.netlist())
        .is_ok_and(|system| Clamp::new(&system, spikes.node).is_some());
    if single {
        return Ok(());
    }
    let reason = format!(
        "{wanted} looks for equilibria, and {} is not the only node with a voltage of its own, or \
         no capacitor slows it",
        circuit.nodes[spikes.node]
    );
    let mend = "phase-plane and map are of one capacitor with all else between its node and fixed \
                voltages; the other analyses take any circuit";
    Err(root.error("analysis", Problem::unphysical(reason, mend)))
}

/// `from`, `to` and `points`.
fn values(section: &mut Section<'_>, tunable: &Tunable) -> Result<Vec<f64>> {
    let Tunable {
        unit,
        bounds: (low, high),
        ..
    } = tunable;
    let meaning = format!("of {}", tunable.name);
    let named = match *unit {
        "1" => String::new(),
        unit => format!(" {unit}"),
    };
    let mut ends = [0.0; 2];
    for (end, key) in ends.iter_mut().zip(["from", "to"]) {
        *end = section.in_unit(key, unit, &meaning)?;
        if !(low < end && *end < *high) {
            return Err(section.unphysical(
                key,
                format!("{end:e}{named} is not between {low} and {high} ({meaning})"),
                "give a value within its bounds",
            ));
        }
    }
    let [from, to] = ends;
    if to <= from {
        return Err(range_error(section));
    }
    let points = points(section, "31")?;
    let way = |k: usize| k as f64 / (points - 1) as f64;
    Ok((0..points).map(|k| from + (to - from) * way(k)).collect())
}

/// Number of points of a range.
fn points(section: &mut Section<'_>, default: &str) -> Result<usize> {
    let points = section.integer("points", Some(default), "a number, such as points = 31")?;
    if (2..=1000).contains(&points) {
        return Ok(points);
    }
    Err(section.unphysical(
        "points",
        format!("{points} points are no range"),
        "give a number from 2 to 1000",
    ))
}

fn range_error(section: &Section<'_>) -> ScenarioError {
    section.unphysical(
        "to",
        "the range ends where it begins, or before",
        "give from the lower value, and to the higher",
    )
}

/// A parameter and its values.
fn axis(section: &mut Section<'_>, tunables: &[Tunable]) -> Result<AxisSpec> {
    let expected = "element and parameter, such as parameter = \"stimulus.amplitude\"";
    let name = section.text("parameter", expected)?;
    let tunable = find(section, "parameter", &name, tunables)?;
    Ok(AxisSpec {
        values: values(section, &tunable)?,
        tunable,
    })
}

fn find(section: &Section<'_>, key: &str, name: &str, tunables: &[Tunable]) -> Result<Tunable> {
    let found = tunables.iter().find(|tunable| tunable.name == name);
    found.cloned().ok_or_else(|| {
        let known: Vec<&str> = tunables.iter().map(|t| t.name.as_str()).collect();
        section.unknown_word(key, name, &known)
    })
}

/// `source`: the amplitude of a current source.
fn source_of(
    section: &mut Section<'_>,
    elements: &[ElementSpec],
    tunables: &[Tunable],
) -> Result<Tunable> {
    let expected = "the name of a current source, such as source = \"stimulus\"";
    let name = section.text("source", expected)?;
    let is_source = |e: &&ElementSpec| matches!(e.part, PartSpec::CurrentSource(_));
    let sources: Vec<&str> = elements
        .iter()
        .filter(is_source)
        .map(|e| e.name.as_str())
        .collect();
    if !sources.contains(&name.as_str()) {
        return Err(section.unknown_word("source", &name, &sources));
    }
    find(section, "source", &format!("{name}.amplitude"), tunables)
}

/// `[analysis.fi-curve]`.
fn curve(
    section: &mut Section<'_>,
    elements: &[ElementSpec],
    tunables: &[Tunable],
) -> Result<CurveSpec> {
    let tunable = source_of(section, elements, tunables)?;
    let values = values(section, &tunable)?;
    let step = values[1] - values[0];
    let default = format!("{:e} A", 1e-2 * step);
    let resolution = match section.has("resolution") {
        true => section.in_unit("resolution", "A", "error of the rheobase")?,
        false => {
            section.record("resolution", &format!("{default:?}"));
            1e-2 * step
        }
    };
    if resolution <= 0.0 || resolution < 1e-9 * values[values.len() - 1].abs() {
        return Err(section.unphysical(
            "resolution",
            format!("{:?} is not to be had", section.written("resolution", None)),
            "give a current that is a small part of the range",
        ));
    }
    Ok(CurveSpec {
        source: AxisSpec { tunable, values },
        resolution,
    })
}

/// `[analysis.sensitivity]`: the parameters named, or all that are not zero.
fn sensitivity(
    section: &mut Section<'_>,
    tunables: &[Tunable],
    elements: &[ElementSpec],
) -> Result<SensitivitySpec> {
    let why = "it is the change of the logarithm of a parameter";
    let step = section.positive_number("step", "0.02", why)?;
    if step > 0.2 {
        return Err(section.unphysical(
            "step",
            format!("{step} is no small change of the logarithm of a parameter"),
            "give a number below 0.2",
        ));
    }
    let chosen: Vec<Tunable> = match section.has("parameters") {
        true => {
            let names = section.texts("parameters", "a list such as [\"Na.conductance\"]")?;
            let found = names
                .iter()
                .map(|n| find(section, "parameters", n, tunables));
            found.collect::<Result<_>>()?
        }
        false => {
            let all = tunables.iter().filter(|t| t.has_logarithm(elements));
            all.cloned().collect()
        }
    };
    for one in &chosen {
        if !one.has_logarithm(elements) {
            return Err(section.unphysical(
                "parameters",
                format!("{} is zero: it has no logarithm", one.name),
                "name parameters that are not zero",
            ));
        }
    }
    Ok(SensitivitySpec {
        tunables: chosen,
        step,
    })
}
