//! What can go wrong while a run goes on.

use crate::results::ResultsError;
use bjerrum_physics::brownian::Unattainable;
use bjerrum_physics::interaction::Unresolved;

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
             does a wider slit: the mesh need only be fine against half its width."
        )
    )]
    LongRange(Unattainable),

    /// An ion is nowhere.
    #[error("slit {slit}: after step {step} the position of ion {ion} is not a number")]
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
