//! Conduction at constant fields, and free ions, each beside what theory says of it.

use super::{FIELD_UNIT, average_of, column, free_current};
use crate::results::Table;
use crate::run::history::{History, SlitHistory};
use crate::run::theory;
use crate::scenario::{Scenario, SlitSpec, SteadyAnalysis};
use bjerrum_physics::statistics::{self, Estimate};

/// A row for each slit and drive: replicas are averaged, and a single one has the error
/// of its correlated series.
pub(super) fn steady(scenario: &Scenario, analysis: &SteadyAnalysis, history: &History) -> Table {
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
pub(super) fn add_theory(scenario: &Scenario, steady: &mut Table) {
    let fields = steady.column("field");
    let drives = fields.len() / scenario.slits.len();
    let slits = scenario.slits.iter();
    let slits = slits.flat_map(|slit| std::iter::repeat_n(slit, drives));
    let predicted = slits
        .zip(fields)
        .map(|(slit, field)| theory::conducting(scenario, slit, field));
    let long_name = "I/I_free of pairs that the field breaks";
    steady
        .columns
        .push(column("theory", "1", long_name, predicted.collect()));
}

/// How steeply the current grows from one field to the next, measured and predicted.
pub(super) fn exponents(scenario: &Scenario, steady: &Table) -> Table {
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
pub(super) fn pairing(scenario: &Scenario, distance: f64, clusters: &Table) -> Table {
    let predicted = scenario.slits.iter();
    let (ideal, screened) = predicted
        .map(|slit| theory::free_fractions(scenario, slit, distance).into())
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
