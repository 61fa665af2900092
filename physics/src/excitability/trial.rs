//! One integration, and what it says.

use super::{ExcitabilityError, Result};
use crate::circuit::{Row, Settings, System, integrate};
use crate::neuron::{Spike, SpikeRule, Trace, find_spikes};
use crate::statistics::independent;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How a circuit is tried.
#[derive(Clone, Copy, Debug)]
pub struct Protocol<'p> {
    /// How long, how often sampled, how precisely.
    pub settings: Settings,
    /// The node that spikes, by number.
    pub node: usize,
    /// What counts as a spike; V and s.
    pub spikes: SpikeRule,
    /// Time dropped at the start, s.
    pub discard: f64,
    /// Raised when all shall end.
    pub stop: &'p AtomicBool,
    /// Counts the trials.
    pub trials: &'p AtomicU64,
}

/// A state of a circuit: voltages of nodes, ground first (V), and all memories.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Voltages, V.
    pub voltages: Vec<f64>,
    /// Memories.
    pub memories: Vec<f64>,
}

/// What a neuron does once it has settled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Firing {
    /// Whether it fires for good: three spikes or more in the time kept, the last
    /// of them within two intervals of the end.
    pub for_good: bool,
    /// Rate, the inverse of the mean interval, 1/s; zero if it does not fire for good.
    pub rate: f64,
    /// Standard error of the rate, from the scatter of the intervals between the
    /// moments at which V rises through the threshold, 1/s.
    pub error: f64,
    /// Energy a spike, J; NaN if unknown.
    pub energy: f64,
}

impl Firing {
    const NOT: Self = Self {
        for_good: false,
        rate: 0.0,
        error: 0.0,
        energy: f64::NAN,
    };
}

/// A circuit over time.
#[derive(Clone, Debug)]
pub struct Trial {
    /// All samples.
    pub rows: Vec<Row>,
    /// Spikes in the time kept, with the times at which V rose through the threshold.
    pub spikes: Vec<(f64, Spike)>,
    /// What it does once it has settled.
    pub firing: Firing,
}

impl Protocol<'_> {
    /// Integrates `system` from its start.
    ///
    /// # Errors
    /// [`ExcitabilityError::Integration`], or [`ExcitabilityError::Stopped`].
    pub fn run(&self, system: &System) -> Result<Trial> {
        self.trials.fetch_add(1, Ordering::Relaxed);
        let mut rows = Vec::new();
        let course = integrate(system, &self.settings, &mut |row| {
            rows.push(row);
            !self.stop.load(Ordering::Relaxed)
        })?;
        if self.stop.load(Ordering::Relaxed) {
            return Err(ExcitabilityError::Stopped);
        }
        let spikes = self.spikes_of(&rows);
        let firing = self.firing(&spikes, course.end);
        Ok(Trial {
            rows,
            spikes,
            firing,
        })
    }

    pub(super) fn spikes_of(&self, rows: &[Row]) -> Vec<(f64, Spike)> {
        let of = |pick: &dyn Fn(&Row) -> f64| rows.iter().map(pick).collect::<Vec<f64>>();
        let (time, voltage) = (of(&|row| row.time), of(&|row| row.voltages[self.node]));
        let trace = Trace {
            time: &time,
            voltage: &voltage,
            power: &of(&|row| row.power),
        };
        let mut before = 0;
        let mut rise = |spike: Spike| {
            let top = time.partition_point(|t| *t < spike.time);
            let level = self.spikes.threshold;
            let risen = (before + 1..=top).rev().find(|&k| voltage[k - 1] < level);
            let crossing = risen.map(|k| {
                let way = (level - voltage[k - 1]) / (voltage[k] - voltage[k - 1]);
                time[k - 1] + way * (time[k] - time[k - 1])
            });
            before = top;
            // Where V stays above the threshold between spikes, the peak must serve.
            (crossing.unwrap_or(spike.time), spike)
        };
        let found = find_spikes(&trace, &self.spikes).into_iter();
        let all = found.map(&mut rise);
        all.filter(|(_, spike)| spike.time >= self.discard)
            .collect()
    }

    fn firing(&self, spikes: &[(f64, Spike)], end: f64) -> Firing {
        let [first, .., last] = spikes else {
            return Firing::NOT;
        };
        let rate = (spikes.len() - 1) as f64 / (last.0 - first.0);
        if spikes.len() < 3 || end - last.0 > 2.0 / rate {
            return Firing::NOT;
        }
        let pairs = spikes.windows(2).map(|pair| pair[1].0 - pair[0].0);
        let interval = independent(&pairs.collect::<Vec<f64>>());
        let energies: Vec<f64> = spikes.iter().map(|(_, spike)| spike.energy).collect();
        Firing {
            for_good: true,
            rate,
            error: rate * rate * interval.error,
            energy: independent(&energies).mean,
        }
    }
}

impl Trial {
    /// The state at the last moment at which V rose through the threshold: the start
    /// of a spike.
    pub(super) fn last_rise(&self, protocol: &Protocol<'_>) -> Option<State> {
        let over = |row: &Row| row.voltages[protocol.node] >= protocol.spikes.threshold;
        let rises = self.rows.windows(2).rev();
        let mut rises = rises.filter(|pair| !over(&pair[0]) && over(&pair[1]));
        rises.next().map(|pair| State {
            voltages: pair[1].voltages.clone(),
            memories: pair[1].memories.clone(),
        })
    }
}
