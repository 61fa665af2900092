//! What a scenario asks to be worked out at the end: the tables in `/results`.

use super::clusters;
use super::experiment::Experiment;
use super::history::{History, SlitHistory};
use super::memory;
use super::theory;
use crate::results::{Column, Scalar, Table};
use crate::scenario::{
    LoopAnalysis, RelaxationAnalysis, Scenario, SlitSpec, SpikeAnalysis, SteadyAnalysis,
};
use bjerrum_physics::memristor::{self, LoopPoint, LoopSeries};
use bjerrum_physics::neuron::{self, Spike, SpikeRule, Trace};
use bjerrum_physics::statistics::{self, Estimate};
use bjerrum_physics::units::Units;

pub(super) const FIELD_UNIT: &str = "kT e-1 Angstrom-1";

/// Every table `scenario` asks for.
pub(super) fn tables(
    scenario: &Scenario,
    experiment: &Experiment,
    history: &History,
) -> Vec<Table> {
    let analysis = &scenario.analysis;
    let units = Units::at(scenario.temperature);
    let mut tables = Vec::new();
    tables.extend(
        analysis
            .loops
            .as_ref()
            .map(|a| hysteresis(scenario, a, history)),
    );
    if let Some(analysis) = &analysis.steady {
        let mut steady = steady(scenario, analysis, history);
        if analysis.wien {
            add_theory(scenario, &mut steady);
        }
        let theory = analysis.wien.then(|| {
            let lines = theory::wien(scenario, &steady.column("field"));
            std::iter::once(exponents(scenario, &steady)).chain(lines)
        });
        let theory: Vec<Table> = theory.into_iter().flatten().collect();
        tables.push(steady);
        tables.extend(theory);
    }
    if let Some(analysis) = &analysis.relaxation {
        tables.push(relaxation(scenario, analysis, history, &units));
    }
    if let Some(analysis) = &analysis.memory {
        tables.extend(memory::tables(scenario, analysis, history, &units));
    }
    tables.extend(analysis.spikes.map(|a| spikes(&a, history, &units)));
    if let Some(rule) = &analysis.clusters {
        let clusters = clusters::tables(scenario, rule, experiment, history);
        if analysis.pairing {
            tables.push(pairing(scenario, rule.criterion.join, &clusters[0]));
            tables.extend(theory::association(scenario, rule.criterion.join));
        }
        tables.extend(clusters);
    }
    tables
}

fn hysteresis(scenario: &Scenario, analysis: &LoopAnalysis, history: &History) -> Table {
    let first = history.first_after(analysis.discard);
    let periodic = || {
        history
            .slits
            .iter()
            .filter(|slit| scenario.period_of(slit.drive).is_some())
    };
    let free: Vec<Vec<f64>> = periodic().map(free_current).collect();
    let series: Vec<LoopSeries<'_>> = periodic()
        .zip(&free)
        .map(|(slit, free)| LoopSeries {
            field: &slit.field[first..],
            current: &slit.current[first..],
            free_current: &free[first..],
        })
        .collect();
    let points = memristor::fold_loops(&series, &analysis.fields, analysis.bin_half_width);
    let of = |pick: fn(&LoopPoint) -> f64| points.iter().map(pick).collect();
    Table {
        name: "loop".to_owned(),
        title: "Hysteresis loop folded on |E|".to_owned(),
        columns: vec![
            column(
                "field",
                FIELD_UNIT,
                "centre of the bin in |E|",
                of(|p| p.field),
            ),
            column(
                "rising",
                "1",
                "I/I_free while |E| grows",
                of(|p| p.rising.mean),
            ),
            column(
                "falling",
                "1",
                "I/I_free while |E| shrinks",
                of(|p| p.falling.mean),
            ),
            column(
                "rising_error",
                "1",
                "standard error, from passes",
                of(|p| p.rising.error),
            ),
            column(
                "falling_error",
                "1",
                "standard error, from passes",
                of(|p| p.falling.error),
            ),
            column(
                "rising_passes",
                "1",
                "passes through the bin",
                of(|p| p.passes.0 as f64),
            ),
            column(
                "falling_passes",
                "1",
                "passes through the bin",
                of(|p| p.passes.1 as f64),
            ),
        ],
        ..Table::default()
    }
}

pub(super) fn free_current(slit: &SlitHistory) -> Vec<f64> {
    slit.field
        .iter()
        .map(|e| slit.free_conductance * e * slit.length)
        .collect()
}

