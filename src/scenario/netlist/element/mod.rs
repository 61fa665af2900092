//! `[elements.NAME]`: what stands between two nodes.

mod device;

use std::path::Path;

use bjerrum_physics::circuit::membrane::{
    Firing, FitzHughNagumo, Izhikevich, PotassiumChannel, SodiumChannel,
};
use bjerrum_physics::circuit::{Element, Memristor, OnePort, Part, Resistor, Start};
use bjerrum_physics::drive::Drive;
use bjerrum_physics::memristor::device::{DeviceModel, model};
use bjerrum_physics::units::Units;

use crate::scenario::error::{Problem, ScenarioError};
use crate::scenario::protocol::waveform;
use crate::scenario::quantity::Kind;
use crate::scenario::section::{Resolved, Section};

type Result<T> = std::result::Result<T, ScenarioError>;

/// A named element.
#[derive(Clone, Debug, PartialEq)]
pub struct ElementSpec {
    /// Its name.
    pub name: String,
    /// Numbers of its nodes.
    pub nodes: [usize; 2],
    /// What it is.
    pub part: PartSpec,
}

/// What an element is; SI units.
#[derive(Clone, Debug, PartialEq)]
pub enum PartSpec {
    /// Capacitance (F) and voltage at the start (V).
    Capacitor(f64, f64),
    /// Ohm's law with a battery.
    Resistor(Resistor),
    /// Holds a voltage (V).
    VoltageSource(Drive),
    /// Drives a current (A).
    CurrentSource(Drive),
    /// A memristive device.
    Device {
        /// Name of the model.
        model: &'static str,
        /// Values of its parameters.
        values: Vec<f64>,
        /// Number of devices in parallel.
        multiplier: f64,
        /// Reversal voltage, V.
        reversal: f64,
        /// Its memory at the start.
        start: Start,
        /// Voltages it was fitted to, if known.
        fitted: Option<FittedRange>,
        /// Number of its ions of both signs, where they make noise.
        ions: Option<u64>,
    },
    /// Sodium channel of the squid axon.
    Sodium(SodiumChannel),
    /// Potassium channel of the squid axon.
    Potassium(PotassiumChannel),
    /// Membrane of FitzHugh and Nagumo.
    FitzHughNagumo(FitzHughNagumo),
    /// Membrane of Izhikevich.
    Izhikevich(Izhikevich),
    /// Integrate-and-fire.
    Firing(Firing),
}

/// Voltages that a device model was held against, V.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FittedRange {
    /// Lowest.
    pub from: f64,
    /// Highest.
    pub to: f64,
}

impl ElementSpec {
    /// Whether it does not do the same every time.
    pub(super) fn is_random(&self) -> bool {
        matches!(self.part, PartSpec::Device { ions: Some(_), .. })
    }

    /// The element of the physics.
    pub(super) fn element(&self) -> Element {
        let port = |device: Box<dyn OnePort>, start| Part::OnePort { device, start };
        let part = match &self.part {
            PartSpec::Capacitor(capacitance, initial_voltage) => Part::Capacitor {
                capacitance: *capacitance,
                initial_voltage: *initial_voltage,
            },
            PartSpec::VoltageSource(drive) => Part::VoltageSource(drive.clone()),
            PartSpec::CurrentSource(drive) => Part::CurrentSource(drive.clone()),
            PartSpec::Device {
                model,
                values,
                multiplier,
                reversal,
                start,
                ions,
                ..
            } => {
                let memristor = Memristor {
                    model: known_model(model),
                    values: values.clone(),
                    multiplier: *multiplier,
                    reversal: *reversal,
                    ions: ions.map(|ions| ions as f64),
                };
                port(Box::new(memristor), *start)
            }
            PartSpec::Resistor(one) => port(Box::new(*one), Start::AtRest),
            PartSpec::Sodium(one) => port(Box::new(*one), Start::AtRest),
            PartSpec::Potassium(one) => port(Box::new(*one), Start::AtRest),
            PartSpec::FitzHughNagumo(one) => port(Box::new(*one), Start::AtRest),
            PartSpec::Izhikevich(one) => port(Box::new(*one), Start::AtRest),
            PartSpec::Firing(one) => port(Box::new(*one), Start::AtRest),
        };
        Element {
            name: self.name.clone(),
            nodes: self.nodes,
            part,
        }
    }
}

