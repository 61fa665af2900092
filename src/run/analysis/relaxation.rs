//! The decay of the conductance after a pulse.

use super::{estimate, scalar};
use crate::results::Table;
use crate::run::history::{History, SlitHistory};
use crate::scenario::{RelaxationAnalysis, Scenario};
use bjerrum_physics::memristor;
use bjerrum_physics::statistics::Estimate;
use bjerrum_physics::units::Units;

/// The conductance of the mobile charge after the pulse, averaged over copies,
/// as a fraction of its free-ion value.
pub(super) fn relaxation(
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
