//! A layer of water between walls that conduct.

use super::Ends;
use super::midplane::MidPlane;
use crate::slit::{Unphysical, WaterLayer};

/// Two ions in the middle of a layer of water between walls with mobile
/// charges, which screen what enters them within the Thomas–Fermi length λ.
///
/// A potential in the wall obeys ∇²φ = φ/λ², so that the wall has the surface
/// permittivity ε_w and, seen from the water, the response function g
///
/// ```text
/// ε_w(k) = ε_m √(1 + 1/(kλ)²)        g(k) = (ε_w - ε_g)/(ε_w + ε_g)
/// u(r) = l_g ∫₀^∞ J₀(kr) (1 - g e^-Hk)/(1 + g e^-Hk) dk
/// ε_g = √(ε_parallel ε_perp),   H = h √(ε_parallel/ε_perp),   l_g = e²/(4π ε0 ε_g kT)
/// ```
///
/// u for two unit charges, to which c and r_cut are added as in the [parent
/// module](super); ε_m is the permittivity of the wall without its mobile
/// charges. Walls by their response functions: Kavokine, Robin & Bocquet, J.
/// Chem. Phys. 157, 114703 (2022), <https://doi.org/10.1063/5.0102002>.
/// Evaluated to 1e-12 (relative), see `midplane.rs`.
///
/// # What it comes to
///
/// λ → ∞ is the [dielectric slab](super::DielectricSlab), λ = 0 the perfect metal,
///
/// ```text
/// u(r) = (4 l_g/H) Σ_n K₀((2n + 1)π r/H) → l_g √(8/(r H)) e^{-πr/H}
/// ```
///
/// which decays over H/π, h/π in isotropic water. In between, the layer has one
/// [slowest mode](Self::slowest_mode) of decay length l,
///
/// ```text
/// u(r) → l_g w K₀(r/l)     for r ≫ l,        l → √(ξλ) for H ≪ l and λ ≪ l
/// ```
///
/// with ξ = h ε_parallel/(2 ε_m): a logarithm below l, as K₀ is one, and
/// nothing beyond.
///
/// # Validity
///
/// As the slab; and walls that are thick against λ, in which charges follow the
/// ions at once and linearly: k λ_F ≪ 1 and e φ ≪ E_F. Thomas–Fermi screening of
/// a semimetal such as graphite is an estimate of its order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScreeningWalls {
    plane: MidPlane,
    pub(super) ends: Ends,
}

impl ScreeningWalls {
    /// Ions in `layer` between walls of Thomas–Fermi length `thomas_fermi` (Å,
    /// 0 for a perfect metal), with contact length and cut-off in Å.
    ///
    /// # Errors
    /// [`Unphysical`] if the Thomas–Fermi length is negative or infinite, or
    /// another length not positive.
    pub fn new(
        layer: &WaterLayer,
        thomas_fermi: f64,
        contact: f64,
        cutoff: f64,
    ) -> Result<Self, Unphysical> {
        if !(thomas_fermi >= 0.0 && thomas_fermi.is_finite()) {
            return Err(Unphysical::ThomasFermi(thomas_fermi));
        }
        Ok(Self {
            plane: MidPlane::new(layer, 1.0 / thomas_fermi),
            ends: Ends::new(contact, cutoff)?,
        })
    }

    /// Energy at distance `r` (Å) for the charge product `zz`, kT.
    #[must_use]
    pub fn energy(&self, zz: f64, r: f64) -> f64 {
        self.ends.energy(zz, r, |s| self.plane.energy(s))
    }

    /// Radial force at distance `r` (Å), kT/Å; positive pushes apart.
    #[must_use]
    pub fn force(&self, zz: f64, r: f64) -> f64 {
        self.ends.force(zz, r, |s| self.plane.force(s))
    }

    /// Decay length l (Å) of the interaction far away, and its strength l_g w:
    ///
    /// ```text
    /// u(r) → l_g w K₀(r/l),     tan(H/2l) = (ε_m/ε_g) √(l²/λ² - 1)
    /// ```
    ///
    /// l_g w is 4 l_g/H between metals and the coupling ξ/x_T for H ≪ l, λ ≪ l.
    #[must_use]
    pub fn slowest_mode(&self) -> (f64, f64) {
        self.plane.slowest_mode()
    }
}

#[cfg(test)]
mod tests {
    use super::super::DielectricSlab;
    use super::*;
    use pxfm::f_k0;
    use std::f64::consts::PI;

    /// Contact lengths so small that u is what is tested.
    const POINT: f64 = 1e-9;

    fn layer(water: [f64; 2]) -> WaterLayer {
        WaterLayer::new(7.0, water, 2.0, 298.0).expect("a slit")
    }

    fn walls(layer: &WaterLayer, thomas_fermi: f64) -> ScreeningWalls {
        ScreeningWalls::new(layer, thomas_fermi, POINT, 1e9).expect("walls")
    }

