//! Noise of devices in a circuit: kicks between steps of the solver.
//!
//! Drift and noise of the memories are split (Strang, SIAM J. Numer. Anal. 5, 506 (1968),
//! <https://doi.org/10.1137/0705041>): the solver follows the circuit for δ/2, the noise
//! of a time δ is added at once, and the solver goes on for δ/2. Samples lie at ends of
//! such intervals. For a memory that relaxes at the rate λ the stationary variance is
//! that of the equation times λδ/sinh λδ, and the response to slower things is exact.

use super::System;
use super::assembly::{Carrier, Now};
use super::integration::Settings;
use crate::noise::Stream;

/// Kicks that are due, and where their randomness comes from.
pub(super) struct Noise {
    /// The stream of each carrier that has noise.
    streams: Vec<(usize, Stream)>,
    /// Time between two samples, s.
    sample: f64,
    /// Number of the present sample interval, of kicks in it, and of those done.
    interval: u64,
    kicks: u64,
    done: u64,
}

/// Most that a kick stands for, in times of the fastest relaxation of any memory: its
/// stationary variance is 1 % too small then.
const LONGEST: f64 = 0.25;

impl Noise {
    /// The noise of `system`, if it has any and it is asked for; the state `y` at the
    /// start is drawn out of what is expected.
    pub(super) fn new(system: &System, settings: &Settings, y: &mut [f64]) -> Option<Self> {
        let seed = settings.seed?;
        let mut streams = Vec::new();
        for (number, carrier) in system.carriers().iter().enumerate() {
            let Some(fluctuations) = system.device(carrier).fluctuations() else {
                continue;
            };
            let name = &system.netlist().elements[carrier.element].name;
            let mut stream = Stream::named(seed, &format!("ions of {name}"), 0);
            fluctuations.start(&mut y[memories(carrier)], &mut stream);
            streams.push((number, stream));
        }
        let mut noise = Self {
            streams,
            sample: settings.sample,
            interval: 0,
            kicks: 0,
            done: 0,
        };
        noise.plan(system, START, y);
        (!noise.streams.is_empty()).then_some(noise)
    }

    /// When the next kick is due, s.
    pub(super) fn next(&self) -> f64 {
        let part = (self.done as f64 + 0.5) / self.kicks as f64;
        (self.interval as f64 + part) * self.sample
    }

    /// Kicks all memories in `y`, and finds the voltages that have no capacitor anew.
    pub(super) fn kick(&mut self, system: &System, now: Now, y: &mut [f64]) {
        let step = self.sample / self.kicks as f64;
        let nodes = system.node_voltages(now, y);
        for (number, stream) in &mut self.streams {
            let carrier = &system.carriers()[*number];
            if let Some(fluctuations) = system.device(carrier).fluctuations() {
                let voltage = system.across(carrier, &nodes);
                fluctuations.kick(voltage, &mut y[memories(carrier)], step, stream);
            }
        }
        system.settle(now, y);
        self.done += 1;
        if self.done == self.kicks {
            self.interval += 1;
            self.plan(system, now, y);
        }
    }

    /// The number of kicks until the next sample, by what is known now.
    fn plan(&mut self, system: &System, now: Now, y: &[f64]) {
        let nodes = system.node_voltages(now, y);
        let fastest = self.streams.iter().filter_map(|(number, _)| {
            let carrier = &system.carriers()[*number];
            let fluctuations = system.device(carrier).fluctuations()?;
            let voltage = system.across(carrier, &nodes);
            Some(fluctuations.fastest(voltage, &y[memories(carrier)]))
        });
        let fastest = fastest.fold(0.0, f64::max);
        self.kicks = (self.sample * fastest / LONGEST).ceil().max(1.0) as u64;
        self.done = 0;
    }
}

const START: Now = Now {
    time: 0.0,
    phase: (0.0, 0.0),
};

fn memories(carrier: &Carrier) -> std::ops::Range<usize> {
    carrier.first..carrier.first + carrier.memories
}

#[cfg(test)]
mod tests {
    use super::super::{Element, Memristor, Netlist, Part, Row, Start, integrate};
    use super::*;
    use crate::drive::Drive;
    use crate::memristor::device::{
        Association, DeviceModel, Equation, SegregatedPairs, WienPairs,
    };
    use crate::statistics::{Estimate, independent};

