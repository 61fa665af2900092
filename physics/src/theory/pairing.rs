//! How many ions of a salt are free: the law of mass action with the rates and constants
//! of a single pair.

use super::wien::well;
use super::{Cells, EscapingPair, IllPosed, association_rate, free_fraction};
use crate::interaction::Interaction;
use crate::slit::debye_length;

/// Rounds of the self-consistent screening: each comes closer by a factor, and far from
/// the transition a dozen are enough.
const ROUNDS: usize = 2000;
/// Change of the free fraction at which it is settled.
const SETTLED: f64 = 1e-12;

/// Ions of valence ±z, as many of either, that bind in pairs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairingSalt {
    /// How the ions interact.
    pub interaction: Interaction,
    /// Valence z > 0.
    pub valence: f64,
    /// Diffusion coefficients of cation and anion, Å²/ps.
    pub diffusion: [f64; 2],
    /// Density of either species, 1/Å².
    pub density: f64,
}

impl PairingSalt {
    /// Fraction α of the ions that conduct under `field` (kT/(e·Å)), the second Wien
    /// effect: I/I_free if pairs carry nothing.
    ///
    /// ```text
    /// n α² k_a = (1 - α) k(E),     k(E) = 1/T
    /// ```
    ///
    /// T the mean time in which a pair in contact comes apart to R, solved on `cells`
    /// ([`EscapingPair::solve`]), k_a the [rate](association_rate) at which ions meet
    /// from R, half the mean distance of the 2n ions and at most the cut-off. Robin,
    /// Kavokine & Bocquet, Science 373, 687 (2021),
    /// <https://doi.org/10.1126/science.abf7923>. Leaves out: the field in k_a (exact for
    /// a pure logarithm), clusters of more than two, and screening.
    ///
    /// # Errors
    /// [`IllPosed`] as for [`EscapingPair::solve`].
    pub fn conducting_fraction(&self, field: f64, cells: Cells) -> Result<f64, IllPosed> {
        let pair = EscapingPair {
            interaction: self.interaction,
            charges: [self.valence, -self.valence],
            diffusion: self.diffusion,
            field,
            apart: self.apart(),
        };
        let across = 0.5 * std::f64::consts::PI;
        let time = pair
            .solve(cells)?
            .mean_time(self.interaction.contact(), across);
        let relative = self.diffusion[0] + self.diffusion[1];
        let rate = association_rate(&self.interaction, self.zz(), relative, self.apart());
        Ok(free_fraction(rate * time, self.density))
    }

    /// Half the mean distance of ions, at most the cut-off, Å.
    fn apart(&self) -> f64 {
        let half = 0.5 / (2.0 * self.density).sqrt();
        half.min(self.interaction.cutoff())
    }

    /// Fraction of ions without another closer than `within` (Å), without a field, in an
    /// ideal mixture of free ions and pairs:
    ///
    /// ```text
    /// (1 - α)/α² = K n,     K = ∫₀^r_p 2π r e^[U(r_0) - U(r)] dr
    /// ```
    ///
    /// r_0 the cut-off, where the energy of ions whose force is cut is that of free ones.
    /// Bjerrum (1926; see [`super::association_constant`]). For n r_0² ≪ 1.
    #[must_use]
    pub fn free_fraction(&self, within: f64) -> f64 {
        self.free_with_level(within, self.interaction.cutoff())
    }

    /// The same with the ions that are free screening each other:
    ///
    /// ```text
    /// r_0 = min(2 e^-γ λ_D, r_cut),     λ_D = 1/√(2π (ξ/x_T) 2α n z²)
    /// ```
    ///
    /// γ Euler's constant and ξ/x_T the `unit_coupling`: the free energy that an ion of a
    /// logarithmic gas gains from its cloud, K₀(κr) → -ln(κr e^γ/2), moves the level of
    /// free ions to r_0 (Debye–Hückel theory with Bjerrum pairs: Levin, Li & Fisher, Phys.
    /// Rev. Lett. 73, 2716 (1994), <https://doi.org/10.1103/PhysRevLett.73.2716>). At T* =
    /// 1/4 the fewer free ions, the stronger they bind, and α falls to nothing as at the
    /// transition of Kosterlitz & Thouless; of several solutions this is the one with most
    /// free ions. For λ_D ≪ ξ and dilute pairs.
    #[must_use]
    pub fn screened_free_fraction(&self, within: f64, unit_coupling: f64) -> f64 {
        const EULER: f64 = 0.577_215_664_901_532_9;
        let mut free = 1.0;
        // The map rises with α: from above it comes down to the largest solution.
        for _ in 0..ROUNDS {
            let density = free * self.density;
            let ions = [(1, density), (-1, density)];
            let debye = debye_length(unit_coupling * self.valence * self.valence, &ions);
            let level = (2.0 * (-EULER).exp() * debye).min(self.interaction.cutoff());
            let next = self.free_with_level(within, level.max(within));
            if (next - free).abs() < SETTLED {
                return next;
            }
            free = next;
        }
        free
    }

