//! `bjerrum convergence`.

use super::Failure;
use super::run::{INTERRUPTED, key_value, stop_on_interrupt, use_threads};
use bjerrum::convergence::{
    self, ConvergenceError, Observable, Plan, Settings, default_field, report,
};
use bjerrum::picture;
use bjerrum::plot::Format;
use bjerrum::results::{ResultsError, RunFile};
use bjerrum::run::{Destination, RunError};
use bjerrum::scenario::Scenario;
use bjerrum::scenario::quantity::{Kind, Quantity, expectation};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct ConvergenceArguments {
    /// A built-in scenario (see `bjerrum list`) or a TOML file
    scenario: String,
    /// The result file [default: the scenario's name with -convergence.h5, in this folder]
    #[arg(long, value_name = "FILE.h5")]
    out: Option<PathBuf>,
    /// Change a value of the scenario, by its dotted key; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    sets: Vec<(String, String)>,
    /// What is measured
    #[arg(long, value_enum, default_value_t = ObservableName::EscapeTime)]
    observable: ObservableName,
    /// Field under which it is measured, such as "0.225 kT/(e*angstrom)"
    /// [default: the peak of the drive; in a circuit the largest battery over the length]
    #[arg(long, value_name = "FIELD")]
    field: Option<String>,
    /// Largest deviation from the limit that passes
    #[arg(long, value_name = "PERCENT", default_value_t = 2.0, value_parser = percent)]
    tolerance: f64,
    /// Four times the effort halves the errors
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = positive)]
    effort: f64,
    /// Master seed of every random number
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Replace the result file if it exists
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ObservableName {
    /// Mean time in which a pair goes from contact to the cut-off
    EscapeTime,
    /// I/I_free of the slits at constant field (minutes to hours)
    Current,
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|n| (1e-6..=1e6).contains(n));
    number.ok_or_else(|| "expected a number between 1e-6 and 1e6".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    let text = text.trim_end_matches('%').trim_end();
    let number = text.parse().ok().filter(|n| (1e-3..=50.0).contains(n));
    number.ok_or_else(|| "expected per cent between 0.001 and 50".to_owned())
}

/// Measures, draws, and prints what was found, all from what is on disk.
pub(super) fn convergence(arguments: &ConvergenceArguments) -> Result<ExitCode, Failure> {
    let scenario = Scenario::load(&arguments.scenario, &arguments.sets, arguments.seed)
        .map_err(Failure::input)?;
    let plan = Plan {
        observable: match arguments.observable {
            ObservableName::EscapeTime => Observable::EscapeTime,
            ObservableName::Current => Observable::Current,
        },
        field: match &arguments.field {
            Some(text) => read_field(text, scenario.temperature).map_err(Failure::input)?,
            None => default_field(&scenario),
        },
        tolerance: arguments.tolerance / 100.0,
        effort: arguments.effort,
    };
    use_threads(arguments.threads);
    let destination = Destination {
        file: arguments
            .out
            .clone()
            .unwrap_or_else(|| PathBuf::from(format!("{}-convergence.h5", scenario.name))),
        overwrite: arguments.force,
    };
    let stop = stop_on_interrupt("setting");
    let mut progress = Settings::default();
    let study = convergence::study(&scenario, &plan, &destination, &mut progress, &stop);
    progress.finish();
    let study = study.map_err(failure)?;

    let file = &destination.file;
    let figures = picture::draw(file, Format::Png).map_err(Failure::run)?;
    let results = RunFile::open(file).map_err(Failure::run)?;
    println!("{}", report(&results).map_err(Failure::run)?);
    print!("wrote    {}", file.display());
    for figure in figures {
        print!(", {}", figure.display());
    }
    println!();
    if study.interrupted {
        eprintln!("interrupted: {} settings are saved", study.rungs.len());
        return Ok(ExitCode::from(INTERRUPTED));
    }
    Ok(ExitCode::SUCCESS)
}

fn read_field(text: &str, temperature: f64) -> Result<f64, ConvergenceError> {
    let wrong = || ConvergenceError::Field {
        text: text.to_owned(),
        expected: expectation(&[Kind::Field]),
    };
    let quantity = Quantity::parse(text, Some(temperature)).map_err(|_| wrong())?;
    quantity.to(Kind::Field).ok_or_else(wrong)
}

/// What was asked is wrong, or the run of it failed.
fn failure(error: ConvergenceError) -> Failure {
    match error {
        ConvergenceError::Results(ResultsError::Exists { .. } | ResultsError::Create { .. })
        | ConvergenceError::Field { .. }
        | ConvergenceError::FieldTooHigh { .. }
        | ConvergenceError::NoCurrent { .. }
        | ConvergenceError::TooLong(_)
        | ConvergenceError::Run(RunError::Force(_)) => Failure::input(error),
        ConvergenceError::Results(_) | ConvergenceError::Run(_) => Failure::run(error),
    }
}
