//! `bjerrum sweep`, `bjerrum status` and `bjerrum collect`.

use super::run::{INTERRUPTED, Interval, interval, listen, use_threads};
use super::{Failure, WRONG_INPUT};
use bjerrum::sweep::{
    self, Folder, Job, Local, Outcome, Plan, Sweep, SweepError, collect, points_of_task, submit,
};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct SweepArguments {
    #[command(flatten)]
    place: Place,
    /// Where the points run
    #[arg(long, value_enum, default_value_t = Backend::Local)]
    backend: Backend,
    /// Only show the points and what they take
    #[arg(long)]
    dry_run: bool,
    /// Do it even if it is large (1000 points, 100 core-hours)
    #[arg(long)]
    yes: bool,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// How often to make a checkpoint of a point that runs; "never" makes none but when stopped
    #[arg(long, value_name = "TIME", default_value = "60 s", value_parser = interval)]
    checkpoint: Interval,
    /// Write the job array but do not submit it (backend slurm)
    #[arg(long)]
    no_submit: bool,
    /// Run the points of one task of the job array (what its script does)
    #[arg(long, value_name = "N")]
    task: Option<usize>,
}

#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
pub(super) struct CollectArguments {
    #[command(flatten)]
    place: Place,
    /// The collected file [default: the sweep's name with .h5, in this folder]
    #[arg(long, value_name = "FILE.h5")]
    out: Option<PathBuf>,
    /// Replace the collected file if it exists
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
struct Place {
    /// The sweep file (TOML)
    #[arg(value_name = "SWEEP.toml")]
    file: PathBuf,
    /// Where the points' files are [default: the sweep's name with .sweep, in this folder]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Backend {
    /// Here, on all cores
    Local,
    /// As a job array of Slurm
    Slurm,
}

impl Place {
    /// Reads the sweep, and all its points if it is not too large or `welcome`.
    fn open(&self, welcome: bool) -> Result<(Sweep, Plan, Folder), Failure> {
        let sweep = Sweep::read(&self.file).map_err(failure)?;
        let plan = sweep.plan(welcome).map_err(failure)?;
        let default = || PathBuf::from(format!("{}.sweep", sweep.name));
        let folder = Folder::at(self.folder.clone().unwrap_or_else(default));
        Ok((sweep, plan, folder))
    }
}

/// Runs the points, or submits them, or says what they would take.
pub(super) fn run(arguments: &SweepArguments) -> Result<ExitCode, Failure> {
    use_threads(arguments.threads);
    // What runs as a task has been agreed to.
    let welcome = arguments.yes || arguments.dry_run || arguments.task.is_some();
    let (sweep, plan, folder) = arguments.place.open(welcome)?;
    for warning in &plan.warnings {
        tracing::warn!("{warning}");
    }
    let threads = rayon::current_num_threads();
    if arguments.dry_run {
        print!("{}", sweep::dry_run(&sweep, &plan, &folder, threads));
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.backend == Backend::Slurm && arguments.task.is_none() {
        let command = task_command(arguments, &folder).map_err(failure)?;
        let job = submit(&sweep, &plan, &folder, &command, !arguments.no_submit);
        print_job(job.map_err(failure)?.as_ref());
        return Ok(ExitCode::SUCCESS);
    }
    let points = match arguments.task {
        Some(task) => points_of_task(&folder, task).map_err(failure)?,
        None => (0..plan.points.len()).collect(),
    };
    let local = Local {
        threads,
        checkpoint_every: arguments.checkpoint.0,
        signals: listen(),
    };
    let outcome = local
        .run(&sweep, &plan, &points, &folder)
        .map_err(failure)?;
    Ok(told(&outcome, points.len(), &folder))
}

/// How a task of the job array calls this program.
fn task_command(arguments: &SweepArguments, folder: &Folder) -> Result<Vec<String>, SweepError> {
    let absolute = |path: &Path| {
        let path = std::path::absolute(path).map_err(|error| SweepError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok::<String, SweepError>(path.to_string_lossy().into_owned())
    };
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("bjerrum"));
    let mut command = vec![
        program.to_string_lossy().into_owned(),
        "sweep".to_owned(),
        absolute(&arguments.place.file)?,
        "--folder".to_owned(),
        absolute(folder.path())?,
    ];
    if let Some(every) = arguments.checkpoint.0 {
        let every = humantime::format_duration(every).to_string();
        command.extend(["--checkpoint".to_owned(), every]);
    }
    Ok(command)
}

fn print_job(job: Option<&Job>) {
    let Some(job) = job else {
        println!("all points are complete");
        return;
    };
    println!(
        "{} points in {} tasks: {}",
        job.points,
        job.count,
        job.script.display()
    );
    match &job.said {
        Some(said) => println!("{said}"),
        None => println!("not submitted: sbatch {}", job.script.display()),
    }
}

/// Says what became of the points.
fn told(outcome: &Outcome, points: usize, folder: &Folder) -> ExitCode {
    let place = folder.path().display();
    println!(
        "{} of {points} points are complete in {place}/",
        outcome.complete
    );
    if outcome.elsewhere > 0 {
        println!("{} are being run by somebody else", outcome.elsewhere);
    }
    for (index, reason) in &outcome.failed {
        eprintln!("point {} failed: {reason}", index + 1);
    }
    if outcome.interrupted {
        eprintln!("interrupted: the same command goes on");
        return ExitCode::from(INTERRUPTED);
    }
    match outcome.failed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// How far the points are.
pub(super) fn status(arguments: &StatusArguments) -> Result<ExitCode, Failure> {
    let (sweep, plan, folder) = arguments.place.open(true)?;
    print!("{}", sweep::status(&sweep, &plan, &folder));
    Ok(ExitCode::SUCCESS)
}

/// Puts the results of all complete points into one file.
pub(super) fn collected(arguments: &CollectArguments) -> Result<ExitCode, Failure> {
    let (sweep, plan, folder) = arguments.place.open(true)?;
    let default = || PathBuf::from(format!("{}.h5", sweep.name));
    let out = arguments.out.clone().unwrap_or_else(default);
    let collected = collect(&sweep, &plan, &folder, &out, arguments.force).map_err(failure)?;
    println!(
        "wrote    {}: {} of {} points",
        out.display(),
        collected.complete,
        collected.points
    );
    if collected.complete < collected.points {
        let missing = collected.points - collected.complete;
        eprintln!("missing  {missing} (NaN in the results, \"missing\" in points/status)");
    }
    if let Some(others) = &collected.of_other_versions {
        tracing::warn!("{others}");
    }
    if collected.revisions.len() > 1 {
        let of = collected.revisions.iter();
        let of: Vec<String> = of
            .map(|(revision, count)| format!("{count} of {revision}"))
            .collect();
        let of = of.join(", ");
        tracing::warn!(
            "the points come from several revisions of the program ({of}): points/git_revision"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything but a write that failed is a matter of what was asked.
fn failure(error: SweepError) -> Failure {
    let code = match &error {
        SweepError::Folder { .. }
        | SweepError::Submit { .. }
        | SweepError::NoSlurm { .. }
        | SweepError::Run(_)
        | SweepError::Results(_) => ExitCode::FAILURE,
        _ => ExitCode::from(WRONG_INPUT),
    };
    Failure {
        report: error.into(),
        code,
    }
}