    fn free_with_level(&self, within: f64, level: f64) -> f64 {
        let level = self.interaction.energy(self.zz(), level);
        let constant = well(&self.interaction, self.zz(), within, level);
        free_fraction(constant, self.density)
    }

    fn zz(&self) -> f64 {
        -self.valence * self.valence
    }
}

#[cfg(test)]
mod tests {
    use super::super::PairBoltzmann;
    use super::*;
    use crate::interaction::ConfinedLog;

    /// Γ = 4 ξ/x_T, c = 4 Å.
    fn salt(coupling: f64, density: f64) -> PairingSalt {
        PairingSalt {
            interaction: log(coupling).into(),
            valence: 2.0,
            diffusion: [0.103_41; 2],
            density,
        }
    }

    fn log(coupling: f64) -> ConfinedLog {
        ConfinedLog {
            contact: 4.0,
            x_t: 4.0 * 138.3 / coupling,
            ..ConfinedLog::PUBLISHED
        }
    }

    const CELLS: Cells = Cells {
        radial: 300,
        angular: 16,
    };

    /// Without a field rates and constants say the same: k_a T is the integral of the
    /// Boltzmann factor up to R, which for a deep well does not depend on how far R is.
    #[test]
    fn rates_and_constants_agree_without_a_field() {
        // R = 158 Å, half the mean distance.
        for coupling in [4.0, 6.0] {
            let salt = salt(coupling, 5e-6);
            let kinetic = salt.conducting_fraction(0.0, CELLS).expect("a solution");
            let thermal = salt.free_with_level(salt.apart(), salt.apart());
            assert!(
                (kinetic / thermal - 1.0).abs() < 0.03,
                "{kinetic} {thermal}"
            );
        }
    }

    /// The constant is that of two ions in a periodic box, P/(1 - P) = K/(B² - π r²) for
    /// pairs up to the cut-off (see [`PairBoltzmann`]).
    #[test]
    fn the_constant_is_that_of_two_ions_in_a_box() {
        let (interaction, side, density) = (log(3.0), 3000.0, 1e-7);
        let pair = PairBoltzmann {
            interaction,
            zz: -4.0,
            side,
        };
        let bound = pair.within(200.0);
        let constant = bound / (1.0 - bound) * (side * side - std::f64::consts::PI * 4e4);
        let expected = free_fraction(constant, density);
        let found = salt(3.0, density).free_fraction(200.0);
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
    }

    /// Screening frees ions, and strong coupling leaves fewer free at any density.
    #[test]
    fn screening_frees_ions() {
        for density in [1e-5, 1e-4] {
            let mut before = 1.0;
            for coupling in [1.0, 2.0, 3.0, 4.0, 6.0, 8.0] {
                let salt = salt(coupling, density);
                let ideal = salt.free_fraction(20.0);
                let screened = salt.screened_free_fraction(20.0, 0.25 * coupling);
                assert!(screened >= ideal, "{coupling}: {screened} {ideal}");
                assert!(screened < before);
                before = screened;
            }
        }
    }

    /// From α² ∝ k (1 - α): d ln α/d ln E = ε r*/(2 + α/(1 - α)), ε r* the local exponent of
    /// the rate at constant prefactor (see `wien.rs`), which with c = 4 Å is some per cent off.
    #[test]
    fn conduction_grows_with_half_the_exponent_of_the_rate() {
        let salt = salt(9.22, 1e-5);
        let at = |field| salt.conducting_fraction(field, CELLS).expect("a solution");
        let (low, high) = (at(0.098), at(0.102));
        let exponent = (high / low).ln() / (0.102_f64 / 0.098).ln();
        // -F(r) = 9.22 [1/(r + 4) - 1/(r + 138.3)] is 0.2 at r* = 32.29 Å.
        let expected = 0.2 * 32.29 / (2.0 + low / (1.0 - low));
        assert!(
            (exponent / expected - 1.0).abs() < 0.05,
            "{exponent} {expected}"
        );
    }
}
