//! Two charges in the middle of a layer of water, in Fourier space.
//!
//! # The kernel
//!
//! A charge e sits at the origin, half way between two walls. With k the wave
//! number along the layer, Poisson's equation in the water is
//!
//! ```text
//! ε_parallel k² φ - ε_perp φ'' = (e/ε0) δ(z)
//! ```
//!
//! so φ varies as exp(±s k z), s = √(ε_parallel/ε_perp). Each wall answers a
//! potential at its surface by its surface permittivity ε_w(k) = -ε_m φ'/(k φ):
//! all that the water needs to know of it. Matching ε_perp φ' at z = ±h/2 gives
//! the potential in the mid-plane
//!
//! ```text
//! φ(k) = e/(2 ε0 ε_g k) f(k),     f = (1 + ρ t)/(ρ + t) = (1 - g e^-x)/(1 + g e^-x)
//! t = tanh(x/2),   x = H k,   H = s h,   ε_g = √(ε_parallel ε_perp),
//! ρ = ε_w(k)/ε_g,  g = (ρ - 1)/(ρ + 1)
//! ```
//!
//! g(k) is the surface response function of the wall, seen from the water: -g is
//! the image charge that it makes. Seen from vacuum, as it is often given, it is
//! (ε_w - 1)/(ε_w + 1) with the same ε_w. (Ions in a slit by the response functions
//! of its walls: Kavokine, Robin & Bocquet, J. Chem. Phys. 157, 114703 (2022),
//! <https://doi.org/10.1063/5.0102002>.) Back in real space, with l_g = e²/(4π ε0 ε_g
//! kT),
//!
//! ```text
//! u(r) = l_g ∫₀^∞ J₀(kr) f(k) dk
//! ```
//!
//! in kT for two unit charges. The walls here have
//!
//! ```text
//! ε_w(k) = ε_m √(1 + q²/k²)
//! ```
//!
//! where q = 0 is a dielectric, q = ∞ a perfect metal, and 1/q in between the
//! Thomas–Fermi length.
//!
//! # Evaluation
//!
//! *Near*, for r < 2H, the limit f = 1 of large k is taken apart: it gives 1/r.
//! What remains falls as e^-Hk:
//!
//! ```text
//! u = l_g [ 1/r + ∫₀^∞ J₀(kr) (f - 1) dk ]
//! ```
//!
//! *Far*, it would be a small difference of large numbers. There the contour is
//! turned onto the imaginary axis, k = iκ, where H₀⁽¹⁾(iκr) = (2/πi) K₀(κr). The
//! poles of f are at Re k ≤ 0. For κ > q, ρ is real and
//!
//! ```text
//! u = l_g { Σ_j w_j K₀(κ_j r) + (2/π) ∫_q^∞ K₀(κr) p(κ) dκ }
//! p = Re f(iκ) = ρ/(ρ² cos²θ + sin²θ),     θ = Hκ/2,     ρ = (ε_m/ε_g) √(1 - q²/κ²)
//! ```
//!
//! For κ < q, f is imaginary but for its poles, the modes of the layer, at
//!
//! ```text
//! tan θ_j = τ_j,   τ = (ε_m/ε_g) √(q²/κ² - 1),   w_j = 2/[H/2 + (1 + ε_m²/(ε_g τ_j)²)/(κ_j (τ_j + 1/τ_j))]
//! ```
//!
//! one in each stretch of θ from jπ to (j + ½)π that starts below q. Every term
//! is positive, so that no digit is lost at any distance.
//!
//! The two forms agree to 2e-13 (relative) from H/2 to 5H/2, and between
//! dielectrics either agrees with the sum over image charges to 1e-14. The tests
//! below fail at 1e-12.

use crate::quadrature::graded;
use crate::slit::WaterLayer;
use pxfm::{f_j0, f_j1, f_k0, f_k1};
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2, PI};

/// Where exp(-x) ends to matter in double precision.
const NOTHING: f64 = 40.0;