    const IONS: f64 = 200.0;

    /// Devices alike, all under the same voltage (V), with all ions free at the start.
    fn held(model: &'static dyn DeviceModel, values: &[f64], count: usize, voltage: f64) -> System {
        let source = Part::VoltageSource(Drive::Constant { value: voltage });
        let device = |_| Part::OnePort {
            device: Box::new(Memristor {
                model,
                values: values.to_vec(),
                multiplier: 1.0,
                reversal: 0.0,
                ions: Some(IONS),
            }),
            start: Start::Memory(1.0),
        };
        let parts = std::iter::once(source).chain((0..count).map(device));
        let element = |(k, part)| Element {
            name: format!("element {k}"),
            nodes: [1, 0],
            part,
        };
        System::new(Netlist {
            nodes: vec!["ground".to_owned(), "a".to_owned()],
            elements: parts.enumerate().map(element).collect(),
        })
        .unwrap()
    }

    fn rows(system: &System, duration: f64, seed: Option<u64>) -> Vec<Row> {
        let settings = Settings {
            duration,
            sample: 0.1,
            tolerance: 1e-6,
            held: 0.0,
            seed,
        };
        let mut rows = Vec::new();
        let observe = &mut |row| {
            rows.push(row);
            true
        };
        integrate(system, &settings, observe).unwrap();
        rows
    }

    /// G_∞, τ_a, V_d and α: at 1 V pairs part at the rate 1.
    const PAIRS: [f64; 4] = [1.0, 1.0, 1.0, 2.0];
    const MODEL: &WienPairs = &WienPairs(Association::Constant);

    /// Rates of the master equation at m free pairs out of p: of parting, of binding.
    fn events(parting: f64, m: f64) -> (f64, f64) {
        let p = 0.5 * IONS;
        (parting * (p - m), p * (m / p).powi(2))
    }

    /// Mean and variance of the free fraction at constant voltage against the stationary
    /// solution of the master equation of pairs, by detailed balance, exactly: within
    /// 4 errors of 16 devices over 390 memory times, and 1 % for the step.
    #[test]
    fn the_number_of_pairs_obeys_its_master_equation() {
        let p = (0.5 * IONS) as usize;
        let mut weights = vec![1.0];
        for m in 0..p {
            let ratio = events(1.0, m as f64).0 / events(1.0, m as f64 + 1.0).1;
            weights.push(weights[m] * ratio);
        }
        let fraction = |m: usize| m as f64 / p as f64;
        let sum = |of: &dyn Fn(usize) -> f64| -> f64 {
            let weighted = weights.iter().enumerate().map(|(m, w)| w * of(m));
            weighted.sum::<f64>() / weights.iter().sum::<f64>()
        };
        let mean = sum(&fraction);
        let variance = sum(&|m| (fraction(m) - mean).powi(2));

        let rows = rows(&held(MODEL, &PAIRS, 16, 1.0), 400.0, Some(1));
        let late = &rows[100..];
        let of = |device: usize, power: i32| -> f64 {
            let all = late
                .iter()
                .map(|row| (row.memories[device] - mean).powi(power));
            all.sum::<f64>() / late.len() as f64
        };
        let each =
            |power| independent(&(0..16).map(|device| of(device, power)).collect::<Vec<_>>());
        let (off, square) = (each(1), each(2));
        assert!(off.mean.abs() < 4.0 * off.error, "{off:?}");
        let allowed = 4.0 * square.error + 0.01 * variance;
        assert!(
            (square.mean - variance).abs() < allowed,
            "{square:?} {variance}"
        );
        assert!(square.error < 0.04 * variance, "{square:?} {variance}");
    }

    /// The free fraction a time after all ions were free, by Gillespie's algorithm.
    fn gillespie(parting: f64, duration: f64, stream: &mut Stream) -> f64 {
        let (mut time, mut m) = (0.0, 0.5 * IONS);
        loop {
            let (part, bind) = events(parting, m);
            time -= (1.0 - stream.uniform()).ln() / (part + bind);
            if time > duration {
                return 2.0 * m / IONS;
            }
            let parted = stream.uniform() * (part + bind) < part;
            m += if parted { 1.0 } else { -1.0 };
        }
    }

