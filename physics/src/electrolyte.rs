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

    /// One mole in a litre is 0.6022 in a cubic nanometre.
    #[test]
    fn one_molar() {
        assert!((number_density(1.0) - 6.022_140_76e-4).abs() < 1e-15);
    }
}