/// Two unit charges in the mid-plane, point-like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MidPlane {
    /// l_g, Å: the Bjerrum length in water without walls.
    bjerrum: f64,
    /// H, Å: the height, stretched until the water is isotropic.
    height: f64,
    /// ε_m/ε_g.
    contrast: f64,
    /// q, 1/Å; infinite for a metal.
    screening: f64,
}

/// One exponential mode of the layer: w K₀(κr).
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mode {
    /// κ, 1/Å: one over the decay length.
    kappa: f64,
    /// w, 1/Å.
    weight: f64,
}

/// What is asked for: the factors of the kernel in the near and the far form.
#[derive(Clone, Copy)]
enum Quantity {
    /// u, kT.
    Energy,
    /// -du/dr, kT/Å.
    Force,
}

impl Quantity {
    /// J₀(kr), or k J₁(kr) = -dJ₀(kr)/dr.
    fn near(self, k: f64, r: f64) -> f64 {
        match self {
            Self::Energy => f_j0(k * r),
            Self::Force => k * f_j1(k * r),
        }
    }

    /// K₀(κr), or κ K₁(κr) = -dK₀(κr)/dr.
    fn far(self, kappa: f64, r: f64) -> f64 {
        match self {
            Self::Energy => f_k0(kappa * r),
            Self::Force => kappa * f_k1(kappa * r),
        }
    }

    /// 1/r, or 1/r².
    fn bare(self, r: f64) -> f64 {
        match self {
            Self::Energy => 1.0 / r,
            Self::Force => 1.0 / (r * r),
        }
    }
}

impl MidPlane {
    /// Between walls that screen within 1/`screening` (1/Å, 0 to ∞).
    pub fn new(layer: &WaterLayer, screening: f64) -> Self {
        let mean = layer.mean_permittivity();
        Self {
            bjerrum: crate::electrolyte::bjerrum_length(mean, layer.temperature()),
            height: layer.stretched_height(),
            contrast: layer.wall() / mean,
            screening,
        }
    }

    /// u(r) in kT, r > 0 in Å.
    pub fn energy(&self, r: f64) -> f64 {
        self.at(Quantity::Energy, r)
    }

    /// -du/dr in kT/Å, r > 0 in Å.
    pub fn force(&self, r: f64) -> f64 {
        self.at(Quantity::Force, r)
    }

    /// Decay length (Å) of the slowest mode and its factor l_g w of K₀; the walls
    /// must screen.
    pub fn slowest_mode(&self) -> (f64, f64) {
        let mode = self.mode(0.0);
        (1.0 / mode.kappa, self.bjerrum * mode.weight)
    }

    fn at(&self, quantity: Quantity, r: f64) -> f64 {
        let reduced = if r < 2.0 * self.height {
            self.near(quantity, r)
        } else {
            self.far(quantity, r)
        };
        self.bjerrum * reduced
    }

    /// 1/r + ∫ J₀(kr) (f - 1) dk, or the same for the force.
    fn near(&self, quantity: Quantity, r: f64) -> f64 {
        let screening = self.screening * self.height;
        // Over x = Hk. Poles and branch points keep this far from the axis.
        let first = 0.5 * (2.0 * self.contrast).min(1.0);
        let first = if screening > 0.0 {
            first.min(0.5 * screening)
        } else {
            first
        };
        // No more than a radian or so of the Bessel function in half a panel.
        let widest = 4.0 * (self.height / r).min(1.0);
        let excess = |x: f64| {
            let decay = (-x).exp();
            let (less_t, t) = (2.0 * decay / (1.0 + decay), (0.5 * x).tanh());
            let inverse = x / (self.contrast * x.hypot(screening));
            less_t * (inverse - 1.0) / (1.0 + t * inverse)
        };
        let integral = graded(0.0, NOTHING, first, widest, |x| {
            quantity.near(x / self.height, r) * excess(x)
        });
        quantity.bare(r) + integral / self.height
    }

    /// Σ w K₀(κr) + (2/π) ∫ K₀(κr) p dκ, or the same for the force.
    fn far(&self, quantity: Quantity, r: f64) -> f64 {
        let slowest = self.modes().next().map_or(0.0, |mode| mode.kappa);
        let modes: f64 = self
            .modes()
            .take_while(|mode| (mode.kappa - slowest) * r < NOTHING)
            .map(|mode| mode.weight * quantity.far(mode.kappa, r))
            .sum();
        if self.screening * r > slowest * r + NOTHING {
            return modes;
        }
        modes + self.continuum(quantity, r)
    }

