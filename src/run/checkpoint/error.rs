//! What can be wrong with a checkpoint.

use std::path::PathBuf;

/// Why a checkpoint could not be written, or not be gone on from.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum CheckpointError {
    /// It could not be written.
    #[error("writing the checkpoint {} failed: {reason}", path.display())]
    #[diagnostic(
        code(bjerrum::checkpoint::write),
        help(
            "Disk full? The checkpoint before it and the result file are as they were: when there is \
             space, go on with --resume."
        )
    )]
    Write {
        /// The checkpoint.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },

    /// There is none.
    #[error("there is no checkpoint {}: nothing to resume", path.display())]
    #[diagnostic(
        code(bjerrum::checkpoint::none),
        help(
            "A run makes its first checkpoint after the time of --checkpoint (a minute), or when it \
             is interrupted. Start it with --force, or without --resume if there is no result file."
        )
    )]
    None {
        /// Where it would be.
        path: PathBuf,
    },

    /// It cannot be read.
    #[error("cannot read the checkpoint {}: {reason}", path.display())]
    #[diagnostic(code(bjerrum::checkpoint::unreadable))]
    Unreadable {
        /// The checkpoint.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },

    /// It is not as it was written.
    #[error("the checkpoint {} is damaged: {what}", path.display())]
    #[diagnostic(
        code(bjerrum::checkpoint::damaged),
        help(
            "There is no earlier one that is whole. Start again with --force; what the result file \
             holds can be read with `bjerrum show`."
        )
    )]
    Damaged {
        /// The checkpoint.
        path: PathBuf,
        /// How one can tell.
        what: String,
    },

    /// It is of a later form.
    #[error("{} is a checkpoint of form {found}, and this program reads form {own}", path.display())]
    #[diagnostic(
        code(bjerrum::checkpoint::form),
        help("Go on with the bjerrum that wrote it, or start again with --force.")
    )]
    OtherForm {
        /// The checkpoint.
        path: PathBuf,
        /// Its form.
        found: String,
        /// The form that is known.
        own: u32,
    },

    /// Another program wrote it.
    #[error("{} was written by {found}, and this is {own}", path.display())]
    #[diagnostic(
        code(bjerrum::checkpoint::program),
        help(
            "Two versions need not give the same numbers. Go on with the one that wrote it, or \
             start again with --force."
        )
    )]
    OtherProgram {
        /// The checkpoint.
        path: PathBuf,
        /// What wrote it.
        found: String,
        /// This program.
        own: String,
    },

    /// Another scenario was run.
    #[error("{} is of another run: it has `{found}` where this one has `{wanted}`", path.display())]
    #[diagnostic(
        code(bjerrum::checkpoint::scenario),
        help(
            "Resume with the same scenario, --set and --seed as it was started with, or give --out \
             another file."
        )
    )]
    OtherScenario {
        /// The file.
        path: PathBuf,
        /// The first line that differs, as run.
        found: String,
        /// That line of what shall run.
        wanted: String,
    },

    /// The frames that go with it are not there.
    #[error("the checkpoint is at window {window}, and the frames up to there are lost: {reason}")]
    #[diagnostic(
        code(bjerrum::checkpoint::frames),
        help("Trajectories are kept in the result file alone: start again with --force.")
    )]
    Frames {
        /// Windows done.
        window: u64,
        /// Why.
        reason: String,
    },
}

impl CheckpointError {
    /// Whether the checkpoint is fine, and only this program cannot use it: an
    /// earlier one would be no better.
    pub(super) fn is_otherwise_readable(&self) -> bool {
        matches!(self, Self::OtherForm { .. })
    }
}
