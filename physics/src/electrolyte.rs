//! What is dissolved: species of point ions in an implicit solvent.

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
