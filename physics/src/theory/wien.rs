//! Pairs and the field that breaks them: the second Wien effect in two
//! dimensions.
//!
//! Ions of valence ±z bind to pairs with the constant K and come apart under a
//! field E at the rate k(E); those that are free carry the current. With n the
//! density of either species and α its free fraction,
//!
//! ```text
//! n α² k_a = (1 - α) k(E),     I = α G E L
//! ```
//!
//! k_a the rate of association. Onsager solved it in three dimensions (J. Chem.
//! Phys. 2, 599 (1934), <https://doi.org/10.1063/1.1749541>); in two, where the
//! interaction is a logarithm, the field enters as a power: Robin, Kavokine &
//! Bocquet, Science 373, 687 (2021), <https://doi.org/10.1126/science.abf7923>;
//! Toquer, Bocquet & Robin, <https://arxiv.org/abs/2410.03316>.

use super::EscapingPair;
use crate::interaction::Interaction;
use crate::quadrature::graded;
use std::f64::consts::TAU;

/// How rates and currents grow with a small field where the interaction is a
/// pure logarithm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WienExponents {
    /// k ∝ E^Γ, the rate at which pairs come apart.
    pub dissociation: f64,
    /// α ∝ E^(Γ/2), the free fraction while most ions are paired.
    pub free_fraction: f64,
    /// I ∝ E^(1 + Γ/2), the current.
    pub current: f64,
}

/// The exponents of the second Wien effect at the coupling Γ = z² ξ/x_T.
///
/// A pair in W = Γ ln r - εx comes apart over the saddle at r = Γ/ε, Γ ln(Γ/ε) -
/// Γ high, so that k ∝ e^-W = ε^Γ up to a constant; α is the root of k by the law of
/// mass action with k_a constant, for α ≪ 1. Sources as for the module. Holds for c
/// ≪ Γ/ε ≪ ξ; [`Saddle::exponent`] is the local exponent anywhere.
#[must_use]
pub fn wien_exponents(coupling: f64) -> WienExponents {
    WienExponents {
        dissociation: coupling,
        free_fraction: 0.5 * coupling,
        current: 1.0 + 0.5 * coupling,
    }
}

/// Association constant of two ions of charge product `zz` < 0 that are a pair
/// when closer than `within` (Å), Å²:
///
/// ```text
/// K = ∫₀^r_p 2π r e^{-U(r)/kT} dr
/// ```
///
/// Bjerrum, Kgl. Danske Vidensk. Selsk. Mat.-fys. Medd. 7 (9), 1 (1926), in two
/// dimensions, with U → 0 far away. For Γ > 2 it hardly depends on r_p.
#[must_use]
pub fn association_constant(interaction: &Interaction, zz: f64, within: f64) -> f64 {
    well(interaction, zz, within, 0.0)
}

/// ∫₀^`within` 2π r e^(level - U) dr, Å².
pub(super) fn well(interaction: &Interaction, zz: f64, within: f64, level: f64) -> f64 {
    let first = 0.25 * interaction.contact();
    graded(0.0, within, first, within, |r| {
        TAU * r * (level - interaction.energy(zz, r)).exp()
    })
}

/// Free fraction α of ions with the association constant `constant` (Å²) when
/// there are `density` (1/Å²) of either sign, without a field:
///
/// ```text
/// (1 - α)/α² = K n      α = 2/(1 + √(1 + 4Kn))
/// ```
///
/// The law of mass action of an ideal mixture of pairs and free ions (Bjerrum
/// 1926): for pairs far apart, without larger clusters and without screening. Under
/// a field K is k_a/k(E).
#[must_use]
pub fn free_fraction(constant: f64, density: f64) -> f64 {
    2.0 / (1.0 + (1.0 + 4.0 * constant * density).sqrt())
}

/// Rate at which ions of charge product `zz` < 0 that diffuse with `diffusion`
/// (D₁ + D₂, Å²/ps) associate, for each other ion per area at the distance `apart`
/// (Å), Å²/ps:
///
/// ```text
/// k_a = 2π D / ∫_c^R e^[U(r) - U(R)] dr/r        → 2π Γ D  for U = Γ ln r
/// ```
///
/// the steady flux to contact (Debye, Trans. Electrochem. Soc. 82, 265 (1942), in two
/// dimensions). In a logarithm it is the flux of drift alone (Langevin, Ann. Chim.
/// Phys. 28, 433 (1903)) and does not depend on R; elsewhere R is about half the
/// distance between ions, as in two dimensions there is no steady flux from
/// infinity. Without a field, which makes ions meet more often.
#[must_use]
pub fn association_rate(interaction: &Interaction, zz: f64, diffusion: f64, apart: f64) -> f64 {
    let (contact, rim) = (interaction.contact(), interaction.energy(zz, apart));
    let resistance = graded(contact, apart, 0.25 * contact, apart, |r| {
        (interaction.energy(zz, r) - rim).exp() / r
    });
    TAU * diffusion / resistance
}

