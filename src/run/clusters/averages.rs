//! Averages over pairs and clusters, all slits beside each other.

use super::super::analysis::{FIELD_UNIT, average_of, column};
use super::{DIPOLE_UNIT, Watched, with_error};
use crate::results::Table;
use bjerrum_physics::observables::{ClusterRule, Criterion};
use bjerrum_physics::statistics::Estimate;

/// H5MD has no symbol for e, but takes a number as a factor of a unit.
const POLARISATION_UNIT: &str = "1.602176634e-19 C Angstrom-1";

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
pub(super) fn averages(rule: &ClusterRule, copies: &[Watched<'_>], replicas: usize) -> Table {
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
    let labels: Vec<&str> = rows.iter().map(|row| name_of(row)).collect();
    let Criterion { join, part } = rule.criterion;
    Table {
        name: "cluster_averages".to_owned(),
        title: "Pairs and clusters".to_owned(),
        columns,
        notes: vec![
            ("rows".to_owned(), labels.join(", ")),
            (
                "together".to_owned(),
                format!("two ions join below {join} Angstrom and part beyond {part} Angstrom"),
            ),
        ],
        ..Table::default()
    }
}

/// What the copies of one slit under one drive are called.
fn name_of<'a>(row: &[Watched<'a>]) -> &'a str {
    let label = row[0].label;
    match label.rsplit_once("-copy") {
        Some((name, _)) if row.len() > 1 => name,
        _ => label,
    }
}