/// The model that reading has found.
pub(super) fn known_model(name: &str) -> &'static dyn DeviceModel {
    model(name).unwrap_or_else(|| unreachable!("{name} was found when it was read"))
}

const KINDS: [&str; 11] = [
    "capacitor",
    "resistor",
    "voltage-source",
    "battery",
    "current-source",
    "device",
    "hodgkin-huxley-sodium",
    "hodgkin-huxley-potassium",
    "fitzhugh-nagumo",
    "izhikevich",
    "firing",
];

/// One element; its nodes join `nodes`.
pub(super) fn read(
    mut section: Section<'_>,
    name: String,
    nodes: &mut Vec<String>,
    directory: &Path,
    resolved: &mut Resolved,
) -> Result<ElementSpec> {
    let kind = section.choice("kind", &KINDS.map(|word| (word, word)), None)?;
    let between = between(&mut section, nodes)?;
    let mut extra = None;
    let part = match kind {
        "capacitor" => {
            let why = "the voltage is the charge over it";
            let capacitance = section.positive("capacitance", Kind::Capacitance, None, why)?;
            PartSpec::Capacitor(
                capacitance * units(&section).capacitance,
                voltage(&mut section, "initial_voltage", Some("0 V"))?,
            )
        }
        "resistor" => PartSpec::Resistor(resistor(&mut section)?),
        "battery" => PartSpec::VoltageSource(Drive::Constant {
            value: voltage(&mut section, "voltage", None)?,
        }),
        "voltage-source" => {
            let unit = units(&section).voltage;
            PartSpec::VoltageSource(source(&mut section, Kind::Voltage, directory)?.scaled(unit))
        }
        "current-source" => {
            let unit = units(&section).current;
            PartSpec::CurrentSource(source(&mut section, Kind::Current, directory)?.scaled(unit))
        }
        "device" => {
            let (part, table) = device::device(&mut section, directory)?;
            extra = Some(table);
            part
        }
        "hodgkin-huxley-sodium" => PartSpec::Sodium(SodiumChannel {
            conductance: conductance(&mut section)?,
            reversal: voltage(&mut section, "reversal", None)?,
        }),
        "hodgkin-huxley-potassium" => PartSpec::Potassium(PotassiumChannel {
            conductance: conductance(&mut section)?,
            reversal: voltage(&mut section, "reversal", None)?,
        }),
        "fitzhugh-nagumo" => PartSpec::FitzHughNagumo(fitzhugh_nagumo(&mut section)?),
        "izhikevich" => PartSpec::Izhikevich(izhikevich(&mut section)?),
        _ => PartSpec::Firing(firing(&mut section)?),
    };
    section.finish(resolved)?;
    extra.into_iter().for_each(|table| resolved.note(table));
    Ok(ElementSpec {
        name,
        nodes: between,
        part,
    })
}

/// `between = ["a", "b"]`; nodes come into being by being named.
fn between(section: &mut Section<'_>, nodes: &mut Vec<String>) -> Result<[usize; 2]> {
    let expected = "two nodes, such as between = [\"membrane\", \"ground\"]";
    let names = section.texts("between", expected)?;
    let Ok(pair) = <[String; 2]>::try_from(names.clone()) else {
        let found = format!("a list of {}", names.len());
        let expected = expected.to_owned();
        return Err(section.error("between", Problem::WrongType { found, expected }));
    };
    if pair[0] == pair[1] {
        return Err(section.unphysical(
            "between",
            format!("both ends are at {:?}: nothing is between", pair[0]),
            format!("write {expected}"),
        ));
    }
    Ok(pair.map(|name| {
        let known = nodes.iter().position(|node| *node == name);
        known.unwrap_or_else(|| {
            nodes.push(name);
            nodes.len() - 1
        })
    }))
}

