//! What can go wrong in a study of convergence.

use crate::results::ResultsError;
use crate::run::RunError;
use bjerrum_physics::brownian::escape;

/// Why there is no study.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ConvergenceError {
    /// The result file failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Results(#[from] ResultsError),

    /// The run behind a current failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Run(#[from] RunError),

    /// `--field` is no field.
    #[error("--field {text:?}: expected {expected}")]
    #[diagnostic(code(bjerrum::convergence::field))]
    Field {
        /// What was given.
        text: String,
        /// What would have been read.
        expected: String,
    },

    /// The field carries a pair out of reach in one step.
    #[error(
        "in a step of {step} ps a field of {field} kT/(e*angstrom) pulls a pair apart by \
         {way:.0} angstrom, farther than the cut-off of {cutoff} angstrom"
    )]
    #[diagnostic(
        code(bjerrum::convergence::field_too_high),
        help("Give a lower --field, or a shorter dynamics.step.")
    )]
    FieldTooHigh {
        /// Step, ps.
        step: f64,
        /// Field, kT/(e·Å).
        field: f64,
        /// Way in a step, Å.
        way: f64,
        /// Cut-off, Å.
        cutoff: f64,
    },

    /// A current needs a slit that is driven.
    #[error("the current of {scenario} cannot be held against that of free ions: {why}")]
    #[diagnostic(
        code(bjerrum::convergence::no_current),
        help("Use --observable escape-time.")
    )]
    NoCurrent {
        /// Name of the scenario.
        scenario: String,
        /// What is missing.
        why: String,
    },

    /// Pairs do not escape in affordable time.
    #[error(transparent)]
    #[diagnostic(transparent)]
    TooLong(#[from] TooLong),
}

/// Pairs live too long to wait for.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("at {field} kT/(e*angstrom) a pair lives too long to be waited for: {found}")]
#[diagnostic(
    code(bjerrum::convergence::too_long),
    help(
        "Give a higher --field, or a larger --effort: ten times the effort waits ten times as long."
    )
)]
pub struct TooLong {
    /// Field, kT/(e·Å).
    pub field: f64,
    /// What was seen.
    pub found: escape::TooLong,
}
