//! What walls are made of, by name.
//!
//! A wall answers charges by its static permittivity ε_m and, where it conducts, by
//! the length over which its electrons screen. Graphene and graphite are left out on
//! purpose: whether such walls screen the ions between them is under debate
//! (Kavokine, Robin & Bocquet, J. Chem. Phys. 157, 114703 (2022),
//! <https://doi.org/10.1063/5.0102002>), and the permittivity or the Thomas–Fermi
//! length that one assumes should stand in the open.

use crate::units::{ANGSTROM, ELEMENTARY_CHARGE, VACUUM_PERMITTIVITY};

/// A wall material.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Material {
    /// Name.
    pub name: &'static str,
    /// Static relative permittivity ε_m, without mobile electrons. Of a layered crystal,
    /// stacked along the height of the slit, the geometric mean of its two: what a half
    /// space of it answers with (see [`WaterLayer::mean_permittivity`]).
    ///
    /// [`WaterLayer::mean_permittivity`]: super::WaterLayer::mean_permittivity
    pub permittivity: f64,
    /// Thomas–Fermi length of a metal, Å; none of an insulator.
    pub thomas_fermi: Option<f64>,
}

/// Insulators: name and static permittivity, along the layers and across where they
/// differ. hBN and MoS2, of the bulk: Laturia, Van de Put & Vandenberghe, npj 2D Mater.
/// Appl. 2, 6 (2018), <https://doi.org/10.1038/s41699-018-0050-x>, tables 1 and 2. SiO2,
/// Si3N4: Sze & Ng, Physics of Semiconductor Devices (3rd ed., 2007), appendix H. PTFE:
/// Israelachvili, Intermolecular and Surface Forces (3rd ed., 2011), table 3.1.
const INSULATORS: [(&str, [f64; 2]); 6] = [
    ("vacuum", [1.0, 1.0]),
    ("PTFE", [2.0, 2.0]),
    ("SiO2", [3.9, 3.9]),
    ("hBN", [6.93, 3.76]),
    ("Si3N4", [7.5, 7.5]),
    ("MoS2", [15.9, 6.9]),
];

/// Metals of nearly free electrons: name, Fermi energy (eV) and electrons per volume
/// (1e22 cm⁻³). Ashcroft & Mermin, Solid State Physics (1976), tables 2.1 and 1.1.
const METALS: [(&str, f64, f64); 4] = [
    ("gold", 5.53, 5.90),
    ("silver", 5.49, 5.86),
    ("copper", 7.00, 8.47),
    ("aluminium", 11.7, 18.1),
];

/// Thomas–Fermi length of free electrons with `fermi_energy` (eV) and `density`
/// (1e22 cm⁻³), Å:
///
/// ```text
/// λ = √(2 ε0 E_F/(3 n e²))
/// ```
///
/// Ashcroft & Mermin (1976), equations 17.50 to 17.55. For charges far apart compared
/// with λ and with the distance of two electrons.
#[must_use]
pub fn thomas_fermi_length(fermi_energy: f64, density: f64) -> f64 {
    // 1e22 cm⁻³ is 1e28 m⁻³; one e of the energy cancels one of e².
    let screening = 3.0 * density * 1e28 * ELEMENTARY_CHARGE;
    (2.0 * VACUUM_PERMITTIVITY * fermi_energy / screening).sqrt() / ANGSTROM
}

impl Material {
    /// The material called `name`, if it is in the tables.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        all().find(|material| material.name == name)
    }
}

/// Every material of the tables.
fn all() -> impl Iterator<Item = Material> {
    let insulators = INSULATORS.iter().map(|&(name, [along, across])| Material {
        name,
        permittivity: (along * across).sqrt(),
        thomas_fermi: None,
    });
    insulators.chain(
        METALS
            .iter()
            .map(|&(name, fermi_energy, density)| Material {
                name,
                permittivity: 1.0,
                thomas_fermi: Some(thomas_fermi_length(fermi_energy, density)),
            }),
    )
}

/// The names of every material of the tables.
#[must_use]
pub fn materials() -> Vec<&'static str> {
    all().map(|material| material.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1/λ = 0.815 k_F √(r_s/a₀) (Ashcroft & Mermin, 17.55); for gold k_F = 1.21 Å⁻¹ and r_s/a₀ = 3.01 (their tables 2.1 and 1.1).
    #[test]
    fn screening_in_gold() {
        let gold = Material::named("gold").expect("gold");
        let expected = 1.0 / (0.815 * 1.21 * 3.01_f64.sqrt());
        let found = gold.thomas_fermi.expect("a metal");
        // What the three digits of k_F, r_s, E_F and n leave open, together.
        assert!(
            (found / expected - 1.0).abs() < 6.4e-3,
            "{found} {expected}"
        );
    }

    #[test]
    fn names_are_found_and_no_wall_is_below_vacuum() {
        for name in materials() {
            let material = Material::named(name).expect("a material");
            assert!(material.permittivity >= 1.0, "{name}");
        }
        assert_eq!(Material::named("graphene"), None);
        let hbn = Material::named("hBN").expect("hBN");
        assert!((hbn.permittivity - 5.105).abs() < 1e-3 && hbn.thomas_fermi.is_none());
    }
}
