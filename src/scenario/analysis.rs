//! What is computed from a run at its end.

mod clusters;

use bjerrum_physics::drive::Drive;
use bjerrum_physics::observables::ClusterRule;

pub(super) use clusters::Looks;

use super::device::SlitSpec;
use super::error::ScenarioError;
use super::protocol::{Applied, AppliedDrive, Protocol};
use super::quantity::Kind;
use super::section::{Resolved, Section};
use super::timing::{rounded, show};

/// What is computed from a run; each part only with a protocol it fits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    /// Hysteresis loop, under a periodic drive.
    pub loops: Option<LoopAnalysis>,
    /// Mean current, under constant drives.
    pub steady: Option<SteadyAnalysis>,
    /// Decay of the conductance after a pulse.
    pub relaxation: Option<RelaxationAnalysis>,
    /// Memory time from loops, under periodic drives of several frequencies.
    pub memory: Option<MemoryAnalysis>,
    /// Spikes of the voltage of a circuit.
    pub spikes: Option<SpikeAnalysis>,
    /// Pairs and clusters.
    pub clusters: Option<ClusterRule>,
    /// Whether free ions are counted against the temperature, beside theories of
    /// association.
    pub pairing: bool,
}

/// I/I_free against |E|, apart for rising and falling |E|.
#[derive(Clone, Debug, PartialEq)]
pub struct LoopAnalysis {
    /// Time dropped at the start, ps.
    pub discard: f64,
    /// Half width of a bin, kT/(e·Å).
    pub bin_half_width: f64,
    /// Centres of the bins, kT/(e·Å).
    pub fields: Vec<f64>,
}

/// Mean current at a constant field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SteadyAnalysis {
    /// Time dropped at the start, ps.
    pub discard: f64,
    /// Whether the second Wien effect of pairs is put beside it.
    pub wien: bool,
}

/// Decay of the conductance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RelaxationAnalysis {
    /// Where the decay begins, ps.
    pub from: f64,
}

/// Areas of loops against the frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryAnalysis {
    /// Time dropped at the start, ps.
    pub discard: f64,
}

/// How spikes are told from noise; fields are V/L.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeAnalysis {
    /// Lowest peak, kT/(e·Å).
    pub threshold: f64,
    /// Least rise above the higher of the neighbouring troughs, kT/(e·Å).
    pub prominence: f64,
    /// Least time between two peaks, ps.
    pub minimum_interval: f64,
}

/// The bins of the published loop, kT/(e·Å).
const PUBLISHED_FIELDS: [f64; 10] = [0.03, 0.07, 0.11, 0.15, 0.19, 0.23, 0.27, 0.31, 0.39, 0.47];

/// `[analysis]`: up to six tables.
pub(super) fn read(
    root: &mut Section<'_>,
    protocol: &Protocol,
    slits: &[SlitSpec],
    looks: Looks,
    duration: f64,
    resolved: &mut Resolved,
) -> Result<Analysis, ScenarioError> {
    let mut section = root.section_or_empty("analysis")?;
    let mut analysis = Analysis::default();
    let drives = match protocol {
        Protocol::Driven { drives } => &drives[..],
        Protocol::Circuit(_) => &[],
    };
    if section.has("loop") {
        let drive = drives.iter().find(|applied| is_loop(&applied.drive));
        let drive = drive.ok_or_else(|| unfit(&section, "loop", "a sine or triangle drive"))?;
        let mut part = section.section("loop")?;
        analysis.loops = Some(loops(&mut part, drive, slits, duration)?);
        part.finish(resolved)?;
    }
    if section.has("steady") {
        if !drives
            .iter()
            .any(|d| matches!(d.drive, Drive::Constant { .. }))
        {
            return Err(unfit(&section, "steady", "a constant drive"));
        }
        let mut part = section.section("steady")?;
        let discard = within(&mut part, "discard", Some("0 us"), duration)?;
        let wien = part.choice("theory", &[("none", false), ("wien", true)], Some("none"))?;
        if wien {
            theory_applies(&part, slits)?;
        }
        analysis.steady = Some(SteadyAnalysis { discard, wien });
        part.finish(resolved)?;
    }
    if section.has("relaxation") {
        let drive = drives
            .iter()
            .map(|applied| &applied.drive)
            .find(|drive| matches!(drive, Drive::Pulses { .. } | Drive::Sampled { .. }));
        let expected = "a drive of pulses or samples";
        let drive = drive.ok_or_else(|| unfit(&section, "relaxation", expected))?;
        let mut part = section.section("relaxation")?;
        analysis.relaxation = Some(relaxation(&mut part, drive, duration)?);
        part.finish(resolved)?;
    }
    if section.has("memory") {
        let mut part = section.section("memory")?;
        analysis.memory = Some(memory(&mut part, drives, duration)?);
        part.finish(resolved)?;
    }
    if section.has("spikes") {
        if !matches!(protocol, Protocol::Circuit(_)) {
            return Err(unfit(&section, "spikes", "a circuit"));
        }
        let mut part = section.section("spikes")?;
        analysis.spikes = Some(spikes(&mut part, slits)?);
        part.finish(resolved)?;
    }
    if section.has("clusters") {
        let mut part = section.section("clusters")?;
        let from = within(&mut part, "discard", Some("0 us"), duration)?;
        analysis.clusters = Some(clusters::clusters(&mut part, looks, from)?);
        let theories = [("none", false), ("association", true)];
        analysis.pairing = part.choice("theory", &theories, Some("none"))?;
        if analysis.pairing {
            theory_applies(&part, slits)?;
            in_equilibrium(&part, drives, slits)?;
        }
        part.finish(resolved)?;
    }
    section.finish(resolved)?;
    Ok(analysis)
}