/// A row for each slit and drive: replicas are averaged, and a single one has the error
/// of its correlated series.
fn steady(scenario: &Scenario, analysis: &SteadyAnalysis, history: &History) -> Table {
    let first = history.first_after(analysis.discard);
    let (mut fields, mut ratios, mut free) = (Vec::new(), Vec::new(), Vec::new());
    for copies in rows(scenario, history) {
        fields.push(
            copies[0].field[first..]
                .first()
                .copied()
                .unwrap_or(f64::NAN),
        );
        ratios.push(average(copies, |slit| {
            let free = free_current(slit);
            (first..slit.current.len())
                .map(|k| slit.current[k] / free[k])
                .collect()
        }));
        free.push(average(copies, |slit| slit.free_fraction[first..].to_vec()));
    }
    let mean = |values: &[Estimate]| values.iter().map(|v| v.mean).collect();
    let error = |values: &[Estimate]| values.iter().map(|v| v.error).collect();
    Table {
        name: "steady".to_owned(),
        title: "Conduction at constant fields".to_owned(),
        columns: vec![
            column("field", FIELD_UNIT, "field", fields),
            column("ratio", "1", "I/I_free", mean(&ratios)),
            column(
                "ratio_error",
                "1",
                "standard error of I/I_free",
                error(&ratios),
            ),
            column("free_fraction", "1", "fraction of free ions", mean(&free)),
            column(
                "free_fraction_error",
                "1",
                "its standard error",
                error(&free),
            ),
        ],
        notes: vec![row_names(scenario, history)],
        ..Table::default()
    }
}

/// The copies of each slit and drive.
fn rows<'h>(scenario: &Scenario, history: &'h History) -> impl Iterator<Item = &'h [SlitHistory]> {
    history.slits.chunks(scenario.run.replicas as usize)
}

/// The slit of each row.
fn row_names(scenario: &Scenario, history: &History) -> (String, String) {
    let drives = rows(scenario, history).count() / scenario.slits.len();
    let slits = scenario.slits.iter();
    let names = slits.flat_map(|slit| std::iter::repeat_n(slit.name.as_str(), drives));
    let names: Vec<&str> = names.collect();
    ("rows".to_owned(), names.join(", "))
}

/// What theory predicts for each row of `steady`.
fn add_theory(scenario: &Scenario, steady: &mut Table) {
    let fields = steady.column("field");
    let drives = fields.len() / scenario.slits.len();
    let slits = scenario.slits.iter();
    let slits = slits.flat_map(|slit| std::iter::repeat_n(slit, drives));
    let predicted = slits
        .zip(fields)
        .map(|(slit, field)| theory::conducting(slit, field));
    let long_name = "I/I_free of pairs that the field breaks";
    steady
        .columns
        .push(column("theory", "1", long_name, predicted.collect()));
}

/// How steeply the current grows from one field to the next, measured and predicted.
fn exponents(scenario: &Scenario, steady: &Table) -> Table {
    let of = |name: &str| steady.column(name);
    let (field, ratio, error, predicted) =
        (of("field"), of("ratio"), of("ratio_error"), of("theory"));
    let drives = field.len() / scenario.slits.len();
    let mut all: [Vec<f64>; 5] = Default::default();
    let mut names = Vec::new();
    for (slit, first) in scenario.slits.iter().zip((0..).step_by(drives)) {
        for k in first..first + drives - 1 {
            let log = (field[k + 1] / field[k]).ln();
            let exponent = |ratio: &[f64]| 1.0 + (ratio[k + 1] / ratio[k]).ln() / log;
            let row = [
                (field[k] * field[k + 1]).sqrt(),
                exponent(&ratio),
                (error[k + 1] / ratio[k + 1]).hypot(error[k] / ratio[k]) / log.abs(),
                exponent(&predicted),
                theory::pure_logarithm(slit),
            ];
            all.iter_mut()
                .zip(row)
                .for_each(|(column, value)| column.push(value));
            names.push(slit.name.as_str());
        }
    }
    let [field, exponent, exponent_error, theory, pure] = all;
    let mean = "geometric mean of the two fields";
    Table {
        name: "wien_exponents".to_owned(),
        title: "Local exponents of the current, d ln I/d ln E from one field to the next"
            .to_owned(),
        columns: vec![
            column("field", FIELD_UNIT, mean, field),
            column("exponent", "1", "d ln I/d ln E", exponent),
            column("exponent_error", "1", "its standard error", exponent_error),
            column("theory", "1", "the same of the line of theory", theory),
            column(
                "pure_logarithm",
                "1",
                "1 + coupling/2, of a pure logarithm",
                pure,
            ),
        ],
        notes: vec![("rows".to_owned(), names.join(", "))],
        ..Table::default()
    }
}

