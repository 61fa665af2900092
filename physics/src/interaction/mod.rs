//! How two confined ions interact.
//!
//! Water one molecule thick, between walls of low permittivity, guides the
//! field lines along the slit: the potential of an ion is a logarithm up to a
//! confinement length ξ and decays beyond. Walls that conduct end the field
//! lines and screen it. An [`Interaction`] is one of
//!
//! | form               | what is between and around the ions                              |
//! |--------------------|------------------------------------------------------------------|
//! | [`ConfinedLog`]    | the closed form of the published simulations, for a thin slit     |
//! | [`DielectricSlab`] | a layer of water between dielectrics, exactly                     |
//! | [`ScreeningWalls`] | a layer of water between metals, perfect or of Thomas–Fermi kind  |
//! | [`Coulomb`]        | one medium without walls                                          |
//!
//! The last three are continuum electrostatics of point charges in the middle
//! of the slit, and share what is done at both ends:
//!
//! ```text
//! U(r) = z_i z_j u(r + c)                                   contact: c rounds off r = 0
//! F(r) = -z_i z_j u'(r + c)   for 0 < r < r_cut, else 0     no shift, no smoothing
//! ```
//!
//! with u that of two unit charges. So U is finite at contact and F is minus its
//! slope, as in the confined log, where c enters the logarithm of small r only:
//! for c ≪ ξ that is the same. Lengths in Å, U in kT, F in kT/Å; F > 0 pushes
//! apart.
//!
//! The slabs cost up to half a millisecond a distance; [`Tabulated`] is any of
//! them at the price of a closed form.

mod confined_log;
mod coulomb;
mod midplane;
mod screening;
mod slab;
mod tabulated;

pub use confined_log::ConfinedLog;
pub use coulomb::Coulomb;
pub use screening::ScreeningWalls;
pub use slab::DielectricSlab;
pub(crate) use tabulated::FAINT;
pub use tabulated::{Tabulated, Unresolved};

use crate::slit::{Unphysical, positive};

/// The interaction of two ions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Interaction {
    /// The closed form of the published simulations.
    ConfinedLog(ConfinedLog),
    /// A layer of water between dielectrics.
    Slab(DielectricSlab),
    /// A layer of water between walls that conduct.
    Screening(ScreeningWalls),
    /// One medium without walls.
    Coulomb(Coulomb),
}

impl Interaction {
    /// That of the published simulations.
    pub const PUBLISHED: Self = Self::ConfinedLog(ConfinedLog::PUBLISHED);

    /// Energy of two ions with charge product `zz` (e²) at distance `r` (Å), kT.
    ///
    /// Continuous everywhere: the untruncated form, also beyond the cut-off.
    #[must_use]
    pub fn energy(&self, zz: f64, r: f64) -> f64 {
        match self {
            Self::ConfinedLog(log) => log.energy(zz, r),
            Self::Slab(slab) => slab.energy(zz, r),
            Self::Screening(walls) => walls.energy(zz, r),
            Self::Coulomb(coulomb) => coulomb.energy(zz, r),
        }
    }

    /// Radial force at distance `r` (Å), kT/Å; positive pushes apart.
    ///
    /// Zero at r = 0, where the direction is undefined, and from the cut-off on.
    #[must_use]
    pub fn force(&self, zz: f64, r: f64) -> f64 {
        match self {
            Self::ConfinedLog(log) => log.force(zz, r),
            Self::Slab(slab) => slab.force(zz, r),
            Self::Screening(walls) => walls.force(zz, r),
            Self::Coulomb(coulomb) => coulomb.force(zz, r),
        }
    }

    /// Limit of the force for r → 0, kT/Å.
    #[must_use]
    pub fn contact_force(&self, zz: f64) -> f64 {
        // At r = 0 itself the force is 0 by definition.
        self.force(zz, f64::MIN_POSITIVE)
    }

    /// Cut-off r_cut of the force, Å.
    #[must_use]
    pub fn cutoff(&self) -> f64 {
        match self {
            Self::ConfinedLog(log) => log.cutoff,
            Self::Slab(slab) => slab.ends.cutoff,
            Self::Screening(walls) => walls.ends.cutoff,
            Self::Coulomb(coulomb) => coulomb.ends.cutoff,
        }
    }

    /// Contact length c, Å.
    #[must_use]
    pub fn contact(&self) -> f64 {
        match self {
            Self::ConfinedLog(log) => log.contact,
            Self::Slab(slab) => slab.ends.contact,
            Self::Screening(walls) => walls.ends.contact,
            Self::Coulomb(coulomb) => coulomb.ends.contact,
        }
    }

    /// This interaction with the force cut at another distance, Å.
    #[must_use]
    pub fn with_cutoff(mut self, cutoff: f64) -> Self {
        match &mut self {
            Self::ConfinedLog(log) => log.cutoff = cutoff,
            Self::Slab(slab) => slab.ends.cutoff = cutoff,
            Self::Screening(walls) => walls.ends.cutoff = cutoff,
            Self::Coulomb(coulomb) => coulomb.ends.cutoff = cutoff,
        }
        self
    }
}

impl From<ConfinedLog> for Interaction {
    fn from(log: ConfinedLog) -> Self {
        Self::ConfinedLog(log)
    }
}