/// Theories of pairs are of one cation and one anion.
fn theory_applies(section: &Section<'_>, slits: &[SlitSpec]) -> Result<(), ScenarioError> {
    let other = slits.iter().find(|slit| slit.symmetric_salt().is_none());
    match other {
        None => Ok(()),
        Some(slit) => Err(section.unphysical(
            "theory",
            format!(
                "it is of as many cations as anions, of opposite valence, and slit {} holds others",
                slit.name
            ),
            "write theory = \"none\", or such ions",
        )),
    }
}

/// Association is of equilibrium, and its temperature that of a logarithm.
fn in_equilibrium(
    section: &Section<'_>,
    drives: &[AppliedDrive],
    slits: &[SlitSpec],
) -> Result<(), ScenarioError> {
    if !matches!(drives, [one] if one.drive.peak() == 0.0) {
        return Err(section.unphysical(
            "theory",
            "association is an equilibrium, and this run has a field",
            "write theory = \"none\", or a constant drive of \"0 kT/(e*angstrom)\"",
        ));
    }
    if slits.iter().any(|slit| slit.coupling().is_none()) {
        return Err(section.unphysical(
            "theory",
            "association is told against T*, and this interaction has no logarithm",
            "write theory = \"none\", or interaction.kind = \"confined-log\"",
        ));
    }
    Ok(())
}

fn is_loop(drive: &Drive) -> bool {
    matches!(drive, Drive::Sine { .. } | Drive::Triangle { .. })
}

fn unfit(section: &Section<'_>, key: &str, needs: &str) -> ScenarioError {
    section.unphysical(
        key,
        format!("this analysis needs {needs}, which this scenario does not have"),
        format!("remove [analysis.{key}], or change the protocol"),
    )
}

/// A time from the start, before the end of the run.
fn within(
    section: &mut Section<'_>,
    key: &str,
    default: Option<&str>,
    duration: f64,
) -> Result<f64, ScenarioError> {
    let time = section.time_from_zero(key, default)?;
    if time < duration {
        return Ok(time);
    }
    Err(section.unphysical(
        key,
        format!(
            "{:?} leaves nothing of a run of {}",
            section.written(key, default),
            show(duration)
        ),
        "shorten it, or lengthen run.duration",
    ))
}

fn loops(
    section: &mut Section<'_>,
    drive: &AppliedDrive,
    slits: &[SlitSpec],
    duration: f64,
) -> Result<LoopAnalysis, ScenarioError> {
    let discard = within(section, "discard", Some("0 us"), duration)?;
    let half_period = 0.5 * drive.drive.period().unwrap_or(0.0);
    if duration - discard < half_period {
        return Err(section.unphysical(
            "discard",
            format!(
                "the {} that remain are less than half a period of the drive, {}: the loop is \
                 not closed",
                show(duration - discard),
                show(rounded(half_period, 4))
            ),
            "shorten it, or lengthen run.duration",
        ));
    }
    let why = "each field is the centre of a bin";
    let default = Some("0.01 kT/(e*angstrom)");
    let bin_half_width = section.positive("bin_half_width", Kind::Field, default, why)?;
    let fields = loop_fields(section, drive, slits, bin_half_width)?;
    Ok(LoopAnalysis {
        discard,
        bin_half_width,
        fields,
    })
}

