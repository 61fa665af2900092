//! Where a membrane may rest.

use crate::circuit::Clamp;
use std::f64::consts::TAU;

/// A state that does not change by itself: every memory at rest under V, and no
/// net current, F(V, x(V)) = 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Equilibrium {
    /// Its voltage V, V.
    pub voltage: f64,
    /// Its memories.
    pub memories: Vec<f64>,
    /// Largest real part of the eigenvalues of the linearised equations, 1/s: below
    /// zero where small disturbances die out.
    pub growth: f64,
    /// Frequency of that eigenvalue, |Im λ|/2π, Hz; zero where it is real.
    pub frequency: f64,
}

impl Equilibrium {
    /// Whether small disturbances die out.
    #[must_use]
    pub fn is_stable(&self) -> bool {
        self.growth < 0.0
    }
}

/// Voltages at which the steady current is looked at, in units of the largest
/// voltage named in the circuit: two equilibria closer than their distance are
/// missed.
const RANGE: f64 = 2.0;
const VOLTAGES: usize = 4000;

/// The equilibria of a membrane, from the lowest voltage to the highest; those
/// above a threshold at which it fires are not among them.
#[must_use]
pub fn equilibria(clamp: &Clamp<'_>) -> Vec<Equilibrium> {
    let net = |voltage: f64| clamp.rates(voltage, &clamp.rest(voltage))[0];
    let top = clamp.threshold().unwrap_or(f64::INFINITY);
    let step = 2.0 * RANGE * clamp.scale() / VOLTAGES as f64;
    // A half step aside: no equilibrium of a textbook lies on the grid itself.
    let at = |k: usize| (k as f64 + 0.5) * step - RANGE * clamp.scale();
    let mut found = Vec::new();
    let mut before = net(at(0));
    for k in 1..VOLTAGES {
        let after = net(at(k));
        if (before > 0.0) != (after > 0.0) {
            let voltage = bisect(&net, at(k - 1), at(k));
            if voltage < top {
                found.push(linearised(clamp, voltage));
            }
        }
        before = after;
    }
    found
}

/// Where `f` changes its sign between `low` and `high`, to rounding.
pub(super) fn bisect(f: &dyn Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let rising = f(high) > 0.0;
    while {
        let middle = 0.5 * (low + high);
        low < middle && middle < high
    } {
        let middle = 0.5 * (low + high);
        if (f(middle) > 0.0) == rising {
            high = middle;
        } else {
            low = middle;
        }
    }
    0.5 * (low + high)
}

fn linearised(clamp: &Clamp<'_>, voltage: f64) -> Equilibrium {
    let memories = clamp.rest(voltage);
    let eigenvalues = clamp.jacobian(voltage, &memories).complex_eigenvalues();
    let leading = eigenvalues.iter().max_by(|a, b| a.re.total_cmp(&b.re));
    let (growth, imaginary) = leading.map_or((f64::NAN, 0.0), |l| (l.re, l.im));
    Equilibrium {
        voltage,
        memories,
        growth,
        frequency: imaginary.abs() / TAU,
    }
}
