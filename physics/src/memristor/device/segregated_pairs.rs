//! Pairs again, between charges that have drifted apart: why slits age.

use super::wien_pairs::{
    ASSOCIATION_TIME, DISSOCIATION_VOLTAGE, EXPONENT, FREE_CONDUCTANCE, dissociation,
};
use super::{DeviceModel, Kinetics, Law, Number, POSITIVE, Parameter, Scales};
use std::f64::consts::PI;

/// n is the fraction of free ions, and ions meet only where there are both signs:
///
/// ```text
/// dn/dt = k_d (1 - n) - k_a (n² - s²),   I = G_∞ n V
/// k_d = |V/V_d|^α / τ_a                            pairs torn apart by the field
/// k_a = 1/τ_a + (1/τ_L - 1/τ_a) |V|/(|V| + V_a)    association, swept by the field
/// s²(t) = -√τ_s ∫ (dn/dt') (t - t')^(-½) dt'       local excess of one sign, squared
/// ```
///
/// Free ions of one sign that happen to be in excess in a strip along the field find
/// no partner there: s² is the variance of that excess across the slit, over the
/// square of the density of all ions. It can only be carried off by diffusion across
/// the slit, ∝ t^(-½) as of anything conserved, and comes about whenever n falls,
/// for the ions that are left stand at random ([`crate::theory`] has τ_s and τ_L from
/// the density of the ions, their diffusion and the length of the slit). At low
/// fields pairs do not part, n → s, and the conductance fades as t^(-¼).
///
/// The half-order integral is a sum of eight relaxations, x_j → n at the rates
/// λ_j = 10/(6^j τ_a): s² = Σ_j w_j (x_j - n), w_j = √(τ_s λ_j/π) ln 6, the last one
/// standing for all that are slower. It is good to 3 % from 0.1 τ_a to 5000 τ_a. Ions
/// placed at random, all free, are n = x_j = 1.
///
/// The rates of pairs are those of [`super::WienPairs`]. Association saturates at
/// that of Langevin, who found it independent of the field: Ann. Chim. Phys. 28, 433
/// (1903). Segregation: Toussaint & Wilczek, J. Chem. Phys. 78, 2642 (1983),
/// <https://doi.org/10.1063/1.445022>, here in the one dimension across the field.
/// Valid where drift crosses the slit sooner than the fields change, and for forces
/// that end long before the width of the slit: those of a long range pull charges
/// together again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegregatedPairs;

/// Relaxations that stand for the half-order integral.
const MODES: usize = 8;
/// The fastest of them, in 1/τ_a, and how many times slower each is than the one before.
const FASTEST: f64 = 10.0;
const RATIO: f64 = 6.0;

impl SegregatedPairs {
    /// λ_j τ_a.
    fn rate(mode: usize) -> f64 {
        FASTEST / RATIO.powi(mode as i32)
    }

    /// w_j/√(τ_s/τ_a): t^(-½) = π^(-½) ∫ λ^½ e^{-λt} d ln λ, by the trapezoidal rule; to
    /// the slowest belongs all from half a step below it on.
    fn weight(mode: usize) -> f64 {
        let rate = Self::rate(mode);
        let slower = match mode + 1 {
            MODES => 2.0 * RATIO.powf(-0.25),
            _ => 0.0,
        };
        (rate / PI).sqrt() * (RATIO.ln() + slower)
    }

    /// dn/dt: s² goes into what is constant and what is linear in n.
    fn free_ions<N: Number>(values: &[N], x: &[N], voltage: N) -> Kinetics<N> {
        let [_, time, _, _, sweeping, langevin, segregation] = values else {
            unreachable!("seven values")
        };
        let part = dissociation(values, voltage.clone());
        let strength = voltage.abs();
        let rest = N::from(1.0) / time.clone();
        let swept = strength.clone() / (strength + sweeping.clone());
        let bind = rest.clone() + (N::from(1.0) / langevin.clone() - rest) * swept;
        let memory = (segregation.clone() / time.clone()).powf(N::from(0.5));
        let excess = (0..MODES).fold(N::from(0.0), |sum, mode| {
            sum + N::from(Self::weight(mode)) * x[1 + mode].clone()
        });
        let all: f64 = (0..MODES).map(Self::weight).sum();
        Kinetics {
            source: part.clone() + bind.clone() * memory.clone() * excess,
            linear: -(part + bind.clone() * memory * N::from(all)),
            quadratic: -bind,
        }
    }
}

impl Law for SegregatedPairs {
    fn kinetics<N: Number>(&self, values: &[N], x: &[N], memory: usize, voltage: N) -> Kinetics<N> {
        match memory {
            0 => Self::free_ions(values, x, voltage),
            mode => Kinetics::relaxation(
                x[0].clone(),
                values[1].clone() / N::from(Self::rate(mode - 1)),
            ),
        }
    }

    fn conductance<N: Number>(&self, values: &[N], x: &[N], _: N) -> N {
        values[0].clone() * x[0].clone().positive()
    }
}

