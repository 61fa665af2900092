//! What can be wrong with a sweep.

use crate::results::ResultsError;
use crate::run::RunError;
use crate::scenario::ScenarioError;
use miette::{NamedSource, SourceSpan};
use std::path::PathBuf;
use std::sync::Arc;

/// Why a sweep cannot be read, run or collected.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum SweepError {
    /// The file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    #[diagnostic(
        code(bjerrum::sweep::unreadable),
        help("Give the path of a sweep file; scenarios/sweeps/ in the repository has an example.")
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },

    /// A mistake in the file.
    #[error("{name}:{line}: {message}")]
    #[diagnostic(code(bjerrum::sweep::file))]
    File {
        /// The file.
        name: String,
        /// Line of the mistake, from 1.
        line: usize,
        /// What was found, and what was expected.
        message: String,
        /// How to mend it.
        #[help]
        help: String,
        /// The text.
        #[source_code]
        text: Arc<NamedSource<String>>,
        /// Where in it.
        #[label("here")]
        span: SourceSpan,
    },

    /// The scenario of all points is wrong.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scenario(#[from] ScenarioError),

    /// A point cannot be run.
    #[error("point {number} of {points} ({settings}) cannot be run: {mistake}")]
    #[diagnostic(
        code(bjerrum::sweep::point),
        help("{}", miette::Diagnostic::help(mistake).map_or_else(String::new, |help| help.to_string()))
    )]
    Point {
        /// Which point, from 1.
        number: usize,
        /// How many there are.
        points: usize,
        /// What it changes.
        settings: String,
        /// What is wrong with it.
        mistake: ScenarioError,
    },

    /// Two points are one.
    #[error("points {first} and {second} are the same ({settings})")]
    #[diagnostic(
        code(bjerrum::sweep::twice),
        help(
            "Remove the value that is there twice; `replicas = 2` runs points with several seeds."
        )
    )]
    Twice {
        /// The one.
        first: usize,
        /// The other.
        second: usize,
        /// What they set.
        settings: String,
    },

    /// So much that it may be a mistake.
    #[error("{points} points, estimated at {hours} core-hours")]
    #[diagnostic(
        code(bjerrum::sweep::large),
        help("If that is what you want, say --yes; `--dry-run` shows what it is made of.")
    )]
    Large {
        /// How many points.
        points: usize,
        /// Estimated time, h of one core.
        hours: String,
    },

    /// The folder or a file in it cannot be written.
    #[error("{what} {} failed: {reason}", path.display())]
    #[diagnostic(code(bjerrum::sweep::folder))]
    Folder {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// What the operating system (or HDF5) said.
        reason: String,
    },

    /// The collected file exists.
    #[error("{} exists already", path.display())]
    #[diagnostic(
        code(bjerrum::sweep::exists),
        help("Use --force to replace it, or --out to write elsewhere.")
    )]
    Exists {
        /// The file.
        path: PathBuf,
    },

    /// No point is complete.
    #[error("nothing to collect: none of the {points} points is complete in {}", folder.display())]
    #[diagnostic(code(bjerrum::sweep::nothing))]
    Nothing {
        /// Where they would be.
        folder: PathBuf,
        /// How many there are.
        points: usize,
        /// What is there instead, or where to look.
        #[help]
        hint: String,
    },

    /// There is no queue on this machine.
    #[error("sbatch cannot be started: {reason}")]
    #[diagnostic(
        code(bjerrum::sweep::no_slurm),
        help(
            "Is this a machine of the cluster that jobs are submitted from? The job array is written: \
             sbatch {}. Without Slurm, leave out --backend slurm.", script.display()
        )
    )]
    NoSlurm {
        /// The script.
        script: PathBuf,
        /// What the operating system said.
        reason: String,
    },

    /// The queue did not take the job.
    #[error("sbatch did not take {}: {reason}", script.display())]
    #[diagnostic(
        code(bjerrum::sweep::sbatch),
        help("The script is there: correct [slurm] in the sweep file, or submit it by hand.")
    )]
    Submit {
        /// The script.
        script: PathBuf,
        /// What it said.
        reason: String,
    },

    /// A run failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Run(#[from] RunError),

    /// A result file failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Results(#[from] ResultsError),
}
