//! Coulomb's law in one medium.

use super::Ends;
use crate::electrolyte::bjerrum_length;
use crate::slit::{Unphysical, permittivity, positive};

/// Two ions in one medium without walls.
///
/// ```text
/// U(r)/kT = z_i z_j l_B/(r + c)
/// F(r)/kT = z_i z_j l_B/(r + c)²      for 0 < r < r_cut, else 0
/// ```
///
/// l_B the [Bjerrum length](bjerrum_length) of the medium; c and r_cut as in
/// the [parent module](super).
///
/// # Validity
///
/// Exact for point charges in a continuum, and c → 0. In a slit it
/// is what the other forms come to far away, with the permittivity of the
/// walls, and near, with the mean permittivity of the water.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coulomb {
    bjerrum: f64,
    pub(super) ends: Ends,
}

impl Coulomb {
    /// In a medium of relative permittivity `medium` at `temperature` (K), with
    /// contact length and cut-off in Å.
    ///
    /// # Errors
    /// [`Unphysical`] if the permittivity is below that of vacuum or another
    /// value is not positive.
    pub fn new(
        medium: f64,
        temperature: f64,
        contact: f64,
        cutoff: f64,
    ) -> Result<Self, Unphysical> {
        let medium = permittivity("of the medium", medium)?;
        let temperature = positive("temperature", temperature, "K")?;
        Ok(Self {
            bjerrum: bjerrum_length(medium, temperature),
            ends: Ends::new(contact, cutoff)?,
        })
    }

    /// Bjerrum length l_B of the medium, Å.
    #[must_use]
    pub fn bjerrum_length(&self) -> f64 {
        self.bjerrum
    }

    /// Energy at distance `r` (Å) for the charge product `zz`, kT.
    #[must_use]
    pub fn energy(&self, zz: f64, r: f64) -> f64 {
        self.ends.energy(zz, r, |s| self.bjerrum / s)
    }

    /// Radial force at distance `r` (Å), kT/Å; positive pushes apart.
    #[must_use]
    pub fn force(&self, zz: f64, r: f64) -> f64 {
        self.ends.force(zz, r, |s| self.bjerrum / (s * s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two unit charges a Bjerrum length apart interact with kT; 7.158 Å in
    /// water at 298.15 K.
    #[test]
    fn one_kt_at_a_bjerrum_length() {
        let water = Coulomb::new(78.3, 298.15, 1e-9, 200.0).expect("water");
        assert!((water.energy(-1.0, 7.157_846) + 1.0).abs() < 1e-6);
        assert!((water.force(4.0, 7.157_846) * 7.157_846 - 4.0).abs() < 1e-5);
        assert_eq!((water.force(4.0, 0.0), water.force(4.0, 200.0)), (0.0, 0.0));
    }

    #[test]
    fn impossible_media_are_refused() {
        let refused = Coulomb::new(0.5, 298.15, 1.0, 200.0).expect_err("refused");
        assert_eq!(
            refused.to_string(),
            "the permittivity of the medium is 0.5: expected at least 1, that of vacuum"
        );
        assert!(Coulomb::new(80.0, 298.15, 0.0, 200.0).is_err());
    }
}