/// Where an interaction begins and ends.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ends {
    /// Contact length c, Å: rounds the interaction off at r = 0.
    contact: f64,
    /// Cut-off r_cut of the force, Å.
    cutoff: f64,
}

impl Ends {
    /// Contact and cut-off, Å, both positive.
    fn new(contact: f64, cutoff: f64) -> Result<Self, Unphysical> {
        Ok(Self {
            contact: positive("contact length", contact, "Å")?,
            cutoff: positive("cut-off", cutoff, "Å")?,
        })
    }

    /// z_i z_j u(r + c).
    fn energy(&self, zz: f64, r: f64, u: impl Fn(f64) -> f64) -> f64 {
        zz * u(r + self.contact)
    }

    /// z_i z_j f(r + c) inside the cut-off, with f = -u'.
    fn force(&self, zz: f64, r: f64, f: impl Fn(f64) -> f64) -> f64 {
        if r <= 0.0 || r >= self.cutoff {
            return 0.0;
        }
        zz * f(r + self.contact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slit::WaterLayer;
    use proptest::test_runner::{Config as ProptestConfig, RngSeed};

    fn all() -> Vec<Interaction> {
        let layer = WaterLayer::new(7.0, [70.0, 5.0], 2.0, 298.0).expect("a slit");
        let walls = |length| {
            let walls = ScreeningWalls::new(&layer, length, 2.0, 300.0);
            Interaction::Screening(walls.expect("walls"))
        };
        vec![
            Interaction::ConfinedLog(ConfinedLog::PUBLISHED),
            Interaction::Slab(DielectricSlab::new(&layer, 2.0, 300.0).expect("a slab")),
            walls(0.0),
            walls(2.0),
            walls(50.0),
            Interaction::Coulomb(Coulomb::new(80.0, 298.0, 2.0, 300.0).expect("water")),
        ]
    }

    /// Force = -dU/dr, by central differences of the fourth order; 52.4 Å is where
    /// the exact forms change from near to far.
    #[test]
    fn force_is_minus_gradient_of_energy() {
        for interaction in all() {
            for r in [0.1, 1.0, 7.0, 50.37, 52.0, 150.0, 199.0] {
                let h = 2e-3 * f64::min(r, 1.0);
                let change = |h| interaction.energy(-4.0, r + h) - interaction.energy(-4.0, r - h);
                let slope = (8.0 * change(h) - change(2.0 * h)) / (12.0 * h);
                let error = interaction.force(-4.0, r) / -slope - 1.0;
                assert!(error.abs() < 1e-8, "{interaction:?} at {r}: {error:e}");
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: RngSeed::Fixed(687),
            ..ProptestConfig::default()
        })]

        /// Whatever the slit: like charges repel, less between walls that screen
        /// than between dielectrics, more than between metals; F = -dU/dr.
        #[test]
        fn any_slit(
            height in 3.0..500.0_f64,
            parallel in 2.0..120.0_f64,
            perpendicular in 1.0..100.0_f64,
            wall in 1.0..500.0_f64,
            decade in -2.0..3.0_f64,
            r in 0.5..500.0_f64,
        ) {
            let layer = WaterLayer::new(height, [parallel, perpendicular], wall, 298.0)
                .expect("a slit");
            let slab = DielectricSlab::new(&layer, 1.0, 1e3).expect("a slab");
            let [metal, walls] = [0.0, 10.0_f64.powf(decade)]
                .map(|length| ScreeningWalls::new(&layer, length, 1.0, 1e3).expect("walls"));
            // Metals may screen to less than the smallest number that there is.
            proptest::prop_assume!(metal.force(1.0, r) > f64::MIN_POSITIVE);
            proptest::prop_assert!(metal.energy(1.0, r) < walls.energy(1.0, r));
            proptest::prop_assert!(metal.force(1.0, r) < walls.force(1.0, r));
            proptest::prop_assert!(walls.energy(1.0, r) < slab.energy(1.0, r));
            let h = 1e-3 * f64::min(r, 1.0);
            for interaction in [Interaction::Slab(slab), Interaction::Screening(walls)] {
                let change = |h| interaction.energy(1.0, r + h) - interaction.energy(1.0, r - h);
                let slope = (8.0 * change(h) - change(2.0 * h)) / (12.0 * h);
                let error = interaction.force(1.0, r) + slope;
                // Differences of U lose digits where U hardly changes.
                let lost = 1e-11 * interaction.energy(1.0, r) / h;
                proptest::prop_assert!(error.abs() < 1e-8 * slope.abs() + lost, "{error}");
            }
        }
    }

    #[test]
    fn all_end_alike() {
        for interaction in all() {
            let cutoff = interaction.cutoff();
            assert_eq!(interaction.force(4.0, 0.0), 0.0);
            assert_eq!(interaction.force(4.0, cutoff), 0.0);
            assert!(interaction.force(4.0, 0.999 * cutoff) > 0.0);
            let near = interaction.force(4.0, 1e-9);
            assert!((interaction.contact_force(4.0) / near - 1.0).abs() < 1e-8);
            assert!(interaction.energy(4.0, 0.0).is_finite());
            assert!(interaction.energy(4.0, cutoff) > 0.0);
            assert_eq!(interaction.force(-1.0, 3.0), -interaction.force(1.0, 3.0));
        }
    }
}
