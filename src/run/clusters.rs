//! Pairs and clusters in the result file: their course and what came out.

mod averages;
mod distributions;

use super::analysis::{column, scalar};
use super::experiment::{Experiment, SlitCopy};
use super::history::{History, SlitHistory};
use crate::results::{Column, SeriesSpec, Table};
use crate::scenario::Scenario;
use averages::averages;
use bjerrum_physics::brownian::Ions;
use bjerrum_physics::observables::{ClusterRule, ClusterWatch, ClusterWindow};
use bjerrum_physics::statistics::Estimate;
use bjerrum_physics::units::Units;
use distributions::distributions;

/// H5MD has no symbol for e, but takes a number as a factor of a unit.
const DIPOLE_UNIT: &str = "1.602176634e-19 C Angstrom";

/// What is recorded for each window: name, unit and what it is.
const SERIES: [(&str, &str, &str); 9] = [
    (
        "single_fraction",
        "1",
        "fraction of ions that are linked to none",
    ),
    ("pair_fraction", "1", "fraction of ions in bound pairs"),
    (
        "cluster_fraction",
        "1",
        "fraction of ions in clusters of three or more",
    ),
    (
        "mean_cluster_size",
        "1",
        "ions a cluster, lone ions among them",
    ),
    ("largest_cluster", "1", "ions of the largest cluster"),
    (
        "elongation",
        "1",
        "extent along the field over extent across, of clusters of three or more",
    ),
    (
        "orientation",
        "1",
        "mean cos 2 theta of the longer axis against the field, of clusters of three or more",
    ),
    (
        "pair_separation",
        "Angstrom",
        "mean distance of the ions of a bound pair",
    ),
    (
        "pair_dipole",
        DIPOLE_UNIT,
        "mean dipole of a bound pair along the field, e Angstrom",
    ),
];

/// The series of the slit `label`.
pub(super) fn series(label: &str) -> impl Iterator<Item = SeriesSpec> {
    SERIES
        .iter()
        .map(move |&(name, unit, long_name)| SeriesSpec {
            group: format!("observables/{label}"),
            name: name.to_owned(),
            unit: unit.to_owned(),
            long_name: long_name.to_owned(),
            columns: Vec::new(),
        })
}

/// A row of each of them.
pub(super) fn rows(window: &ClusterWindow) -> [Vec<f64>; SERIES.len()] {
    [
        window.single_fraction,
        window.pair_fraction,
        window.cluster_fraction,
        window.mean_size,
        window.largest,
        window.elongation,
        window.orientation,
        window.pair_separation,
        window.pair_dipole,
    ]
    .map(|value| vec![value])
}

/// The averages of all slits beside each other, and the distributions of each copy.
pub(super) fn tables(
    scenario: &Scenario,
    rule: &ClusterRule,
    experiment: &Experiment,
    history: &History,
) -> Vec<Table> {
    let spacing = scenario.dynamics.window() / scenario.observe.samples_per_window as f64;
    let interval = rule.every as f64 * spacing * Units::at(scenario.temperature).time;
    let first = history.first_after(rule.from);
    let of_copy = |(copy, course)| Watched::new(copy, course, first, interval);
    let copies = experiment.copies().iter().zip(&history.slits);
    let copies: Vec<Watched<'_>> = copies.filter_map(of_copy).collect();
    let replicas = scenario.run.replicas as usize;
    let mut averages = averages(rule, &copies, replicas);
    let long_name = "time from one look to the next";
    averages
        .scalars
        .push(scalar("interval", "s", long_name, interval));
    let distributions = copies.iter().map(distributions);
    std::iter::once(averages).chain(distributions).collect()
}

/// A copy of a slit and what was seen of it.
struct Watched<'a> {
    label: &'a str,
    ions: &'a Ions,
    watch: &'a ClusterWatch,
    /// Mean magnitude of the field while it was watched, kT/(e·Å).
    field: f64,
    /// Seconds from one look to the next.
    interval: f64,
}

impl<'a> Watched<'a> {
    fn new(copy: &'a SlitCopy, course: &SlitHistory, first: usize, interval: f64) -> Option<Self> {
        let fields = &course.field[first..];
        let field = fields.iter().map(|e| e.abs()).sum::<f64>() / fields.len() as f64;
        Some(Self {
            label: &copy.label,
            ions: copy.engine.ions(),
            watch: copy.clusters.as_ref()?,
            field,
            interval,
        })
    }

    /// Mean lifetime of a pair, s.
    fn lifetime(&self) -> Estimate {
        let looks = self.watch.lifetimes().mean();
        Estimate {
            mean: looks.mean * self.interval,
            error: looks.error * self.interval,
        }
    }
}

/// Means and, beside them, their standard errors.
fn with_error(name: &str, unit: &str, long_name: &str, values: &[Estimate]) -> [Column; 2] {
    let error_long = format!("standard error of {name}");
    [
        column(
            name,
            unit,
            long_name,
            values.iter().map(|v| v.mean).collect(),
        ),
        column(
            &format!("{name}_error"),
            unit,
            &error_long,
            values.iter().map(|v| v.error).collect(),
        ),
    ]
}
