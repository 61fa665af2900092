//! What a scenario asks to be worked out at the end: the tables in `/results`.

mod loops;
mod relaxation;
mod spikes;
mod steady;

use super::experiment::Experiment;
use super::history::History;
use super::{clusters, memory, theory};
use crate::results::{Column, Scalar, Table};
use crate::scenario::Scenario;
use bjerrum_physics::statistics::{self, Estimate};
use bjerrum_physics::units::Units;
pub(super) use loops::free_current;
pub(crate) use spikes::spike_table;

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
            .map(|a| loops::hysteresis(scenario, a, history)),
    );
    if let Some(analysis) = &analysis.steady {
        let mut steady = steady::steady(scenario, analysis, history);
        if analysis.wien {
            steady::add_theory(scenario, &mut steady);
        }
        let theory = analysis.wien.then(|| {
            let lines = theory::wien(scenario, &steady.column("field"));
            std::iter::once(steady::exponents(scenario, &steady)).chain(lines)
        });
        let theory: Vec<Table> = theory.into_iter().flatten().collect();
        tables.push(steady);
        tables.extend(theory);
    }
    if let Some(analysis) = &analysis.relaxation {
        tables.push(relaxation::relaxation(scenario, analysis, history, &units));
    }
    if let Some(analysis) = &analysis.memory {
        tables.extend(memory::tables(scenario, analysis, history, &units));
    }
    tables.extend(analysis.spikes.map(|a| spikes::spikes(&a, history, &units)));
    if let Some(rule) = &analysis.clusters {
        let clusters = clusters::tables(scenario, rule, experiment, history);
        if analysis.pairing {
            tables.push(steady::pairing(scenario, rule.criterion.join, &clusters[0]));
            tables.extend(theory::association(scenario, rule.criterion.join));
        }
        tables.extend(clusters);
    }
    tables
}

/// The mean of independent copies. Its error is the larger of two: that of the windows of
/// each copy, and that of the copies among each other, for what ions inherit from the places
/// where they started no time average within a copy shows.
pub(super) fn average_of(copies: &[Estimate]) -> Estimate {
    let n = copies.len() as f64;
    let within = copies.iter().map(|e| e.error * e.error).sum::<f64>().sqrt() / n;
    let means: Vec<f64> = copies.iter().map(|e| e.mean).collect();
    let among = statistics::independent(&means);
    Estimate {
        mean: among.mean,
        error: within.max(among.error),
    }
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
