//! What a sweep is, and how far it is, for a person.

use super::{Folder, Plan, State, Sweep};
use crate::results::RunFile;
use std::fmt::Write;
use std::fs;

/// Points that are listed one by one.
const LISTED: usize = 12;

/// Files that are opened to see how long points really take.
const OPENED: usize = 40;

/// What would run: the axes, the points, and what they take.
#[must_use]
pub fn dry_run(sweep: &Sweep, plan: &Plan, folder: &Folder, threads: usize) -> String {
    let mut text = format!(
        "{}: {}\nscenario  {}\n",
        sweep.name, sweep.title, sweep.scenario
    );
    for dimension in &sweep.dimensions {
        for axis in &dimension.axes {
            let (first, last) = (&axis.values[0], &axis.values[axis.values.len() - 1]);
            let values = format!("{} to {}", first.trim_matches('"'), last.trim_matches('"'));
            let zipped = match dimension.axes.len() {
                1 => "",
                _ => ", together with the next or previous",
            };
            let count = axis.values.len();
            let _ = writeln!(
                text,
                "axis      {}: {count} values, {values}{zipped}",
                axis.key
            );
        }
    }
    if sweep.replicas > 1 {
        let _ = writeln!(text, "replicas  {}", sweep.replicas);
    }
    text += &points(sweep, plan, folder);
    let left = Left::of(plan, folder);
    let states = folder.states(plan);
    let complete = states.iter().filter(|s| **s == State::Complete).count();
    let estimates = plan.points.iter().map(|point| point.estimate);
    let disk: f64 = estimates.clone().map(|estimate| estimate.disk).sum();
    let mut memory: Vec<f64> = estimates.map(|estimate| estimate.memory).collect();
    memory.sort_by(|a, b| b.total_cmp(a));
    let at_once: f64 = memory.iter().take(threads).sum();
    let longest = left.longest;
    let _ = write!(
        text,
        "points    {} in {}/, {complete} complete\n\
         time      about {} of one core: {} on {threads} threads{}\n\
         memory    about {}   disk  about {}\n",
        plan.points.len(),
        folder.path().display(),
        duration(left.seconds),
        duration((left.seconds / threads as f64).max(longest)),
        left.remark(),
        bytes(at_once),
        bytes(disk),
    );
    text
}

fn points(sweep: &Sweep, plan: &Plan, folder: &Folder) -> String {
    let mut text = format!(
        "\n{:>6}  {:16}  {:>10}  {:8}  \n",
        "point", "file", "time", "state"
    );
    for planned in plan.points.iter().take(LISTED) {
        let words = sweep
            .point(planned.index)
            .map_or_else(|e| e.to_string(), |p| p.words());
        let _ = writeln!(
            text,
            "{:>6}  {:16}  {:>10}  {:8}  {words}",
            planned.index + 1,
            planned.digest,
            duration(planned.estimate.seconds),
            word(folder.state(&planned.digest)),
        );
    }
    if plan.points.len() > LISTED {
        let _ = writeln!(text, "        and {} more", plan.points.len() - LISTED);
    }
    text + "\n"
}

/// How far the points are, what is left, and what failed.
#[must_use]
pub fn status(sweep: &Sweep, plan: &Plan, folder: &Folder) -> String {
    let states = folder.states(plan);
    let place = folder.path().display();
    let mut text = format!("{}: {} points in {place}/\n", sweep.name, plan.points.len());
    for (state, remark) in [
        (State::Complete, ""),
        (State::Running, ""),
        (State::Stopped, "will go on from their checkpoints"),
        (State::Failed, "will be tried again"),
        (State::Waiting, ""),
    ] {
        let count = states.iter().filter(|found| **found == state).count();
        if count > 0 {
            let line = format!("{:10}{count:>8}  {remark}", word(state));
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    let left = Left::of(plan, folder);
    if left.seconds > 0.0 {
        let time = duration(left.seconds);
        let _ = writeln!(text, "left      about {time} of one core{}", left.remark());
    }
    let failed = plan
        .points
        .iter()
        .zip(&states)
        .filter(|(_, s)| **s == State::Failed);
    for (planned, _) in failed {
        let reason = fs::read_to_string(folder.failure(&planned.digest)).unwrap_or_default();
        let words = sweep
            .point(planned.index)
            .map_or_else(|e| e.to_string(), |p| p.words());
        let _ = writeln!(
            text,
            "point {} ({words}) failed: {}",
            planned.index + 1,
            reason.trim()
        );
    }
    text
}

fn word(state: State) -> &'static str {
    match state {
        State::Complete => "complete",
        State::Running => "running",
        State::Stopped => "stopped",
        State::Failed => "failed",
        State::Waiting => "waiting",
    }
}

/// What is left to do, from what was done.
pub(super) struct Left {
    /// Time of the points that are not complete on one core, s.
    pub seconds: f64,
    /// That of the longest.
    pub longest: f64,
    /// Points whose time was looked up, and how it compares with the estimate.
    measured: Option<(usize, f64)>,
}

impl Left {
    /// The estimates, scaled to how long complete points really took.
    pub fn of(plan: &Plan, folder: &Folder) -> Self {
        let (mut took, mut estimated, mut opened) = (0.0, 0.0, 0);
        let (mut seconds, mut longest) = (0.0, 0.0f64);
        for point in &plan.points {
            if folder.state(&point.digest) != State::Complete {
                seconds += point.estimate.seconds;
                longest = longest.max(point.estimate.seconds);
            } else if opened < OPENED
                && let Some(time) = core_seconds(folder, &point.digest)
            {
                took += time;
                estimated += point.estimate.seconds;
                opened += 1;
            }
        }
        let measured = (opened > 0).then(|| (opened, took / estimated));
        let scale = measured.map_or(1.0, |(_, ratio)| ratio);
        Self {
            seconds: seconds * scale,
            longest: longest * scale,
            measured,
        }
    }

    fn remark(&self) -> String {
        match self.measured {
            Some((points, _)) if points > 1 => format!(" (by {points} points that are complete)"),
            Some(_) => " (by a point that is complete)".to_owned(),
            None => " (to a factor of two)".to_owned(),
        }
    }
}

/// How long a complete point has taken, over its threads.
fn core_seconds(folder: &Folder, digest: &str) -> Option<f64> {
    let provenance = RunFile::open(folder.file(digest)).ok()?.provenance().ok()?;
    let number = |name: &str| -> Option<f64> {
        let found = provenance.iter().find(|(entry, _)| entry == name)?;
        found.1.parse().ok()
    };
    Some(number("wall_seconds")? * number("threads")?)
}

/// A time in words.
pub(super) fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s if s < 3600.0 * 100.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.0} h", s / 3600.0),
    }
}

fn bytes(bytes: f64) -> String {
    match bytes {
        b if b < 1e6 => format!("{:.0} kB", b / 1e3),
        b if b < 1e9 => format!("{:.0} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}
