//! What can be wrong with a figure that is asked for.

use crate::plot::PlotError;
use crate::results::ResultsError;
use crate::scenario::ScenarioError;
use std::path::PathBuf;

/// Why a figure could not be made.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum PictureError {
    /// The result file.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Results(#[from] ResultsError),
    /// The scenario stored in it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scenario(#[from] Box<ScenarioError>),
    /// The drawing.
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// There is no such axis in the sweep.
    #[error("{}: {found}: the sweep has no such axis, or it cannot be drawn so", path.display())]
    #[diagnostic(
        code(bjerrum::plot::axis),
        help("--against takes one axis (lines) or two (a map, --against A,B). Axes: {axes}.")
    )]
    Axis {
        /// The collected file.
        path: PathBuf,
        /// What was asked for.
        found: String,
        /// What there is.
        axes: String,
    },
    /// There is no such result in the sweep.
    #[error("{}: {found}: the sweep has no such result", path.display())]
    #[diagnostic(
        code(bjerrum::plot::result),
        help("--result takes TABLE or TABLE/NAME of: {results}.")
    )]
    Result {
        /// The collected file.
        path: PathBuf,
        /// What was asked for.
        found: String,
        /// What there is.
        results: String,
    },
}
