//! `bjerrum run`.

use super::Failure;
use bjerrum::circuits::{self, CircuitError};
use bjerrum::plot::Format;
use bjerrum::results::{ResultsError, RunFile};
use bjerrum::run::{self, Bar, CheckpointError, Course, Destination, Ending, RunError, Signals};
use bjerrum::scenario::{Circuits, Plan, Scenario};
use bjerrum::{picture, summary};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Exit code of a run that was interrupted and saved.
pub(super) const INTERRUPTED: u8 = 130;

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// A built-in scenario (see `bjerrum list`) or a TOML file
    scenario: String,
    /// The result file [default: the scenario's name with .h5, in this folder]
    #[arg(long, value_name = "FILE.h5")]
    out: Option<PathBuf>,
    /// Change a value of the scenario, by its dotted key; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    sets: Vec<(String, String)>,
    /// Master seed of every random number
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Go on with a run that was stopped or killed, from its last checkpoint
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// How often to make a checkpoint, beside the result file; "never" makes none but when stopped
    #[arg(long, value_name = "TIME", default_value = "60 s", value_parser = interval)]
    checkpoint: Interval,
    /// Replace the result file if it exists
    #[arg(long)]
    force: bool,
}

/// Time between two checkpoints.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval(pub Option<Duration>);

pub(super) fn interval(text: &str) -> Result<Interval, String> {
    if text == "never" {
        return Ok(Interval(None));
    }
    let expected = "expected a time such as \"5 min\", or never";
    let time = humantime::parse_duration(text).map_err(|error| format!("{expected} ({error})"))?;
    Ok(Interval(Some(time)))
}

pub(super) fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or("expected KEY=VALUE, such as run.duration=\"10 us\"")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

/// Runs, draws, and prints what was found, all from what is on disk.
pub(super) fn run(arguments: &RunArguments) -> Result<ExitCode, Failure> {
    let plan =
        Plan::load(&arguments.scenario, &arguments.sets, arguments.seed).map_err(Failure::input)?;
    let name = match &plan {
        Plan::Ions(scenario) => &scenario.name,
        Plan::Circuits(circuits) => &circuits.name,
    };
    let file = arguments
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{name}.h5")));
    use_threads(arguments.threads);
    match plan {
        Plan::Ions(scenario) => run_ions(&scenario, &file, arguments),
        Plan::Circuits(circuits) => run_circuits(&circuits, &file, arguments),
    }
}

fn run_ions(
    scenario: &Scenario,
    file: &Path,
    arguments: &RunArguments,
) -> Result<ExitCode, Failure> {
    for warning in &scenario.warnings {
        tracing::warn!("{warning}");
    }
    let ending = simulate(scenario, file, arguments)?;
    if ending == Ending::WasComplete {
        println!("{} is complete: nothing to resume", file.display());
        return Ok(ExitCode::SUCCESS);
    }
    report(file, |results| summary::summarise(results, scenario))?;
    Ok(exit_code(ending, scenario, file))
}

fn run_circuits(
    circuits: &Circuits,
    file: &Path,
    arguments: &RunArguments,
) -> Result<ExitCode, Failure> {
    if arguments.resume {
        return Err(Failure::input(CircuitError::NothingToResume));
    }
    let stop = stop_on_interrupt("sample");
    let destination = Destination {
        file: file.to_owned(),
        overwrite: arguments.force,
    };
    let ending = circuits::run(circuits, &destination, &stop).map_err(|error| match error {
        CircuitError::Results(ResultsError::Exists { .. } | ResultsError::Create { .. })
        | CircuitError::Netlist { .. } => Failure::input(error),
        _ => Failure::run(error),
    })?;
    report(file, |results| circuits::summarise(results, circuits))?;
    if let Ending::Interrupted { .. } = ending {
        eprintln!("interrupted: what was done is saved in {}", file.display());
        return Ok(ExitCode::from(INTERRUPTED));
    }
    Ok(ExitCode::SUCCESS)
}

/// Draws the figures of `file`, and prints its table and where all of it is.
fn report(
    file: &Path,
    summarise: impl Fn(&RunFile) -> Result<String, ResultsError>,
) -> Result<(), Failure> {
    let figures = picture::draw(file, Format::Png).map_err(Failure::run)?;
    let results = RunFile::open(file).map_err(Failure::run)?;
    println!("{}", summarise(&results).map_err(Failure::run)?);
    print!("wrote    {}", file.display());
    for figure in figures {
        print!(", {}", figure.display());
    }
    println!();
    Ok(())
}

/// Takes so many threads for all that follows, or one a core.
pub(super) fn use_threads(threads: Option<u16>) {
    if let Some(threads) = threads {
        // Fails only if a pool exists already, and none does.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads));
        let _ = pool.build_global();
    }
}

/// A flag that Ctrl-C (and SIGTERM) raises, for work that stops after the `part`
/// it is at.
pub(super) fn stop_on_interrupt(part: &'static str) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    let handler = ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            // Asked twice: what was flushed is readable.
            std::process::exit(i32::from(INTERRUPTED));
        }
        eprintln!("\nstopping after this {part}; once more to stop at once");
    });
    if let Err(error) = handler {
        tracing::warn!("Ctrl-C will not close the file: {error}");
    }
    stop
}

/// Ctrl-C and SIGTERM stop, SIGUSR1 saves.
pub(super) fn listen() -> Signals {
    let signals = Signals {
        stop: stop_on_interrupt("window"),
        ..Signals::default()
    };
    #[cfg(unix)]
    {
        let saves = Arc::clone(&signals.saves);
        match signal_hook::iterator::Signals::new([signal_hook::consts::SIGUSR1]) {
            Ok(mut asked) => {
                std::thread::spawn(move || {
                    for _ in asked.forever() {
                        saves.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            Err(error) => tracing::warn!("SIGUSR1 will not make a checkpoint: {error}"),
        }
    }
    signals
}

fn simulate(scenario: &Scenario, file: &Path, arguments: &RunArguments) -> Result<Ending, Failure> {
    let destination = Destination {
        file: file.to_owned(),
        overwrite: arguments.force,
    };
    let course = Course {
        resume: arguments.resume,
        checkpoint_every: arguments.checkpoint.0,
        signals: listen(),
    };
    let mut bar = Bar::new(scenario);
    let ending = run::run(scenario, &destination, &course, &mut bar);
    bar.finish();
    ending.map_err(failure)
}

/// What was asked cannot be done, or what was begun failed.
fn failure(error: RunError) -> Failure {
    match error {
        RunError::Results(
            ResultsError::Exists { .. }
            | ResultsError::Create { .. }
            | ResultsError::NotHdf5 { .. }
            | ResultsError::NotBjerrum { .. },
        )
        | RunError::Exists { .. }
        | RunError::Busy { .. }
        | RunError::Force(_) => Failure::input(error),
        RunError::Checkpoint(CheckpointError::Write { .. }) => Failure::run(error),
        RunError::Checkpoint(_) => Failure::input(error),
        _ => Failure::run(error),
    }
}

fn exit_code(ending: Ending, scenario: &Scenario, file: &Path) -> ExitCode {
    let Ending::Interrupted { windows } = ending else {
        return ExitCode::SUCCESS;
    };
    eprintln!(
        "interrupted: {windows} of {} windows ({:.2} of {:.2} µs) are saved in {}; --resume goes on",
        scenario.run.windows,
        windows as f64 * scenario.dynamics.window() * 1e-6,
        scenario.duration() * 1e-6,
        file.display(),
    );
    ExitCode::from(INTERRUPTED)
}
