//! Running a scenario: from its description to a result file.
//!
//! A run that is stopped, or killed, goes on from its last checkpoint
//! ([`Course::resume`]) to the same numbers, to the bit, as if nothing had happened.

pub(crate) mod analysis;
mod checkpoint;
mod clusters;
mod error;
mod experiment;
mod history;
mod lock;
mod memory;
mod progress;
mod recorder;
mod theory;
mod underway;

pub use checkpoint::CheckpointError;
pub use error::RunError;
pub use experiment::{Experiment, SlitCopy};
pub use history::{CircuitHistory, History, SlitHistory};
pub(crate) use lock::is_being_written;
pub use progress::{Bar, Progress};

use crate::results::{Provenance, ResultsError, RunFile};
use crate::scenario::{Preset, Scenario};
use checkpoint::{Checkpoints, Origin, same_scenario};
use lock::{Lock, Unlocked};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::{Duration, SystemTime};
use underway::UnderWay;

/// Where a run goes.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The result file.
    pub file: PathBuf,
    /// Whether a file that exists may be replaced.
    pub overwrite: bool,
}

/// How a run is carried out; its numbers do not depend on it.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// Whether to go on from the last checkpoint.
    pub resume: bool,
    /// How often to make one while it runs; never if `None`, or for the signals alone.
    pub checkpoint_every: Option<Duration>,
    /// What others ask for meanwhile.
    pub signals: Signals,
}

/// What is looked at after every window.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// To stop, with a checkpoint and a file that is closed.
    pub stop: Arc<AtomicBool>,
    /// How many times it was asked to make a checkpoint and go on.
    pub saves: Arc<AtomicU64>,
}

/// How a run ended; in each case the file is closed and readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All windows were run.
    Complete,
    /// It was asked to go on with a run that is complete, and nothing was done.
    WasComplete,
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
            Self::Complete | Self::WasComplete => COMPLETE,
            Self::Interrupted { .. } => "interrupted",
        }
    }
}

/// The status of a file that holds a whole run.
const COMPLETE: &str = "complete";

/// Runs `scenario` window by window into a result file.
///
/// # Errors
/// [`RunError`]: the file or a checkpoint cannot be written, there is nothing to go
/// on from, or the dynamics ran away. What was recorded until then stays readable.
pub fn run(
    scenario: &Scenario,
    destination: &Destination,
    course: &Course,
    progress: &mut dyn Progress,
) -> Result<Ending, RunError> {
    let _lock = lock(&destination.file)?;
    let checkpoints = Checkpoints::beside(&destination.file, course.checkpoint_every);
    let run = if course.resume {
        let earlier = earlier_file(&destination.file, scenario)?;
        if let Some(file) = &earlier
            && file.status()? == COMPLETE
        {
            checkpoints.remove();
            return Ok(Ending::WasComplete);
        }
        let checkpoint = checkpoints.read(&Origin::of(scenario))?;
        UnderWay::go_on(scenario, destination, checkpoints, checkpoint, earlier)?
    } else {
        refuse_what_exists(destination, &checkpoints)?;
        UnderWay::start(scenario, destination, checkpoints)?
    };
    run.finish(&course.signals, progress)
}

/// Whether a run that writes `file` has left a checkpoint.
pub(crate) fn has_checkpoint(file: &Path) -> bool {
    Checkpoints::beside(file, None).exist()
}

fn lock(file: &Path) -> Result<Lock, RunError> {
    Lock::take(file).map_err(|reason| match reason {
        Unlocked::Busy(holder) => RunError::Busy {
            path: file.to_owned(),
            holder,
        },
        Unlocked::Failed(error) => ResultsError::create(file, error.to_string()).into(),
    })
}

fn refuse_what_exists(
    destination: &Destination,
    checkpoints: &Checkpoints,
) -> Result<(), RunError> {
    let exists = |path: &Path| RunError::Exists {
        path: path.to_owned(),
    };
    match destination.overwrite {
        true => Ok(()),
        false if destination.file.exists() => Err(exists(&destination.file)),
        false if checkpoints.exist() => Err(exists(checkpoints.path())),
        false => Ok(()),
    }
}

/// The file of the run to go on with, if it can be read at all: a kill or a full
/// disk may have spoilt it. One that something else has written is refused.
fn earlier_file(path: &Path, scenario: &Scenario) -> Result<Option<RunFile>, RunError> {
    if !path.exists() {
        return Ok(None);
    }
    let file = match RunFile::open(path) {
        Err(error @ (ResultsError::NotHdf5 { .. } | ResultsError::NotBjerrum { .. })) => {
            return Err(error.into());
        }
        file => file,
    };
    match file.and_then(|file| file.scenario_toml().map(|text| (file, text))) {
        Ok((file, text)) => {
            same_scenario(&text, &scenario.resolved, path)?;
            Ok(Some(file))
        }
        Err(error) => {
            tracing::warn!("{error}; it is made again from the checkpoint");
            Ok(None)
        }
    }
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
