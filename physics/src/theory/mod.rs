//! What any engine here must reproduce: closed forms, and the diffusion equation
//! of a pair.
//!
//! Internal units throughout ([`crate::units`]): Å, ps, e, kT. Each function
//! states its equation, its symbols and its source.

mod chain;
mod pairing;
mod segregation;
mod smoluchowski;
mod wien;

pub use pairing::PairingSalt;
pub use segregation::{excess_variance, fading_time, langevin_time, segregation_time};
pub use smoluchowski::{Cells, Escape, EscapingPair, IllPosed, QuasiStationary};
pub use wien::{Saddle, WienExponents, wien_exponents};
pub use wien::{association_constant, association_rate, free_fraction};

use crate::electrolyte::Population;
use crate::interaction::ConfinedLog;
use std::f64::consts::{PI, TAU};

/// Mean square displacement in the plane of an ion on which no force acts, Å²:
///
/// ```text
/// ⟨|r(t) - r(0)|²⟩ = 4 D t
/// ```
///
/// D in Å²/ps, t in ps; two dimensions. Einstein, Ann. Phys. 322, 549 (1905),
/// <https://doi.org/10.1002/andp.19053220806>.
#[must_use]
pub fn mean_square_displacement(diffusion: f64, time: f64) -> f64 {
    4.0 * diffusion * time
}

/// Nernst–Einstein conductance of a slit whose ions are all free, e²/(kT·ps):
///
/// ```text
/// G = Σ_s N_s z_s² e² D_s / (kT L²)
/// ```
///
/// N ions of valence z and diffusion D (Å²/ps), L the length of the slit along
/// the field (Å). Robinson & Stokes, Electrolyte Solutions (2nd ed., 1959),
/// chapter 11; exact without interaction.
#[must_use]
pub fn nernst_einstein_conductance(mixture: &[Population], length: f64) -> f64 {
    let sum: f64 = mixture
        .iter()
        .map(|p| p.count as f64 * p.species.charge().powi(2) * p.species.diffusion)
        .sum();
    sum / (length * length)
}

/// Variance of the current averaged over a window, without interaction, (e/ps)²:
///
/// ```text
/// Var(I) = 2 kT G / t = 2 Σ_s N_s z_s² e² D_s / (L² t)
/// ```
///
/// t the window (ps), G the [Nernst–Einstein
/// conductance](nernst_einstein_conductance). Johnson–Nyquist noise integrated
/// over a window: Nyquist, Phys. Rev. 32, 110 (1928),
/// <https://doi.org/10.1103/PhysRev.32.110>. The field does not enter.
#[must_use]
pub fn window_current_variance(mixture: &[Population], length: f64, window: f64) -> f64 {
    2.0 * nernst_einstein_conductance(mixture, length) / window
}

/// Probability that a normal deviate exceeds `x` ≥ 0, one-sided:
///
/// ```text
/// Q(x) = ½ erfc(x/√2) = φ(x) / (x + 1/(x + 2/(x + 3/(x + …)))),    φ(x) = exp(-x²/2)/√(2π)
/// Q(x) = ½ - φ(x) (x + x³/3 + x⁵/(3·5) + …)                         for small x
/// ```
///
/// Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 26.2.11 and
/// 26.2.14; relative error below 1e-12 (tested by continuity and by values).
#[must_use]
pub fn normal_tail(x: f64) -> f64 {
    let density = (-0.5 * x * x).exp() / TAU.sqrt();
    if x < 3.0 {
        let (mut term, mut sum) = (x, x);
        for k in 1..60 {
            term *= x * x / f64::from(2 * k + 1);
            sum += term;
        }
        return 0.5 - density * sum;
    }
    let fraction = (1..=80).rev().fold(x, |f, k| x + f64::from(k) / f);
    density / fraction
}

/// Moment of a normal deviate of mean 0 and variance 1:
///
/// ```text
/// ⟨x^k⟩ = (k - 1)!! = 1·3·5 … (k - 1)    for k even,    0 for k odd
/// ```
///
/// Abramowitz & Stegun (1964), 26.2.
#[must_use]
pub fn normal_moment(k: u32) -> f64 {
    if k % 2 == 1 {
        return 0.0;
    }
    (1..k).step_by(2).map(f64::from).product()
}

/// Two ions in equilibrium in a periodic square box.
///
/// The nearest-image distance r is distributed as
///
/// ```text
/// P(r) ∝ 2π r exp(-[U(r) - U(r_cut)]/kT)    r < r_cut
/// P(r) ∝ 2π r                               r_cut ≤ r ≤ B/2
/// ```
///
/// B the side of the box (Å): U is the integral of the truncated force, so it
/// is level beyond the cut-off. The square beyond r = B/2 adds its area B² -
/// π r² to the normalisation, which makes probabilities absolute. Boltzmann
/// distribution; any textbook of statistical mechanics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairBoltzmann {
    /// The pair interaction.
    pub interaction: ConfinedLog,
    /// Product of the two charges, e².
    pub zz: f64,
    /// Side of the box, Å, at least twice the cut-off.
    pub side: f64,
}

impl PairBoltzmann {
    /// Probability that the ions are closer than `r` (Å), r ≤ B/2.
    #[must_use]
    pub fn within(&self, r: f64) -> f64 {
        self.weighted_area(r, |_| 1.0) / self.partition()
    }

