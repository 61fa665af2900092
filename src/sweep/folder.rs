//! The folder of a sweep, and how far each point is.
//!
//! ```text
//! <digest>.h5                      a point that is complete
//! <digest>.running.h5              one that runs, or was stopped; its checkpoints beside it
//! <digest>.failed                  why one failed
//! ```

use super::{Plan, SweepError};
use crate::run::is_being_written;
use std::fs;
use std::path::{Path, PathBuf};

/// How far a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its file is there.
    Complete,
    /// A process works on it.
    Running,
    /// It was begun, and will go on from its checkpoint if it has one.
    Stopped,
    /// It failed; it is tried again when the sweep is.
    Failed,
    /// It has not been begun.
    Waiting,
}

/// Where the points' files are.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at `path`, which need not exist.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it.
    ///
    /// # Errors
    /// [`SweepError::Folder`].
    pub fn create(&self) -> Result<(), SweepError> {
        fs::create_dir_all(&self.path).map_err(|error| self.failed("creating", &self.path, error))
    }

    /// The file of a point that is complete.
    #[must_use]
    pub fn file(&self, digest: &str) -> PathBuf {
        self.path.join(format!("{digest}.h5"))
    }

    /// The file of a point while it runs.
    #[must_use]
    pub fn running(&self, digest: &str) -> PathBuf {
        self.path.join(format!("{digest}.running.h5"))
    }

    /// Why a point failed.
    #[must_use]
    pub fn failure(&self, digest: &str) -> PathBuf {
        self.path.join(format!("{digest}.failed"))
    }

    /// How far a point is.
    #[must_use]
    pub fn state(&self, digest: &str) -> State {
        let running = self.running(digest);
        if self.file(digest).exists() {
            State::Complete
        } else if is_being_written(&running) {
            State::Running
        } else if self.failure(digest).exists() {
            State::Failed
        } else if running.exists() {
            State::Stopped
        } else {
            State::Waiting
        }
    }

    /// How far every point of `plan` is.
    #[must_use]
    pub fn states(&self, plan: &Plan) -> Vec<State> {
        plan.points
            .iter()
            .map(|point| self.state(&point.digest))
            .collect()
    }

    /// Gives a complete point its name.
    pub(super) fn keep(&self, digest: &str) -> Result<(), SweepError> {
        let file = self.file(digest);
        fs::rename(self.running(digest), &file)
            .map_err(|e| self.failed("renaming to", &file, e))?;
        // Of an earlier attempt.
        let _ = fs::remove_file(self.failure(digest));
        Ok(())
    }

    /// Writes a file into the folder.
    pub(super) fn write(&self, path: &Path, text: &str) -> Result<(), SweepError> {
        fs::write(path, text).map_err(|error| self.failed("writing", path, error))
    }

    fn failed(&self, what: &'static str, path: &Path, error: std::io::Error) -> SweepError {
        SweepError::Folder {
            what,
            path: path.to_owned(),
            reason: error.to_string(),
        }
    }
}
