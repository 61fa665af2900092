//! Measured data: currents under known voltages, from files of all kinds.
//!
//! ```text
//! text → cells → columns → traces → recordings
//! .h5  ───────────────────────↗
//! ```
//!
//! A lab exports text: separated by tabs, semicolons or commas, with one header
//! row or several, columns in any order, one recording or one pair of columns a
//! frequency ([`columns`](self)). What stands in a column is told by the unit or
//! the name in its header, or by flags ([`Reading`]). A loop without times is a
//! sine of a stated frequency. Our own result files give the voltage and current
//! of every slit.

mod cells;
mod columns;
mod error;
mod simulated;
mod trace;

pub use columns::ColumnChoice;
pub use error::MeasuredError;
pub use trace::{Recorded, Trace};

use bjerrum_physics::memristor::fit::Recording;
use std::path::{Path, PathBuf};

/// What the command line says about the files.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Where the times are.
    pub time: Option<ColumnChoice>,
    /// Where the voltages are.
    pub voltage: Option<ColumnChoice>,
    /// Where the currents are.
    pub current: Option<ColumnChoice>,
    /// Frequencies (Hz) of recordings that do not state theirs, in order.
    pub frequencies: Vec<f64>,
    /// What came before each recording.
    pub preparation: Preparation,
}

/// What came before a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preparation {
    /// A periodic drive had been going on, anything else began at rest.
    #[default]
    AsDriven,
    /// Everything began at rest, V = 0.
    Rest,
    /// All ions had just been placed at random, free: a simulation from its start.
    Random,
}

/// Reads every file, in order.
///
/// # Errors
/// [`MeasuredError`]: which file, line and column, what was found, what was
/// expected.
pub fn read(files: &[PathBuf], reading: &Reading) -> Result<Vec<Recorded>, MeasuredError> {
    let mut traces = Vec::new();
    for file in files {
        traces.extend(traces_of(file, reading)?);
    }
    let mut frequencies = reading.frequencies.iter().copied();
    for trace in traces.iter_mut().filter(|t| t.frequency.is_none()) {
        trace.frequency = frequencies.next();
    }
    let unused = frequencies.count();
    if unused > 0 {
        return Err(MeasuredError::FrequencyToSpare {
            given: reading.frequencies.len(),
            wanted: reading.frequencies.len() - unused,
        });
    }
    traces
        .into_iter()
        .map(|trace| trace.recorded(reading.preparation))
        .collect()
}

fn traces_of(file: &Path, reading: &Reading) -> Result<Vec<Trace>, MeasuredError> {
    let bytes = std::fs::read(file).map_err(|error| MeasuredError::Unreadable {
        path: file.to_owned(),
        reason: error.to_string(),
    })?;
    if bytes.starts_with(b"\x89HDF") {
        return simulated::traces(file, reading.preparation);
    }
    let cells = cells::Cells::read(file, &bytes)?;
    columns::traces(&cells, reading)
}

/// The recordings alone, as a fit takes them.
#[must_use]
pub fn recordings(all: &[Recorded]) -> Vec<Recording> {
    all.iter().map(|r| r.recording.clone()).collect()
}