/// Free ions against the temperature.
fn pairing(scenario: &Scenario, distance: f64, clusters: &Table) -> Table {
    let predicted = scenario.slits.iter();
    let (ideal, screened) = predicted
        .map(|slit| theory::free_fractions(slit, distance).into())
        .unzip();
    let of_slits = |value: fn(&SlitSpec) -> f64| scenario.slits.iter().map(value).collect();
    let names: Vec<&str> = scenario
        .slits
        .iter()
        .map(|slit| slit.written.as_str())
        .collect();
    let temperature = |slit: &SlitSpec| slit.coupling().map_or(f64::NAN, |gamma| 1.0 / gamma);
    Table {
        name: "pairing".to_owned(),
        title: "Free ions against the reduced temperature".to_owned(),
        columns: vec![
            column(
                "reduced_temperature",
                "1",
                "T* = 1/coupling",
                of_slits(temperature),
            ),
            column(
                "density",
                "nm-2",
                "density of either ion",
                of_slits(theory::density),
            ),
            column(
                "free_fraction",
                "1",
                "fraction of ions alone",
                clusters.column("single_fraction"),
            ),
            column(
                "free_fraction_error",
                "1",
                "its standard error",
                clusters.column("single_fraction_error"),
            ),
            column("ideal", "1", "of an ideal mixture of ions and pairs", ideal),
            column(
                "screened",
                "1",
                "with free ions that screen each other",
                screened,
            ),
        ],
        notes: vec![("rows".to_owned(), names.join(", "))],
        ..Table::default()
    }
}

/// Mean over the copies, each averaged over its (correlated) windows.
fn average(copies: &[SlitHistory], series: impl Fn(&SlitHistory) -> Vec<f64>) -> Estimate {
    let each: Vec<Estimate> = copies
        .iter()
        .map(|slit| statistics::correlated(&series(slit)))
        .collect();
    average_of(&each)
}

/// The mean of independent estimates.
pub(super) fn average_of(copies: &[Estimate]) -> Estimate {
    let n = copies.len() as f64;
    Estimate {
        mean: copies.iter().map(|e| e.mean).sum::<f64>() / n,
        error: copies.iter().map(|e| e.error * e.error).sum::<f64>().sqrt() / n,
    }
}

/// The conductance of the mobile charge after the pulse, averaged over copies,
/// as a fraction of its free-ion value.
fn relaxation(
    scenario: &Scenario,
    analysis: &RelaxationAnalysis,
    history: &History,
    units: &Units,
) -> Table {
    let first = history.first_after(analysis.from);
    let pulsed: Vec<&SlitHistory> = history
        .slits
        .iter()
        .filter(|slit| scenario.is_pulsed(slit.drive))
        .collect();
    let n = pulsed.len() as f64;
    let fraction: Vec<f64> = (first..history.time.len())
        .map(|k| {
            let of = |slit: &SlitHistory| slit.mobile_conductance[k] / slit.free_conductance;
            pulsed.iter().map(|slit| of(slit)).sum::<f64>() / n
        })
        .collect();
    let time: Vec<f64> = history.time[first..]
        .iter()
        .map(|t| t - analysis.from)
        .collect();
    let mut table = Table {
        name: "relaxation".to_owned(),
        title: "Decay of the conductance after the pulse, g = rest + jump exp(-t/memory_time)"
            .to_owned(),
        ..Table::default()
    };
    table.scalars.push(scalar(
        "start",
        "s",
        "end of the pulse",
        analysis.from * units.time,
    ));
    match memristor::fit_decay(&time, &fraction) {
        Ok(decay) => {
            let seconds = Estimate {
                mean: decay.memory_time.mean * units.time,
                error: decay.memory_time.error * units.time,
            };
            table
                .scalars
                .extend(estimate("memory_time", "s", "memory time", seconds));
            table.scalars.extend(estimate(
                "rest",
                "1",
                "level it decays to, of G_free",
                decay.rest,
            ));
            table
                .scalars
                .extend(estimate("jump", "1", "what decays, of G_free", decay.jump));
        }
        Err(reason) => table
            .notes
            .push(("not_fitted".to_owned(), reason.to_string())),
    }
    table
}

fn spikes(analysis: &SpikeAnalysis, history: &History, units: &Units) -> Table {
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
    let train = neuron::train(&[found]);
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

pub(crate) fn column(name: &str, unit: &str, long_name: &str, values: Vec<f64>) -> Column {
    Column {
        name: name.into(),
        unit: unit.into(),
        long_name: long_name.into(),
        values,
    }
}

pub(crate) fn scalar(name: &str, unit: &str, long_name: &str, value: f64) -> Scalar {
    Scalar {
        name: name.into(),
        unit: unit.into(),
        long_name: long_name.into(),
        value,
    }
}

/// A mean and, beside it, its standard error.
pub(super) fn estimate(name: &str, unit: &str, long_name: &str, value: Estimate) -> [Scalar; 2] {
    let error_name = format!("{name}_error");
    let error_long = format!("standard error of the {long_name}");
    [
        scalar(name, unit, long_name, value.mean),
        scalar(&error_name, unit, &error_long, value.error),
    ]
}
