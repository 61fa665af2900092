//! Checkpoints: all it takes to go on with a run, to the bit, in a file beside
//! its result file.
//!
//! A checkpoint of `run.h5` is `run.h5.checkpoint`; the one before it is kept as
//! `run.h5.checkpoint.previous`. Both are there because a kill, a full disk or a
//! bad sector may spoil one: each is written under another name, brought to the
//! disk, and renamed into place, and carries a digest of its bytes.

mod error;
mod file;

pub use error::CheckpointError;

use super::experiment::ExperimentState;
use super::history::History;
use crate::scenario::Scenario;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Between two checkpoints a run goes on for so many times as long as one takes:
/// where that is long (many ions, many windows), it is made less often than asked.
const TIMES_ITS_COST: u32 = 20;

/// A run after a whole number of windows.
#[derive(Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// What ran, and by which program.
    pub origin: Origin,
    /// The ions, their noise, and the circuit.
    pub state: ExperimentState,
    /// Everything that was recorded, but for the frames of trajectories.
    pub history: History,
    /// Time the run has taken so far, s.
    pub wall_seconds: f64,
    /// Where and when the run was gone on with, once for each time.
    pub resumed: Vec<String>,
}

/// What decides about the numbers of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    version: String,
    git_revision: String,
    scenario: String,
}

impl Origin {
    /// `scenario`, run by this program.
    pub fn of(scenario: &Scenario) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            git_revision: env!("BJERRUM_GIT_REVISION").to_owned(),
            scenario: scenario.resolved.clone(),
        }
    }

    fn program(&self) -> String {
        format!("bjerrum {} ({})", self.version, self.git_revision)
    }

    /// Refuses the checkpoint at `path`, of this origin, unless it is `wanted`.
    fn check(&self, wanted: &Self, path: &Path) -> Result<(), CheckpointError> {
        same_scenario(&self.scenario, &wanted.scenario, path)?;
        if self == wanted {
            return Ok(());
        }
        Err(CheckpointError::OtherProgram {
            path: path.to_owned(),
            found: self.program(),
            own: wanted.program(),
        })
    }
}

/// Refuses the file at `path`, of the scenario `found`, where `wanted` shall run.
pub(super) fn same_scenario(found: &str, wanted: &str, path: &Path) -> Result<(), CheckpointError> {
    if found == wanted {
        return Ok(());
    }
    let line = |text: &str, number: usize| {
        let line = text.lines().nth(number).unwrap_or("(nothing)");
        line.trim().chars().take(60).collect()
    };
    let pairs = found.lines().zip(wanted.lines());
    let first = pairs.take_while(|(found, wanted)| found == wanted).count();
    Err(CheckpointError::OtherScenario {
        path: path.to_owned(),
        found: line(found, first),
        wanted: line(wanted, first),
    })
}

/// The checkpoints of one run.
#[derive(Debug)]
pub(super) struct Checkpoints {
    path: PathBuf,
    every: Option<Duration>,
    last: Instant,
    cost: Duration,
}

impl Checkpoints {
    /// Those of the run that writes `file`, made `every` so often, if at all.
    pub fn beside(file: &Path, every: Option<Duration>) -> Self {
        Self {
            path: with_suffix(file, ".checkpoint"),
            every,
            last: Instant::now(),
            cost: Duration::ZERO,
        }
    }

    /// Where the latest one is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the time has come for another.
    pub fn are_due(&self) -> bool {
        let least = self.cost * TIMES_ITS_COST;
        self.every
            .is_some_and(|every| self.last.elapsed() >= every.max(least))
    }

    /// Whether one was left behind.
    pub fn exist(&self) -> bool {
        self.path.exists() || file::previous(&self.path).exists()
    }

    /// Writes one, which was `started` to be made; that before it is kept, the one
    /// before that is not.
    pub fn write(
        &mut self,
        checkpoint: &Checkpoint,
        started: Instant,
    ) -> Result<(), CheckpointError> {
        file::write(&self.path, checkpoint)?;
        self.cost = started.elapsed();
        tracing::debug!("{} took {:?}", self.path.display(), self.cost);
        self.last = Instant::now();
        Ok(())
    }

    /// The latest one that is whole. One that is not is told about.
    pub fn read(&self, wanted: &Origin) -> Result<Checkpoint, CheckpointError> {
        let previous = file::previous(&self.path);
        let (checkpoint, path) = match file::read(&self.path) {
            Ok(checkpoint) => (checkpoint, &self.path),
            Err(error) if error.is_otherwise_readable() => return Err(error),
            Err(error) => match file::read(&previous) {
                Ok(checkpoint) => {
                    // Killed while the one took the place of the other: nothing is lost.
                    if !matches!(error, CheckpointError::None { .. }) {
                        tracing::warn!("{error}; going on from the one before it");
                    }
                    (checkpoint, &previous)
                }
                // The first of the two mistakes is the one to tell.
                Err(_) => return Err(error),
            },
        };
        checkpoint.origin.check(wanted, path)?;
        Ok(checkpoint)
    }

    /// Removes what a run that is complete, or that starts anew, does not need.
    pub fn remove(&self) {
        for path in file::all(&self.path) {
            // What is not there need not be removed.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// `path` with `suffix` after its extension.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_or_scenario_is_refused() {
        let scenario = Scenario::load("memristor", &[], None).expect("a scenario");
        let ours = Origin::of(&scenario);
        let path = Path::new("run.h5.checkpoint");
        assert!(ours.check(&ours, path).is_ok());
        let mut older = ours.clone();
        older.version = "0.0.9".to_owned();
        let error = older.check(&ours, path).expect_err("another version");
        assert!(matches!(error, CheckpointError::OtherProgram { .. }));
        assert!(
            error.to_string().contains("written by bjerrum 0.0.9"),
            "{error}"
        );
        let mut rebuilt = ours.clone();
        rebuilt.git_revision.push('x');
        assert!(rebuilt.check(&ours, path).is_err());
        let mut longer = ours.clone();
        longer.scenario = ours.scenario.replace("94.25", "188.5");
        let error = longer.check(&ours, path).expect_err("another duration");
        assert!(error.to_string().contains("188.5"), "{error}");
    }
}
