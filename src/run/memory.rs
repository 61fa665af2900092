//! The memory time from loops at several frequencies: where their areas are largest.

use super::analysis::{average_of, column, estimate, free_current};
use super::history::{History, SlitHistory};
use crate::results::Table;
use crate::scenario::{MemoryAnalysis, Scenario};
use bjerrum_physics::memristor::fit_area_law;
use bjerrum_physics::statistics::{self, Estimate};
use bjerrum_physics::units::Units;
use std::f64::consts::TAU;

/// Points of the fitted line.
const POINTS: usize = 60;
/// Of I E, with the current as a multiple of that of free ions in the largest field and the
/// field as a multiple of that.
const AREA: &str = "area of the loop, of peak field times current of free ions in it";

/// The areas and the time, and the law as a line beside them.
pub(super) fn tables(
    scenario: &Scenario,
    analysis: &MemoryAnalysis,
    history: &History,
    units: &Units,
) -> Vec<Table> {
    let first = history.first_after(analysis.discard);
    let mut loops: Vec<(f64, Vec<Estimate>)> = Vec::new();
    for slit in &history.slits {
        let Some(period) = scenario.period_of(slit.drive) else {
            continue;
        };
        let area = area(slit, &history.time, first, period);
        match loops.iter_mut().find(|(other, _)| *other == period) {
            Some((_, areas)) => areas.push(area),
            None => loops.push((period, vec![area])),
        }
    }
    loops.sort_by(|a, b| b.0.total_cmp(&a.0));
    let frequency: Vec<f64> = loops
        .iter()
        .map(|(period, _)| 1.0 / (period * units.time))
        .collect();
    let areas: Vec<Estimate> = loops.iter().map(|(_, areas)| average_of(areas)).collect();
    let mean: Vec<f64> = areas.iter().map(|area| area.mean).collect();
    let errors: Vec<f64> = areas.iter().map(|area| area.error).collect();
    let mut table = Table {
        name: "memory".to_owned(),
        title: "Areas of loops against the frequency, and the memory time from them".to_owned(),
        columns: vec![
            column(
                "frequency",
                "s-1",
                "frequency of the drive",
                frequency.clone(),
            ),
            column("area", "1", AREA, mean.clone()),
            column(
                "area_error",
                "1",
                "its standard error, from periods",
                errors.clone(),
            ),
        ],
        ..Table::default()
    };
    let omega: Vec<f64> = frequency.iter().map(|f| TAU * f).collect();
    // Of one period there is no error.
    let known = errors.iter().all(|error| *error > 0.0);
    let law = match fit_area_law(&omega, &mean, known.then_some(&errors)) {
        Ok(law) => law,
        Err(reason) => {
            table
                .notes
                .push(("not_fitted".to_owned(), reason.to_string()));
            return vec![table];
        }
    };
    // A slit is the same both ways: its conductance follows |V|, at twice the frequency.
    let time = Estimate {
        mean: 0.5 * law.time.mean,
        error: 0.5 * law.time.error,
    };
    table
        .scalars
        .extend(estimate("memory_time", "s", "memory time", time));
    let (low, high) = (frequency[0], frequency[frequency.len() - 1]);
    let at = |k: usize| 0.5 * low * (4.0 * high / low).powf(k as f64 / (POINTS - 1) as f64);
    let line: Vec<f64> = (0..POINTS).map(at).collect();
    let fitted = |f: &f64| {
        let phase = TAU * f * law.time.mean;
        law.strength.mean * phase / (1.0 + phase * phase) + law.offset.mean
    };
    let fitted = line.iter().map(fitted).collect();
    let note = |key: &str, text: &str| (key.to_owned(), text.to_owned());
    let law = Table {
        name: "theory/memory/area-law".to_owned(),
        title: "Area-frequency law, fitted".to_owned(),
        columns: vec![
            column("frequency", "s-1", "frequency of the drive", line),
            column("area", "1", AREA, fitted),
        ],
        notes: vec![
            note("of", "memory"),
            note(
                "equation",
                "A = K w t/(1 + w^2 t^2) + A_0, t twice the memory time",
            ),
            note(
                "source",
                "Robin et al., Science 379, 161 (2023), S40, doi:10.1126/science.adc9931",
            ),
        ],
        ..Table::default()
    };
    vec![table, law]
}

/// The area of the loops of one slit, with the scatter from period to period as its error:
///
/// ```text
/// A = |∮ I dE|/(I_free(E_0) E_0)
/// ```
///
/// which noise of the current does not bias. The two lobes of a slit turn the same way and
/// add.
fn area(slit: &SlitHistory, time: &[f64], first: usize, period: f64) -> Estimate {
    let free = free_current(slit);
    let peak = slit
        .field
        .iter()
        .fold(0.0, |most: f64, e| most.max(e.abs()));
    let most = free.iter().fold(0.0, |most: f64, i| most.max(i.abs()));
    let start = time.get(first).copied().unwrap_or(0.0);
    let mut sums: Vec<f64> = Vec::new();
    let change = slit
        .field
        .windows(3)
        .map(|three| 0.5 * (three[2] - three[0]));
    let windows = time.iter().zip(&slit.current).skip(1).zip(change);
    for ((time, current), change) in windows.skip(first.saturating_sub(1)) {
        let number = ((time - start) / period).max(0.0) as usize;
        sums.resize(sums.len().max(number + 1), 0.0);
        sums[number] += current * change;
    }
    // The last period is not whole.
    sums.pop();
    let areas: Vec<f64> = sums.iter().map(|sum| -sum / (peak * most)).collect();
    statistics::correlated(&areas)
}
