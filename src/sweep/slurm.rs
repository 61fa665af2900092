//! Points as the tasks of a Slurm job array.

use super::report::Left;
use super::{Folder, Plan, Planned, State, Sweep, SweepError};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tasks in an array: Slurm's default limit is 1001.
const MOST_TASKS: usize = 1000;

/// The estimate is good to a factor of two, and machines differ.
const TIME_MARGIN: f64 = 3.0;

/// Least time of a task, s.
const LEAST_TIME: f64 = 600.0;

/// Memory asked for over that estimated.
const MEMORY_MARGIN: f64 = 1.5;

/// Least memory of a task, bytes.
const LEAST_MEMORY: f64 = 500e6;

/// A job array that was written.
#[derive(Clone, Debug)]
pub struct Job {
    /// The script.
    pub script: PathBuf,
    /// Which points each task has, a line each.
    pub tasks: PathBuf,
    /// How many tasks there are.
    pub count: usize,
    /// How many points.
    pub points: usize,
    /// What `sbatch` said, if it was called.
    pub said: Option<String>,
}

/// Writes the job array for the points that are not complete, short ones packed
/// together, and submits it unless told not to. `command` is how a task is started,
/// but for the number of the task. `None` if all points are complete.
///
/// # Errors
/// [`SweepError::Folder`] and [`SweepError::Submit`].
pub fn submit(
    sweep: &Sweep,
    plan: &Plan,
    folder: &Folder,
    command: &[String],
    call_sbatch: bool,
) -> Result<Option<Job>, SweepError> {
    folder.create()?;
    let waiting = |point: &&Planned| folder.state(&point.digest) != State::Complete;
    let waiting: Vec<&Planned> = plan.points.iter().filter(waiting).collect();
    if waiting.is_empty() {
        return Ok(None);
    }
    let cpus = f64::from(sweep.slurm.cpus.unwrap_or(1));
    let scale = Left::of(plan, folder).seconds
        / waiting
            .iter()
            .map(|p| p.estimate.seconds)
            .sum::<f64>()
            .max(f64::MIN_POSITIVE)
        / cpus;
    let target = sweep.slurm.task_hours.unwrap_or(1.0) * 3600.0 / scale;
    let tasks = pack(&waiting, target);
    let longest = tasks.iter().map(|task| seconds(task)).fold(0.0, f64::max) * scale;
    let memory = waiting
        .iter()
        .map(|p| p.estimate.memory)
        .fold(0.0, f64::max)
        * cpus;
    let mut job = Job {
        script: folder.path().join("slurm.sh"),
        tasks: folder.path().join("slurm.tasks"),
        count: tasks.len(),
        points: waiting.len(),
        said: None,
    };
    folder.write(&job.tasks, &listing(&tasks))?;
    let asked = Asked {
        tasks: job.count,
        seconds: (longest * TIME_MARGIN).max(LEAST_TIME),
        memory: (memory * MEMORY_MARGIN).max(LEAST_MEMORY),
    };
    folder.write(&job.script, &script(sweep, folder, command, &asked))?;
    if call_sbatch {
        job.said = Some(sbatch(&job.script)?);
    }
    Ok(Some(job))
}

fn seconds(task: &[&Planned]) -> f64 {
    task.iter().map(|point| point.estimate.seconds).sum()
}

/// Points in tasks of about `target` seconds, each with the least work so far,
/// longest first.
fn pack<'p>(points: &[&'p Planned], target: f64) -> Vec<Vec<&'p Planned>> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| b.estimate.seconds.total_cmp(&a.estimate.seconds));
    let wanted = (seconds(points) / target).ceil() as usize;
    let count = wanted.clamp(1, MOST_TASKS.min(points.len()));
    let mut tasks: Vec<(f64, Vec<&Planned>)> = vec![(0.0, Vec::new()); count];
    for point in sorted {
        let least = tasks.iter_mut().min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((work, task)) = least {
            *work += point.estimate.seconds;
            task.push(point);
        }
    }
    tasks.into_iter().map(|(_, task)| task).collect()
}