    /// (2/π) ∫_q^∞ K₀(κr) p(κ) dκ, over v = √(κ² - q²), which makes p smooth at q.
    fn continuum(&self, quantity: Quantity, r: f64) -> f64 {
        let q = self.screening;
        let integrand = |v: f64| {
            let kappa = v.hypot(q);
            let (sin, cos) = (0.5 * self.height * kappa).sin_cos();
            let rho = self.contrast * v / kappa;
            let density = rho / ((rho * cos).powi(2) + sin * sin);
            quantity.far(kappa, r) * density * v / kappa
        };
        let end = NOTHING / r * (1.0 + 2.0 * q * r / NOTHING).sqrt();
        let widest = 8.0 / r;
        // A peak of p lies at every second multiple of π/H, this wide.
        let peak = 0.5 * self.contrast.min(1.0 / self.contrast) / self.height;
        let (mut from, mut first, mut sum) = (0.0, 1e-15 / r, 0.0);
        for n in (q * self.height / PI).floor() as u32 + 1.. {
            let to = ((f64::from(n) * PI / self.height).powi(2) - q * q).sqrt();
            let middle = (0.5 * (from + to)).min(end);
            sum += graded(from, middle, first, widest, integrand);
            if middle == end {
                break;
            }
            sum += graded(to, middle, peak, widest, integrand);
            (from, first) = (to, peak);
            if to > end {
                break;
            }
        }
        FRAC_2_PI * sum
    }

    /// The modes, the slowest first. None between dielectrics.
    fn modes(&self) -> impl Iterator<Item = Mode> {
        let this = *self;
        (0..)
            .map(f64::from)
            .take_while(move |j| 2.0 * PI * j < this.screening * this.height)
            .map(move |j: f64| this.mode(j))
    }

