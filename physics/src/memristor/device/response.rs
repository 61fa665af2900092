//! The current of a device under a given voltage.

use super::coupled::remember_together;
use super::{DeviceModel, Kinetics};

/// How a device was prepared before the first sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    /// The voltage (V) had been held for long.
    Steady(f64),
    /// The drive had been going on with this period (s), for long.
    Periodic(f64),
    /// All ions had just been set free, at random places: for models that know ions
    /// ([`DeviceModel::all_free`]).
    AllFree,
}

/// A voltage applied over time.
#[derive(Clone, Copy, Debug)]
pub struct Sweep<'a> {
    /// Times of the samples, s, growing.
    pub time: &'a [f64],
    /// Voltage at these times, V.
    pub voltage: &'a [f64],
    /// What came before.
    pub start: Start,
}

/// Steps between two samples.
pub(super) const SUBSTEPS: usize = 4;

/// Current (A) of `model` with `values` at the times of `sweep`.
///
/// Between samples the voltage is taken to be linear in time, in four steps of
/// the exponential Rosenbrock–Euler scheme for a law that changes with time,
///
/// ```text
/// x ← x + h [φ_1(hJ) f_0 + φ_2(hJ) (f_1 - f_0)],   J = ∂f_1/∂x
/// φ_1(z) = (e^z - 1)/z,   φ_2(z) = (φ_1(z) - 1)/z
/// ```
///
/// f_0 and f_1 the rates at x under the voltages at the two ends of the step.
/// It is exact for a relaxation whose target is linear in time, of second order
/// otherwise, and goes with the voltage however short the memory: a search may
/// try any memory time. What is left is the chord in place of the drive: with n
/// samples a period of a sine, (2π/n)²/12 of the voltage on the mean (0.03 % at
/// 100).
/// Hochbruck & Ostermann, Acta Numerica 19, 209 (2010),
/// <https://doi.org/10.1017/S0962492910000048>, §2. Memories that draw each other
/// take turns in each step, symmetrically (Strang's splitting).
///
/// # Panics
/// If the sweep starts with all ions free and the model knows no ions.
#[must_use]
pub fn respond(model: &dyn DeviceModel, values: &[f64], sweep: &Sweep<'_>) -> Vec<f64> {
    let memories: Vec<Vec<f64>> = if model.is_coupled() {
        remember_together(model, values, sweep)
    } else {
        (0..model.memories())
            .map(|memory| remember(model, values, memory, sweep))
            .collect()
    };
    let mut x = vec![0.0; memories.len()];
    let samples = sweep.voltage.iter().enumerate();
    samples
        .map(|(k, &voltage)| {
            for (x, memory) in x.iter_mut().zip(&memories) {
                *x = memory[k];
            }
            model.conductance(values, &x, voltage) * voltage
        })
        .collect()
}

/// Every memory at a start with all ions free.
pub(super) fn free_memory(model: &dyn DeviceModel) -> f64 {
    model.all_free().expect("a model that knows ions")
}

/// One memory at the times of the samples.
fn remember(model: &dyn DeviceModel, values: &[f64], memory: usize, sweep: &Sweep<'_>) -> Vec<f64> {
    let steps = |from: (f64, f64), to: (f64, f64)| -> [Step; SUBSTEPS] {
        let at = |part: usize| {
            let way = part as f64 / SUBSTEPS as f64;
            model.kinetics(values, &[], memory, from.1 + way * (to.1 - from.1))
        };
        let mut end = at(0);
        std::array::from_fn(|part| {
            let start = std::mem::replace(&mut end, at(part + 1));
            Step::new((to.0 - from.0) / SUBSTEPS as f64, start, end)
        })
    };
    let sample = |k: usize| (sweep.time[k], sweep.voltage[k]);
    let course: Vec<[Step; SUBSTEPS]> = (1..sweep.time.len())
        .map(|k| steps(sample(k - 1), sample(k)))
        .collect();
    let mut x = match sweep.start {
        Start::AllFree => free_memory(model),
        Start::Steady(voltage) => model.rest(values, voltage)[memory],
        Start::Periodic(period) => {
            let end = sweep.time[0] + period;
            // A sample at the end of the period is the first one again.
            let within = sweep.time.partition_point(|t| *t < end - 1e-9 * period);
            let closing = steps(sample(within - 1), (end, sweep.voltage[0]));
            let later = |x: f64| {
                let whole = course[..within - 1].iter().chain([&closing]);
                whole.flatten().fold(x, |x, step| step.advance(x))
            };
            fixed_point(later, model.rest(values, sweep.voltage[0])[memory])
        }
    };
    let mut remembered = vec![x];
    for steps in &course {
        x = steps.iter().fold(x, |x, step| step.advance(x));
        remembered.push(x);
    }
    remembered
}

/// A time in which the law goes from one to another.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// x ← gain x + shift: what the scheme makes of a linear relaxation, whose
    /// exponentials are then worked out once for all the periods it takes.
    Linear { gain: f64, shift: f64 },
    /// Anything else.
    General {
        length: f64,
        start: Kinetics,
        end: Kinetics,
    },
}

impl Step {
    pub(super) fn new(length: f64, start: Kinetics, end: Kinetics) -> Self {
        if start.linear != end.linear || start.quadratic != 0.0 || end.quadratic != 0.0 {
            return Self::General { length, start, end };
        }
        let (phi_1, phi_2) = phi(length * end.linear);
        Self::Linear {
            gain: 1.0 + length * phi_1 * start.linear,
            shift: length * (phi_1 * start.source + phi_2 * (end.source - start.source)),
        }
    }