/// A line for each task: the numbers of its points, from 1.
fn listing(tasks: &[Vec<&Planned>]) -> String {
    let line = |task: &Vec<&Planned>| {
        let numbers: Vec<String> = task.iter().map(|p| (p.index + 1).to_string()).collect();
        numbers.join(" ") + "\n"
    };
    tasks.iter().map(line).collect()
}

/// Which points task number `task` has, from 0.
///
/// # Errors
/// [`SweepError::Folder`] if there is no such task.
pub fn points_of_task(folder: &Folder, task: usize) -> Result<Vec<usize>, SweepError> {
    let path = folder.path().join("slurm.tasks");
    let failed = |reason: String| SweepError::Folder {
        what: "reading",
        path: path.clone(),
        reason,
    };
    let text = std::fs::read_to_string(&path).map_err(|error| failed(error.to_string()))?;
    let line = text.lines().nth(task);
    let line = line.ok_or_else(|| failed(format!("it has no task {task}")))?;
    let number = |word: &str| word.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    let numbers: Option<Vec<usize>> = line.split_whitespace().map(number).collect();
    numbers.ok_or_else(|| failed(format!("its line {} is not a list of numbers", task + 1)))
}

/// What a task asks for.
struct Asked {
    tasks: usize,
    seconds: f64,
    memory: f64,
}

fn script(sweep: &Sweep, folder: &Folder, command: &[String], asked: &Asked) -> String {
    let site = &sweep.slurm;
    let log = std::path::absolute(folder.path()).unwrap_or_else(|_| folder.path().to_owned());
    let log = log.join("slurm-%A_%a.log");
    let minutes = (asked.seconds / 60.0).ceil() as u64;
    let megabytes = (asked.memory / 1e6).ceil() as u64;
    let throttle = site
        .throttle
        .map_or_else(String::new, |most| format!("%{most}"));
    let mut options = vec![
        format!("--job-name={}", sweep.name),
        format!("--array=0-{}{throttle}", asked.tasks - 1),
        format!("--output={}", log.display()),
        format!("--cpus-per-task={}", site.cpus.unwrap_or(1)),
        format!(
            "--time={}",
            site.time.clone().unwrap_or_else(|| minutes.to_string())
        ),
        format!(
            "--mem={}",
            site.memory
                .clone()
                .unwrap_or_else(|| format!("{megabytes}M"))
        ),
        // Time to reach the end of a window and make a checkpoint.
        "--signal=B:TERM@60".to_owned(),
    ];
    options.extend(
        site.account
            .iter()
            .map(|account| format!("--account={account}")),
    );
    options.extend(
        site.partition
            .iter()
            .map(|partition| format!("--partition={partition}")),
    );
    options.extend(site.options.iter().cloned());
    let mut text = "#!/bin/bash\n".to_owned();
    for option in options {
        let _ = writeln!(text, "#SBATCH {option}");
    }
    for line in &site.setup {
        let _ = writeln!(text, "{line}");
    }
    let words: Vec<String> = command.iter().map(|word| quoted(word)).collect();
    text + "# The program takes the place of the shell, so that it gets the signals.\n"
        + &format!(
            "exec {} --threads \"$SLURM_CPUS_PER_TASK\" --task \"$SLURM_ARRAY_TASK_ID\"\n",
            words.join(" ")
        )
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=+:,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

fn sbatch(script: &Path) -> Result<String, SweepError> {
    let output = Command::new("sbatch").arg(script).output();
    let output = output.map_err(|error| SweepError::NoSlurm {
        script: script.to_owned(),
        reason: error.to_string(),
    })?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match output.status.success() {
        true => Ok(said(&output.stdout)),
        false => Err(SweepError::Submit {
            script: script.to_owned(),
            reason: said(&output.stderr),
        }),
    }
}
