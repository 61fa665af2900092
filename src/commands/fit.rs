//! `bjerrum fit`.

use super::Failure;
use super::run::key_value;
use bjerrum::device::{self, DeviceError, Given};
use bjerrum::measured::{self, ColumnChoice, MeasuredError, Preparation, Reading, Recorded};
use bjerrum::picture::PictureError;
use bjerrum::plot::Format;
use bjerrum::scenario::quantity::Quantity;
use bjerrum_physics::memristor::device::{model, models};
use bjerrum_physics::memristor::fit::{FitError, Resampling};
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
    /// How errors and intervals are found
    #[arg(long, value_enum, default_value_t = IntervalsName::Profile)]
    intervals: IntervalsName,
    /// Fits to resampled data, for --intervals bootstrap
    #[arg(long, value_name = "N", default_value_t = 400,
          value_parser = clap::value_parser!(u64).range(40..=1_000_000))]
    replicas: u64,
    /// Seed of the resampling, for --intervals bootstrap
    #[arg(long, value_name = "N", default_value_t = 2021)]
    seed: u64,
    /// Only measure the loops: areas, direction, pinch, ratios, memory time; write nothing
    #[arg(long, conflicts_with_all = ["model", "given", "intervals", "force"])]
    loops: bool,
    /// Replace the device file if it exists
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum IntervalsName {
    /// From the curvature of chi-square, checked against its profile
    Profile,
    /// From fits to data whose residuals are resampled in blocks
    Bootstrap,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StartName {
    /// A periodic drive had been going on; anything else began at rest
    AsDriven,
    /// Rest at 0 V
    Rest,
    /// Ions placed at random, all of them free: a simulation from its start
    Random,
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
            StartName::Random => Preparation::Random,
        },
    };
    let recorded = measured::read(&arguments.files, &reading).map_err(unreadable)?;
    if arguments.loops {
        return loops(&recorded);
    }
    let model = arguments.model.as_deref().and_then(model);
    let resampling = Resampling {
        replicas: arguments.replicas,
        seed: arguments.seed,
    };
    let study = device::study(
        &recorded,
        model,
        &arguments.given,
        (arguments.intervals == IntervalsName::Bootstrap).then_some(resampling),
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

/// Measures the loops, and nothing else.
fn loops(recorded: &[Recorded]) -> Result<ExitCode, Failure> {
    let rows = device::loops(recorded);
    if rows.is_empty() {
        return Err(Failure::input(DeviceError::NoLoop));
    }
    print!("{}", device::loop_report(&rows));
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
