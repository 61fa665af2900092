//! `bjerrum fit`.

use super::Failure;
use super::run::key_value;
use bjerrum::device::{self, DeviceError, Given};
use bjerrum::measured::{self, ColumnChoice, MeasuredError, Preparation, Reading};
use bjerrum::picture::PictureError;
use bjerrum::plot::Format;
use bjerrum::scenario::quantity::Quantity;
use bjerrum_physics::memristor::device::{model, models};
use bjerrum_physics::memristor::fit::FitError;
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct FitArguments {
    /// Measured data (text with columns) or result files of `bjerrum run`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The model [default: the one that the data support best]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(names()))]
    model: Option<String>,
    /// A parameter of the model that is known, such as radius_ratio=0.25; may be repeated
    #[arg(long = "fix", value_name = "NAME=VALUE", value_parser = key_value, requires = "model")]
    given: Vec<Given>,
    /// The device file
    #[arg(long, value_name = "FILE.toml", default_value = "device.toml")]
    out: PathBuf,
    /// Column of the times, by header or number, and its unit
    #[arg(long, value_name = "COLUMN[:UNIT]")]
    time: Option<ColumnChoice>,
    /// Column of the voltages
    #[arg(long, value_name = "COLUMN[:UNIT]")]
    voltage: Option<ColumnChoice>,
    /// Column of the currents
    #[arg(long, value_name = "COLUMN[:UNIT]")]
    current: Option<ColumnChoice>,
    /// Frequency of a recording that does not state its own; may be repeated, in order
    #[arg(long = "frequency", value_name = "FREQUENCY", value_parser = frequency)]
    frequencies: Vec<f64>,
    /// What came before each recording
    #[arg(long, value_enum, default_value_t = StartName::AsDriven)]
    start: StartName,
    /// Replace the device file if it exists
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StartName {
    /// A periodic drive had been going on; anything else began at rest
    AsDriven,
    /// Rest at 0 V
    Rest,
}

fn names() -> Vec<&'static str> {
    models().iter().map(|model| model.name()).collect()
}

fn frequency(text: &str) -> Result<f64, String> {
    let quantity = Quantity::parse(text, None).ok();
    let frequency = quantity.and_then(|q| q.in_unit("Hz")).filter(|f| *f > 0.0);
    frequency.ok_or_else(|| "expected a frequency with its unit, such as \"5 mHz\"".to_owned())
}

/// Reads, fits, draws, and prints what was found.
pub(super) fn fit(arguments: &FitArguments) -> Result<ExitCode, Failure> {
    let reading = Reading {
        time: arguments.time.clone(),
        voltage: arguments.voltage.clone(),
        current: arguments.current.clone(),
        frequencies: arguments.frequencies.clone(),
        preparation: match arguments.start {
            StartName::AsDriven => Preparation::AsDriven,
            StartName::Rest => Preparation::Rest,
        },
    };
    let recorded = measured::read(&arguments.files, &reading).map_err(unreadable)?;
    let model = arguments.model.as_deref().and_then(model);
    let study = device::study(
        &recorded,
        model,
        &arguments.given,
        &arguments.out,
        arguments.force,
    )
    .map_err(failure)?;
    let picture = arguments.out.with_extension("png");
    device::figure(&study, &recorded)
        .render(&picture, Format::Png)
        .map_err(|error| Failure::run(PictureError::from(error)))?;
    println!("{}", device::report(&study.file));
    println!(
        "wrote    {}, {}",
        arguments.out.display(),
        picture.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn unreadable(error: MeasuredError) -> Failure {
    Failure::input(error)
}

/// What was given is wrong or not enough, or the work failed.
fn failure(error: DeviceError) -> Failure {
    match error {
        DeviceError::Write { .. }
        | DeviceError::NoModel { .. }
        | DeviceError::Fit {
            fault: FitError::NotConverged { .. },
            ..
        } => Failure::run(error),
        _ => Failure::input(error),
    }
}