impl DeviceModel for SegregatedPairs {
    fn name(&self) -> &'static str {
        "segregated-pairs"
    }

    fn equation(&self) -> &'static str {
        "I = G_inf n V, dn/dt = |V/V_d|^alpha (1 - n)/tau_a - k_a (n^2 - s^2), \
         k_a = 1/tau_a + (1/tau_L - 1/tau_a) |V|/(|V| + V_a), \
         s^2 = sum_j w_j (x_j - n), dx_j/dt = (10/6^j) (n - x_j)/tau_a, j = 0 ... 7, \
         w_j = ln 6 sqrt(10/(6^j pi) tau_s/tau_a), that of j = 7 times 1 + 2/(6^0.25 ln 6)"
    }

    fn source(&self) -> &'static str {
        "https://doi.org/10.1063/1.445022"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            FREE_CONDUCTANCE,
            ASSOCIATION_TIME,
            DISSOCIATION_VOLTAGE,
            EXPONENT,
            Parameter {
                name: "sweeping_voltage",
                unit: "V",
                meaning: "voltage at which drift has brought association half way to Langevin's, V_a",
                bounds: POSITIVE,
                measurement: "relaxations at several voltages other than zero",
            },
            Parameter {
                name: "langevin_time",
                unit: "s",
                meaning: "association time at high voltages, tau_L = 1/(4 pi D Gamma c)",
                bounds: POSITIVE,
                measurement: "relaxations at high voltages; theory gives it",
            },
            Parameter {
                name: "segregation_time",
                unit: "s",
                meaning: "strength of segregation, s^2 = sqrt(tau_s/t): tau_s = 1/(8 pi D (c L)^2)",
                bounds: POSITIVE,
                measurement: "a long relaxation at a low voltage; theory gives it",
            },
        ]
    }

    fn memories(&self) -> usize {
        1 + MODES
    }

    fn is_coupled(&self) -> bool {
        true
    }

    /// k_d (1 - n) = k_a n², for in the end nothing is left of s.
    fn rest(&self, values: &[f64], voltage: f64) -> Vec<f64> {
        let mixed = [0.0; 1 + MODES];
        let without = [&values[..6], &[0.0]].concat();
        let steady = self.kinetics(&without, &mixed, 0, voltage).steady_state();
        vec![steady; 1 + MODES]
    }

    fn all_free(&self) -> Option<f64> {
        Some(1.0)
    }

    fn dissociation(&self, values: &[f64], voltage: f64) -> Option<f64> {
        Some(dissociation(values, voltage))
    }

    fn excess_weight(&self, values: &[f64], memory: usize) -> f64 {
        (values[6] / values[1]).sqrt() * Self::weight(memory - 1)
    }

    fn first_guess(&self, scales: &Scales) -> Vec<f64> {
        vec![
            2.0 * scales.conductance,
            scales.time(),
            0.5 * scales.voltage,
            3.0,
            scales.voltage,
            0.1 * scales.time(),
            1e-3 * scales.time(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Start, Sweep, respond};
    use super::*;

    /// G_∞, τ_a, V_d, α, V_a, τ_L, τ_s.
    const VALUES: [f64; 7] = [1.0, 1.0, 30.0, 5.8, 30.0, 0.1, 1e-3];

    /// Σ w_j e^{-λ_j t} against √(τ_s/t), from 0.1 to 5000 τ_a.
    #[test]
    fn eight_relaxations_are_the_half_order_integral() {
        for k in 0..60 {
            let t = 0.1 * 5e4_f64.powf(f64::from(k) / 59.0);
            let mode = |j| SegregatedPairs::weight(j) * (-SegregatedPairs::rate(j) * t).exp();
            let sum: f64 = (0..MODES).map(mode).sum();
            assert!((sum * t.sqrt() - 1.0).abs() < 0.03, "t = {t}: {sum}");
        }
    }

    /// Without dissociation n → s: the conductance of ions placed at random ends
    /// as (τ_s/t)^¼, from above.
    #[test]
    fn what_is_left_fades_as_the_fourth_root_of_time() {
        let time: Vec<f64> = (0..4000).map(|k| 0.25 * f64::from(k)).collect();
        let voltage = vec![1e-3; time.len()];
        let sweep = Sweep {
            time: &time,
            voltage: &voltage,
            start: Start::AllFree,
        };
        let current = respond(&SegregatedPairs, &VALUES, &sweep);
        for k in [1600, 2400, 3600] {
            let n = current[k] / voltage[k];
            // n² = s² - τ_a dn/dt, dn/dt = -n/(4t); and s² is less by what is still
            // free, which is not known to be in excess: ∫ dn t'^(-½) over 1 - n.
            let t = time[k];
            let s2 = (1e-3 / t).sqrt();
            let expected = (s2 * (1.0 - s2.sqrt()) + 0.25 * s2.sqrt() / t).sqrt();
            assert!((n / expected - 1.0).abs() < 0.03, "t = {t}: {n} {expected}");
        }
    }

    /// With no segregation the model is that of swept pairs.
    #[test]
    fn without_segregation_pairs_are_left() {
        let values = [2.0, 1.0, 30.0, 5.8, 30.0, 0.1, 1e-30];
        let rest = SegregatedPairs.rest(&values, 25.0);
        let x = [0.3; 9];
        let kinetics = SegregatedPairs.kinetics(&values, &x, 0, 25.0);
        let part = (25.0_f64 / 30.0).powf(5.8);
        let bind = 1.0 + 9.0 * 25.0 / 55.0;
        assert!((kinetics.rate(0.3) - (part * 0.7 - bind * 0.09)).abs() < 1e-12);
        let n = rest[0];
        assert!((part * (1.0 - n) - bind * n * n).abs() < 1e-12);
    }
}
