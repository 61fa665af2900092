//! What can go wrong in fitting a device model.

use crate::results::ResultsError;
use bjerrum_physics::memristor::fit::FitError;
use std::path::PathBuf;

/// Why there is no device model.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum DeviceError {
    /// The file that was to be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Results(#[from] ResultsError),

    /// A model that the data do not bear.
    #[error("{fault}")]
    #[diagnostic(code(bjerrum::device::fit))]
    Fit {
        /// Why.
        fault: FitError,
        /// What to do about it.
        #[help]
        mend: String,
    },

    /// No model at all.
    #[error("none of the models can be fitted: {}", reasons.join("; "))]
    #[diagnostic(
        code(bjerrum::device::no_model),
        help("Check units and columns; the picture of a loop shows what was read.")
    )]
    NoModel {
        /// Why not, model by model.
        reasons: Vec<String>,
    },

    /// Nothing to measure.
    #[error("none of the recordings is a loop through V = 0")]
    #[diagnostic(
        code(bjerrum::device::no_loop),
        help("A loop is periodic, or closes once, and its voltage takes both signs.")
    )]
    NoLoop,

    /// A value given for a parameter that the model does not have.
    #[error("--fix {name}: {model} has no such parameter, expected one of {known}")]
    #[diagnostic(code(bjerrum::device::unknown_parameter))]
    UnknownParameter {
        /// The name given.
        name: String,
        /// The model.
        model: &'static str,
        /// Its parameters.
        known: String,
    },

    /// A value given in the wrong unit, or out of bounds.
    #[error("--fix {name}={text}: expected a value in {unit} between {low} and {high}")]
    #[diagnostic(code(bjerrum::device::wrong_value))]
    WrongValue {
        /// The parameter.
        name: &'static str,
        /// The value given.
        text: String,
        /// Unit it should have.
        unit: &'static str,
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },

    /// The device file could not be written.
    #[error("cannot write {}: {reason}", path.display())]
    #[diagnostic(code(bjerrum::device::write))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },

    /// The device file could not be read.
    #[error("{}: {reason}", path.display())]
    #[diagnostic(
        code(bjerrum::device::read),
        help("Device files are written by `bjerrum fit`.")
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl From<FitError> for DeviceError {
    fn from(fault: FitError) -> Self {
        let mend = match &fault {
            FitError::TooFew { .. } => {
                "Measure more points, or take a --model of fewer parameters.".to_owned()
            }
            FitError::KnowsNoIons { .. } => {
                "Take a model of pairs, such as --model segregated-pairs, or another --start."
                    .to_owned()
            }
            FitError::NotConverged { .. } => {
                "Take another --model, or give what you know with --fix.".to_owned()
            }
            FitError::NotIdentifiable { open, .. } => {
                let one = |o: &bjerrum_physics::memristor::fit::Open| {
                    format!("for {}: {}", o.parameter, o.measurement)
                };
                let wanted: Vec<String> = open.iter().map(one).collect();
                format!(
                    "What would settle it, {}. Or give what you know with --fix, or take a \
                     simpler --model.",
                    wanted.join("; ")
                )
            }
        };
        Self::Fit { fault, mend }
    }
}
