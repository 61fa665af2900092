//! How far a study is, for the person who waits.

use super::{Rung, Setting};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// A bar of settings on a terminal, a plain line for each elsewhere, on stderr.
pub struct Settings {
    bar: ProgressBar,
    plain: bool,
    done: usize,
    of: usize,
    started: Instant,
}

impl Default for Settings {
    fn default() -> Self {
        let plain = !std::io::stderr().is_terminal();
        Self {
            bar: ProgressBar::hidden(),
            plain,
            done: 0,
            of: 0,
            started: Instant::now(),
        }
    }
}

impl Settings {
    /// There are `of` settings to measure.
    pub(super) fn start(&mut self, of: usize) {
        self.of = of;
        if self.plain {
            return;
        }
        self.bar = ProgressBar::new(of as u64);
        let style = ProgressStyle::with_template("{bar:32} {pos} of {len}  {msg}  {elapsed}");
        if let Ok(style) = style {
            self.bar.set_style(style);
        }
        self.bar.enable_steady_tick(Duration::from_millis(500));
    }

    /// This one is next.
    pub(super) fn measuring(&mut self, setting: Setting) {
        self.bar.set_message(setting.to_string());
        self.started = Instant::now();
    }

    /// It is done.
    pub(super) fn measured(&mut self, rung: &Rung) {
        self.done += 1;
        self.bar.inc(1);
        if self.plain {
            eprintln!(
                "{} of {}: {}, error {:.2} %, {:.1} s",
                self.done,
                self.of,
                rung.setting,
                100.0 * rung.value.error / rung.value.mean.abs(),
                self.started.elapsed().as_secs_f64()
            );
        }
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
