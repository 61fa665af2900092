//! What is done to the slits: a drive on each, or a circuit around them.

use std::path::Path;

use bjerrum_physics::circuit::{Branch, Coupling};
use bjerrum_physics::drive::Drive;

use super::device::SlitSpec;
use super::error::{Problem, ScenarioError};
use super::quantity::Kind;
use super::samples;
use super::section::{Resolved, Section};
use super::timing::{Dynamics, count};

/// What is done to the slits.
#[derive(Clone, Debug, PartialEq)]
pub enum Protocol {
    /// Each slit is driven by itself; several drives mean one independent copy
    /// of every slit for each.
    Driven {
        /// The drives; several only when constant.
        drives: Vec<AppliedDrive>,
    },
    /// The slits are elements of one circuit.
    Circuit(CircuitSpec),
}

/// Whether a drive is a field, or a voltage over the length of a slit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Values are fields, kT/(e·Å).
    Field,
    /// Values are voltages, kT/e: the field is V/L in each slit.
    Voltage,
}

impl Applied {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Voltage => Self::Voltage,
            _ => Self::Field,
        }
    }
}

/// A drive and the meaning of its values.
#[derive(Clone, Debug, PartialEq)]
pub struct AppliedDrive {
    /// Field or voltage.
    pub kind: Applied,
    /// The values over time (ps).
    pub drive: Drive,
}

impl AppliedDrive {
    /// The largest magnitude of the field in a slit of `length` (Å), kT/(e·Å).
    #[must_use]
    pub fn peak_field(&self, length: f64) -> f64 {
        match self.kind {
            Applied::Field => self.drive.peak(),
            Applied::Voltage => self.drive.peak() / length,
        }
    }
}

/// One capacitor, one source, and slits with batteries, all in parallel.
#[derive(Clone, Debug, PartialEq)]
pub struct CircuitSpec {
    /// Capacitance, e²/kT, already scaled.
    pub capacitance: f64,
    /// Constant source current, e/ps, already scaled.
    pub source: f64,
    /// Voltage at the start, kT/e.
    pub initial_voltage: f64,
    /// Windows at the start in which the voltage is held.
    pub relaxation_windows: u64,
    /// How slit currents enter.
    pub coupling: Coupling,
    /// The branches, in the order of the file.
    pub branches: Vec<BranchSpec>,
}

/// A slit in series with a battery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BranchSpec {
    /// Index of the slit in [`Scenario::slits`](super::Scenario::slits).
    pub slit: usize,
    /// Multiplier and battery.
    pub branch: Branch,
}

/// `[drive]`, `[drives]` or `[circuit]`, exactly one of them.
pub(super) fn read(
    root: &mut Section<'_>,
    slits: &[SlitSpec],
    dynamics: &Dynamics,
    scale: f64,
    directory: &Path,
    resolved: &mut Resolved,
) -> Result<Protocol, ScenarioError> {
    match ["drive", "drives", "circuit"].map(|key| root.has(key)) {
        [true, _, true] | [_, true, true] => Err(root.unphysical(
            "circuit",
            "the slits are either driven or in a circuit, and both [drive] and [circuit] are there",
            "remove one of the two tables",
        )),
        [true, true, false] => Err(root.unphysical(
            "drives",
            "one drive is [drive], several are [drives.NAME], and both are there",
            "move [drive] to a table [drives.NAME]",
        )),
        [false, false, false] => {
            let expected = "a table [drive] or a table [circuit]";
            Err(root.missing(&["drive", "circuit"], expected))
        }
        [true, false, false] => {
            let mut section = root.section("drive")?;
            let drives = driven(&mut section, directory)?;
            section.finish(resolved)?;
            Ok(Protocol::Driven { drives })
        }
        [false, true, false] => {
            let mut all = root.section("drives")?;
            let mut drives = Vec::new();
            for name in all.names()? {
                let mut section = all.section(&name)?;
                drives.extend(driven(&mut section, directory)?);
                section.finish(resolved)?;
            }
            if drives.is_empty() {
                return Err(all.missing(&["NAME"], "a table [drives.NAME]"));
            }
            Ok(Protocol::Driven { drives })
        }
        [false, false, true] => {
            several_walls(root, slits)?;
            let section = root.section("circuit")?;
            circuit(section, slits, dynamics, scale, resolved).map(Protocol::Circuit)
        }
    }
}