/// The bin centres; by default those of the published loop that are reached.
fn loop_fields(
    section: &mut Section<'_>,
    drive: &AppliedDrive,
    slits: &[SlitSpec],
    bin_half_width: f64,
) -> Result<Vec<f64>, ScenarioError> {
    let peaks = slits.iter().map(|slit| drive.peak_field(slit.slit.length));
    let peak = peaks.fold(f64::INFINITY, f64::min);
    let reached = PUBLISHED_FIELDS.iter().filter(|field| **field <= peak);
    let default: Vec<String> = reached
        .map(|field| format!("{field} kT/(e*angstrom)"))
        .collect();
    if default.is_empty() && !section.has("fields") {
        return Err(section.unphysical(
            "fields",
            format!(
                "the drive reaches only {} kT/(e*angstrom), below every bin of the published loop",
                rounded(peak, 4)
            ),
            "add fields, a list of bin centres that the drive reaches",
        ));
    }
    let fields = section.quantities("fields", &[Kind::Field], Some(&default))?;
    let fields: Vec<f64> = fields.into_iter().map(|(_, field)| field).collect();
    for field in &fields {
        if *field <= 0.0 || field - bin_half_width >= peak {
            let kind = match drive.kind {
                Applied::Field => "field",
                Applied::Voltage => "voltage over the length of a slit",
            };
            return Err(section.unphysical(
                "fields",
                format!(
                    "a bin at {field} kT/(e*angstrom) stays empty: the magnitude of the {kind} \
                     goes from 0 to {peak} kT/(e*angstrom)"
                ),
                "give bin centres in the range of the drive",
            ));
        }
    }
    Ok(fields)
}

fn relaxation(
    section: &mut Section<'_>,
    drive: &Drive,
    duration: f64,
) -> Result<RelaxationAnalysis, ScenarioError> {
    let from = within(section, "from", None, duration)?;
    if let Drive::Pulses {
        start,
        width,
        period,
        count,
        ..
    } = drive
    {
        let end = start + count.saturating_sub(1) as f64 * period + width;
        if from < end {
            return Err(section.unphysical(
                "from",
                format!(
                    "{:?} is before the end of the last pulse, at {}",
                    section.written("from", None),
                    show(end)
                ),
                "the decay begins when the pulses have ended",
            ));
        }
    }
    Ok(RelaxationAnalysis { from })
}

/// Least number of loops that the law of their areas can be fitted to.
const LEAST_LOOPS: usize = 4;

fn memory(
    section: &mut Section<'_>,
    drives: &[AppliedDrive],
    duration: f64,
) -> Result<MemoryAnalysis, ScenarioError> {
    let discard = within(section, "discard", Some("0 us"), duration)?;
    let periods: Vec<f64> = drives.iter().filter_map(|one| one.drive.period()).collect();
    if periods.len() < LEAST_LOOPS {
        return Err(section.unphysical(
            "",
            format!(
                "the memory time is where areas of loops are largest, and {} periodic drives are \
                 fewer than {LEAST_LOOPS}",
                periods.len()
            ),
            "give a sine several frequencies: frequency = [\"50 kHz\", \"100 kHz\", ...]",
        ));
    }
    let longest = periods.into_iter().fold(0.0, f64::max);
    if duration - discard < 2.0 * longest {
        return Err(section.unphysical(
            "discard",
            format!(
                "the {} that remain are less than two periods of the slowest drive, {}",
                show(duration - discard),
                show(rounded(longest, 4))
            ),
            "shorten it, or lengthen run.duration",
        ));
    }
    Ok(MemoryAnalysis { discard })
}

fn spikes(section: &mut Section<'_>, slits: &[SlitSpec]) -> Result<SpikeAnalysis, ScenarioError> {
    let first = &slits[0];
    let other = slits
        .iter()
        .find(|slit| slit.slit.length != first.slit.length);
    let threshold = Some("0.055 kT/(e*angstrom)");
    let prominence = Some("0.03 kT/(e*angstrom)");
    let why = "a spike stands out of the noise";
    let analysis = SpikeAnalysis {
        threshold: section.positive("threshold", Kind::Field, threshold, why)?,
        prominence: section.positive("prominence", Kind::Field, prominence, why)?,
        minimum_interval: section.time_from_zero("minimum_interval", Some("5 us"))?,
    };
    match other {
        None => Ok(analysis),
        Some(other) => Err(section.unphysical(
            "threshold",
            format!(
                "V/L is not one field: the slits {} and {} have different lengths",
                first.name, other.name
            ),
            "give the slits one length, or remove [analysis.spikes]",
        )),
    }
}
