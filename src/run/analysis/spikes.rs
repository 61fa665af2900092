//! The spikes of a voltage.

use super::{column, estimate, scalar};
use crate::results::Table;
use crate::run::history::History;
use crate::scenario::SpikeAnalysis;
use bjerrum_physics::neuron::{self, Spike, SpikeRule, Trace};
use bjerrum_physics::statistics::Estimate;
use bjerrum_physics::units::Units;

pub(super) fn spikes(analysis: &SpikeAnalysis, history: &History, units: &Units) -> Table {
    let length = history.slits[0].length;
    let trace = Trace {
        time: &history.time,
        voltage: &history.circuit.voltage,
        power: &history.circuit.power,
    };
    let rule = SpikeRule {
        threshold: analysis.threshold * length,
        prominence: analysis.prominence * length,
        minimum_interval: analysis.minimum_interval,
    };
    let mut table = spike_table(&neuron::find_spikes(&trace, &rule), units);
    let per_volt = 1.0 / (length * units.voltage);
    table.scalars.push(scalar(
        "field_per_volt",
        "Angstrom-1 V-1",
        "V/L in kT/(e Angstrom), a volt",
        per_volt,
    ));
    table.scalars.push(scalar(
        "threshold",
        "V",
        "least height of a spike",
        rule.threshold * units.voltage,
    ));
    table
}

/// Spikes and their statistics; `units` are those of the spikes, in the SI.
pub(crate) fn spike_table(found: &[Spike], units: &Units) -> Table {
    let train = neuron::train(found);
    let of = |pick: fn(&Spike) -> f64, unit: f64| found.iter().map(|s| pick(s) * unit).collect();
    let in_unit = |e: Estimate, unit: f64| Estimate {
        mean: e.mean * unit,
        error: e.error * unit,
    };
    let mut table = Table {
        name: "spikes".to_owned(),
        title: "Spikes of the voltage".to_owned(),
        columns: vec![
            column("time", "s", "time of the peak", of(|s| s.time, units.time)),
            column(
                "peak",
                "V",
                "height of the peak",
                of(|s| s.peak, units.voltage),
            ),
            column(
                "width",
                "s",
                "full width at half prominence",
                of(|s| s.width, units.time),
            ),
            column(
                "energy",
                "J",
                "energy dissipated in the slits from trough to trough",
                of(|s| s.energy, units.energy),
            ),
        ],
        ..Table::default()
    };
    let scalars = &mut table.scalars;
    scalars.push(scalar("count", "1", "number of spikes", train.count as f64));
    scalars.extend(estimate(
        "interval",
        "s",
        "mean interval",
        in_unit(train.interval, units.time),
    ));
    scalars.push(scalar(
        "interval_spread",
        "1",
        "standard deviation over mean",
        train.spread,
    ));
    scalars.extend(estimate(
        "mean_peak",
        "V",
        "mean peak",
        in_unit(train.peak, units.voltage),
    ));
    scalars.extend(estimate(
        "mean_width",
        "s",
        "mean width",
        in_unit(train.width, units.time),
    ));
    scalars.extend(estimate(
        "mean_energy",
        "J",
        "mean energy",
        in_unit(train.energy, units.energy),
    ));
    table
}
