//! The phase plane of voltage and one slow variable.

use super::equilibria::{Equilibrium, bisect, equilibria};
use super::trial::{Protocol, Trial};
use super::{ExcitabilityError, Result};
use crate::circuit::{Clamp, Row, System};

/// Which memory is drawn, and what becomes of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaneRequest {
    /// The memory on the other axis, by its number among all.
    pub slow: usize,
    /// Memories that follow the voltage at once, by their numbers.
    pub fast: Vec<usize>,
}

/// A memory that is neither drawn nor fast, tied to the one that is drawn by a
/// straight line, x = intercept + slope·slow, fitted to the limit cycle (as
/// h + n ≈ const in the squid axon: FitzHugh, Biophys. J. 1, 445 (1961),
/// <https://doi.org/10.1016/S0006-3495(61)86902-6>).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// The memory, by its number.
    pub memory: usize,
    /// Where the slow one is zero.
    pub intercept: f64,
    /// Change with the slow one.
    pub slope: f64,
    /// Root of the mean square by which the cycle misses the line.
    pub residual: f64,
}

/// The phase plane: pairs of voltage (V) and slow memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// A period, from spike to spike; the whole course where the neuron does not fire.
    pub cycle: Vec<(f64, f64)>,
    /// Its length, s; NaN where it does not fire.
    pub period: f64,
    /// Where dV/dt = 0, fast memories following V and bound ones the slow one; NaN at
    /// voltages where it is nowhere.
    pub voltage_nullcline: Vec<(f64, f64)>,
    /// Where the slow memory does not change.
    pub slow_nullcline: Vec<(f64, f64)>,
    /// Equilibria of the whole circuit, whose stability is that of all its variables.
    pub equilibria: Vec<Equilibrium>,
    /// Memories bound to the slow one.
    pub bound: Vec<Bound>,
}

/// Voltages at which nullclines are looked for, and values of the slow memory.
const VOLTAGES: usize = 400;
const VALUES: usize = 400;

/// The phase plane of `system` as it runs under `protocol`.
///
/// # Errors
/// [`ExcitabilityError`].
pub fn plane(system: &System, request: &PlaneRequest, protocol: &Protocol<'_>) -> Result<Plane> {
    let clamp = Clamp::new(system, protocol.node).ok_or(ExcitabilityError::NoMembrane)?;
    let trial = protocol.run(system)?;
    let (rows, period) = cycle(&trial);
    let pair = |row: &Row| (row.voltages[protocol.node], row.memories[request.slow]);
    let cycle: Vec<(f64, f64)> = rows.iter().map(pair).collect();
    let bound = bound(rows, request);
    let (low, high) = range(cycle.iter().map(|p| p.0), 0.1);
    let voltages = (0..VOLTAGES).map(|k| low + (high - low) * k as f64 / (VOLTAGES - 1) as f64);
    let voltages: Vec<f64> = voltages.collect();
    let rest = |voltage: f64| clamp.rest(voltage)[request.slow];
    // The nullcline may leave the cycle behind by some widths of it.
    let values = range(cycle.iter().map(|p| p.1), 2.0);
    let null = |voltage: f64| nullcline(&clamp, request, &bound, voltage, values);
    Ok(Plane {
        voltage_nullcline: voltages.iter().map(|v| (*v, null(*v))).collect(),
        slow_nullcline: voltages.iter().map(|v| (*v, rest(*v))).collect(),
        equilibria: equilibria(&clamp),
        cycle,
        period,
        bound,
    })
}

/// The samples from the last spike but one to the last, and the time between them.
fn cycle(trial: &Trial) -> (&[Row], f64) {
    let [.., (from, _), (to, _)] = &trial.spikes[..] else {
        return (&trial.rows, f64::NAN);
    };
    if !trial.firing.for_good {
        return (&trial.rows, f64::NAN);
    }
    let at = |time: f64| trial.rows.partition_point(|row| row.time < time);
    // One sample more closes the line.
    let end = (at(*to) + 1).min(trial.rows.len());
    (&trial.rows[at(*from)..end], to - from)
}

/// Lowest and highest, with a margin of so many of their distances.
fn range(values: impl Iterator<Item = f64> + Clone, margin: f64) -> (f64, f64) {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    let margin = margin * (high - low);
    (low - margin, high + margin)
}

/// Straight lines through the cycle, one for each memory that is not fast.
fn bound(rows: &[Row], request: &PlaneRequest) -> Vec<Bound> {
    let memories = rows.first().map_or(0, |row| row.memories.len());
    let tied = (0..memories).filter(|k| *k != request.slow && !request.fast.contains(k));
    let line = |memory: usize| {
        let count = rows.len() as f64;
        let mean = |k: usize| rows.iter().map(|row| row.memories[k]).sum::<f64>() / count;
        let (x, y) = (mean(request.slow), mean(memory));
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for row in rows {
            let (dx, dy) = (row.memories[request.slow] - x, row.memories[memory] - y);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
        let slope = xy / xx;
        Bound {
            memory,
            intercept: y - slope * x,
            slope,
            residual: ((yy - slope * xy).max(0.0) / count).sqrt(),
        }
    };
    tied.map(line).collect()
}

/// The lowest value of the slow memory at which no net current flows.
fn nullcline(
    clamp: &Clamp<'_>,
    request: &PlaneRequest,
    bound: &[Bound],
    voltage: f64,
    (low, high): (f64, f64),
) -> f64 {
    let rest = clamp.rest(voltage);
    let net = |slow: f64| {
        let mut memories = rest.clone();
        memories[request.slow] = slow;
        for tied in bound {
            memories[tied.memory] = tied.intercept + tied.slope * slow;
        }
        clamp.rates(voltage, &memories)[0]
    };
    let at = |k: usize| low + (high - low) * k as f64 / VALUES as f64;
    let mut before = net(low);
    for k in 1..=VALUES {
        let after = net(at(k));
        if (before > 0.0) != (after > 0.0) {
            return bisect(&net, at(k - 1), at(k));
        }
        before = after;
    }
    f64::NAN
}
