//! The hysteresis loop of each slit.

use super::{FIELD_UNIT, column};
use crate::results::Table;
use crate::run::history::{History, SlitHistory};
use crate::scenario::{LoopAnalysis, Scenario};
use bjerrum_physics::memristor::{self, LoopPoint, LoopSeries};

pub(super) fn hysteresis(scenario: &Scenario, analysis: &LoopAnalysis, history: &History) -> Table {
    let first = history.first_after(analysis.discard);
    let periodic = || {
        history
            .slits
            .iter()
            .filter(|slit| scenario.period_of(slit.drive).is_some())
    };
    let free: Vec<Vec<f64>> = periodic().map(free_current).collect();
    let series: Vec<LoopSeries<'_>> = periodic()
        .zip(&free)
        .map(|(slit, free)| LoopSeries {
            field: &slit.field[first..],
            current: &slit.current[first..],
            free_current: &free[first..],
        })
        .collect();
    let points = memristor::fold_loops(&series, &analysis.fields, analysis.bin_half_width);
    let of = |pick: fn(&LoopPoint) -> f64| points.iter().map(pick).collect();
    Table {
        name: "loop".to_owned(),
        title: "Hysteresis loop folded on |E|".to_owned(),
        columns: vec![
            column(
                "field",
                FIELD_UNIT,
                "centre of the bin in |E|",
                of(|p| p.field),
            ),
            column(
                "rising",
                "1",
                "I/I_free while |E| grows",
                of(|p| p.rising.mean),
            ),
            column(
                "falling",
                "1",
                "I/I_free while |E| shrinks",
                of(|p| p.falling.mean),
            ),
            column(
                "rising_error",
                "1",
                "standard error, from passes",
                of(|p| p.rising.error),
            ),
            column(
                "falling_error",
                "1",
                "standard error, from passes",
                of(|p| p.falling.error),
            ),
            column(
                "rising_passes",
                "1",
                "passes through the bin",
                of(|p| p.passes.0 as f64),
            ),
            column(
                "falling_passes",
                "1",
                "passes through the bin",
                of(|p| p.passes.1 as f64),
            ),
        ],
        ..Table::default()
    }
}

pub(in crate::run) fn free_current(slit: &SlitHistory) -> Vec<f64> {
    slit.field
        .iter()
        .map(|e| slit.free_conductance * e * slit.length)
        .collect()
}
