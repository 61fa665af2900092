//! `bjerrum report`: a result file, or a collected sweep, as one page to read.

mod run;
mod sweep;

use crate::picture::PictureError;
use crate::plot::PlotError;
use crate::results::ResultsError;
use crate::scenario::ScenarioError;
use crate::sweep::CollectedFile;
use std::fs;
use std::path::{Path, PathBuf};

/// Why there is no page.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ReportError {
    /// The result file.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Results(#[from] ResultsError),
    /// The scenario in it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scenario(#[from] Box<ScenarioError>),
    /// A figure.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Picture(#[from] PictureError),
    /// The drawing of it.
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// There is a page already.
    #[error("{} exists already", path.display())]
    #[diagnostic(
        code(bjerrum::report::exists),
        help("Use --force to replace it, or --out to write elsewhere.")
    )]
    Exists {
        /// The page.
        path: PathBuf,
    },
    /// The page cannot be written.
    #[error("cannot write {}: {reason}", path.display())]
    #[diagnostic(
        code(bjerrum::report::write),
        help("Give --out a file in a folder that exists and that you may write to.")
    )]
    Write {
        /// The page.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
}

/// The page of the result file or collected sweep at `path`, as HTML that needs nothing
/// else.
///
/// # Errors
/// [`ReportError`] if the file cannot be read or a figure not be drawn.
pub fn html(path: &Path) -> Result<String, ReportError> {
    match CollectedFile::open(path)? {
        Some(file) => sweep::html(&file),
        None => run::html(path),
    }
}

/// Writes that page: beside its place, and then into it.
///
/// # Errors
/// [`ReportError`]; [`ReportError::Exists`] unless `overwrite`.
pub fn write(path: &Path, out: &Path, overwrite: bool) -> Result<(), ReportError> {
    if out.exists() && !overwrite {
        let path = out.to_owned();
        return Err(ReportError::Exists { path });
    }
    let page = html(path)?;
    let mut beside = out.as_os_str().to_owned();
    beside.push(".part");
    let written = fs::write(&beside, page).and_then(|()| fs::rename(&beside, out));
    written.map_err(|error| ReportError::Write {
        path: out.to_owned(),
        reason: error.to_string(),
    })
}
