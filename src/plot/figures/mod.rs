//! The figures of the field, each from a small struct of plain data.
//!
//! Every builder returns a [`Figure`], which the caller may still change before
//! rendering it. Quantities come in SI units, fields in kT/(e·Å); the builders choose prefixes.

mod clusters;
mod convergence;
mod iv_curve;
mod memory;
mod memristor;
mod neuron;
mod pairing;
mod relaxation;
mod series;
mod snapshot;

pub use clusters::{ClusterCurves, Clusters, Measured};
pub use convergence::{Convergence, ShortStepLimit, StepValue};
pub use iv_curve::{Conduction, IvCurve};
pub use memory::Memory;
pub use memristor::Memristor;
pub use neuron::{Conductance, Neuron, SlitTrace, Spike};
pub use pairing::{Pairing, PairingCurve};
pub use relaxation::{Decay, Relaxation};
pub use series::{Series, SeriesLine, SeriesPanel};
pub use snapshot::{ShownIon, ShownLink, SlitView, Snapshot};

use super::figure::{Figure, Panel, Trace};
use super::palette::Color;
use super::ticks::si_prefix;

/// The name of the unit that fields come in.
const FIELD_UNIT: &str = "kT e⁻¹ Å⁻¹";
/// The label of a current told in units of what the same ions would carry if all were free.
const RATIO: &str = "Current / free-ion current";

/// The words around a figure.
#[derive(Clone, Debug, Default)]
pub struct Caption {
    /// What the figure shows, in a few words.
    pub title: String,
    /// What was run to get it.
    pub subtitle: String,
    /// Where the data came from: file, version, seed.
    pub footer: String,
}

impl Caption {
    fn figure(&self, panels: Vec<Panel>) -> Figure {
        let (subtitle, footer) = (self.subtitle.clone(), self.footer.clone());
        Figure {
            subtitle,
            footer,
            ..Figure::new(self.title.clone(), panels)
        }
    }
}

/// A quantity measured at a field, as the mean over a bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Binned {
    /// The field or its magnitude, in kT/(e·Å).
    pub field: f64,
    /// The mean.
    pub value: f64,
    /// Its standard error; 0 or NaN when it is not known.
    pub error: f64,
}

/// Published values and where they are published.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// The source as a legend names it, as in "Robin 2021".
    pub source: String,
    /// Pairs of field, in kT/(e·Å), and value.
    pub points: Vec<(f64, f64)>,
}

/// Markers with error bars.
fn binned(label: &str, color: Color, bins: &[Binned]) -> Trace {
    let points = bins.iter().map(|bin| (bin.field, bin.value)).collect();
    let errors = bins.iter().map(|bin| bin.error).collect();
    Trace::points(label, color, points).with_error(errors)
}

/// The factor and prefix that suit the times of a run, in seconds. A run of 2 ms is
/// better read as 2000 µs: the prefix is that of a tenth of the run.
fn time_prefix(time: &[f64]) -> (f64, &'static str) {
    let finite = time.iter().copied().filter(|t| t.is_finite());
    si_prefix(0.1 * finite.fold(0.0, f64::max))
}

/// Pairs up two series; the longer one is cut.
fn pairs(x: &[f64], y: impl IntoIterator<Item = f64>) -> Vec<(f64, f64)> {
    x.iter().copied().zip(y).collect()
}

/// The factor and prefixed unit that suit the larger part of several series.
pub(crate) fn prefixed(series: &[&[f64]], unit: &str) -> (f64, String) {
    let typical = series
        .iter()
        .filter_map(|values| quantile(values.iter().map(|v| v.abs()), 0.98));
    let (factor, prefix) = si_prefix(typical.fold(0.0, f64::max));
    (factor, format!("{prefix}{unit}"))
}

/// The value below which a fraction of the numbers lies.
fn quantile(values: impl Iterator<Item = f64>, fraction: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    if sorted.is_empty() {
        return None;
    }
    let index = (fraction * (sorted.len() - 1) as f64).round() as usize;
    Some(*sorted.select_nth_unstable_by(index, f64::total_cmp).1)
}
