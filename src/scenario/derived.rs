//! What follows from a scenario and is easier to compare with than its keys:
//! lengths and couplings of its interaction.

use std::fmt::Write as _;

use bjerrum_physics::electrolyte::{Population, bjerrum_length};
use bjerrum_physics::interaction::Interaction;
use bjerrum_physics::slit::debye_length;
use bjerrum_physics::theory::{fading_time, langevin_time, segregation_time};

use super::device::{Dissolved, SlitSpec};
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

    /// The same, said of one of several walls.
    fn of_walls(self, number: usize) -> Self {
        Self {
            meaning: format!("{} (walls {number})", self.meaning),
            ..self
        }
    }
}

/// Everything that is defined for these walls: a logarithm has a coupling and a
/// Debye length, walls that screen a decay length, a medium a Bjerrum length.
pub(super) fn derived(
    surroundings: &[Surroundings],
    slits: &[SlitSpec],
    dissolved: &[Dissolved],
) -> Vec<Derived> {
    let mut all: Vec<Derived> = dissolved.iter().flat_map(contents).collect();
    if let Some(layer) = &surroundings[0].layer {
        let mean = layer.mean_permittivity();
        all.push(Derived::length(
            "l_B",
            bjerrum_length(mean, layer.temperature()),
            format!("Bjerrum length in this water without walls (mean permittivity {mean:.4})"),
        ));
    }
    for (k, around) in surroundings.iter().enumerate() {
        // Slits that were written once stand here once for each of the surroundings.
        let within: Vec<&SlitSpec> = slits.iter().skip(k).step_by(surroundings.len()).collect();
        let of = |one: Derived| match surroundings.len() {
            1 => one,
            _ => one.of_walls(k),
        };
        all.extend(interaction(around, &within).into_iter().map(of));
    }
    all
}

/// What whole ions make of a salt and of charged walls.
fn contents(dissolved: &Dissolved) -> Vec<Derived> {
    let numbers = dissolved.mixture.iter();
    let numbers: Vec<String> = numbers
        .map(|p| format!("{} {}", p.count, p.species.name))
        .collect();
    let (slit, numbers) = (&dissolved.slit, numbers.join(", "));
    let salt = dissolved.salt.iter().map(|(salt, concentration)| Derived {
        symbol: "c".to_owned(),
        value: *concentration,
        unit: "M",
        meaning: format!("concentration of {salt} in {slit} in whole ions: {numbers}"),
    });
    let walls = dissolved.surface_charge.iter().map(|charge| Derived {
        symbol: "σ".to_owned(),
        value: 100.0 * charge,
        unit: "e/nm^2",
        meaning: format!("charge of each wall of {slit} in whole charges"),
    });
    salt.chain(walls).collect()
}

/// What follows from one interaction, of the slits that have it.
fn interaction(surroundings: &Surroundings, slits: &[&SlitSpec]) -> Vec<Derived> {
    let length = surroundings.confinement_length();
    if let (Some(xi), Some(coupling)) = (length, surroundings.unit_coupling()) {
        return logarithm(xi, coupling, slits);
    }
    match &surroundings.interaction {
        Interaction::Screening(walls) => {
            let (decay, strength) = walls.slowest_mode();
            let meaning = "decay length of the interaction, which the walls screen";
            let strong = "its strength: two unit charges far apart interact with w K0(r/l) kT";
            vec![
                Derived::length("l", decay, meaning),
                Derived::number("w", strength, strong),
            ]
        }
        Interaction::Coulomb(coulomb) => {
            let meaning = "Bjerrum length of the medium";
            vec![Derived::length("l_B", coulomb.bjerrum_length(), meaning)]
        }
        _ => Vec::new(),
    }
}

/// What a logarithm of confinement length `xi` (Å) and `coupling` of unit charges has.
fn logarithm(xi: f64, coupling: f64, slits: &[&SlitSpec]) -> Vec<Derived> {
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
    let mobile = slits.iter().flat_map(|slit| slit.mobile());
    let mut valences: Vec<i32> = mobile.map(|p| p.species.valence.abs()).collect();
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
        let ions = slit.mobile();
        let ions: Vec<(i32, f64)> = ions
            .map(|p| (p.species.valence, density(p.count)))
            .collect();
        let meaning = format!("Debye length if all ions in {} were free", slit.name);
        all.push(Derived::length(
            "λ_D",
            debye_length(coupling, &ions),
            meaning,
        ));
        all.extend(meeting(slit, coupling));
    }
    all
}

/// How fast the ions of a slit meet, and how far they stay apart: of a salt of two ions
/// that are alike but for the sign.
fn meeting(slit: &SlitSpec, coupling: f64) -> Vec<Derived> {
    let ions: Vec<&Population> = slit.mobile().collect();
    let &[one, other] = ions.as_slice() else {
        return Vec::new();
    };
    let (a, b) = (&one.species, &other.species);
    if one.count != other.count || a.valence != -b.valence || a.diffusion != b.diffusion {
        return Vec::new();
    }
    let density = one.count as f64 / slit.slit.area();
    let gamma = coupling * f64::from(a.valence).powi(2);
    let nanoseconds = |symbol: &str, picoseconds: f64, meaning: String| Derived {
        symbol: symbol.to_owned(),
        value: 1e-3 * picoseconds,
        unit: "ns",
        meaning,
    };
    vec![
        nanoseconds(
            "τ_L",
            langevin_time(gamma, density, a.diffusion),
            format!("Langevin's association time of the ions in {}", slit.name),
        ),
        nanoseconds(
            "τ_s",
            segregation_time(2.0 * density, slit.slit.length, a.diffusion),
            format!(
                "segregation in {}: without a field strong enough to break pairs a fraction (τ_s/t)^¼ stays free",
                slit.name
            ),
        ),
        nanoseconds(
            "τ_W",
            fading_time(&slit.slit, a.diffusion),
            format!(
                "width of {}: after it what segregates has faded across, and where a field frees \
                 less than (τ_s/t)^¼ a wider slit conducts more",
                slit.name
            ),
        ),
    ]
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
