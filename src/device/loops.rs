//! The loops among the recordings, measured.

use super::file::{AreaLawRow, LoopRow};
use crate::measured::Recorded;
use bjerrum_physics::memristor::device::Start;
use bjerrum_physics::memristor::{AreaLawError, Hysteresis, fit_area_law};
use std::f64::consts::TAU;

/// One row for each recording that is a loop through V = 0.
#[must_use]
pub fn rows(recorded: &[Recorded]) -> Vec<LoopRow> {
    recorded.iter().filter_map(row).collect()
}

fn row(recorded: &Recorded) -> Option<LoopRow> {
    let recording = &recorded.recording;
    let Start::Periodic(period) = recording.start else {
        return None;
    };
    // The first sample comes again at the end of the period.
    let first = recording.time[0];
    let end = first + period * (1.0 - 1e-9);
    let samples = recording.time.partition_point(|t| *t < end);
    let (voltage, current) = (&recording.voltage[..samples], &recording.current[..samples]);
    let found = Hysteresis::measure(voltage, current).ok()?;
    Some(LoopRow {
        recording: recording.name.clone(),
        frequency_hz: 1.0 / period,
        enclosed_va: found.enclosed,
        positive_lobe_va: found.positive.area,
        negative_lobe_va: found.negative.area,
        positive_turn: found.positive.rotation.name().to_owned(),
        negative_turn: found.negative.rotation.name().to_owned(),
        crosses_itself: found.crosses_itself(),
        pinch_v: found.pinch.0,
        pinch_a: found.pinch.1,
        gap: found.gap,
        on_off: found.on_off,
        rectification: found.rectification,
    })
}

/// The memory time from the areas enclosed at four frequencies or more.
///
/// The law is exact for bipolar lobes; unipolar ones, which turn the same way,
/// obey it with twice the memory time ([`fit_area_law`]).
pub(super) fn area_law(rows: &[LoopRow]) -> Result<AreaLawRow, AreaLawError> {
    let omega: Vec<f64> = rows.iter().map(|row| TAU * row.frequency_hz).collect();
    let area: Vec<f64> = rows.iter().map(|row| row.enclosed_va).collect();
    let law = fit_area_law(&omega, &area, None)?;
    let crossing = rows.iter().filter(|row| row.crosses_itself).count();
    let share = if 2 * crossing > rows.len() { 1.0 } else { 0.5 };
    Ok(AreaLawRow {
        memory_time_s: share * law.time.mean,
        memory_time_error_s: share * law.time.error,
        crossing: [crossing, rows.len()],
        time_s: law.time.mean,
        time_error_s: law.time.error,
        strength_va: law.strength.mean,
        offset_va: law.offset.mean,
    })
}
