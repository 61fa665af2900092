//! The smooth part of an interaction in Fourier space.

use super::smooth_step;
use crate::brownian::pair_force::PairForce;
use crate::quadrature::graded;
use pxfm::f_j1;
use std::f64::consts::{PI, TAU};

/// How far the force is looked at beyond R, in sides of the box: [`WAVES`] half
/// waves of the longest wave.
pub const REACH: f64 = 0.5 * (WAVES as f64 + 2.0);

/// Half waves of the Bessel function that are summed beyond R.
const WAVES: usize = 16;

/// Fourier transform at wave number `k` > 0 (1/Å) of the potential of the force
/// F(r) S(r/R) of two unit charges, kT Å²:
///
/// ```text
/// û(k) = ∫ u e^{-ik·r} d²r = (2π/k) ∫₀^∞ F(r) S(r/R) J₁(kr) r dr
/// ```
///
/// The second form is the first integrated by parts. Beyond R the half waves of J₁
/// are integrated one by one; their sums swing about the limit, to which repeated
/// averaging takes them (Euler's transformation; Abramowitz & Stegun 1964, 3.6.27).
pub fn smooth_part(law: &PairForce, radius: f64, k: f64) -> f64 {
    let wave = |r: f64| law.over_r(1.0, r * r) * r * r * f_j1(k * r);
    let width = f64::min(0.25 * radius, PI / k);
    let near = graded(0.0, radius, width, width, |r| {
        wave(r) * smooth_step(r / radius)
    });
    // The zeros of J₁, nearly: (n + ¼) π.
    let first = (k * radius / PI - 0.25).ceil().max(1.0);
    let zero = |n: usize| (first + n as f64 + 0.25) * PI / k;
    let mut sum = near + graded(radius, zero(0), width, width, wave);
    let mut sums = vec![sum];
    for n in 0..WAVES {
        sum += graded(zero(n), zero(n + 1), PI / k, PI / k, wave);
        sums.push(sum);
    }
    TAU / k * limit(sums)
}

/// What sums that swing about their limit come to.
fn limit(mut sums: Vec<f64>) -> f64 {
    while sums.len() > 1 {
        sums = sums.windows(2).map(|two| 0.5 * (two[0] + two[1])).collect();
    }
    sums[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::{Coulomb, Interaction};

    /// u = l/(r + c), with what S takes away put back, has
    /// û = (2π l/k) [1 - kc ∫₀^∞ e^{-kct}/√(1 + t²) dt]
    /// (Struve and Neumann functions: Gradshteyn & Ryzhik 6.562.2 and 8.554).
    #[test]
    fn coulomb() {
        let (radius, contact) = (400.0, 4.0);
        let coulomb = Coulomb::new(80.0, 298.0, contact, 1e6).expect("water");
        let length = coulomb.energy(1.0, 0.0) * contact;
        let law = PairForce::new(&Interaction::Coulomb(coulomb)).expect("a force");
        for k in [3e-4, 2e-3, 0.01, 0.05] {
            let taken = graded(0.0, radius, 1.0, 20.0, |r| {
                let force = law.over_r(1.0, r * r) * r;
                force * (1.0 - smooth_step(r / radius)) * f_j1(k * r) * r
            });
            let found = smooth_part(&law, radius, k) + TAU / k * taken;
            let kc = k * contact;
            let shift = graded(0.0, 40.0 / kc, 0.5, 4.0 / kc, |t| {
                (-kc * t).exp() / t.hypot(1.0)
            });
            let expected = TAU / k * length * (1.0 - kc * shift);
            let error = (found / expected - 1.0).abs();
            assert!(error < 1e-6, "k = {k}: {error:e}");
        }
    }
}