/// A circuit names its slits, which lists in [interaction] would multiply.
fn several_walls(root: &Section<'_>, slits: &[SlitSpec]) -> Result<(), ScenarioError> {
    let first = slits[0].interaction;
    if slits.iter().all(|slit| slit.interaction == first) {
        return Ok(());
    }
    Err(root.unphysical(
        "interaction",
        "a list of lengths makes a copy of every slit for each, and a circuit names single slits",
        "give one length, or a [drive] in place of the circuit",
    ))
}

/// The waveforms, and the keys that each reads besides `waveform`.
const WAVEFORMS: [(&str, &[&str]); 6] = [
    ("constant", &["amplitude"]),
    ("sine", &["amplitude", "frequency", "phase", "offset"]),
    ("triangle", &["amplitude", "frequency"]),
    ("square", &["amplitude", "frequency"]),
    (
        "pulses",
        &["amplitude", "base", "start", "width", "period", "count"],
    ),
    ("sampled", &["file", "samples"]),
];

const FIELD_OR_VOLTAGE: [Kind; 2] = [Kind::Field, Kind::Voltage];

fn driven(section: &mut Section<'_>, directory: &Path) -> Result<Vec<AppliedDrive>, ScenarioError> {
    let drives = waveform(section, &FIELD_OR_VOLTAGE, directory)?.into_iter();
    let applied = drives.map(|(kind, drive)| AppliedDrive {
        kind: Applied::of(kind),
        drive,
    });
    Ok(applied.collect())
}

/// `waveform` and the keys that belong to it; values of one of `kinds`. Several
/// drives only where it is constant, or periodic with several frequencies.
pub(super) fn waveform(
    section: &mut Section<'_>,
    kinds: &[Kind],
    directory: &Path,
) -> Result<Vec<(Kind, Drive)>, ScenarioError> {
    let waveform = section.choice("waveform", &WAVEFORMS.map(|(word, _)| (word, word)), None)?;
    let own = WAVEFORMS.iter().find(|(word, _)| *word == waveform);
    let own = own.map_or(&[][..], |(_, keys)| keys);
    let others: Vec<&str> = WAVEFORMS
        .iter()
        .flat_map(|(_, keys)| *keys)
        .copied()
        .filter(|key| !own.contains(key))
        .collect();
    let mend = format!("it reads {}", own.join(", "));
    section.unused(&others, &format!("waveform = {waveform:?}"), &mend)?;

    match waveform {
        "constant" => constants(section, kinds),
        "pulses" => Ok(vec![pulses(section, kinds)?]),
        "sampled" => Ok(vec![samples::read(section, kinds, directory)?]),
        _ => periodic(section, waveform, kinds),
    }
}

/// Nothing of `kind`, as one would write it.
fn zero(kind: Kind) -> &'static str {
    match kind {
        Kind::Field => "0 kT/(e*angstrom)",
        Kind::Voltage => "0 kT/e",
        _ => "0 A",
    }
}

fn constants(
    section: &mut Section<'_>,
    kinds: &[Kind],
) -> Result<Vec<(Kind, Drive)>, ScenarioError> {
    let values = section.quantities("amplitude", kinds, None)?;
    let drives = values
        .into_iter()
        .map(|(kind, value)| (kind, Drive::Constant { value }));
    Ok(drives.collect())
}

/// A drive for each frequency.
fn periodic(
    section: &mut Section<'_>,
    waveform: &str,
    kinds: &[Kind],
) -> Result<Vec<(Kind, Drive)>, ScenarioError> {
    let (kind, amplitude) = section.quantity_of("amplitude", kinds, None)?;
    let why = "a drive without period is constant";
    let frequencies = section.positives("frequency", Kind::Frequency, None, why)?;
    let (phase, offset) = match waveform {
        "sine" => (
            section.quantity("phase", Kind::Angle, Some("0 deg"))?,
            section.quantity("offset", kind, Some(zero(kind)))?,
        ),
        _ => (0.0, 0.0),
    };
    let drive = |frequency| match waveform {
        "triangle" => Drive::Triangle {
            amplitude,
            frequency,
        },
        "square" => Drive::Square {
            amplitude,
            frequency,
        },
        _ => Drive::Sine {
            amplitude,
            frequency,
            phase,
            offset,
        },
    };
    Ok(frequencies.into_iter().map(|f| (kind, drive(f))).collect())
}

