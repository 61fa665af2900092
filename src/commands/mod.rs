//! The command line: what can be asked, and who answers.

mod convergence;
mod export;
mod fit;
mod plot;
mod report;
mod run;
mod show;
mod sweep;
mod validate;

use bjerrum::scenario;
use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;

/// Exit code when the input is wrong (the code of a usage error, too).
const WRONG_INPUT: u8 = 2;

/// From ions to neurons: Brownian dynamics of ions in angstrom-scale slits,
/// their memristive conductance, and the circuits that spike.
///
/// Start with `bjerrum list`, then `bjerrum run ionic-neuron`: it writes
/// ionic-neuron.h5 and ionic-neuron.png and prints what it found beside the
/// published values.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the built-in scenarios
    List,
    /// Run a scenario: a built-in name or a TOML file
    ///
    /// Examples:
    ///   bjerrum run ionic-neuron
    ///   bjerrum run memristor --seed 7 --out loop-7.h5
    ///   bjerrum run iv-curve --set run.duration="10 us" --set dynamics.preset=physical
    ///
    ///   bjerrum run ionic-neuron --resume
    ///
    /// Ctrl-C (or SIGTERM) ends the run after the window it is in, with a checkpoint
    /// and a closed file, and exits with 130; SIGUSR1 makes a checkpoint and goes on.
    /// With --resume the same command goes on from the last checkpoint to the same
    /// numbers, to the bit. Exit codes: 0 done, 1 the run failed, 2 the input is wrong.
    #[command(verbatim_doc_comment)]
    Run(run::RunArguments),
    /// Show what is in a result file, or what a scenario says
    ///
    /// Of a result file: scenario, provenance, series, results. Of a collected sweep: its
    /// axes, what is missing, and a table of the results. Of a scenario: every value, with
    /// the defaults written out, and what follows from it (lengths, couplings, times), as
    /// TOML that `bjerrum run` takes. Examples:
    ///   bjerrum show memristor.h5
    ///   bjerrum show wall-screening --set interaction.height="5 angstrom"
    ///   bjerrum show iv-curve > mine.toml
    #[command(verbatim_doc_comment)]
    Show(show::ShowArguments),
    /// Draw the figures of a result file, beside it
    ///
    /// A collected sweep is drawn against one axis (lines with error bars) or two (a map).
    /// Examples:
    ///   bjerrum plot memristor.h5 --format svg
    ///   bjerrum plot wien-effect.h5 --against field
    ///   bjerrum plot wien-effect.h5 --against field,contact --result steady/ratio
    #[command(verbatim_doc_comment)]
    Plot(plot::PlotArguments),
    /// Write a result file as one HTML page: figures, results, provenance, scenario
    ///
    /// The page needs no server and loads nothing. That of a collected sweep holds every
    /// run, with links between neighbours.
    Report(report::ReportArguments),
    /// Measure an observable against the step: is the scenario's converged?
    ///
    /// A ladder of steps, extrapolated to zero, and the scenario's own setting
    /// beside it. Examples:
    ///   bjerrum convergence memristor --set dynamics.preset=physical
    ///   bjerrum convergence memristor --field "0.225 kT/(e*angstrom)" --tolerance 1
    ///
    /// The verdict (converged, not converged, cannot tell) is printed and kept in
    /// the file; it does not change the exit code: 0 done, 1 failed, 2 the input
    /// is wrong, 130 interrupted.
    #[command(verbatim_doc_comment)]
    Convergence(convergence::ConvergenceArguments),
    /// Fit a device model to measured loops, or to our own runs
    ///
    /// Files are text with columns (units in the header, or by flags), or result
    /// files. Examples:
    ///   bjerrum fit loops.csv
    ///   bjerrum fit loop.txt --frequency "5 mHz" --voltage 1:V --current 2:nA
    ///   bjerrum fit memristor.h5 --model wien-pairs --out slit.toml
    ///   bjerrum fit loops.csv --loops
    ///
    /// Without --model all are tried, and the one that the data support is kept. A
    /// model with a parameter that the data do not determine is refused.
    #[command(verbatim_doc_comment)]
    Fit(fit::FitArguments),
    /// Run a scenario at many points: axes, samples, seeds
    ///
    /// Examples:
    ///   bjerrum sweep wien.toml --dry-run
    ///   bjerrum sweep wien.toml
    ///   bjerrum sweep wien.toml --backend slurm
    ///
    /// A point that is complete stays so: the same command, given again, does what is
    /// missing, and several may work in one folder. Exit codes: 0 all complete, 1 some
    /// failed, 2 the input is wrong, 130 interrupted.
    #[command(verbatim_doc_comment)]
    Sweep(sweep::SweepArguments),
    /// Say how far a sweep is, what is left and what failed
    Status(sweep::StatusArguments),
    /// Put every result of a sweep on the grid of its axes, in one file
    Collect(sweep::CollectArguments),
    /// Write a fitted device, or a whole circuit, for a circuit simulator
    ///
    /// Of a device, spice is a subcircuit for ngspice, verilog-a a module, json a
    /// document with parameters, errors, range and equation (docs/device-json.md); of
    /// a circuit, spice is a netlist that runs as it stands. Examples:
    ///   bjerrum export device.toml --format spice
    ///   bjerrum export reduced-neuron --format spice
    ///   bjerrum export slit.toml --format verilog-a --name na_slit --out na.va
    #[command(verbatim_doc_comment)]
    Export(export::ExportArguments),
    /// Check the program against theory and the published results
    ///
    /// The quick tier takes some minutes on two cores; --full takes a night, can be
    /// interrupted and goes on where it was, and writes a report with figures. Exits
    /// with 1 when a claim fails.
    Validate(validate::ValidateArguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What went wrong, and the exit code for it.
pub struct Failure {
    /// The message.
    pub report: miette::Report,
    /// 1 for a failed run, 2 for wrong input.
    pub code: ExitCode,
}

impl Failure {
    fn input(error: impl miette::Diagnostic + Send + Sync + 'static) -> Self {
        Self {
            report: error.into(),
            code: ExitCode::from(WRONG_INPUT),
        }
    }

    fn run(error: impl miette::Diagnostic + Send + Sync + 'static) -> Self {
        Self {
            report: error.into(),
            code: ExitCode::FAILURE,
        }
    }
}

/// Does what was asked.
///
/// # Errors
/// [`Failure`], with the exit code.
pub fn execute(arguments: Arguments) -> Result<ExitCode, Failure> {
    match arguments.command {
        Command::List => list(),
        Command::Run(arguments) => return run::run(&arguments),
        Command::Convergence(arguments) => return convergence::convergence(&arguments),
        Command::Fit(arguments) => return fit::fit(&arguments),
        Command::Sweep(arguments) => return sweep::run(&arguments),
        Command::Status(arguments) => return sweep::status(&arguments),
        Command::Collect(arguments) => return sweep::collected(&arguments),
        Command::Export(arguments) => export::export(&arguments)?,
        Command::Show(arguments) => show::show(&arguments)?,
        Command::Plot(arguments) => plot::plot(&arguments)?,
        Command::Report(arguments) => report::report(&arguments)?,
        Command::Validate(arguments) => return validate::validate(&arguments),
        Command::Completions { shell } => {
            let mut command = Arguments::command();
            clap_complete::generate(shell, &mut command, "bjerrum", &mut std::io::stdout());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list() {
    let all = scenario::builtin();
    let width = all.iter().map(|s| s.name.len()).max().unwrap_or(0);
    for scenario in all {
        println!("{:width$}  {}", scenario.name, scenario.title);
    }
}
