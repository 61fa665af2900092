//! How far circuits are, for the person who waits.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A bar for a stretch of circuit time, a count of trials for an analysis: on a terminal;
/// plain lines elsewhere, where it takes long. Both on stderr.
pub struct Progress {
    bar: Option<ProgressBar>,
    printed: Instant,
}

/// How often a plain line is printed where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// How often the trials are counted.
const COUNT_EVERY: Duration = Duration::from_millis(100);
/// Parts of a run that are told apart.
const PARTS: u64 = 1000;

impl Progress {
    /// Tells the person who waits.
    #[must_use]
    pub fn shown() -> Self {
        let bar = std::io::stderr()
            .is_terminal()
            .then(|| ProgressBar::new(PARTS));
        Self {
            bar,
            printed: Instant::now(),
        }
    }

    /// Integration of `circuit` begins.
    pub(super) fn begins(&self, circuit: &str) {
        if let Some(bar) = &self.bar {
            let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}  left {eta}");
            style.into_iter().for_each(|style| bar.set_style(style));
            bar.set_message(circuit.to_owned());
            bar.set_position(0);
            bar.reset_eta();
        }
    }

    /// A `part` of the run of `circuit` is done, from 0 to 1.
    pub(super) fn advanced(&mut self, circuit: &str, part: f64) {
        match &self.bar {
            Some(bar) => bar.set_position((part * PARTS as f64) as u64),
            None => self.line(&format!("{circuit}: {:.0} % of the run", 100.0 * part)),
        }
    }

    /// Does `work`, which counts its trials in the number that it is given, for an
    /// `analysis` of `circuit`.
    pub(super) fn during<T>(
        &mut self,
        circuit: &str,
        analysis: &str,
        work: impl FnOnce(&AtomicU64) -> T,
    ) -> T {
        let (trials, done) = (AtomicU64::new(0), AtomicBool::new(false));
        if let Some(bar) = &self.bar {
            let style = ProgressStyle::with_template("{spinner} {msg}  {elapsed}");
            style.into_iter().for_each(|style| bar.set_style(style));
        }
        std::thread::scope(|scope| {
            let watching = scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::thread::park_timeout(COUNT_EVERY);
                    let trials = trials.load(Ordering::Relaxed);
                    let said = format!("{circuit}: {analysis}, {trials} trials");
                    match &self.bar {
                        Some(bar) => {
                            bar.set_message(said);
                            bar.tick();
                        }
                        None => self.line(&said),
                    }
                }
            });
            let result = work(&trials);
            done.store(true, Ordering::Relaxed);
            watching.thread().unpark();
            result
        })
    }

    /// A plain line, if the last one was long ago.
    fn line(&mut self, said: &str) {
        if self.printed.elapsed() >= LINE_EVERY {
            eprintln!("{said}");
            self.printed = Instant::now();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
