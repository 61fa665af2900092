//! Running a scenario: from its description to a result file.

pub(crate) mod analysis;
mod error;
mod experiment;
mod history;
mod progress;
mod recorder;

pub use error::RunError;
pub use experiment::{Experiment, SlitCopy};
pub use history::{CircuitHistory, History, SlitHistory};
pub use progress::{Bar, Progress};

use crate::results::{Provenance, RunWriter};
use crate::scenario::{Preset, Scenario};
use recorder::Recorder;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

/// Where a run goes.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The result file.
    pub file: PathBuf,
    /// Whether a file that exists may be replaced.
    pub overwrite: bool,
}

/// How a run ended; either way the file is closed and readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All windows were run.
    Complete,
    /// It was asked to stop after `windows` windows.
    Interrupted {
        /// Windows that were run, and are in the file.
        windows: u64,
    },
}

impl Ending {
    /// The word in the file's provenance.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Interrupted { .. } => "interrupted",
        }
    }
}

/// Runs `scenario` window by window into a result file. Raising `stop` ends
/// the run after the window it is in.
///
/// # Errors
/// [`RunError`]: the file cannot be written, or the dynamics ran away. What was
/// recorded until then stays readable.
pub fn run(
    scenario: &Scenario,
    destination: &Destination,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<Ending, RunError> {
    let started = Instant::now();
    let mut experiment = Experiment::prepare(scenario)?;
    let writer = RunWriter::create(
        &destination.file,
        destination.overwrite,
        &scenario.resolved,
        &provenance(scenario),
        &recorder::layout(scenario, &experiment),
    )?;
    let mut recorder = Recorder::new(scenario, writer);
    let mut history = History::new(&experiment);

    let mut ending = Ending::Complete;
    for window in 1..=scenario.run.windows {
        let done = experiment.advance()?;
        recorder.record(&experiment, &done)?;
        history.push(&experiment, done);
        progress.advanced(window);
        if stop.load(Ordering::Relaxed) && window < scenario.run.windows {
            ending = Ending::Interrupted { windows: window };
            break;
        }
    }
    let tables = analysis::tables(scenario, &history);
    recorder.finish(&tables, started.elapsed().as_secs_f64(), ending.status())?;
    Ok(ending)
}

/// Where a file that is made now comes from.
pub(crate) fn provenance(scenario: &Scenario) -> Provenance {
    let preset = match scenario.dynamics.preset {
        Preset::Published => "published",
        Preset::Physical => "physical",
    };
    Provenance {
        engine: scenario.dynamics.engine.description().to_owned(),
        preset: preset.to_owned(),
        ..provenance_of(scenario.seed)
    }
}

/// The part that does not depend on what is run.
pub(crate) fn provenance_of(seed: u64) -> Provenance {
    Provenance {
        author: std::env::var("USER").unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        git_revision: env!("BJERRUM_GIT_REVISION").to_owned(),
        seed,
        threads: rayon::current_num_threads() as u64,
        host: sysinfo::System::host_name().unwrap_or_else(|| "unknown".to_owned()),
        start: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        ..Provenance::default()
    }
}
