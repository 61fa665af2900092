//! A circuit over time: a stiff solver, restarted wherever something jumps.

use std::cell::RefCell;

use diffsol::{
    DiffsolError, NalgebraLU, NalgebraMat, NalgebraVec, OdeBuilder, OdeEquations, OdeSolverMethod,
    OdeSolverStopReason,
};
use nalgebra::DMatrix;

use super::System;
use super::assembly::Now;
use super::noise::Noise;
use crate::units::PICOSECOND;

/// How a circuit is integrated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// From 0 to here, s.
    pub duration: f64,
    /// Time between two samples, s.
    pub sample: f64,
    /// Relative error of a step; the absolute one is a hundredth of it, of the
    /// largest voltage named in the circuit and of the scale of each memory.
    pub tolerance: f64,
    /// Time at the start during which the elements are not connected yet, s: the charges
    /// stay what they are, while memories evolve under the voltages there.
    pub held: f64,
    /// Seed of the noise of devices that have a number of ions; without a seed the
    /// circuit is the deterministic one of infinitely many.
    pub seed: Option<u64>,
}

/// The circuit at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Time, s.
    pub time: f64,
    /// Voltage of every node, ground first, V.
    pub voltages: Vec<f64>,
    /// Current through every one-port from its first node to its second, A.
    pub currents: Vec<f64>,
    /// Conductance of every one-port, S; NaN where it has none.
    pub conductances: Vec<f64>,
    /// Memories of all one-ports, one after the other.
    pub memories: Vec<f64>,
    /// What the one-ports turn into heat, Σ i (v - E), W; NaN where an equation
    /// has no such meaning.
    pub power: f64,
}

/// A moment at which an element fired and put its voltage back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reset {
    /// When, s.
    pub time: f64,
    /// The element, by its number in the netlist.
    pub element: usize,
}

/// What a solution cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Steps of the solver.
    pub steps: usize,
    /// Times it was started anew, at jumps and resets.
    pub starts: usize,
    /// Times the noise of a stretch was added.
    pub kicks: usize,
}

/// How far an integration went, and what happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Time reached, s: the duration, unless it was asked to stop.
    pub end: f64,
    /// Resets, in order of time.
    pub resets: Vec<Reset>,
    /// What it cost.
    pub effort: Effort,
}

/// Why an integration ended too soon.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the circuit cannot be integrated beyond {time:.6e} s: {reason}")]
pub struct IntegrationError {
    /// Time reached, s.
    pub time: f64,
    /// What the solver says.
    pub reason: String,
}

/// Integrates `system` from its initial state, and hands `observe` a row at
/// every multiple of the sample interval, and before and after each reset; it
/// answers whether to go on.
///
/// The method is ESDIRK of order 3(4) with an adaptive step (Jørgensen,
/// Kristensen & Thomsen, <https://arxiv.org/abs/1803.01613>), from the crate
/// diffsol (Robinson et al., J. Open Source Softw. 11, 9384 (2026),
/// <https://doi.org/10.21105/joss.09384>): L-stable, and, being of one step,
/// cheap to start anew. It starts anew where a drive jumps or bends, and where
/// an element fires, the moment of which is located on the method's own
/// interpolant. Where devices have noise, it is added at intervals short beside any
/// memory time, an even part of the sample interval.
///
/// # Errors
/// [`IntegrationError`]: the step became too small, or the system singular (a
/// node held by devices that do not conduct).
pub fn integrate(
    system: &System,
    settings: &Settings,
    observe: &mut dyn FnMut(Row) -> bool,
) -> Result<Course, IntegrationError> {
    let mut y = system.initial().to_vec();
    let mut run = Run {
        system,
        settings,
        observe,
        noise: Noise::new(system, settings, &mut y),
        samples: 0,
        course: Course::default(),
    };
    let mut start = 0.0;
    for end in phases(system, settings) {
        let phase = (start, end);
        let mut time = start;
        // Ends of phases are told apart down to rounding.
        while end - time > 1e-12 * settings.duration {
            run.fire_what_is_due(Now { time, phase }, &mut y);
            run.kick_what_is_due(Now { time, phase }, &mut y);
            let Some(reached) = run.until_reset(Now { time, phase }, &mut y)? else {
                return Ok(run.course);
            };
            time = reached;
        }
        start = end;
    }
    Ok(run.course)
}

/// Ends of the stretches in which no drive jumps or bends, s.
fn phases(system: &System, settings: &Settings) -> Vec<f64> {
    let Settings { duration, held, .. } = *settings;
    let drives = system
        .netlist()
        .elements
        .iter()
        .filter_map(|e| e.part.drive());
    let corners = drives.flat_map(|drive| drive.corners(duration / PICOSECOND));
    let mut ends: Vec<f64> = corners
        .map(|t| t * PICOSECOND)
        .chain([held.min(duration), duration])
        .collect();
    ends.sort_by(f64::total_cmp);
    ends.retain(|end| *end > 0.0);
    ends.dedup_by(|b, a| *b - *a < 1e-12 * duration);
    ends
}