fn units(section: &Section<'_>) -> Units {
    Units::at(section.temperature().unwrap_or(298.0))
}

/// A voltage, V.
pub(super) fn voltage(section: &mut Section<'_>, key: &str, default: Option<&str>) -> Result<f64> {
    Ok(section.quantity(key, Kind::Voltage, default)? * units(section).voltage)
}

/// `conductance`, S.
fn conductance(section: &mut Section<'_>) -> Result<f64> {
    let why = "it is the conductance with everything open";
    let value = section.positive("conductance", Kind::Conductance, None, why)?;
    Ok(value * units(section).conductance)
}

/// `resistance` or `conductance`, and a battery.
fn resistor(section: &mut Section<'_>) -> Result<Resistor> {
    let conductance = match (section.has("resistance"), section.has("conductance")) {
        (true, true) => {
            return Err(section.unphysical(
                "conductance",
                "both a resistance and a conductance are given",
                "remove one of the two",
            ));
        }
        (false, true) => conductance(section)?,
        _ => {
            let why = "a wire is one node, not two";
            let value = section.positive("resistance", Kind::Resistance, None, why)?;
            units(section).conductance / value
        }
    };
    Ok(Resistor {
        conductance,
        reversal: voltage(section, "reversal", Some("0 V"))?,
    })
}

/// One drive: a list of constants is a series of experiments elsewhere.
fn source(section: &mut Section<'_>, kind: Kind, directory: &Path) -> Result<Drive> {
    let mut drives = waveform(section, &[kind], directory)?;
    match (drives.pop(), drives.is_empty()) {
        (Some((_, drive)), true) => Ok(drive),
        _ if section.has("frequency") => Err(section.unphysical(
            "frequency",
            "a source has one frequency",
            "give one, or waveform = \"sampled\"",
        )),
        _ => Err(section.unphysical(
            "amplitude",
            "a source has one value at a time",
            "give one amplitude, or waveform = \"sampled\"",
        )),
    }
}

fn fitzhugh_nagumo(section: &mut Section<'_>) -> Result<FitzHughNagumo> {
    let why = "it is the slow time";
    let recovery_time = section.positive("recovery_time", Kind::Time, None, why)?;
    let unit = section.positive(
        "unit",
        Kind::Voltage,
        Some("1 V"),
        "voltages are told in it",
    )?;
    Ok(FitzHughNagumo {
        a: section.number("a", Some("0.7"), "a number, such as a = 0.7")?,
        b: section.positive_number("b", "0.8", "the recovery fades")?,
        recovery_time: recovery_time * units(section).time,
        conductance: conductance(section)?,
        unit: unit * units(section).voltage,
    })
}

fn izhikevich(section: &mut Section<'_>) -> Result<Izhikevich> {
    let why = "currents are told in it";
    let default = Some("1 uA");
    let strength = section.positive("current_unit", Kind::Current, default, why)?;
    let c = section.number("c", None, "a voltage in mV, such as c = -65")?;
    if c >= 30.0 {
        return Err(section.unphysical(
            "c",
            format!("after a spike v would be {c}, at or above the peak of 30, and spike again"),
            "give a number below 30, such as c = -65",
        ));
    }
    Ok(Izhikevich {
        a: section.number("a", None, "a rate in 1/ms, such as a = 0.02")?,
        b: section.number("b", None, "a number, such as b = 0.2")?,
        c,
        d: section.number("d", None, "a number, such as d = 8")?,
        strength: strength * units(section).current,
    })
}

fn firing(section: &mut Section<'_>) -> Result<Firing> {
    let firing = Firing {
        threshold: voltage(section, "threshold", None)?,
        reset: voltage(section, "reset", None)?,
    };
    if firing.reset < firing.threshold {
        return Ok(firing);
    }
    Err(section.unphysical(
        "reset",
        "the voltage after a spike is not below the threshold: it would fire again at once",
        "lower reset, or raise threshold",
    ))
}
