//! The closed form of Robin, Kavokine & Bocquet, Science 373, 687 (2021),
//! <https://doi.org/10.1126/science.abf7923>, with the truncation of the
//! published simulations.

/// The "confined log" pair interaction, truncated without shift or smoothing.
///
/// ```text
/// U(r)/kT = z_i z_j (ξ/x_T) [ ln(r + ξ) - ln(r + c) ]
/// F(r)/kT = z_i z_j (ξ/x_T) [ 1/(r + c) - 1/(r + ξ) ]     for 0 < r < r_cut, else 0
/// ```
///
/// F > 0 pushes the ions apart. `ξ/x_T = e²/(2π ε0 ε h kT)` is 2.305 for the
/// published slit (h ≈ 7 Å, ε ≈ 70). All lengths in Å, U in kT, F in kT/Å.
///
/// # Validity
///
/// Walls of low permittivity and h ≪ ξ: for r above h it is what the exact
/// [`DielectricSlab`](super::DielectricSlab) comes to, up to ξ and again far beyond, where
/// both fall as 1/r with the permittivity of the walls (ξ²/x_T is their Bjerrum length).
/// Nearer than h it misses the 1/r of two ions in water, and c stands for the size of
/// ions. The ions are points in the mid-plane and the water is a continuum. The published
/// cut-off leaves out a force of 0.0186 kT/Å at z = 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConfinedLog {
    /// Confinement length ξ, Å: the logarithm flattens beyond it.
    pub xi: f64,
    /// Thermal length x_T, Å: ξ/x_T is the coupling of two unit charges.
    pub x_t: f64,
    /// Contact length c, Å: rounds the logarithm off at r = 0.
    pub contact: f64,
    /// Cut-off r_cut of the force, Å.
    pub cutoff: f64,
}

impl ConfinedLog {
    /// The published parameters: ξ = 138.3 Å, x_T = 60 Å, c = 1 Å, cut at 200 Å.
    pub const PUBLISHED: Self = Self {
        xi: 138.3,
        x_t: 60.0,
        contact: 1.0,
        cutoff: 200.0,
    };

    /// Coupling ξ/x_T of two unit charges; Γ = z² ξ/x_T and T* = 1/Γ.
    #[must_use]
    pub fn unit_coupling(&self) -> f64 {
        self.xi / self.x_t
    }

    /// Energy of two ions with charge product `zz` (e²) at distance `r` (Å), kT.
    ///
    /// Continuous everywhere: the untruncated form, also beyond the cut-off.
    #[must_use]
    pub fn energy(&self, zz: f64, r: f64) -> f64 {
        zz * self.unit_coupling() * ((r + self.xi) / (r + self.contact)).ln()
    }

    /// Radial force at distance `r` (Å), kT/Å; positive pushes apart.
    ///
    /// Zero at r = 0, where the direction is undefined, and from the cut-off on.
    #[must_use]
    pub fn force(&self, zz: f64, r: f64) -> f64 {
        if r <= 0.0 || r >= self.cutoff {
            return 0.0;
        }
        zz * self.unit_coupling() * (1.0 / (r + self.contact) - 1.0 / (r + self.xi))
    }

    /// Force divided by distance at squared distance `r2` (Å²), kT/Å², for
    /// r below the cut-off: what multiplies the separation vector.
    ///
    /// The two fractions of the force are brought over one denominator, so
    /// that a pair costs one square root and one division.
    #[inline]
    #[must_use]
    pub fn force_over_r(&self, zz_coupling: f64, r2: f64) -> f64 {
        let r = r2.sqrt();
        zz_coupling * (self.xi - self.contact) / (r * (r + self.contact) * (r + self.xi))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Force = -dU/dr by central differences, relative error below 1e-6.
    #[test]
    fn force_is_minus_gradient_of_energy() {
        let pair = ConfinedLog::PUBLISHED;
        for r in [0.3, 1.0, 5.0, 59.0, 138.3, 199.0] {
            let h = 1e-4 * r;
            let slope = (pair.energy(-4.0, r + h) - pair.energy(-4.0, r - h)) / (2.0 * h);
            let force = pair.force(-4.0, r);
            assert!((force + slope).abs() < 1e-6 * force.abs(), "r = {r}");
        }
    }

    #[test]
    fn force_over_r_is_the_same_force() {
        let pair = ConfinedLog::PUBLISHED;
        for r in [1e-3, 0.5, 7.0, 150.0] {
            let direct = pair.force(4.0, r) / r;
            let fast = pair.force_over_r(4.0 * pair.unit_coupling(), r * r);
            assert!((direct - fast).abs() < 1e-12 * direct.abs(), "r = {r}");
        }
    }

    #[test]
    fn truncation_and_origin() {
        let pair = ConfinedLog::PUBLISHED;
        assert_eq!(pair.force(4.0, 0.0), 0.0);
        assert_eq!(pair.force(4.0, 200.0), 0.0);
        // The published cut-off has an edge of 0.0186 kT/Å at z = 2.
        assert!((pair.force(4.0, 199.999_999) - 0.0186).abs() < 1e-4);
        assert!((4.0 * pair.unit_coupling() - 9.22).abs() < 1e-12);
    }
}