/// Where a pair under a field comes apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saddle {
    /// Distance r* downfield at which field and attraction balance, Å.
    pub distance: f64,
    /// Height W* = U(r*) - ε r* above two ions far apart, kT.
    pub height: f64,
    /// Escape rate k by the saddle alone, 1/ps.
    pub rate: f64,
    /// d ln k/d ln E at constant prefactor: ε r*.
    pub exponent: f64,
}

impl EscapingPair {
    /// The saddle of W = U - εx, and the rate of escape over it:
    ///
    /// ```text
    /// -F(r*) = ε      k = D √(|W_xx|/W_yy) e^-W*/K      W_xx = -F'(r*),  W_yy = ε/r*
    /// ```
    ///
    /// K the [association constant](association_constant) within r*: Langer, Ann.
    /// Phys. 54, 258 (1969), <https://doi.org/10.1016/0003-4916(69)90153-5>, with
    /// the well counted as it is and without the field in it. As W* varies with
    /// the field by dW*/dε = -r*, the local exponent of k is ε r*: Γ for a pure
    /// logarithm, less where r* is not small against ξ.
    ///
    /// [`EscapingPair::solve`] is exact. Where r* ≫ c the two agree to a percent
    /// (tested, Γ from 5 to 9); with c = 4 Å and r* = 16 Å the saddle is 19 % fast. None
    /// if field and attraction do not balance between contact and the distance at
    /// which the ions are apart.
    #[must_use]
    pub fn saddle(&self) -> Option<Saddle> {
        let zz = self.charges[0] * self.charges[1];
        let pull = self.pull().abs();
        let attraction = |r: f64| -self.interaction.force(zz, r);
        // From contact on the attraction falls.
        let (mut near, mut far) = (f64::MIN_POSITIVE, self.apart.next_down());
        if attraction(near) <= pull || attraction(far) >= pull {
            return None;
        }
        for _ in 0..64 {
            let middle = 0.5 * (near + far);
            if attraction(middle) > pull {
                near = middle;
            } else {
                far = middle;
            }
        }
        let (distance, h) = (far, 1e-4 * far);
        let along = (attraction(distance + h) - attraction(distance - h)) / (2.0 * h);
        let across = pull / distance;
        let height = self.interaction.energy(zz, distance) - pull * distance;
        // K e^W*, which does not overflow.
        let well = well(&self.interaction, zz, distance, height);
        let diffusion = self.diffusion[0] + self.diffusion[1];
        Some(Saddle {
            distance,
            height,
            rate: diffusion * (-along / across).sqrt() / well,
            exponent: pull * distance,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cells;
    use super::*;
    use crate::interaction::{ConfinedLog, DielectricSlab, ScreeningWalls};
    use crate::slit::WaterLayer;

    /// All but a pure logarithm: c = 0.1 Å, ξ = 1e9 Å.
    fn logarithm(coupling: f64, field: f64) -> EscapingPair {
        EscapingPair {
            interaction: Interaction::ConfinedLog(ConfinedLog {
                xi: 1e9,
                x_t: 1e9 / coupling,
                contact: 0.1,
                cutoff: 400.0,
            }),
            charges: [1.0, -1.0],
            diffusion: [0.10341; 2],
            field,
            apart: 400.0,
        }
    }

    const CELLS: Cells = Cells {
        radial: 300,
        angular: 48,
    };

    fn rate(pair: &EscapingPair) -> f64 {
        let escape = pair.solve(CELLS).expect("a solution");
        escape.quasi_stationary().expect("a bound pair").rate
    }

    /// The exact rate grows as E^Γ, to c/r*, which is 0.2 % at most here; and it is
    /// that of the saddle, to the 0.2 % of the grid.
    #[test]
    fn dissociation_grows_as_the_power_of_the_coupling() {
        for coupling in [5.0, 9.22] {
            let [slow, fast] = [0.01, 0.02].map(|pull| logarithm(coupling, coupling * pull));
            let rates = [rate(&slow), rate(&fast)];
            let exponent = (rates[1] / rates[0]).log2();
            let expected = wien_exponents(coupling).dissociation;
            assert!((exponent / expected - 1.0).abs() < 2.5e-3, "{exponent}");
            for (pair, rate) in [slow, fast].iter().zip(rates) {
                let saddle = pair.saddle().expect("a saddle");
                assert!(
                    (rate / saddle.rate - 1.0).abs() < 2.5e-3,
                    "{saddle:?} {rate}"
                );
                let expected = coupling / pair.pull() - 0.1;
                assert!((saddle.distance / expected - 1.0).abs() < 1e-6);
            }
        }
    }

    /// In the published interaction the exponent is not Γ = 9.22 but ε r*, 7.09 at E
    /// = 0.1: ξ flattens the logarithm.
    #[test]
    fn the_confinement_length_lowers_the_exponent() {
        let pair = |field| EscapingPair {
            interaction: Interaction::ConfinedLog(ConfinedLog::PUBLISHED),
            charges: [2.0, -2.0],
            diffusion: [0.103_41; 2],
            field,
            apart: 200.0,
        };
        let exponent = (rate(&pair(0.102)) / rate(&pair(0.098))).ln() / (0.102_f64 / 0.098).ln();
        let saddle = pair(0.1).saddle().expect("a saddle");
        // -F(r) = 9.22 [1/(r + 1) - 1/(r + 138.3)] is 0.2 at 35.4 Å.
        assert!((saddle.distance - 35.43).abs() < 0.01);
        assert!((saddle.exponent - 0.2 * 35.43).abs() < 0.002);
        assert!((exponent - saddle.exponent).abs() < 0.1, "{exponent}");
        assert!((rate(&pair(0.1)) / saddle.rate - 1.0).abs() < 0.01);
    }

    #[test]
    fn no_saddle_where_nothing_balances() {
        // 9.22 (1/200.1 - 0) is more than 0.01, and 92 less than 100.
        assert_eq!(logarithm(9.22, 0.001).saddle(), None);
        assert_eq!(logarithm(9.22, 100.0).saddle(), None);
        // Deep wells do not overflow.
        let deep = logarithm(40.0, 0.4).saddle().expect("a saddle");
        assert!(deep.rate > 0.0 && deep.rate < 1e-90, "{deep:?}");
    }

    /// For ξ → ∞ the integral is elementary: with u = r + c,
    /// ξ^Γ 2π [u^(2-Γ)/(2-Γ) - c u^(1-Γ)/(1-Γ)].
    #[test]
    fn association_in_a_logarithm() {
        let gamma = 6.0;
        let pair = logarithm(gamma, 0.0);
        for within in [0.3, 60.0] {
            let part = |u: f64| {
                u.powf(2.0 - gamma) / (2.0 - gamma) - 0.1 * u.powf(1.0 - gamma) / (1.0 - gamma)
            };
            let expected = TAU * 1e9_f64.powf(gamma) * (part(within + 0.1) - part(0.1));
            let found = association_constant(&pair.interaction, -1.0, within);
            assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
        }
    }

    /// Kavokine, Robin & Bocquet, J. Chem. Phys. 157, 114703 (2022),
    /// <https://doi.org/10.1063/5.0102002>: the walls decide between Ohm's law and the
    /// Wien effect. Of the divalent ions of the published run (1e-5 Å⁻²) nearly all
    /// are free between metals, and next to none between dielectrics.
    #[test]
    fn walls_tune_conduction_between_ohm_and_wien() {
        let layer = WaterLayer::new(7.0, [70.0; 2], 2.0, 298.0).expect("a slit");
        let free = |interaction| {
            let constant = association_constant(&interaction, -4.0, 14.0);
            free_fraction(constant, 1e-5)
        };
        let [metal, one, ten] = [0.0, 1.0, 10.0].map(|length| {
            let walls = ScreeningWalls::new(&layer, length, 4.0, 200.0).expect("walls");
            free(Interaction::Screening(walls))
        });
        let slab = DielectricSlab::new(&layer, 4.0, 200.0).expect("a slab");
        let dielectric = free(Interaction::Slab(slab));
        assert!(metal > 0.95 && dielectric < 1e-4, "{metal} {dielectric}");
        assert!([dielectric, ten, one, metal].is_sorted());
    }

    /// 2πΓD, to (c/R)^Γ and to the c that is added to r; and where nothing attracts,
    /// the flux of diffusion to a disc, 2πD/ln(R/c).
    #[test]
    fn ions_associate_by_drift() {
        let pair = logarithm(9.22, 0.0);
        for apart in [100.0, 400.0] {
            let rate = association_rate(&pair.interaction, -1.0, 0.2, apart);
            let expected = TAU * 9.22 * 0.2;
            let error = rate / expected - 1.0;
            assert!(error.abs() < 2.0 * 0.1 / apart, "{error:e}");
            let rate = association_rate(&pair.interaction, 0.0, 0.2, apart);
            let expected = TAU * 0.2 / (apart / 0.1).ln();
            assert!((rate / expected - 1.0).abs() < 1e-10);
        }
    }

    #[test]
    fn law_of_mass_action() {
        for kn in [1e-9, 0.1, 1.0, 2.0, 1e6] {
            let alpha = free_fraction(kn / 1e-5, 1e-5);
            let found = (1.0 - alpha) / (alpha * alpha);
            // 1 - α loses what α is close to 1 by.
            assert!((found - kn).abs() < 1e-12 * kn + 3e-16, "{kn}");
        }
        // Half are free at Kn = 2.
        assert_eq!(free_fraction(2.0, 1.0), 0.5);
        let exponents = wien_exponents(4.0);
        assert_eq!((exponents.free_fraction, exponents.current), (2.0, 3.0));
    }
}