fn pulses(section: &mut Section<'_>, kinds: &[Kind]) -> Result<(Kind, Drive), ScenarioError> {
    let (kind, amplitude) = section.quantity_of("amplitude", kinds, None)?;
    let base = section.quantity("base", kind, Some(zero(kind)))?;
    let start = section.time_from_zero("start", Some("0 us"))?;
    let width = section.positive("width", Kind::Time, None, "it is how long a pulse lasts")?;
    let expected = "a number of pulses, such as count = 1";
    let number = section.integer("count", Some("1"), expected)?;
    // The period of a single pulse has no effect; its width is as good as any.
    let single = section.written("width", None);
    let default = (number == 1).then_some(single.as_str());
    let why = "it is the time from one pulse to the next";
    let period = section.positive("period", Kind::Time, default, why)?;
    if width > period {
        return Err(section.unphysical(
            "width",
            format!(
                "pulses of {:?} overlap when one starts every {:?}",
                section.written("width", None),
                section.written("period", default)
            ),
            "shorten the width or lengthen the period",
        ));
    }
    let drive = Drive::Pulses {
        base,
        amplitude,
        start,
        width,
        period,
        count: number,
    };
    Ok((kind, drive))
}

fn circuit(
    mut section: Section<'_>,
    slits: &[SlitSpec],
    dynamics: &Dynamics,
    scale: f64,
    resolved: &mut Resolved,
) -> Result<CircuitSpec, ScenarioError> {
    let why = "the voltage is the charge over it";
    let capacitance = scale * section.positive("capacitance", Kind::Capacitance, None, why)?;
    let source = scale * section.quantity("source", Kind::Current, None)?;
    let initial_voltage = section.quantity("initial_voltage", Kind::Voltage, None)?;
    let relaxation_windows = relaxation(&mut section, dynamics)?;
    let couplings = [
        ("published", Coupling::Published),
        ("mobile-charge", Coupling::MobileCharge),
    ];
    let coupling = section.choice("coupling", &couplings, Some("mobile-charge"))?;
    if coupling == Coupling::Published && initial_voltage == 0.0 {
        return Err(section.unphysical(
            "initial_voltage",
            "the published coupling divides the current of a slit by the voltage, which is zero",
            "start from a small voltage such as \"20 kT/e\", or use coupling = \"mobile-charge\"",
        ));
    }
    let mut all = section.section("branches")?;
    section.finish(resolved)?;
    Ok(CircuitSpec {
        capacitance,
        source,
        initial_voltage,
        relaxation_windows,
        coupling,
        branches: branches(&mut all, slits, resolved)?,
    })
}

/// Whole windows, or none.
fn relaxation(section: &mut Section<'_>, dynamics: &Dynamics) -> Result<u64, ScenarioError> {
    let default = Some("0 us");
    match section.time_from_zero("relaxation", default)? {
        0.0 => Ok(0),
        time => count(section, "relaxation", time, dynamics.window(), "windows"),
    }
}

fn branches(
    all: &mut Section<'_>,
    slits: &[SlitSpec],
    resolved: &mut Resolved,
) -> Result<Vec<BranchSpec>, ScenarioError> {
    let known: Vec<String> = slits.iter().map(|slit| slit.name.clone()).collect();
    let mut branches = Vec::new();
    for name in all.names()? {
        let Some(slit) = known.iter().position(|slit| *slit == name) else {
            return Err(all.unknown_name("slit", &name, &known));
        };
        let mut section = all.section(&name)?;
        let why = "it is how many such slits are in parallel";
        branches.push(BranchSpec {
            slit,
            branch: Branch {
                multiplier: section.positive_number("multiplier", "1", why)?,
                battery: section.quantity("battery", Kind::Voltage, None)?,
            },
        });
        section.finish(resolved)?;
    }
    let in_none = (0..slits.len()).find(|slit| branches.iter().all(|b| b.slit != *slit));
    match in_none {
        None => Ok(branches),
        Some(slit) => {
            let name = &known[slit];
            let expected = format!("a table [{}] for the slit", all.path_of(name));
            Err(all.error(name, Problem::Missing { expected }))
        }
    }
}
