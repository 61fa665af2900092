//! A run under way, from its start or from a checkpoint.

use super::checkpoint::{Checkpoint, Checkpoints, Origin, with_suffix};
use super::recorder::{self, Recorder};
use super::{Destination, Ending, Experiment, History, Progress, RunError, Signals};
use super::{analysis, provenance};
use crate::results::{RunFile, RunWriter};
use crate::scenario::Scenario;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Instant, SystemTime};

/// The experiment, and what becomes of it.
pub(super) struct UnderWay<'s> {
    scenario: &'s Scenario,
    experiment: Experiment,
    history: History,
    recorder: Recorder,
    checkpoints: Checkpoints,
    started: Instant,
    /// What earlier processes took, s.
    earlier_seconds: f64,
    /// When and where earlier processes were gone on from.
    resumed: Vec<String>,
}

impl<'s> UnderWay<'s> {
    /// A run from its beginning.
    pub fn start(
        scenario: &'s Scenario,
        destination: &Destination,
        checkpoints: Checkpoints,
    ) -> Result<Self, RunError> {
        let started = Instant::now();
        let experiment = Experiment::prepare(scenario)?;
        let writer = create(
            &destination.file,
            destination.overwrite,
            scenario,
            &experiment,
            &[],
        )?;
        // Those of a run that is replaced.
        checkpoints.remove();
        Ok(Self {
            history: History::new(&experiment),
            experiment,
            recorder: Recorder::new(scenario, writer),
            scenario,
            checkpoints,
            started,
            earlier_seconds: 0.0,
            resumed: Vec::new(),
        })
    }

    /// A run from `checkpoint` on, `earlier` being its result file.
    ///
    /// That file may hold more than the checkpoint, or be torn by a kill: so it is
    /// made again, and takes the place of the old one when it holds as much.
    pub fn go_on(
        scenario: &'s Scenario,
        destination: &Destination,
        checkpoints: Checkpoints,
        checkpoint: Checkpoint,
        earlier: Option<RunFile>,
    ) -> Result<Self, RunError> {
        let started = Instant::now();
        let mut experiment = Experiment::prepare(scenario)?;
        experiment.restore(checkpoint.state)?;
        let mut resumed = checkpoint.resumed;
        resumed.push(format!(
            "at window {} by {} on {}",
            experiment.windows_done(),
            humantime::format_rfc3339_seconds(SystemTime::now()),
            sysinfo::System::host_name().unwrap_or_else(|| "unknown".to_owned()),
        ));
        let aside = with_suffix(&destination.file, ".resuming");
        let writer = create(&aside, true, scenario, &experiment, &resumed)?;
        let mut recorder = Recorder::new(scenario, writer);
        let remade = recorder
            .replay(&experiment, &checkpoint.history, earlier.as_ref())
            .and_then(|()| recorder.take_place_of(&destination.file));
        if let Err(error) = remade {
            // The earlier file and the checkpoint stay as they are.
            drop(recorder);
            let _ = std::fs::remove_file(&aside);
            return Err(error);
        }
        Ok(Self {
            history: checkpoint.history,
            experiment,
            recorder,
            scenario,
            checkpoints,
            started,
            earlier_seconds: checkpoint.wall_seconds,
            resumed,
        })
    }

    /// Runs the windows that are left, unless it is asked to stop, and works out
    /// the results.
    pub fn finish(
        mut self,
        signals: &Signals,
        progress: &mut dyn Progress,
    ) -> Result<Ending, RunError> {
        let windows = self.scenario.run.windows;
        let mut ending = Ending::Complete;
        let mut saves = signals.saves.load(Ordering::Relaxed);
        progress.started(self.experiment.windows_done());
        while self.experiment.windows_done() < windows {
            self.run_window()?;
            let done = self.experiment.windows_done();
            progress.advanced(done);
            let stop = signals.stop.load(Ordering::Relaxed) && done < windows;
            let asked = signals.saves.load(Ordering::Relaxed);
            let save = asked != saves;
            saves = asked;
            if stop || save || self.checkpoints.are_due() {
                self.save()?;
            }
            if save {
                progress.saved(done);
            }
            if stop {
                ending = Ending::Interrupted { windows: done };
                break;
            }
        }
        let tables = analysis::tables(self.scenario, &self.experiment, &self.history);
        let seconds = self.seconds();
        self.recorder.finish(&tables, seconds, ending.status())?;
        if ending == Ending::Complete {
            self.checkpoints.remove();
        }
        Ok(ending)
    }

    fn run_window(&mut self) -> Result<(), RunError> {
        let done = self.experiment.advance().inspect_err(|_| {
            if self.checkpoints.exist() {
                let path = self.checkpoints.path().display();
                tracing::warn!("the last state that was good is in {path}");
            }
        })?;
        self.recorder.record(&self.experiment, &done)?;
        self.history.push(&self.experiment, &done);
        Ok(())
    }

    fn save(&mut self) -> Result<(), RunError> {
        let started = Instant::now();
        // First what a checkpoint does not hold, the frames.
        self.recorder.sync()?;
        let checkpoint = Checkpoint {
            origin: Origin::of(self.scenario),
            state: self.experiment.state(),
            history: std::mem::take(&mut self.history),
            wall_seconds: self.seconds(),
            resumed: self.resumed.clone(),
        };
        let written = self.checkpoints.write(&checkpoint, started);
        self.history = checkpoint.history;
        Ok(written?)
    }

    fn seconds(&self) -> f64 {
        self.earlier_seconds + self.started.elapsed().as_secs_f64()
    }
}

/// The result file of `experiment`, empty.
fn create(
    path: &Path,
    overwrite: bool,
    scenario: &Scenario,
    experiment: &Experiment,
    resumed: &[String],
) -> Result<RunWriter, RunError> {
    let mut provenance = provenance(scenario);
    if !resumed.is_empty() {
        let entry = ("resumed".to_owned(), resumed.join("; "));
        provenance.extra.push(entry);
    }
    let layout = recorder::layout(scenario, experiment);
    let scenario = &scenario.resolved;
    Ok(RunWriter::create(
        path,
        overwrite,
        scenario,
        &provenance,
        &layout,
    )?)
}
