//! All points on this machine: one process, every core, long points first.

use super::{Folder, Plan, Planned, State, Sweep, SweepError};
use crate::run::{self, CheckpointError, Course, Destination, Ending, Progress, RunError, Signals};
use crate::scenario::Scenario;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a plain line is printed where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Which points to run, and how.
#[derive(Clone, Debug)]
pub struct Local {
    /// Threads in all.
    pub threads: usize,
    /// Time between two checkpoints of a point.
    pub checkpoint_every: Option<Duration>,
    /// What others ask for meanwhile.
    pub signals: Signals,
}

/// What became of the points that were to run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Points that are complete now.
    pub complete: usize,
    /// Points that somebody else is running.
    pub elsewhere: usize,
    /// Points that failed: number and reason.
    pub failed: Vec<(usize, String)>,
    /// Whether it was asked to stop before all were done.
    pub interrupted: bool,
}

impl Local {
    /// Runs those of `points` that are not complete.
    ///
    /// Each worker has a point and its share of the threads: one each where there
    /// are more points than threads, so that nothing is lost in sharing.
    ///
    /// # Errors
    /// [`SweepError`] if the folder cannot be written; a point that fails is an
    /// [`Outcome`].
    pub fn run(
        &self,
        sweep: &Sweep,
        plan: &Plan,
        points: &[usize],
        folder: &Folder,
    ) -> Result<Outcome, SweepError> {
        folder.create()?;
        let mut waiting: Vec<&Planned> = points
            .iter()
            .map(|&index| &plan.points[index])
            .filter(|point| folder.state(&point.digest) != State::Complete)
            .collect();
        waiting.sort_by(|a, b| b.estimate.seconds.total_cmp(&a.estimate.seconds));
        let queue = Queue {
            next: AtomicUsize::new(0),
            points: &waiting,
            outcome: Mutex::new(Outcome {
                complete: points.len() - waiting.len(),
                ..Outcome::default()
            }),
            overall: Overall::new(&waiting),
        };
        let workers = self.threads.min(waiting.len()).max(1);
        let work = |worker: usize| {
            let spare = usize::from(worker < self.threads % workers);
            self.work(sweep, folder, &queue, self.threads / workers + spare)
        };
        let ended: Vec<_> = std::thread::scope(|scope| {
            let handles: Vec<_> = (0..workers)
                .map(|worker| scope.spawn(move || work(worker)))
                .collect();
            let join = |handle: std::thread::ScopedJoinHandle<'_, _>| handle.join();
            handles.into_iter().map(join).collect()
        });
        queue.overall.bar.finish_and_clear();
        for end in ended {
            end.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        Ok(queue
            .outcome
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes points from the queue until there are none.
    fn work(
        &self,
        sweep: &Sweep,
        folder: &Folder,
        queue: &Queue<'_>,
        threads: usize,
    ) -> Result<(), SweepError> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| SweepError::Folder {
            what: "starting threads for",
            path: folder.path().to_owned(),
            reason: error.to_string(),
        })?;
        while let Some(planned) = queue.take() {
            if self.signals.stop.load(Ordering::Relaxed) {
                queue.told(|outcome| outcome.interrupted = true);
                break;
            }
            let scenario = sweep.point(planned.index)?.scenario;
            let mut progress = PointProgress::new(&queue.overall, planned, &scenario);
            let ended = pool.install(|| self.run_point(&scenario, folder, planned, &mut progress));
            progress.ended(usize::from(!matches!(
                ended,
                Ok(Ending::Interrupted { .. })
            )));
            match ended {
                Ok(Ending::Interrupted { .. }) => queue.told(|outcome| outcome.interrupted = true),
                Ok(_) => {
                    folder.keep(&planned.digest)?;
                    queue.told(|outcome| outcome.complete += 1);
                }
                Err(RunError::Busy { .. }) => queue.told(|outcome| outcome.elsewhere += 1),
                Err(error) => {
                    let reason = error.to_string();
                    folder.write(&folder.failure(&planned.digest), &format!("{reason}\n"))?;
                    queue.told(|outcome| outcome.failed.push((planned.index, reason)));
                }
            }
        }
        Ok(())
    }

    /// Runs a point, from its checkpoint if it has one that can be used.
    fn run_point(
        &self,
        scenario: &Scenario,
        folder: &Folder,
        planned: &Planned,
        progress: &mut dyn Progress,
    ) -> Result<Ending, RunError> {
        let destination = Destination {
            file: folder.running(&planned.digest),
            overwrite: true,
        };
        let mut course = Course {
            resume: run::has_checkpoint(&destination.file),
            checkpoint_every: self.checkpoint_every,
            signals: self.signals.clone(),
        };
        match run::run(scenario, &destination, &course, progress) {
            Err(RunError::Checkpoint(error)) if !matches!(error, CheckpointError::Write { .. }) => {
                tracing::warn!("point {} starts anew: {error}", planned.index + 1);
                course.resume = false;
                run::run(scenario, &destination, &course, progress)
            }
            ended => ended,
        }
    }
}

/// Points that wait, and what became of the others.
struct Queue<'p> {
    next: AtomicUsize,
    points: &'p [&'p Planned],
    outcome: Mutex<Outcome>,
    overall: Overall,
}

