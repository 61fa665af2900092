//! Salts by name, from tables.
//!
//! Diffusion coefficients are those of infinite dilution in bulk water at 25 °C
//! (P. Vanýsek, "Ionic conductivity and diffusion at infinite dilution", CRC
//! Handbook of Chemistry and Physics, 86th ed. 2005, section 5). They rise by 2 to
//! 3 % a degree, and in a slit of a few molecules nobody knows them well: take them
//! for a start. Radii in crystals, of six-fold coordination: Shannon, Acta Cryst.
//! A32, 751 (1976), <https://doi.org/10.1107/S0567739476001551>. Radii with their
//! water: Nightingale, J. Phys. Chem. 63, 1381 (1959),
//! <https://doi.org/10.1021/j150579a011>.

use crate::electrolyte::{Population, Species};

/// An ion in water.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ion {
    /// Symbol, without the charge.
    pub symbol: &'static str,
    /// Valence z, signed.
    pub valence: i32,
    /// Diffusion coefficient at infinite dilution and 25 °C, Å²/ps.
    pub diffusion: f64,
    /// Radius in crystals, Å; none for an ion of several atoms.
    pub radius: Option<f64>,
    /// Radius with the water that it carries, Å.
    pub hydrated: f64,
}

/// What a salt can be made of, by symbol: z, D in 1e-9 m²/s, the two radii in Å.
const CATIONS: [Ion; 6] = [
    ion("Li", 1, 1.029, Some(0.76), 3.82),
    ion("Na", 1, 1.334, Some(1.02), 3.58),
    ion("K", 1, 1.957, Some(1.38), 3.31),
    ion("Cs", 1, 2.056, Some(1.67), 3.29),
    ion("Mg", 2, 0.706, Some(0.72), 4.28),
    ion("Ca", 2, 0.792, Some(1.00), 4.12),
];
const ANIONS: [Ion; 2] = [
    ion("Cl", -1, 2.032, Some(1.81), 3.32),
    ion("SO4", -2, 1.065, None, 3.79),
];

const fn ion(
    symbol: &'static str,
    valence: i32,
    nano: f64,
    radius: Option<f64>,
    hydrated: f64,
) -> Ion {
    Ion {
        symbol,
        valence,
        // 1e-9 m²/s is 0.1 Å²/ps.
        diffusion: 0.1 * nano,
        radius,
        hydrated,
    }
}

impl Ion {
    /// The species of this ion.
    #[must_use]
    pub fn species(&self) -> Species {
        Species {
            name: self.symbol.into(),
            valence: self.valence,
            diffusion: self.diffusion,
        }
    }
}

/// A salt of one cation and one anion, all of it dissociated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Salt {
    /// The cation.
    pub cation: Ion,
    /// The anion.
    pub anion: Ion,
    /// Cations in the formula.
    pub cations: usize,
    /// Anions in the formula.
    pub anions: usize,
}

/// There is no such salt in the tables.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no salt {name:?}: expected one of {}", known().join(", "))]
pub struct UnknownSalt {
    /// The name that was asked for.
    pub name: String,
}

impl Salt {
    /// The salt of the formula `name`, such as `NaCl`, `CaCl2` or `MgSO4`.
    ///
    /// # Errors
    /// [`UnknownSalt`], with the salts that there are.
    pub fn named(name: &str) -> Result<Self, UnknownSalt> {
        all()
            .find(|salt| salt.formula() == name)
            .ok_or_else(|| UnknownSalt { name: name.into() })
    }

    /// The neutral salt of two ions.
    fn of(cation: Ion, anion: Ion) -> Self {
        let [z, y] = [cation.valence, anion.valence].map(|z| z.unsigned_abs() as usize);
        // Of valences 1 and 2 the larger is a multiple of the smaller.
        let common = z.min(y);
        Self {
            cation,
            anion,
            cations: y / common,
            anions: z / common,
        }
    }

    /// Formula, such as `Na2SO4`.
    #[must_use]
    pub fn formula(&self) -> String {
        let count = |n: usize| if n == 1 { String::new() } else { n.to_string() };
        let (cation, anion) = (self.cation.symbol, self.anion.symbol);
        format!(
            "{cation}{}{anion}{}",
            count(self.cations),
            count(self.anions)
        )
    }

    /// The ions of `units` formula units.
    #[must_use]
    pub fn dissolved(&self, units: usize) -> [Population; 2] {
        [(self.cation, self.cations), (self.anion, self.anions)].map(|(ion, each)| Population {
            species: ion.species(),
            count: units * each,
        })
    }
}

/// Every salt of the tables.
fn all() -> impl Iterator<Item = Salt> {
    ANIONS
        .iter()
        .flat_map(|&anion| CATIONS.iter().map(move |&cation| Salt::of(cation, anion)))
}

/// The formulas of every salt of the tables.
#[must_use]
pub fn known() -> Vec<String> {
    all().map(|salt| salt.formula()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::electrolyte::net_charge;
    use crate::units::{AVOGADRO, BOLTZMANN, ELEMENTARY_CHARGE};

    /// The same table gives the equivalent conductivity λ that was measured, 1e-4
    /// m² S/mol: D = RTλ/(F²|z|), to half of the last digit of D and λ.
    #[test]
    fn diffusion_is_what_the_conductivity_says() {
        let measured = [38.66, 50.08, 73.48, 77.2, 53.0, 59.47, 76.31, 80.0];
        let faraday = ELEMENTARY_CHARGE * AVOGADRO;
        let factor = BOLTZMANN * AVOGADRO * 298.15 / (faraday * faraday);
        for (ion, lambda) in CATIONS.iter().chain(&ANIONS).zip(measured) {
            let expected = factor * lambda * 1e-4 / f64::from(ion.valence.abs()) * 1e8;
            let error = (ion.diffusion - expected).abs();
            assert!(error < 1e-4, "{}: {} {expected}", ion.symbol, ion.diffusion);
        }
    }

    #[test]
    fn formulas_and_neutrality() {
        for salt in all() {
            assert_eq!(Salt::named(&salt.formula()), Ok(salt));
            assert_eq!(net_charge(&salt.dissolved(7)), 0, "{}", salt.formula());
        }
        for name in ["NaCl", "KCl", "LiCl", "CaCl2", "CaSO4", "MgSO4", "Na2SO4"] {
            assert!(Salt::named(name).is_ok(), "{name}");
        }
        let [calcium, chloride] = Salt::named("CaCl2").expect("a salt").dissolved(10);
        assert_eq!((calcium.count, chloride.count), (10, 20));
        assert_eq!((calcium.species.valence, chloride.species.valence), (2, -1));
        assert!((calcium.species.diffusion - 0.0792).abs() < 1e-15);
    }

    #[test]
    fn unknown_salts_are_refused_with_those_that_are_known() {
        let refused = Salt::named("NaCl2").expect_err("refused").to_string();
        assert!(refused.starts_with("no salt \"NaCl2\": expected one of LiCl, NaCl, "));
        assert!(refused.ends_with("MgSO4, CaSO4"), "{refused}");
    }

    /// Small ions carry more water: within a valence the radii run opposite ways.
    #[test]
    fn smaller_ions_are_larger_in_water() {
        for pair in CATIONS.windows(2).filter(|p| p[0].valence == p[1].valence) {
            assert!(pair[0].radius < pair[1].radius, "{pair:?}");
            assert!(pair[0].hydrated > pair[1].hydrated, "{pair:?}");
        }
    }
}
