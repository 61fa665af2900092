//! `bjerrum convergence`: an observable against the step.
//!
//! ```text
//! scenario → ladder of settings → each measured → limit of short steps → verdict
//! ```
//!
//! The settings ([`ladder`]) are Euler–Maruyama at ever shorter steps, the
//! scenario's own, and where that is refined its neighbours in the number of
//! force evaluations. Each is measured with an error ([`Observable`]); the
//! finest Euler steps, or where these do not tell the refined ones, are extrapolated to
//! zero ([`Limit`]), and the scenario's own setting, which takes no part in that, is held
//! against the limit.

mod error;
mod ladder;
mod limit;
mod observable;
mod progress;
mod report;
mod table;

pub use error::ConvergenceError;
pub use ladder::{Setting, ladder};
pub use limit::{Judgement, Limit, Steps, Verdict, judge, limit};
pub use observable::{Observable, default_field};
pub use progress::Settings;
pub use report::report;

use crate::results::{Layout, RunWriter};
use crate::run::{Destination, provenance};
use crate::scenario::Scenario;
use bjerrum_physics::statistics::Estimate;
use observable::Probe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// What is measured.
    pub observable: Observable,
    /// Field under which it is measured, kT/(e·Å).
    pub field: f64,
    /// Largest relative deviation from the limit that passes.
    pub tolerance: f64,
    /// 1 for errors that suit the tolerance; they fall with its root, and the
    /// time grows with it.
    pub effort: f64,
}

/// A setting and what it gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rung {
    /// The setting.
    pub setting: Setting,
    /// The observable: ps, or a pure number.
    pub value: Estimate,
    /// Escapes or windows behind it.
    pub samples: usize,
}

/// All that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// What was asked for.
    pub plan: Plan,
    /// What was measured, in words.
    pub subject: String,
    /// The scenario's own setting.
    pub used: Rung,
    /// The whole ladder, with `used` in its place: Euler's steps from long to
    /// short, then the refined ones.
    pub rungs: Vec<Rung>,
    /// What could not be measured, and why.
    pub left_out: Vec<String>,
    /// Whether it was asked to stop before its end.
    pub interrupted: bool,
}

/// Measures the ladder of `scenario` into a result file. Raising `stop` ends
/// it after the setting it is at.
///
/// # Errors
/// [`ConvergenceError`]: what is asked cannot be measured, or the file cannot
/// be written.
pub fn study(
    scenario: &Scenario,
    plan: &Plan,
    destination: &Destination,
    progress: &mut Settings,
    stop: &AtomicBool,
) -> Result<Study, ConvergenceError> {
    let started = Instant::now();
    let probe = Probe::new(scenario, plan)?;
    let writer = RunWriter::create(
        &destination.file,
        destination.overwrite,
        &scenario.resolved,
        &provenance(scenario),
        &Layout::default(),
    )?;
    match climb(scenario, plan, &probe, progress, stop) {
        Ok(study) => {
            let status = match study.interrupted {
                true => "interrupted",
                false => "complete",
            };
            let seconds = started.elapsed().as_secs_f64();
            writer.finish(&[table::table(&study)], seconds, status)?;
            Ok(study)
        }
        Err(error) => {
            // No file is left that says nothing.
            drop(writer);
            let _ = std::fs::remove_file(&destination.file);
            Err(error)
        }
    }
}

/// The scenario's own setting comes first: without it nothing else is of use.
/// A ladder ends where a pair lives too long for the steps it takes.
fn climb(
    scenario: &Scenario,
    plan: &Plan,
    probe: &Probe<'_>,
    progress: &mut Settings,
    stop: &AtomicBool,
) -> Result<Study, ConvergenceError> {
    let own = Setting::of(scenario);
    let settings = ladder(scenario, plan.observable);
    progress.start(settings.len());
    let used = measure(probe, own, progress)?;
    let mut study = Study {
        plan: *plan,
        subject: probe.subject(),
        used,
        rungs: Vec::new(),
        left_out: Vec::new(),
        interrupted: false,
    };
    let mut too_fine = false;
    for setting in settings {
        if setting == own {
            study.rungs.push(used);
        } else if stop.load(Ordering::Relaxed) {
            study.interrupted = true;
        } else if !(too_fine && setting.is_euler()) {
            match measure(probe, setting, progress) {
                Ok(rung) => study.rungs.push(rung),
                Err(ConvergenceError::TooLong(reason)) => {
                    study.left_out.push(format!("{setting}: {}", reason.found));
                    too_fine = true;
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(study)
}

fn measure(
    probe: &Probe<'_>,
    setting: Setting,
    progress: &mut Settings,
) -> Result<Rung, ConvergenceError> {
    progress.measuring(setting);
    let rung = probe.measure(setting)?;
    progress.measured(&rung);
    Ok(rung)
}
