//! What can go wrong while a run goes on.

use super::CheckpointError;
use crate::results::ResultsError;
use bjerrum_physics::brownian::{ForeignState, Unattainable};
use bjerrum_physics::interaction::Unresolved;
use std::path::PathBuf;

/// Why a run ended before its time.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum RunError {
    /// The result file failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Results(#[from] ResultsError),

    /// The force of two ions is not to be had.
    #[error("interaction: {0}")]
    #[diagnostic(
        code(bjerrum::run::force),
        help(
            "A longer interaction.contact or a shorter interaction.cutoff makes it easier; the plain \
             engine (dynamics.engine = \"plain\") takes a finer form."
        )
    )]
    Force(Unresolved),

    /// The forces from beyond the cut-off are not to be had.
    #[error("interaction.long_range: {0}")]
    #[diagnostic(
        code(bjerrum::run::long_range),
        help(
            "A larger interaction.long_range_error or a longer interaction.cutoff makes it easier; so \
             does a wider slit, where it is periodic across, or a longer one: the mesh need only be \
             fine against half of what repeats itself."
        )
    )]
    LongRange(Unattainable),

    /// A checkpoint that is whole does not fit the scenario it names.
    #[error("the checkpoint does not fit: {0}")]
    #[diagnostic(code(bjerrum::run::foreign_checkpoint))]
    Foreign(#[from] ForeignState),

    /// A checkpoint failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Checkpoint(#[from] CheckpointError),

    /// There is something already, and nobody said what to do with it.
    #[error("{} exists already", path.display())]
    #[diagnostic(
        code(bjerrum::run::exists),
        help(
            "Use --resume to go on with a run that was stopped, --force to start anew in its place, \
             or --out to write elsewhere."
        )
    )]
    Exists {
        /// The result file, or its checkpoint.
        path: PathBuf,
    },

    /// Another run writes the same file.
    #[error("{} is being written by {holder}", path.display())]
    #[diagnostic(
        code(bjerrum::run::busy),
        help("Wait for it to end, or use --out to write elsewhere.")
    )]
    Busy {
        /// The result file.
        path: PathBuf,
        /// Who writes it.
        holder: String,
    },

    /// An ion is nowhere.
    #[error(
        "slit {slit}: after step {step} ion {ion} is out of the slit, at x = {:.3e}, y = {:.3e} angstrom",
        position[0],
        position[1]
    )]
    #[diagnostic(
        code(bjerrum::run::lost_ion),
        help("The step is too large for the forces: use a smaller dynamics.step.")
    )]
    LostIon {
        /// The slit.
        slit: String,
        /// Steps done.
        step: u64,
        /// Index of the ion.
        ion: usize,
        /// Where it is, Å.
        position: [f64; 2],
    },

    /// The field in a slit moves an ion farther than the cut-off in one step.
    #[error(
        "slit {slit}: after step {step} the field of {field:.3} kT/(e*angstrom) moves an ion \
         {drift:.0} angstrom a step, farther than the cut-off of {cutoff:.0} angstrom"
    )]
    #[diagnostic(
        code(bjerrum::run::field_ran_away),
        help(
            "The circuit ran away: look at circuit.source, circuit.branches and \
             circuit.coupling; the published coupling divides by V."
        )
    )]
    FieldRanAway {
        /// The slit.
        slit: String,
        /// Steps done.
        step: u64,
        /// Field, kT/(e·Å).
        field: f64,
        /// Drift in one step, Å.
        drift: f64,
        /// Cut-off, Å.
        cutoff: f64,
    },
}

// Not as a source: its words are in the message already.
impl From<Unresolved> for RunError {
    fn from(force: Unresolved) -> Self {
        Self::Force(force)
    }
}

impl From<Unattainable> for RunError {
    fn from(forces: Unattainable) -> Self {
        Self::LongRange(forces)
    }
}
