//! Why slits age: charges that drifted apart find no partners.
//!
//! Ions of both signs annihilate (bind) where they meet. Placed at random they are
//! not neutral on any scale, and what is in excess somewhere is left over. In two
//! dimensions that makes the free ions vanish as t^(-½) and no longer as 1/t:
//! Toussaint & Wilczek, J. Chem. Phys. 78, 2642 (1983),
//! <https://doi.org/10.1063/1.445022>; Kang & Redner, Phys. Rev. A 32, 435 (1985),
//! <https://doi.org/10.1103/PhysRevA.32.435>. In a slit with a field along x, drift
//! sweeps all ions of a strip past each other, and what is left is the excess charge
//! q(y, t) of a strip, in the one dimension across the field. Binding and parting
//! leave q alone; ions diffuse alike whatever their sign; so
//!
//! ```text
//! ∂q/∂t = D ∂²q/∂y²,    ⟨q_k²⟩ ∝ e^{-2Dk²t}
//! ```
//!
//! Of ions placed at random the variance of q, over the square of the density c of
//! ions of both signs, is
//!
//! ```text
//! s²(t) = (1/(c L)) ∫ e^{-2Dk²t} dk/2π = √(τ_s/t),     τ_s = 1/(8π D (c L)²)
//! ```
//!
//! L the length of the slit. Binding stops where n² = s², n the free fraction: that
//! is not an equilibrium, and it fades as t^(-¼). The ions must not feel the field of
//! what is in excess: valid for forces that are cut off long before √(Dt).

use crate::slit::{Slit, Walls};
use std::f64::consts::{PI, TAU};

/// Time τ_s (ps) that says how strongly charges segregate across a slit:
///
/// ```text
/// τ_s = 1/(8π D (c L)²),     s² = √(τ_s/t)
/// ```
///
/// `density` c of ions of both signs (1/Å²), `length` L along the field (Å),
/// `diffusion` D (Å²/ps). See the module.
#[must_use]
pub fn segregation_time(density: f64, length: f64, diffusion: f64) -> f64 {
    1.0 / (8.0 * PI * diffusion * (density * length).powi(2))
}

/// Variance of the excess charge, s², after `time` (ps), of ions placed at random in a
/// slit of `width` (Å) that is periodic across the field and holds `ions` of both signs,
/// neutral in all:
///
/// ```text
/// s² = (2/N) Σ_{m≥1} exp(-8π² D m² t/W²)
/// ```
///
/// For W ≫ √(Dt) it is √(τ_s/t), less 1/N for neutrality. See the module.
#[must_use]
pub fn excess_variance(time: f64, ions: f64, width: f64, diffusion: f64) -> f64 {
    let decay = 2.0 * diffusion * time * (TAU / width).powi(2);
    let mode = |m: u32| (-decay * f64::from(m).powi(2)).exp();
    // Beyond the last mode nothing is left in double precision.
    let last = (40.0 / decay).sqrt().min(1e6) as u32 + 1;
    2.0 / ions * (1..=last).map(mode).sum::<f64>()
}

/// Time τ_W (ps) after which the slowest mode of the excess charge has faded in `slit`:
///
/// ```text
/// τ_W = W²/(8π² D) periodic across,     W²/(2π² D) between walls
/// ```
///
/// After it s² falls exponentially and no longer as √(τ_s/t): what a wider slit keeps, one
/// of this width W has lost. `diffusion` D (Å²/ps). See the module.
#[must_use]
pub fn fading_time(slit: &Slit, diffusion: f64) -> f64 {
    let wave = match slit.walls {
        Walls::Periodic => slit.width,
        // Half a wave fits between walls that let no charge through.
        Walls::Soft { .. } => 2.0 * slit.width,
    };
    (wave / TAU).powi(2) / (2.0 * diffusion)
}

/// Association time τ_L (ps) at high fields, by Langevin:
///
/// ```text
/// 1/τ_L = k_a c_±,    k_a = 4π D Γ
/// ```
///
/// Two ions whose attraction is a pure logarithm, F = Γ/r, drift into each other at a
/// rate that no field changes, for the force has no divergence: its flux through any
/// closed line is 2πΓ, and the mobility of the two together 2D/kT. `coupling` Γ,
/// `density` c_± of ions of one sign (1/Å²), `diffusion` D (Å²/ps). Langevin, Ann. Chim.
/// Phys. 28, 433 (1903), in two dimensions. At low fields diffusion with a cut-off force
/// is slower.
#[must_use]
pub fn langevin_time(coupling: f64, density: f64, diffusion: f64) -> f64 {
    1.0 / (4.0 * PI * diffusion * coupling * density)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In a wide slit the sum over modes is the integral, less the mode k = 0.
    #[test]
    fn a_wide_slit_is_the_closed_form() {
        let (width, length, density, diffusion) = (2e5, 2e4, 2e-6, 0.10341);
        let ions = density * length * width;
        for time in [1e6, 1e7, 1e8] {
            let expected = (segregation_time(density, length, diffusion) / time).sqrt();
            let found = excess_variance(time, ions, width, diffusion) + 1.0 / ions;
            assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
        }
    }

    /// Beyond that time one mode is left, which falls by e in as long.
    #[test]
    fn the_slowest_mode_fades_last() {
        let slit = Slit {
            length: 2e4,
            width: 750.0,
            walls: Walls::Periodic,
        };
        let time = fading_time(&slit, 0.1);
        let late = |times: f64| excess_variance(times * time, 300.0, slit.width, 0.1);
        assert!((late(8.0) / late(9.0) / 1f64.exp() - 1.0).abs() < 1e-6);
        let closed = Slit {
            walls: Walls::Soft { force: 1.0 },
            ..slit
        };
        assert_eq!(fading_time(&closed, 0.1), 4.0 * time);
    }

    /// The modes of the charge of ions at random places: |q_k|² is N on average, of which
    /// diffusion leaves e^{-2Dk²t} (what the ions add by walking is the noise of free
    /// ions, and no excess). Over 4000 starts, to 4σ: of 1.8 modes or so, 1/√4000 each.
    #[test]
    fn an_excess_fades_as_its_modes_diffuse() {
        use crate::noise::Stream;
        let (ions, width, diffusion, time) = (40, 1000.0, 0.1, 2e5);
        let mut stream = Stream::named(3, "segregation", 0);
        let starts = 4000;
        let mut total = 0.0;
        for _ in 0..starts {
            // So far spread that they are anywhere in the period.
            let y: Vec<f64> = (0..ions).map(|_| 10.0 * width * stream.normal()).collect();
            for m in 1..=3 {
                let k = TAU * f64::from(m) / width;
                let charge = |part: fn(f64) -> f64| -> f64 {
                    let sign = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
                    y.iter()
                        .enumerate()
                        .map(|(i, y)| sign(i) * part(k * y))
                        .sum()
                };
                let power = charge(f64::cos).powi(2) + charge(f64::sin).powi(2);
                total += 2.0 * power * (-2.0 * diffusion * k * k * time).exp();
            }
        }
        let n = f64::from(ions);
        let found = total / f64::from(starts) / (n * n);
        let expected = excess_variance(time, n, width, diffusion);
        assert!((found / expected - 1.0).abs() < 4.0 / f64::from(starts).sqrt());
    }
}