/// The first step of the solver and the shortest, in times of the sample interval.
const FIRST: f64 = 1e-3;
const SHORTEST: f64 = 1e-9;

/// An integration under way.
struct Run<'r> {
    system: &'r System,
    settings: &'r Settings,
    observe: &'r mut dyn FnMut(Row) -> bool,
    noise: Option<Noise>,
    /// Rows handed out at multiples of the sample interval.
    samples: u64,
    course: Course,
}

impl Run<'_> {
    /// Goes on until an element fires or the phase ends, and returns when that
    /// was; nothing if asked to stop.
    fn until_reset(&mut self, from: Now, y: &mut [f64]) -> Result<Option<f64>, IntegrationError> {
        let system = self.system;
        let now = |time: f64| Now { time, ..from };
        let currents = RefCell::new(vec![0.0; system.carriers().len()]);
        let held = self.is_held(from);
        let linearised = RefCell::new(Linearised::default());
        // A jump of a drive moves the voltages that have no capacitor.
        system.settle(from, y);
        let start = y.to_vec();
        let absolute = |scale: &f64| 1e-2 * self.settings.tolerance * scale;
        let absolute: Vec<f64> = system.scales().iter().map(absolute).collect();
        let mut problem = OdeBuilder::<NalgebraMat<f64>>::new()
            .t0(from.time)
            .h0(FIRST * self.settings.sample)
            .rtol(self.settings.tolerance)
            .atol(absolute)
            .rhs_implicit(
                |y, _, t, rates| {
                    system.rates(now(t), y, rates, &mut currents.borrow_mut());
                    system.hold(held, rates);
                },
                |y, _, t, v, out| {
                    let mut linearised = linearised.borrow_mut();
                    linearised.at(system, now(t), y).multiply(v, out);
                    system.hold(held, out);
                },
            )
            .mass(|v, _, _, beta, out| {
                for ((out, v), differential) in out.iter_mut().zip(v).zip(system.differential()) {
                    *out = beta * *out + if *differential { *v } else { 0.0 };
                }
            })
            .root(
                |y, _, t, out| system.over_thresholds(now(t), y, out),
                system.firing().len().max(1),
            )
            .init(|_, _, y| y.copy_from_slice(&start), system.size())
            .build()
            .map_err(failed(from.time))?;
        problem.ode_options.min_timestep = SHORTEST * self.settings.sample;
        let solver = problem.esdirk34::<NalgebraLU<f64>>();
        self.course.effort.starts += 1;
        self.follow(solver.map_err(failed(from.time))?, from, y)
    }

    /// Steps `solver` until an element fires or the phase ends, and leaves the
    /// state there in `y`.
    fn follow<'a, E, S>(
        &mut self,
        mut solver: S,
        from: Now,
        y: &mut [f64],
    ) -> Result<Option<f64>, IntegrationError>
    where
        E: OdeEquations<T = f64, V = NalgebraVec<f64>> + 'a,
        S: OdeSolverMethod<'a, E>,
    {
        let now = |time: f64| Now { time, ..from };
        let end = from.phase.1;
        let mut stop = self.next_kick().min(end);
        solver.set_stop_time(stop).map_err(failed(from.time))?;
        if self.samples == 0 && !self.sample(from, solver.state().y.batch_as_slice(0)) {
            return Ok(None);
        }
        loop {
            let before = solver.state().t;
            let reason = solver.step().map_err(failed(before))?;
            self.course.effort.steps += 1;
            let (reached, fired) = match reason {
                OdeSolverStopReason::RootFound(time, which) => (time, Some(which)),
                _ => (solver.state().t, None),
            };
            while self.next_sample() <= reached {
                let time = self.next_sample();
                let there = solver.interpolate(time).map_err(failed(time))?;
                if !self.sample(now(time), there.batch_as_slice(0)) {
                    return Ok(None);
                }
            }
            self.course.end = reached;
            if let Some(which) = fired {
                let there = solver.interpolate(reached).map_err(failed(reached))?;
                y.copy_from_slice(there.batch_as_slice(0));
                self.fire(which, now(reached), y);
                return Ok(Some(reached));
            }
            let there = stop - reached < SHORTEST * self.settings.sample;
            if there || reason == OdeSolverStopReason::TstopReached {
                y.copy_from_slice(solver.state().y.batch_as_slice(0));
                if stop >= end {
                    return Ok(Some(end));
                }
                self.kick_what_is_due(now(stop), y);
                self.put(&mut solver, now(stop), y);
                stop = self.next_kick().min(end);
                solver.set_stop_time(stop).map_err(failed(reached))?;
            }
        }
    }

    /// Goes on from another state, with the step that was in use.
    fn put<'a, E, S>(&self, solver: &mut S, now: Now, y: &[f64])
    where
        E: OdeEquations<T = f64, V = NalgebraVec<f64>> + 'a,
        S: OdeSolverMethod<'a, E>,
    {
        let mut rates = vec![0.0; y.len()];
        let mut currents = vec![0.0; self.system.carriers().len()];
        self.system.rates(now, y, &mut rates, &mut currents);
        let differential = self.system.differential().iter();
        rates
            .iter_mut()
            .zip(differential)
            .filter(|(_, differential)| !**differential)
            .for_each(|(rate, _)| *rate = 0.0);
        self.system.hold(self.is_held(now), &mut rates);
        let state = solver.state_mut();
        // Not what rounding has made of it: steps of equal length would drift away.
        *state.t = now.time;
        // Nor with what little was left to be gone until now.
        *state.h = state.h.max(FIRST * self.settings.sample);
        state.y.batch_as_mut_slice(0).copy_from_slice(y);
        state.dy.batch_as_mut_slice(0).copy_from_slice(&rates);
    }
}

