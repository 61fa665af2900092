//! What of pairs and clusters is a curve: by size, charge, distance and age.

use super::super::analysis::{column, estimate, scalar};
use super::{Watched, with_error};
use crate::results::{Column, Table};
use bjerrum_physics::observables::{SizeBin, Survival};
use bjerrum_physics::statistics::Estimate;

/// H5MD has no symbol for e, but takes a number as a factor of a unit.
const CHARGE_UNIT: &str = "1.602176634e-19 C";
const SQUARED_CHARGE_UNIT: &str = "2.566969967e-38 C+2";
/// Points of the survival curve that are kept, about.
const SURVIVAL_POINTS: f64 = 80.0;

/// Everything about one copy that is a curve.
pub(super) fn distributions(copy: &Watched<'_>) -> Table {
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
