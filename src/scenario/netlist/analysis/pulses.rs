//! `[analysis.threshold]` and `[analysis.refractory]`: pulses on top of a source.

use super::super::ElementSpec;
use super::super::tunable::Tunable;
use super::{Result, range_error, source_of};
use crate::scenario::quantity::Kind;
use crate::scenario::section::Section;
use crate::scenario::timing::show;
use bjerrum_physics::units::PICOSECOND;

/// Pulses, and how they are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct PulseSpec {
    /// The source that they are added to.
    pub source: Tunable,
    /// Largest amplitude that is tried, A.
    pub largest: f64,
    /// Error of a threshold over the threshold.
    pub precision: f64,
    /// How long a spike is waited for, s.
    pub wait: f64,
}

/// `[analysis.threshold]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdSpec {
    /// The pulses.
    pub pulse: PulseSpec,
    /// Their lengths, s, rising.
    pub widths: Vec<f64>,
}

/// `[analysis.refractory]`.
#[derive(Clone, Debug, PartialEq)]
pub struct RefractorySpec {
    /// The second pulse.
    pub pulse: PulseSpec,
    /// The length of both, s.
    pub width: f64,
    /// The first pulse over the threshold at rest.
    pub first: f64,
    /// From the beginning of the first to that of the second, s, rising.
    pub delays: Vec<f64>,
}

/// `[analysis.threshold]`; `duration` of the run in ps.
pub(super) fn threshold(
    section: &mut Section<'_>,
    elements: &[ElementSpec],
    tunables: &[Tunable],
    duration: f64,
) -> Result<ThresholdSpec> {
    let pulse = pulse(section, elements, tunables, duration)?;
    let [from, to, points] = range(section, "25")?;
    let way = |k: usize| k as f64 / (points - 1.0);
    let widths = (0..points as usize).map(|k| from * (to / from).powf(way(k)));
    if to > pulse.wait {
        return Err(too_short(section, pulse.wait));
    }
    Ok(ThresholdSpec {
        widths: widths.collect(),
        pulse,
    })
}

/// `[analysis.refractory]`; `duration` of the run in ps.
pub(super) fn refractory(
    section: &mut Section<'_>,
    elements: &[ElementSpec],
    tunables: &[Tunable],
    duration: f64,
) -> Result<RefractorySpec> {
    let pulse = pulse(section, elements, tunables, duration)?;
    let why = "it is the length of both pulses";
    let width = PICOSECOND * section.positive("width", Kind::Time, None, why)?;
    let why = "it is the first pulse over the threshold at rest";
    let first = section.positive_number("first", "1.5", why)?;
    if first < 1.01 {
        return Err(section.unphysical(
            "first",
            format!("a first pulse of {first} times the threshold does not make it fire"),
            "give a number above 1, such as first = 1.5",
        ));
    }
    let [from, to, points] = range(section, "41")?;
    if from < width {
        return Err(section.unphysical(
            "from",
            "the second pulse begins before the first has ended",
            "give a delay of the width or more",
        ));
    }
    if width > pulse.wait {
        return Err(too_short(section, pulse.wait));
    }
    let way = |k: usize| k as f64 / (points - 1.0);
    let delays = (0..points as usize).map(|k| from + (to - from) * way(k));
    Ok(RefractorySpec {
        delays: delays.collect(),
        width,
        first,
        pulse,
    })
}

fn pulse(
    section: &mut Section<'_>,
    elements: &[ElementSpec],
    tunables: &[Tunable],
    duration: f64,
) -> Result<PulseSpec> {
    let source = source_of(section, elements, tunables)?;
    let largest = section.in_unit("largest", "A", "the largest amplitude to try")?;
    if largest <= 0.0 {
        return Err(section.unphysical(
            "largest",
            "the pulses are to make it fire",
            "give a current above zero",
        ));
    }
    let precision = section.positive_number("precision", "1e-3", "it is a relative error")?;
    if !(1e-6..=0.1).contains(&precision) {
        return Err(section.unphysical(
            "precision",
            format!("{precision} is no relative error of a threshold"),
            "give a number between 1e-6 and 0.1",
        ));
    }
    let why = "it is the time in which a spike shall come";
    let wait = section.positive("wait", Kind::Time, Some(&show(duration)), why)?;
    Ok(PulseSpec {
        source,
        largest,
        precision,
        wait: wait * PICOSECOND,
    })
}

/// `from` and `to`, s, and `points`.
fn range(section: &mut Section<'_>, default: &str) -> Result<[f64; 3]> {
    let why = "it is a length of time";
    let from = section.positive("from", Kind::Time, None, why)?;
    let to = section.positive("to", Kind::Time, None, why)?;
    let points = super::points(section, default)?;
    if to <= from {
        return Err(range_error(section));
    }
    Ok([from * PICOSECOND, to * PICOSECOND, points as f64])
}

fn too_short(section: &Section<'_>, wait: f64) -> crate::scenario::ScenarioError {
    section.unphysical(
        "wait",
        format!(
            "a pulse outlasts the {} in which a spike is waited for",
            show(wait / PICOSECOND)
        ),
        "lengthen it, or shorten the pulse",
    )
}