/// The error of a solver that has reached `time` (s).
fn failed(time: f64) -> impl Fn(DiffsolError) -> IntegrationError {
    move |error| IntegrationError {
        time,
        reason: error.to_string(),
    }
}

impl Run<'_> {
    fn next_sample(&self) -> f64 {
        let time = self.samples as f64 * self.settings.sample;
        // The last one may miss the end by rounding.
        match time > self.settings.duration {
            true if time < self.settings.duration * (1.0 + 1e-9) => self.settings.duration,
            true => f64::INFINITY,
            false => time,
        }
    }

    /// Hands out the row of a multiple of the sample interval.
    fn sample(&mut self, now: Now, y: &[f64]) -> bool {
        self.samples += 1;
        self.hand_out(now, y)
    }

    fn hand_out(&mut self, now: Now, y: &[f64]) -> bool {
        let mut row = self.system.row(now, y);
        if self.is_held(now) {
            row.currents.fill(0.0);
            row.power = 0.0;
        }
        (self.observe)(row)
    }

    /// Whether the elements are not connected yet.
    fn is_held(&self, now: Now) -> bool {
        now.phase.1 <= self.settings.held * (1.0 + 1e-9)
    }

    /// When noise is next to be added, s.
    fn next_kick(&self) -> f64 {
        self.noise.as_ref().map_or(f64::INFINITY, Noise::next)
    }

    /// Adds the noise that is due.
    fn kick_what_is_due(&mut self, now: Now, y: &mut [f64]) {
        let rounding = 1e-12 * self.settings.duration;
        if let Some(noise) = &mut self.noise
            && noise.next() <= now.time + rounding
        {
            noise.kick(self.system, now, y);
            self.course.effort.kicks += 1;
        }
    }

    /// Fires what stands at its threshold already.
    fn fire_what_is_due(&mut self, now: Now, y: &mut [f64]) {
        for (which, (node, threshold)) in self.system.firing().into_iter().enumerate() {
            if self.system.node_voltages(now, y)[node] >= threshold {
                self.fire(which, now, y);
            }
        }
    }

    /// Fires number `which` of what fires.
    fn fire(&mut self, which: usize, now: Now, y: &mut [f64]) {
        self.hand_out(now, y);
        let element = self.system.fire(which, now, y);
        self.hand_out(now, y);
        self.course.resets.push(Reset {
            time: now.time,
            element,
        });
    }
}

impl System {
    /// No charge changes while the elements are not connected.
    fn hold(&self, held: bool, rates: &mut [f64]) {
        if held {
            let islands = rates[..self.free_voltages()].iter_mut();
            let charges = islands.zip(self.differential());
            charges
                .filter(|(_, differential)| **differential)
                .for_each(|(rate, _)| *rate = 0.0);
        }
    }
}

/// The Jacobian matrix at the last point it was asked for.
#[derive(Default)]
struct Linearised {
    time: f64,
    y: Vec<f64>,
    jacobian: DMatrix<f64>,
}

impl Linearised {
    /// The solver asks for one product after the other at the same point.
    fn at(&mut self, system: &System, now: Now, y: &[f64]) -> &Self {
        if self.time != now.time || self.y != y {
            self.jacobian = system.jacobian(now, y);
            self.time = now.time;
            self.y = y.to_vec();
        }
        self
    }

    fn multiply(&self, v: &[f64], out: &mut [f64]) {
        for (row, out) in out.iter_mut().enumerate() {
            let products = v
                .iter()
                .enumerate()
                .map(|(k, v)| self.jacobian[(row, k)] * v);
            *out = products.sum();
        }
    }
}
