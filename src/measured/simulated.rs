//! Voltage and current of the slits in a result file of ours.

use super::trace::Trace;
use super::{MeasuredError, Preparation};
use crate::results::{ResultsError, RunFile};
use crate::scenario::{Protocol, Scenario};
use bjerrum_physics::units::Units;
use std::path::Path;

/// One trace a copy of a driven slit, from where the analysis begins, or from the
/// start of the run if that is what the fit starts from. The rows are averages over
/// windows and stand for their middles.
pub(super) fn traces(path: &Path, preparation: Preparation) -> Result<Vec<Trace>, MeasuredError> {
    let file = RunFile::open(path)?;
    let from = format!("{}:/parameters/scenario", path.display());
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let scenario = Scenario::parse(&stem, &from, &file.scenario_toml()?).map_err(Box::new)?;
    let names = file.series_names()?;
    let slits = names.iter().filter(|(_, name)| name == "field");
    let found: Result<Vec<Trace>, ResultsError> = slits
        .map(|(group, _)| trace(&file, &scenario, group, preparation))
        .collect();
    match found? {
        traces if traces.is_empty() || matches!(scenario.protocol, Protocol::Circuit(_)) => {
            Err(MeasuredError::NoSlit {
                path: path.to_owned(),
            })
        }
        traces => Ok(traces),
    }
}

fn trace(
    file: &RunFile,
    scenario: &Scenario,
    group: &str,
    preparation: Preparation,
) -> Result<Trace, ResultsError> {
    let label = group.trim_start_matches("observables/");
    let named = |name: &str| label == name || label.starts_with(&format!("{name}-"));
    let slit = scenario.slits.iter().find(|slit| named(&slit.name));
    let length = slit.unwrap_or(&scenario.slits[0]).slit.length;
    let units = Units::at(scenario.temperature);
    let (field, current) = (file.series(group, "field")?, file.series(group, "current")?);
    let discard = match (preparation, &scenario.analysis.loops) {
        (Preparation::Random, _) | (_, None) => 0.0,
        (_, Some(loops)) => loops.discard,
    };
    let kept = field.time.partition_point(|t| *t <= discard);
    let middle = 0.5 * scenario.dynamics.window();
    let volts = field
        .column(0)
        .into_iter()
        .map(|e| e * length * units.voltage);
    let seconds = field.time.iter().map(|t| (t - middle) * units.time);
    Ok(Trace {
        file: file.path().to_owned(),
        name: format!("{}, {label}", file.path().display()),
        frequency: None,
        lines: Vec::new(),
        time: Some(seconds.skip(kept).collect()),
        voltage: volts.skip(kept).collect(),
        current: current.column(0).split_off(kept),
    })
}
