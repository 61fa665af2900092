//! What is dissolved: species of point ions in an implicit solvent.

use crate::units::{ANGSTROM, AVOGADRO, BOLTZMANN, ELEMENTARY_CHARGE, VACUUM_PERMITTIVITY};
use std::f64::consts::PI;

/// One kind of ion.
#[derive(Clone, Debug, PartialEq)]
pub struct Species {
    /// Name, as in the scenario file.
    pub name: String,
    /// Valence z: charge in units of e, signed, not zero.
    pub valence: i32,
    /// Diffusion coefficient D, in Å²/ps; the mobility is D/kT (Einstein).
    pub diffusion: f64,
}

impl Species {
    /// Charge in e.
    #[must_use]
    pub fn charge(&self) -> f64 {
        f64::from(self.valence)
    }
}

/// A species and how many of it are in a slit.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// The species.
    pub species: Species,
    /// Number of ions.
    pub count: usize,
}

/// Net charge of a mixture, in e: Σ z_i N_i.
#[must_use]
pub fn net_charge(mixture: &[Population]) -> i64 {
    mixture
        .iter()
        .map(|p| i64::from(p.species.valence) * p.count as i64)
        .sum()
}

/// Bjerrum length of a medium of relative `permittivity` at `temperature` (K),
/// Å: two unit charges that far apart interact with kT.
///
/// ```text
/// l_B = e² / (4π ε0 ε kT)
/// ```
///
/// Bjerrum, Kgl. Danske Vidensk. Selsk. Mat.-fys. Medd. 7 (9), 1 (1926).
#[must_use]
pub fn bjerrum_length(permittivity: f64, temperature: f64) -> f64 {
    let e2 = ELEMENTARY_CHARGE * ELEMENTARY_CHARGE;
    let medium = 4.0 * PI * VACUUM_PERMITTIVITY * permittivity;
    e2 / (medium * BOLTZMANN * temperature) / ANGSTROM
}

/// Debye length of the bulk with `ions` of valence z and density n (1/Å³) in a
/// medium of relative `permittivity` at `temperature` (K), Å:
///
/// ```text
/// λ_D = 1/√(4π l_B Σ n z²)
/// ```
///
/// l_B the [Bjerrum length](bjerrum_length). Debye & Hückel, Phys. Z. 24, 185
/// (1923); for l_B ≪ λ_D, which ions of valence 2 in a slit are far from.
#[must_use]
pub fn debye_length(ions: &[(i32, f64)], permittivity: f64, temperature: f64) -> f64 {
    let strength: f64 = ions.iter().map(|(z, n)| n * f64::from(*z).powi(2)).sum();
    1.0 / (4.0 * PI * bjerrum_length(permittivity, temperature) * strength).sqrt()
}

/// Gouy–Chapman length of a wall with `surface_charge` (e/Å²), Å: how far from it
/// a unit charge has gained kT, without other ions.
///
/// ```text
/// b = 1/(2π l_B |σ|)
/// ```
///
/// l_B the [Bjerrum length](bjerrum_length) of the medium. Gouy, J. Phys. Theor.
/// Appl. 9, 457 (1910), <https://doi.org/10.1051/jphystap:019100090045700>.
#[must_use]
pub fn gouy_chapman_length(surface_charge: f64, permittivity: f64, temperature: f64) -> f64 {
    let bjerrum = bjerrum_length(permittivity, temperature);
    1.0 / (2.0 * PI * bjerrum * surface_charge.abs())
}

/// Number of ions per Å³ at `concentration` (mol/l): n = c N_A.
#[must_use]
pub fn number_density(concentration: f64) -> f64 {
    // A litre is 1e27 Å³.
    concentration * AVOGADRO * 1e-27
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Water at 298.15 K, ε = 78.30: 7.157 Å from e²/(4π ε0 k) = 167 101 Å K,
    /// worked out by hand from CODATA 2018, as is the 560.74 Å of vacuum at
    /// 298 K.
    #[test]
    fn bjerrum_length_of_water_and_of_vacuum() {
        assert!((bjerrum_length(78.30, 298.15) - 7.158).abs() < 1e-3);
        assert!((bjerrum_length(1.0, 298.0) - 560.74).abs() < 0.01);
    }

    /// The rule of thumb of a 1:1 salt in water, 3.04 Å/√(c/M) at 25 °C
    /// (Israelachvili, Intermolecular and Surface Forces, 3rd ed. 2011, chapter 14),
    /// and half of it for 2:2.
    #[test]
    fn debye_length_of_a_millimolar_solution() {
        let n = number_density(1e-3);
        let single = debye_length(&[(1, n), (-1, n)], 78.30, 298.15);
        assert!(
            (single / (3.04 / 1e-3_f64.sqrt()) - 1.0).abs() < 2e-3,
            "{single}"
        );
        let double = debye_length(&[(2, n), (-2, n)], 78.30, 298.15);
        assert!((single / double - 2.0).abs() < 1e-12);
    }

    /// At σ = -0.1 C/m², 0.624 e/nm², in water: 1/(2π·7.158 Å·6.2415e-3 Å⁻²).
    #[test]
    fn gouy_chapman_length_of_a_charged_wall() {
        let units = crate::units::Units::at(298.15);
        let sigma = -0.1 / units.surface_charge;
        let length = gouy_chapman_length(sigma, 78.30, 298.15);
        assert!((length - 3.5626).abs() < 1e-3, "{length}");
    }

    /// One mole in a litre is 0.6022 in a cubic nanometre.
    #[test]
    fn one_molar() {
        assert!((number_density(1.0) - 6.022_140_76e-4).abs() < 1e-15);
    }
}
