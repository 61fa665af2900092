//! What follows from a scenario and is easier to compare with than its keys:
//! lengths and couplings of its interaction.

use std::fmt::Write as _;

use bjerrum_physics::electrolyte::{Species, bjerrum_length};
use bjerrum_physics::interaction::Interaction;
use bjerrum_physics::slit::debye_length;

use super::device::SlitSpec;
use super::interaction::Surroundings;
use super::timing::rounded;

/// A quantity that follows from the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Derived {
    /// Its symbol: `ξ`.
    pub symbol: String,
    /// Its value, in `unit`.
    pub value: f64,
    /// Its unit; empty for a pure number.
    pub unit: &'static str,
    /// What it is.
    pub meaning: String,
}

impl Derived {
    fn length(symbol: &str, value: f64, meaning: impl Into<String>) -> Self {
        Self {
            symbol: symbol.to_owned(),
            value,
            unit: "angstrom",
            meaning: meaning.into(),
        }
    }

    fn number(symbol: &str, value: f64, meaning: impl Into<String>) -> Self {
        Self {
            symbol: symbol.to_owned(),
            value,
            unit: "",
            meaning: meaning.into(),
        }
    }
}

/// Everything that is defined for these walls: a logarithm has a coupling and a
/// Debye length, walls that screen a decay length, a medium a Bjerrum length.
pub(super) fn derived(
    surroundings: &Surroundings,
    species: &[Species],
    slits: &[SlitSpec],
) -> Vec<Derived> {
    let mut all = Vec::new();
    if let Some(layer) = &surroundings.layer {
        let mean = layer.mean_permittivity();
        all.push(Derived::length(
            "l_B",
            bjerrum_length(mean, layer.temperature()),
            format!("Bjerrum length in this water without walls (mean permittivity {mean:.4})"),
        ));
    }
    match (&surroundings.interaction, &surroundings.layer) {
        (Interaction::ConfinedLog(log), _) => {
            all.extend(logarithm(log.xi, log.unit_coupling(), species, slits));
        }
        // Between walls that polarise as water does there is no logarithm.
        (Interaction::Slab(_), Some(layer)) if layer.wall() < layer.mean_permittivity() => {
            let xi = layer.confinement_length();
            all.extend(logarithm(xi, layer.unit_coupling(), species, slits));
        }
        (Interaction::Slab(_), _) => {}
        (Interaction::Screening(walls), _) => {
            let (decay, strength) = walls.slowest_mode();
            let meaning = "decay length of the interaction, which the walls screen";
            all.push(Derived::length("l", decay, meaning));
            let meaning = "its strength: two unit charges far apart interact with w K0(r/l) kT";
            all.push(Derived::number("w", strength, meaning));
        }
        (Interaction::Coulomb(coulomb), _) => {
            let meaning = "Bjerrum length of the medium";
            all.push(Derived::length("l_B", coulomb.bjerrum_length(), meaning));
        }
    }
    all
}

/// What a logarithm of confinement length `xi` (Å) and `coupling` of unit charges has.
fn logarithm(xi: f64, coupling: f64, species: &[Species], slits: &[SlitSpec]) -> Vec<Derived> {
    let mut all = vec![
        Derived::length(
            "ξ",
            xi,
            "confinement length: the potential is a logarithm up to it",
        ),
        Derived::length(
            "x_T",
            xi / coupling,
            "thermal length: ξ/x_T is the coupling of unit charges",
        ),
    ];
    let mut valences: Vec<i32> = species.iter().map(|one| one.valence.abs()).collect();
    valences.sort_unstable();
    valences.dedup();
    for z in valences {
        let gamma = f64::from(z).powi(2) * coupling;
        let of = format!("of ions of valence ±{z}");
        all.push(Derived::number("Γ", gamma, format!("coupling {of}")));
        let meaning = format!("reduced temperature {of}; dilute pairs are bound below 1/4");
        all.push(Derived::number("T*", 1.0 / gamma, meaning));
    }
    for slit in slits {
        let density = |count: usize| count as f64 / slit.slit.area();
        let ions = slit.mixture.iter();
        let ions: Vec<(i32, f64)> = ions
            .map(|p| (p.species.valence, density(p.count)))
            .collect();
        let meaning = format!("Debye length if all ions in {} were free", slit.name);
        all.push(Derived::length(
            "λ_D",
            debye_length(coupling, &ions),
            meaning,
        ));
    }
    all
}

/// The same as comments for the stored scenario.
pub(super) fn comment(all: &[Derived]) -> String {
    let mut text = "# What follows from it:\n".to_owned();
    for one in all {
        let value = format!("{} {}", rounded(one.value, 6), one.unit);
        let _ = writeln!(
            text,
            "#   {} = {}: {}",
            one.symbol,
            value.trim_end(),
            one.meaning
        );
    }
    text
}
