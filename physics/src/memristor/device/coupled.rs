//! Memories that draw each other, followed together.

use super::DeviceModel;
use super::response::{SUBSTEPS, Start, Step, Sweep, free_memory};

/// Each memory at the times of the samples.
///
/// In a step of length h the memories after the first take turns, the last one
/// first, for h/2; then the first one for h; then the others again, in the
/// opposite order: of second order as each of them alone is (Strang, SIAM J.
/// Numer. Anal. 5, 506 (1968), <https://doi.org/10.1137/0705041>).
pub(super) fn remember_together(
    model: &dyn DeviceModel,
    values: &[f64],
    sweep: &Sweep<'_>,
) -> Vec<Vec<f64>> {
    let between = |k: usize, x: &mut [f64], end: (f64, f64)| {
        let from = (sweep.time[k], sweep.voltage[k]);
        for part in 0..SUBSTEPS {
            let at = |part: usize| from.1 + part as f64 / SUBSTEPS as f64 * (end.1 - from.1);
            let length = (end.0 - from.0) / SUBSTEPS as f64;
            step(model, values, x, length, [at(part), at(part + 1)]);
        }
    };
    let mut x = match sweep.start {
        Start::AllFree => vec![free_memory(model); model.memories()],
        Start::Steady(voltage) => model.rest(values, voltage),
        Start::Periodic(period) => {
            let end = sweep.time[0] + period;
            // A sample at the end of the period is the first one again.
            let within = sweep.time.partition_point(|t| *t < end - 1e-9 * period);
            let later = |x: &[f64]| {
                let mut x = x.to_vec();
                for k in 1..within {
                    between(k - 1, &mut x, (sweep.time[k], sweep.voltage[k]));
                }
                between(within - 1, &mut x, (end, sweep.voltage[0]));
                x
            };
            periodic(later, model.rest(values, sweep.voltage[0]))
        }
    };
    let mut memories: Vec<Vec<f64>> = x.iter().map(|&x| vec![x]).collect();
    for k in 1..sweep.time.len() {
        between(k - 1, &mut x, (sweep.time[k], sweep.voltage[k]));
        for (memory, &x) in memories.iter_mut().zip(&x) {
            memory.push(x);
        }
    }
    memories
}

/// One step in time, from one voltage to another.
fn step(
    model: &dyn DeviceModel,
    values: &[f64],
    x: &mut [f64],
    length: f64,
    [start, end]: [f64; 2],
) {
    let middle = 0.5 * (start + end);
    let turn = |x: &mut [f64], memory: usize, length: f64, [from, to]: [f64; 2]| {
        let first = model.kinetics(values, x, memory, from);
        let last = model.kinetics(values, x, memory, to);
        x[memory] = Step::new(length, first, last).advance(x[memory]);
    };
    for memory in (1..x.len()).rev() {
        turn(x, memory, 0.5 * length, [start, middle]);
    }
    turn(x, 0, length, [start, end]);
    for memory in 1..x.len() {
        turn(x, memory, 0.5 * length, [middle, end]);
    }
}

/// The memories that are the same one period `later`: the secant method for each of
/// them, as if they were alone, until all rest. Slow ones are nearly linear.
fn periodic(later: impl Fn(&[f64]) -> Vec<f64>, start: Vec<f64>) -> Vec<f64> {
    const ROUNDS: usize = 200;
    let gaps = |x: &[f64]| -> Vec<f64> { later(x).iter().zip(x).map(|(y, x)| y - x).collect() };
    let mut old = start;
    let mut old_gaps = gaps(&old);
    let mut x: Vec<f64> = old.iter().zip(&old_gaps).map(|(x, gap)| x + gap).collect();
    for _ in 0..ROUNDS {
        let gaps = gaps(&x);
        let rest = |(gap, x): (&f64, &f64)| gap.abs() <= 1e-12 * x.abs();
        if gaps.iter().zip(&x).all(rest) {
            break;
        }
        let next = (0..x.len())
            .map(|k| {
                let slope = (gaps[k] - old_gaps[k]) / (x[k] - old[k]);
                // A memory fades: its gap falls as it grows, by no more than it grew.
                let slope = if (-1.0..0.0).contains(&slope) {
                    slope
                } else {
                    -1.0
                };
                x[k] - gaps[k] / slope
            })
            .collect();
        (old, old_gaps) = (x, gaps);
        x = next;
    }
    x
}
