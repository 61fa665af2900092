//! How far a run is, for the person who waits.

use crate::scenario::Scenario;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Told after every window.
pub trait Progress {
    /// The run begins, `windows` windows having been done before.
    fn started(&mut self, _windows: u64) {}

    /// A checkpoint that was asked for was made after `windows` windows.
    fn saved(&mut self, _windows: u64) {}

    /// `windows` windows are done.
    fn advanced(&mut self, windows: u64);
}

/// Says nothing.
impl Progress for () {
    fn advanced(&mut self, _windows: u64) {}
}

/// How often a plain line is printed where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// A progress bar on a terminal, plain lines elsewhere, both on stderr.
pub struct Bar {
    bar: ProgressBar,
    plain: bool,
    windows: u64,
    window_steps: u64,
    window: f64,
    /// Windows that were done before.
    earlier: u64,
    started: Instant,
    printed: Instant,
}

impl Bar {
    /// A bar for `scenario`.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        let plain = !std::io::stderr().is_terminal();
        let bar = if plain {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(scenario.run.windows)
        };
        let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}  left {eta}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        let now = Instant::now();
        Self {
            bar,
            plain,
            windows: scenario.run.windows,
            window_steps: scenario.dynamics.window_steps,
            window: scenario.dynamics.window(),
            earlier: 0,
            started: now,
            printed: now,
        }
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn message(&self, windows: u64) -> String {
        let steps = (windows - self.earlier) * self.window_steps;
        let rate = steps as f64 / self.started.elapsed().as_secs_f64();
        let time = windows as f64 * self.window * 1e-6;
        format!(
            "{time:.2} of {:.2} µs  {rate:.0} steps/s",
            self.windows as f64 * self.window * 1e-6
        )
    }

    fn time_left(&self, windows: u64) -> String {
        let each = self.started.elapsed().as_secs_f64() / (windows - self.earlier) as f64;
        let left = each * (self.windows - windows) as f64;
        humantime::format_duration(Duration::from_secs(left.ceil() as u64)).to_string()
    }
}

impl Progress for Bar {
    fn started(&mut self, windows: u64) {
        self.earlier = windows;
        self.started = Instant::now();
        self.bar.set_position(windows);
        self.bar.reset_eta();
    }

    fn saved(&mut self, windows: u64) {
        let time = windows as f64 * self.window * 1e-6;
        let line = format!("checkpoint at {time:.2} µs");
        if self.plain {
            eprintln!("{line}");
        } else {
            self.bar.println(line);
        }
    }

    fn advanced(&mut self, windows: u64) {
        self.bar.set_position(windows);
        self.bar.set_message(self.message(windows));
        if self.plain && (self.printed.elapsed() >= LINE_EVERY || windows == self.windows) {
            eprintln!(
                "{}, left {}",
                self.message(windows),
                self.time_left(windows)
            );
            self.printed = Instant::now();
        }
    }
}