    /// Mean distance (Å) of the ions while closer than `r` (Å), r ≤ B/2.
    #[must_use]
    pub fn mean_distance_within(&self, r: f64) -> f64 {
        self.weighted_area(r, |s| s) / self.weighted_area(r, |_| 1.0)
    }

    /// Partition function relative to the level beyond the cut-off, Å².
    fn partition(&self) -> f64 {
        let edge = self.interaction.cutoff;
        self.weighted_area(edge, |_| 1.0) + self.side * self.side - PI * edge * edge
    }

    /// ∫₀^r f(s) 2π s exp(-[U(s) - U(r_cut)]/kT) ds, exact to 1e-10 or so.
    fn weighted_area(&self, r: f64, f: impl Fn(f64) -> f64) -> f64 {
        let pair = &self.interaction;
        let level = pair.energy(self.zz, pair.cutoff);
        let bound = |s: f64| TAU * s * f(s) * (level - pair.energy(self.zz, s)).exp();
        let inside = simpson(0.0, r.min(pair.cutoff), bound);
        if r <= pair.cutoff {
            return inside;
        }
        inside + simpson(pair.cutoff, r, |s| TAU * s * f(s))
    }
}

/// Simpson's rule on 4000 intervals.
fn simpson(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    const INTERVALS: u32 = 4000;
    let h = (to - from) / f64::from(INTERVALS);
    let inner: f64 = (1..INTERVALS)
        .map(|k| f64::from(2 + 2 * (k % 2)) * f(from + h * f64::from(k)))
        .sum();
    (f(from) + inner + f(to)) * h / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of Q(x) to 15 digits (Abramowitz & Stegun, tables 26.1 and 26.2).
    #[test]
    fn normal_tail_at_tabulated_points() {
        for (x, expected) in [
            (0.0, 0.5),
            (1.0, 0.158_655_253_931_457),
            (2.0, 0.022_750_131_948_179_2),
            (3.0, 1.349_898_031_630_09e-3),
            (4.0, 3.167_124_183_311_99e-5),
            (5.0, 2.866_515_718_791_94e-7),
            (6.0, 9.865_876_450_376_95e-10),
        ] {
            let error = normal_tail(x) / expected - 1.0;
            assert!(error.abs() < 1e-11, "x = {x}: relative error {error}");
        }
        let step = normal_tail(3.0) / normal_tail(3.0 - 1e-13) - 1.0;
        assert!(step.abs() < 2e-12, "the two forms differ by {step}");
    }

    #[test]
    fn normal_moments_are_double_factorials() {
        let moments: Vec<f64> = (0..=8).map(normal_moment).collect();
        assert_eq!(moments, [1.0, 0.0, 1.0, 0.0, 3.0, 0.0, 15.0, 0.0, 105.0]);
    }

    /// Without interaction the pair is uniform in the box: P(r) = π r²/B².
    #[test]
    fn pair_without_coupling_is_uniform() {
        let pair = PairBoltzmann {
            interaction: ConfinedLog::PUBLISHED,
            zz: 0.0,
            side: 500.0,
        };
        for r in [10.0, 200.0, 250.0] {
            let expected = PI * r * r / 250_000.0;
            assert!((pair.within(r) / expected - 1.0).abs() < 1e-12, "r = {r}");
            assert!((pair.mean_distance_within(r) / (2.0 / 3.0 * r) - 1.0).abs() < 1e-12);
        }
    }

    /// At coupling Γ = 2 the integral is elementary: with a = c, b = ξ,
    /// ∫ s ((s + b)/(s + a))² ds is a polynomial and logarithms.
    #[test]
    fn pair_at_coupling_two_against_the_integral_by_hand() {
        let (a, b, edge) = (4.0_f64, 80.0_f64, 100.0_f64);
        let interaction = ConfinedLog {
            xi: b,
            x_t: 0.5 * b,
            contact: a,
            cutoff: edge,
        };
        // With u = s + a and d = b - a: s (u + d)²/u² = (u - a)(1 + 2d/u + d²/u²).
        let d = b - a;
        let integral = |u: f64| {
            0.5 * u * u + (2.0 * d - a) * u + (d * d - 2.0 * a * d) * u.ln() + a * d * d / u
        };
        let level = ((edge + a) / (edge + b)).powi(2);
        let area = |r: f64| TAU * level * (integral(r + a) - integral(a));
        let side = 220.0;
        let pair = PairBoltzmann {
            interaction,
            zz: -1.0,
            side,
        };
        let partition = area(edge) + side * side - PI * edge * edge;
        for r in [5.0, 30.0, 100.0] {
            let expected = area(r) / partition;
            assert!((pair.within(r) / expected - 1.0).abs() < 1e-8, "r = {r}");
        }
    }

    #[test]
    fn thermal_noise_is_two_kt_g_over_t() {
        let ion = crate::electrolyte::Species {
            name: "ion".into(),
            valence: -2,
            diffusion: 0.1,
        };
        let mixture = [Population {
            species: ion,
            count: 50,
        }];
        let g = nernst_einstein_conductance(&mixture, 100.0);
        assert!((g - 50.0 * 4.0 * 0.1 / 1e4).abs() < 1e-15);
        let variance = window_current_variance(&mixture, 100.0, 20.0);
        assert!((variance - 0.1 * g).abs() < 1e-15);
        assert_eq!(mean_square_displacement(0.1, 10.0), 4.0);
    }
}