    /// Between metals: (4 l_g/H) K₀(πr/H) when the next mode is gone, and l_g
    /// √(8/(rH)) e^{-πr/H} (1 - 1/8x + 9/128x² - …), x = πr/H.
    #[test]
    fn the_perfect_metal_screens_within_h_over_pi() {
        let layer = layer([70.0; 2]);
        let metal = walls(&layer, 0.0);
        let bare = crate::electrolyte::bjerrum_length(70.0, 298.0);
        let (decay, strength) = metal.slowest_mode();
        assert!((decay * PI / 7.0 - 1.0).abs() < 1e-14);
        assert!((strength * 7.0 / (4.0 * bare) - 1.0).abs() < 1e-14);
        // The second mode is e^-2x of the first.
        for r in [14.0, 35.0, 70.0] {
            let (ratio, x) = (
                metal.energy(1.0, r) / (strength * f_k0(r / decay)),
                r / decay,
            );
            assert!(
                (ratio - 1.0).abs() < (-2.0 * x).exp() + POINT,
                "{r}: {ratio}"
            );
            let closed = bare * (8.0 / (7.0 * r)).sqrt() * (-x).exp();
            let ratio = metal.energy(1.0, r) / closed;
            let expected = 1.0 - 1.0 / (8.0 * x) + 9.0 / (128.0 * x * x);
            assert!((ratio - expected).abs() < 0.08 / x.powi(3), "{r}: {ratio}");
        }
    }

    /// λ → 0: each wall recedes by λ ε_g/ε_m, so that H/π is (H + 2λ ε_g/ε_m)/π;
    /// the difference from the metal goes with λ.
    #[test]
    fn short_thomas_fermi_lengths_are_the_metal() {
        let layer = layer([70.0; 2]);
        let metal = walls(&layer, 0.0);
        let (decay, _) = walls(&layer, 1e-4).slowest_mode();
        let receded = (7.0 + 2e-4 * 35.0) / PI;
        assert!((decay / receded - 1.0).abs() < 1e-6, "{decay} {receded}");
        for r in [3.0, 20.0] {
            let [coarse, fine] = [1e-5, 1e-6]
                .map(|length| walls(&layer, length).energy(1.0, r) / metal.energy(1.0, r) - 1.0);
            assert!(fine > 0.0 && fine < 1e-4, "{r}: {fine}");
            assert!((coarse / fine - 10.0).abs() < 0.01, "{r}: {coarse} {fine}");
        }
    }

    /// λ → ∞: the dielectric; the difference goes with 1/λ.
    #[test]
    fn long_thomas_fermi_lengths_are_the_dielectric() {
        let layer = layer([70.0, 2.0]);
        let slab = DielectricSlab::new(&layer, POINT, 1e9).expect("a slab");
        for r in [3.0, 200.0] {
            let [coarse, fine] = [1e7, 1e8]
                .map(|length| 1.0 - walls(&layer, length).energy(1.0, r) / slab.energy(1.0, r));
            assert!(fine > 0.0 && fine < 1e-5, "{r}: {fine}");
            assert!((coarse / fine - 10.0).abs() < 0.01, "{r}: {coarse} {fine}");
        }
    }

    /// In between, one mode: l² tan(H/2l)·(2l/H) = ξλ (1 - λ²/l²)^-½, that is l =
    /// √(ξλ) (1 + H²/24l² + λ²/4l²) to the next order. Below l it is a logarithm
    /// of the strength of the confined log.
    #[test]
    fn a_few_angstrom_screen_within_root_xi_lambda() {
        let layer = layer([70.0; 2]);
        let xi = layer.confinement_length();
        for length in [1.0, 3.0, 10.0] {
            let walls = walls(&layer, length);
            let (decay, strength) = walls.slowest_mode();
            let correction = (49.0 / 24.0 + 0.25 * length * length) / (decay * decay);
            let expected = (xi * length).sqrt() * (1.0 + correction);
            assert!((decay / expected - 1.0).abs() < 2e-3, "{decay} {expected}");
            let r = 8.0 * decay;
            let ratio = walls.energy(1.0, r) / (strength * f_k0(r / decay));
            assert!((ratio - 1.0).abs() < 2e-3, "{length}: {ratio}");
        }
        let (_, strength) = walls(&layer, 3.0).slowest_mode();
        assert!(
            (strength / layer.unit_coupling() - 1.0).abs() < 0.01,
            "{strength}"
        );
    }

    /// The better the walls screen, the weaker the interaction.
    #[test]
    fn screening_weakens() {
        let layer = layer([70.0, 2.0]);
        for r in [1.0, 7.0, 50.0, 200.0] {
            let energies =
                [0.0, 0.1, 1.0, 10.0, 100.0].map(|length| walls(&layer, length).energy(1.0, r));
            assert!(
                energies.is_sorted() && energies[0] > 0.0,
                "{r}: {energies:?}"
            );
        }
    }

    #[test]
    fn negative_lengths_are_refused() {
        let refused =
            ScreeningWalls::new(&layer([70.0; 2]), -1.0, 1.0, 200.0).expect_err("refused");
        assert_eq!(
            refused.to_string(),
            "the Thomas–Fermi length is -1 Å: expected 0 (a perfect metal) or a positive number"
        );
        assert!(ScreeningWalls::new(&layer([70.0; 2]), f64::INFINITY, 1.0, 200.0).is_err());
    }
}