impl<'p> Queue<'p> {
    fn take(&self) -> Option<&'p Planned> {
        self.points
            .get(self.next.fetch_add(1, Ordering::Relaxed))
            .copied()
    }

    fn told(&self, change: impl FnOnce(&mut Outcome)) {
        change(&mut self.outcome.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// How far all points are together, for the person who waits.
struct Overall {
    bar: ProgressBar,
    plain: bool,
    started: Instant,
    work: Mutex<Work>,
}

/// In estimated seconds.
struct Work {
    total: f64,
    done: f64,
    points: usize,
    points_done: usize,
    printed: Instant,
}

impl Overall {
    fn new(points: &[&Planned]) -> Self {
        let plain = !std::io::stderr().is_terminal();
        let bar = match plain {
            true => ProgressBar::hidden(),
            false => ProgressBar::new(1000),
        };
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {msg}") {
            bar.set_style(style);
        }
        Self {
            bar,
            plain,
            started: Instant::now(),
            work: Mutex::new(Work {
                total: points.iter().map(|point| point.estimate.seconds).sum(),
                done: 0.0,
                points: points.len(),
                points_done: 0,
                printed: Instant::now(),
            }),
        }
    }

    fn advanced(&self, seconds: f64, points: usize) {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        work.done += seconds;
        work.points_done += points;
        let share = (work.done / work.total).clamp(1e-9, 1.0);
        let left = self.started.elapsed().as_secs_f64() * (1.0 / share - 1.0);
        let left = Duration::from_secs(left.min(1e9).ceil() as u64);
        let message = format!(
            "{} of {} points, left {}",
            work.points_done,
            work.points,
            humantime::format_duration(left)
        );
        self.bar.set_position((share * 1000.0) as u64);
        let last = work.points_done == work.points && points > 0;
        if self.plain && (work.printed.elapsed() >= LINE_EVERY || last) {
            eprintln!("{message}");
            work.printed = Instant::now();
        }
        self.bar.set_message(message);
    }
}

/// The share of one point in the whole.
struct PointProgress<'o> {
    overall: &'o Overall,
    seconds: f64,
    windows: f64,
    told: f64,
}

impl<'o> PointProgress<'o> {
    fn new(overall: &'o Overall, planned: &Planned, scenario: &Scenario) -> Self {
        Self {
            overall,
            seconds: planned.estimate.seconds,
            windows: scenario.run.windows as f64,
            told: 0.0,
        }
    }

    fn reached(&mut self, share: f64, points: usize) {
        self.overall
            .advanced((share - self.told) * self.seconds, points);
        self.told = share;
    }

    /// It goes on no longer; `points` are done by that.
    fn ended(&mut self, points: usize) {
        self.reached(1.0, points);
    }
}

impl Progress for PointProgress<'_> {
    fn started(&mut self, windows: u64) {
        self.reached(windows as f64 / self.windows, 0);
    }

    fn advanced(&mut self, windows: u64) {
        let share = windows as f64 / self.windows;
        // A point of many short windows need not tell of each.
        if share - self.told >= 0.01 {
            self.reached(share, 0);
        }
    }
}