    pub(super) fn advance(&self, x: f64) -> f64 {
        match *self {
            Self::Linear { gain, shift } => gain * x + shift,
            Self::General { length, start, end } => {
                let (first, last) = (start.rate(x), end.rate(x));
                let (phi_1, phi_2) = phi(length * end.slope(x));
                x + length * (phi_1 * first + phi_2 * (last - first))
            }
        }
    }
}

/// (φ_1, φ_2); near zero by their series, whose next term is below 1e-12.
fn phi(z: f64) -> (f64, f64) {
    if z.abs() < 1e-2 {
        let phi_2 = 0.5 + z / 6.0 * (1.0 + z / 4.0 * (1.0 + z / 5.0 * (1.0 + z / 6.0)));
        (1.0 + z * phi_2, phi_2)
    } else {
        let phi_1 = z.exp_m1() / z;
        (phi_1, (phi_1 - 1.0) / z)
    }
}

/// The x that is the same one period `later`.
///
/// A linear relaxation maps it affinely, so that the secant method finds the
/// fixed point in one step; the kinetics of pairs takes a few.
fn fixed_point(later: impl Fn(f64) -> f64, start: f64) -> f64 {
    let mut old = start;
    let mut old_gap = later(old) - old;
    let mut x = old + old_gap;
    for _ in 0..50 {
        let gap = later(x) - x;
        if gap.abs() <= 1e-14 * x.abs() || gap == old_gap {
            break;
        }
        let next = x - gap * (x - old) / (gap - old_gap);
        (old, old_gap) = (x, gap);
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::super::{Association, QuasiStatic, SegregatedPairs, TwoTimes, Volatile, WienPairs};
    use super::*;
    use std::f64::consts::TAU;

    fn sine(samples: usize, amplitude: f64) -> (Vec<f64>, Vec<f64>) {
        let time: Vec<f64> = (0..samples).map(|k| k as f64 / samples as f64).collect();
        let voltage = time.iter().map(|t| amplitude * (TAU * t).sin()).collect();
        (time, voltage)
    }

    /// Under V_0 sin ωt the bipolar memristor has, exactly,
    /// G = G_0 [1 + b V_0 (sin ωt - ωτ cos ωt)/(1 + ω²τ²)]. With 200 samples
    /// the chords of the sine leave (ωh)²/8 = 1.2e-4 of it at most.
    #[test]
    fn periodic_response_is_the_closed_form() {
        let (time, voltage) = sine(200, 0.5);
        let sweep = Sweep {
            time: &time,
            voltage: &voltage,
            start: Start::Periodic(1.0),
        };
        for memory_time in [1e-4, 0.1, 3.0, 100.0] {
            let values = [2e-7, 0.8, memory_time];
            let current = respond(&Volatile(QuasiStatic::Bipolar), &values, &sweep);
            let phase = TAU * memory_time;
            for (k, t) in time.iter().enumerate() {
                let (sine, cosine) = (TAU * t).sin_cos();
                let swing = 0.8 * 0.5 * (sine - phase * cosine) / (1.0 + phase * phase);
                let expected = 2e-7 * (1.0 + swing) * voltage[k];
                assert!(
                    (current[k] - expected).abs() < 2e-4 * 0.4 * 1e-7,
                    "{memory_time}"
                );
            }
        }
    }

    /// Two samples a period later the memory is the same, whatever the model.
    #[test]
    fn the_periodic_state_repeats() {
        let (time, voltage) = sine(100, 0.5);
        let twice: Vec<f64> = (0..200).map(|k| f64::from(k) / 100.0).collect();
        let voltages: Vec<f64> = voltage.iter().chain(&voltage).copied().collect();
        let models: [(&dyn super::super::DeviceModel, Vec<f64>); 3] = [
            (
                &WienPairs(Association::Swept),
                vec![1.0, 0.7, 0.2, 4.0, 0.3],
            ),
            (&TwoTimes, vec![1.0, 2.0, 0.4, 0.2, 6.0, 0.4]),
            (&SegregatedPairs, vec![1.0, 0.7, 0.2, 4.0, 0.3, 0.1, 1e-3]),
        ];
        for (model, values) in models {
            let sweep = Sweep {
                time: &twice,
                voltage: &voltages,
                start: Start::Periodic(1.0),
            };
            let current = respond(model, &values, &sweep);
            for k in 0..100 {
                assert!(
                    (current[k] - current[k + 100]).abs() < 1e-11,
                    "{}",
                    model.name()
                );
            }
            let once = Sweep {
                time: &time,
                voltage: &voltage,
                start: Start::Periodic(1.0),
            };
            let single = respond(model, &values, &once);
            assert!((single[37] - current[37]).abs() < 1e-12);
        }
    }

    /// The kinetics of pairs: second order in the sampling.
    #[test]
    fn pair_kinetics_converges_at_second_order() {
        second_order(
            &WienPairs(Association::Constant),
            &[1.0, 0.3, 0.2, 3.0],
            Start::Periodic(1.0),
        );
    }

    /// So are memories that take turns.
    #[test]
    fn coupled_memories_converge_at_second_order() {
        let values = [1.0, 0.3, 0.2, 3.0, 0.3, 0.1, 1e-3];
        second_order(&SegregatedPairs, &values, Start::AllFree);
    }

    fn second_order(model: &dyn DeviceModel, values: &[f64], start: Start) {
        let at_quarter = |samples: usize| {
            let (time, voltage) = sine(samples, 0.5);
            let sweep = Sweep {
                time: &time,
                voltage: &voltage,
                start,
            };
            respond(model, values, &sweep)[samples / 8]
        };
        let reference = at_quarter(8 * 4096);
        let errors = [32, 64, 128].map(|n| (at_quarter(n) - reference).abs());
        for pair in errors.windows(2) {
            let order = (pair[0] / pair[1]).log2();
            assert!((order - 2.0).abs() < 0.2, "{order}");
        }
    }
}