    /// The mode with θ between jπ and (j + ½)π, by bisection of
    /// ψ - atan τ(θ), ψ = θ - jπ, which rises with ψ.
    fn mode(&self, j: f64) -> Mode {
        let kappa = |psi: f64| 2.0 * (j * PI + psi) / self.height;
        let tau = |psi: f64| {
            let ratio = self.screening / kappa(psi);
            self.contrast * ((ratio - 1.0).max(0.0) * (ratio + 1.0)).sqrt()
        };
        let (mut low, mut high) = (0.0_f64, FRAC_PI_2);
        loop {
            let psi = 0.5 * (low + high);
            if psi <= low || psi >= high {
                break;
            }
            if psi < tau(psi).atan() {
                low = psi;
            } else {
                high = psi;
            }
        }
        let (kappa, tau) = (kappa(high), tau(high));
        let wall = (1.0 + (self.contrast / tau).powi(2)) / (kappa * (tau + 1.0 / tau));
        Mode {
            kappa,
            weight: 2.0 / (0.5 * self.height + wall),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(parallel: f64, perpendicular: f64, wall: f64, screening: f64) -> MidPlane {
        let layer = WaterLayer::new(7.0, [parallel, perpendicular], wall, 298.0);
        MidPlane::new(&layer.expect("a slit"), screening)
    }

    /// Every kind of wall: dielectrics poorer and richer than the water, weak
    /// to strong screening, the metal, and a mode about to appear.
    fn walls() -> Vec<MidPlane> {
        let threshold = 2.0 * PI / 7.0;
        [
            (80.0, 80.0, 2.0, 0.0),
            (80.0, 2.0, 2.0, 0.0),
            (80.0, 2.0, 1.0, 0.0),
            (10.0, 10.0, 90.0, 0.0),
            (80.0, 80.0, 2.0, 1e-6),
            (80.0, 80.0, 2.0, 0.01),
            (80.0, 2.0, 2.0, 0.3),
            (80.0, 80.0, 2.0, 0.9999 * threshold),
            (80.0, 80.0, 2.0, 1.0001 * threshold),
            (10.0, 10.0, 90.0, 0.5),
            (80.0, 80.0, 2.0, 30.0),
            (80.0, 80.0, 2.0, f64::INFINITY),
        ]
        .map(|(parallel, perpendicular, wall, q)| plane(parallel, perpendicular, wall, q))
        .to_vec()
    }

    /// The integral along the real axis and the one along the imaginary axis
    /// have no node in common.
    #[test]
    fn near_and_far_forms_agree() {
        for plane in walls() {
            for r in [0.5, 0.8, 1.0, 1.5, 2.0, 2.5].map(|x| x * plane.height) {
                for quantity in [Quantity::Energy, Quantity::Force] {
                    let (near, far) = (plane.near(quantity, r), plane.far(quantity, r));
                    let error = (near / far - 1.0).abs();
                    assert!(error < 1e-12, "{plane:?} at {r}: {error:e}");
                }
            }
        }
    }

    /// Between dielectrics f is a geometric series: charges Δⁿ at n H, with
    /// Δ = -g. Sum until Δⁿ is nothing.
    #[test]
    fn dielectrics_against_image_charges() {
        for plane in walls().into_iter().filter(|plane| plane.screening == 0.0) {
            let image = (1.0 - plane.contrast) / (1.0 + plane.contrast);
            for r in [0.3_f64, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0] {
                let (mut energy, mut force, mut charge) = (1.0 / r, 1.0 / (r * r), 2.0);
                for n in 1..4000 {
                    charge *= image;
                    let distance = r.hypot(f64::from(n) * plane.height);
                    energy += charge / distance;
                    force += charge * r / distance.powi(3);
                }
                let errors = [
                    plane.energy(r) / (plane.bjerrum * energy) - 1.0,
                    plane.force(r) / (plane.bjerrum * force) - 1.0,
                ];
                for error in errors.map(f64::abs) {
                    assert!(error < 1e-12, "{plane:?} at {r}: {error:e}");
                }
            }
        }
    }

    /// Between metals t = tanh(Hk/2) alone: modes at odd multiples of π/H, each
    /// of weight 4/H, which is the series of Jackson, Classical Electrodynamics (3rd
    /// ed., 1999), problem 3.20, for two charges half way.
    #[test]
    fn modes_of_the_metal() {
        let plane = plane(80.0, 2.0, 2.0, f64::INFINITY);
        for (n, mode) in plane.modes().take(5).enumerate() {
            let kappa = (2 * n + 1) as f64 * PI / plane.height;
            assert!((mode.kappa / kappa - 1.0).abs() < 1e-14);
            assert!((mode.weight * plane.height / 4.0 - 1.0).abs() < 1e-14);
        }
    }

    /// Wherever the walls are as polarisable as the water they are not there.
    #[test]
    fn without_contrast_it_is_coulomb() {
        let plane = plane(20.0, 5.0, 10.0, 0.0);
        for r in [0.1, 5.0, 27.9, 28.1, 300.0, 1e5] {
            assert!(
                (plane.energy(r) * r / plane.bjerrum - 1.0).abs() < 1e-13,
                "{r}"
            );
            assert!(
                (plane.force(r) * r * r / plane.bjerrum - 1.0).abs() < 1e-13,
                "{r}"
            );
        }
    }

    /// The Bessel functions of the far form against ∫ exp(-x cosh t) cosh(nt) dt
    /// (DLMF 10.32.9) by the trapezoidal rule, which converges geometrically.
    #[test]
    fn modified_bessel_functions() {
        for x in [1e-6, 0.03, 1.0, 2.0, 7.0, 40.0] {
            for (order, found) in [(0.0, f_k0(x)), (1.0, f_k1(x))] {
                let step = 1.0 / 64.0;
                let term = |k: i32| {
                    let t = f64::from(k) * step;
                    (-x * t.cosh()).exp() * (order * t).cosh()
                };
                let expected = step * (0.5 * term(0) + (1..2000).map(term).sum::<f64>());
                assert!((found / expected - 1.0).abs() < 1e-13, "K{order}({x})");
            }
        }
    }
}