    /// Scatter of the free fraction on its way from all free, against Gillespie's exact
    /// algorithm: mean and standard deviation within 4 errors of 2048 devices.
    #[test]
    fn ions_that_bind_scatter_as_in_gillespies_algorithm() {
        let mut stream = Stream::named(4, "gillespie", 0);
        let exact: Vec<f64> = (0..20_000)
            .map(|_| gillespie(0.25, 1.0, &mut stream))
            .collect();
        let system = held(MODEL, &PAIRS, 64, 0.5);
        let last = |seed| rows(&system, 1.0, Some(seed)).pop().unwrap().memories;
        let ours: Vec<f64> = (0..32).flat_map(last).collect();
        let [exact, ours] = [exact, ours].map(|all| {
            let mean = independent(&all);
            let squares: Vec<f64> = all.iter().map(|n| (n - mean.mean).powi(2)).collect();
            [mean, independent(&squares)]
        });
        for (exact, ours) in exact.iter().zip(&ours) {
            let error = exact.error.hypot(ours.error);
            assert!(
                (exact.mean - ours.mean).abs() < 4.0 * error,
                "{exact:?} {ours:?}"
            );
        }
        assert!(ours[1].error < 0.04 * ours[1].mean, "{ours:?}");
    }

    /// Excess charge: a memory that relaxes to a given n is distributed as the mean of
    /// N w squares, of mean n and variance 2n²/(N w), be these many or less than one;
    /// within 5 errors of 200 blocks, and 1 % for the step.
    #[test]
    fn the_excess_of_charge_scatters_as_squares_do() {
        let values = [1.0, 1.0, 30.0, 5.8, 30.0, 0.1, 1e-3];
        let system = held(&SegregatedPairs, &values, 1, 1e-3);
        let fluctuations = system.device(&system.carriers()[0]).fluctuations().unwrap();
        let n = 0.3;
        let mut stream = Stream::named(5, "excess", 0);
        for memory in [1, 4, 8] {
            let kinetics = SegregatedPairs.kinetics(&values, &[n; 9], memory, 0.0);
            let step = 0.2 / -kinetics.linear;
            let half = (-0.1_f64).exp();
            let expected = 2.0 * n * n / (IONS * SegregatedPairs.excess_weight(&values, memory));
            let mut x = [n; 9];
            let mut block = || -> [f64; 2] {
                let mut sums = [0.0; 2];
                for _ in 0..5000 {
                    x[memory] = n + (x[memory] - n) * half;
                    fluctuations.kick(1e-3, &mut x, step, &mut stream);
                    x[memory] = n + (x[memory] - n) * half;
                    // The others are not asked.
                    x[0] = n;
                    sums[0] += x[memory] / 5000.0;
                    sums[1] += (x[memory] - n).powi(2) / 5000.0;
                }
                sums
            };
            let blocks: Vec<[f64; 2]> = (0..200).map(|_| block()).collect();
            let of = |k: usize| independent(&blocks.iter().map(|b| b[k]).collect::<Vec<_>>());
            let [mean, square]: [Estimate; 2] = [of(0), of(1)];
            assert!(
                (mean.mean - n).abs() < 5.0 * mean.error,
                "{memory}: {mean:?}"
            );
            let allowed = 5.0 * square.error + 0.01 * expected;
            let off = (square.mean - expected).abs();
            assert!(off < allowed, "{memory}: {square:?} {expected}");
        }
    }

    /// The same seed does the same, another another, and none is without noise: n =
    /// 1/(1 + t) without a voltage.
    #[test]
    fn noise_is_that_of_its_seed() {
        let system = held(MODEL, &PAIRS, 2, 0.0);
        let first = rows(&system, 1.0, Some(7));
        assert_eq!(first, rows(&system, 1.0, Some(7)));
        let last = |seed| rows(&system, 1.0, seed).pop().unwrap().memories;
        let noisy = last(Some(7));
        assert_ne!(noisy, last(Some(8)));
        assert_ne!(noisy[0], noisy[1], "devices have noise of their own");
        for n in last(None) {
            assert!((n - 0.5).abs() < 1e-5, "{n}");
        }
    }
}
