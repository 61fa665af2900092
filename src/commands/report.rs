//! `bjerrum report`.

use super::Failure;
use bjerrum::report::{self, ReportError};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// The result file, or a collected sweep
    file: PathBuf,
    /// The page [default: beside the file, with .html]
    #[arg(long, value_name = "FILE.html")]
    out: Option<PathBuf>,
    /// Replace the page if it exists
    #[arg(long)]
    force: bool,
}

/// Writes the page and says where it is.
pub(super) fn report(arguments: &ReportArguments) -> Result<(), Failure> {
    let beside = || arguments.file.with_extension("html");
    let out = arguments.out.clone().unwrap_or_else(beside);
    report::write(&arguments.file, &out, arguments.force).map_err(|error| match error {
        ReportError::Plot(_) => Failure::run(error),
        _ => Failure::input(error),
    })?;
    println!("wrote    {}", out.display());
    Ok(())
}
