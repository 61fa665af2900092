//! `bjerrum plot`.

use super::Failure;
use bjerrum::picture;
use bjerrum::plot::Format;
use bjerrum::sweep::CollectedFile;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct PlotArguments {
    /// The result file, or a collected sweep
    file: PathBuf,
    /// Format of the figures
    #[arg(long, value_enum, default_value_t = FormatName::Png)]
    format: FormatName,
    /// The axis to draw a sweep against, or two of them [default: the first]
    #[arg(long, value_name = "AXIS[,AXIS]", value_delimiter = ',')]
    against: Vec<String>,
    /// A table of a sweep, or one result of it; may be repeated [default: what has errors]
    #[arg(long = "result", value_name = "TABLE[/NAME]")]
    results: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    Png,
    Svg,
}

/// `--against` or `--result` for a file of one run.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("{} is the file of one run: it has no axes to choose from", file.display())]
#[diagnostic(
    code(bjerrum::plot::one_run),
    help("--against and --result are for the file that `bjerrum collect` writes.")
)]
struct OneRun {
    file: PathBuf,
}

/// Draws the figures and says where they are.
pub(super) fn plot(arguments: &PlotArguments) -> Result<(), Failure> {
    let format = match arguments.format {
        FormatName::Png => Format::Png,
        FormatName::Svg => Format::Svg,
    };
    let file = &arguments.file;
    let choice = picture::sweep::Choice {
        against: arguments.against.clone(),
        results: arguments.results.clone(),
    };
    let drawn = match CollectedFile::open(file).map_err(Failure::input)? {
        Some(sweep) => picture::draw_sweep(&sweep, &choice, format),
        None if choice.against.is_empty() && choice.results.is_empty() => {
            picture::draw(file, format)
        }
        None => return Err(Failure::input(OneRun { file: file.clone() })),
    };
    for figure in drawn.map_err(Failure::input)? {
        println!("{}", figure.display());
    }
    Ok(())
}
