//! Pairs and clusters in the result file: their course and what came out.

use super::analysis::{FIELD_UNIT, average_of, column, estimate, scalar};
use super::experiment::{Experiment, SlitCopy};
use super::history::{History, SlitHistory};
use crate::results::{Column, SeriesSpec, Table};
use crate::scenario::Scenario;
use bjerrum_physics::brownian::Ions;
use bjerrum_physics::observables::{
    ClusterRule, ClusterWatch, ClusterWindow, Criterion, SizeBin, Survival,
};
use bjerrum_physics::statistics::Estimate;
use bjerrum_physics::units::Units;

/// H5MD has no symbol for e, but takes a number as a factor of a unit.
const DIPOLE_UNIT: &str = "1.602176634e-19 C Angstrom";
const CHARGE_UNIT: &str = "1.602176634e-19 C";
const SQUARED_CHARGE_UNIT: &str = "2.566969967e-38 C+2";
const POLARISATION_UNIT: &str = "1.602176634e-19 C Angstrom-1";
/// Points of the survival curve that are kept, about.
const SURVIVAL_POINTS: f64 = 80.0;

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

/// Name, unit, what it is, and where it comes from.
type Average = (
    &'static str,
    &'static str,
    &'static str,
    fn(&Watched<'_>) -> Estimate,
);

const AVERAGES: [Average; 15] = [
    (
        "single_fraction",
        "1",
        "fraction of ions that are linked to none",
        |w| w.watch.sizes().ion_fraction(1, 1),
    ),
    (
        "pair_fraction",
        "1",
        "fraction of ions in bound pairs",
        |w| w.watch.pairs().fraction(),
    ),
    (
        "cluster_fraction",
        "1",
        "fraction of ions in clusters of three or more",
        |w| w.watch.sizes().ion_fraction(3, usize::MAX),
    ),
    (
        "mean_cluster_size",
        "1",
        "ions a cluster, lone ions among them",
        |w| w.watch.sizes().mean_size(),
    ),
    (
        "cluster_size_of_an_ion",
        "1",
        "size of the cluster in which an ion is",
        |w| w.watch.sizes().mean_size_of_an_ion(),
    ),
    ("largest_cluster", "1", "ions of the largest cluster", |w| {
        w.watch.sizes().largest()
    }),
    (
        "percolating",
        "1",
        "fraction of the time in which a cluster closes upon itself",
        |w| w.watch.sizes().percolating(),
    ),
    (
        "elongation",
        "1",
        "sqrt(<Gxx>/<Gyy>) of clusters of three or more, 1 where no direction is preferred",
        |w| w.watch.sizes().elongation(),
    ),
    (
        "axis_ratio",
        "1",
        "sqrt(<l1>/<l2>) of clusters of three or more, whichever way they point",
        |w| w.watch.sizes().axis_ratio(),
    ),
    (
        "orientation",
        "1",
        "mean cos 2 theta of the longer axis against the field, of clusters of three or more",
        |w| w.watch.sizes().orientation(),
    ),
    (
        "pair_separation",
        "Angstrom",
        "mean distance of the ions of a bound pair",
        |w| w.watch.pairs().separation(),
    ),
    (
        "pair_dipole",
        DIPOLE_UNIT,
        "dipole of a bound pair along the field, e Angstrom",
        |w| w.watch.pairs().dipole(),
    ),
    (
        "pair_alignment",
        "1",
        "mean cosine of the angle between dipole and field",
        |w| w.watch.pairs().alignment(),
    ),
    (
        "polarisation",
        POLARISATION_UNIT,
        "dipoles of bound pairs along the field an area, e/Angstrom",
        |w| w.watch.pairs().polarisation(),
    ),
    (
        "pair_lifetime",
        "s",
        "mean lifetime of a pair: time spent in pairs over pairs broken",
        |w| w.lifetime(),
    ),
];

/// One row for each slit and drive, its replicas averaged.
fn averages(rule: &ClusterRule, copies: &[Watched<'_>], replicas: usize) -> Table {
    let rows: Vec<&[Watched<'_>]> = copies.chunks(replicas).collect();
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let field = |row: &&[Watched<'_>]| mean(row.iter().map(|copy| copy.field).collect());
    let mut columns = vec![column(
        "field",
        FIELD_UNIT,
        "mean magnitude of the field",
        rows.iter().map(field).collect(),
    )];
    for (name, unit, long_name, of) in AVERAGES {
        let each = rows.iter().map(|row| {
            let copies: Vec<Estimate> = row.iter().map(of).collect();
            average_of(&copies)
        });
        columns.extend(with_error(name, unit, long_name, &each.collect::<Vec<_>>()));
    }
    let labels = rows.iter().map(|row| {
        let (name, _) = row[0]
            .label
            .split_once("-copy")
            .unwrap_or((row[0].label, ""));
        name.to_owned()
    });
    let Criterion { join, part } = rule.criterion;
    Table {
        name: "cluster_averages".to_owned(),
        title: "Pairs and clusters".to_owned(),
        columns,
        notes: vec![
            ("rows".to_owned(), labels.collect::<Vec<_>>().join(", ")),
            (
                "together".to_owned(),
                format!("two ions join below {join} Angstrom and part beyond {part} Angstrom"),
            ),
        ],
        ..Table::default()
    }
}

/// Everything about one copy that is a curve.
fn distributions(copy: &Watched<'_>) -> Table {
    let (watch, ions) = (copy.watch, copy.ions);
    let mut columns = by_size(&watch.sizes().bins());
    let (charges, shares): (Vec<f64>, Vec<Estimate>) = watch.sizes().charges().into_iter().unzip();
    let long_name = "net charge of a cluster of two or more, e; the ends hold all beyond";
    columns.push(column("charge", CHARGE_UNIT, long_name, charges));
    let long_name = "fraction of clusters of two or more that have this charge";
    columns.extend(with_error("charge_fraction", "1", long_name, &shares));
    let g = watch.correlation();
    columns.push(column(
        "r",
        "Angstrom",
        "distance, middle of the bin",
        g.distances(),
    ));
    let long_name = "pair correlation of ions of the same sign";
    columns.extend(with_error("g_like", "1", long_name, &g.like()));
    let long_name = "pair correlation of ions of opposite sign";
    columns.extend(with_error("g_unlike", "1", long_name, &g.unlike()));
    let lives = watch.lifetimes();
    columns.extend(survival(
        &lives.survival(ions, watch.links()),
        copy.interval,
    ));

    let censored: u64 = lives.censored(ions, watch.links()).values().sum();
    let long_name = "mean lifetime of a pair";
    let mut scalars = estimate("pair_lifetime", "s", long_name, copy.lifetime()).to_vec();
    scalars.push(scalar(
        "broken",
        "1",
        "pairs that broke",
        lives.broken() as f64,
    ));
    let long_name = "pairs seen to form that still live";
    scalars.push(scalar("censored", "1", long_name, censored as f64));
    Table {
        name: format!("clusters/{}", copy.label),
        title: format!(
            "Clusters of {}, by size, charge, distance and lifetime",
            copy.label
        ),
        columns,
        scalars,
        notes: Vec::new(),
    }
}

fn by_size(bins: &[SizeBin]) -> Vec<Column> {
    let count = |of: fn(&SizeBin) -> usize| bins.iter().map(|bin| of(bin) as f64).collect();
    let mut columns = vec![
        column(
            "size",
            "1",
            "fewest ions of a cluster in this bin",
            count(|b| b.from),
        ),
        column("size_to", "1", "most ions", count(|b| b.to)),
    ];
    type Of = fn(&SizeBin) -> Estimate;
    let quantities: [(&str, &str, &str, Of); 7] = [
        (
            "ion_fraction",
            "1",
            "fraction of ions in such clusters",
            |b| b.ion_fraction,
        ),
        (
            "cluster_fraction",
            "1",
            "fraction of clusters of this size",
            |b| b.cluster_fraction,
        ),
        (
            "squared_charge",
            SQUARED_CHARGE_UNIT,
            "mean squared net charge, e^2",
            |b| b.squared_charge,
        ),
        ("gyration_radius", "Angstrom", "radius of gyration", |b| {
            b.radius
        }),
        ("elongation", "1", "sqrt(<Gxx>/<Gyy>)", |b| b.elongation),
        ("axis_ratio", "1", "sqrt(<l1>/<l2>)", |b| b.axis_ratio),
        ("orientation", "1", "mean cos 2 theta", |b| b.orientation),
    ];
    for (name, unit, long_name, of) in quantities {
        let values: Vec<Estimate> = bins.iter().map(of).collect();
        columns.extend(with_error(name, unit, long_name, &values));
    }
    columns
}

/// The curve at ages that grow evenly on a logarithmic scale.
fn survival(curve: &[Survival], interval: f64) -> Vec<Column> {
    let decades = curve
        .last()
        .map_or(1.0, |last| (last.age as f64).log10())
        .max(1.0);
    let rung = |point: &Survival| ((point.age as f64).log10() / decades * SURVIVAL_POINTS) as u64;
    let kept: Vec<&Survival> = curve
        .chunk_by(|a, b| rung(a) == rung(b))
        .filter_map(<[Survival]>::last)
        .collect();
    let ages = kept
        .iter()
        .map(|point| point.age as f64 * interval)
        .collect();
    let fractions: Vec<Estimate> = kept.iter().map(|point| point.fraction).collect();
    let mut columns = vec![column("lifetime", "s", "age of a pair", ages)];
    let long_name = "fraction of pairs that live longer (Kaplan-Meier)";
    columns.extend(with_error("survival", "1", long_name, &fractions));
    let at_risk = kept.iter().map(|point| point.at_risk as f64).collect();
    columns.push(column(
        "at_risk",
        "1",
        "pairs followed to this age",
        at_risk,
    ));
    columns
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
