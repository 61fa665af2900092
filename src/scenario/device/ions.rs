//! What a slit holds: ions by their numbers, or a salt at a concentration; and the fixed
//! charges of its walls.

use bjerrum_physics::electrolyte::{Population, Species};
use bjerrum_physics::salts::{self, Ion, Salt};
use bjerrum_physics::slit::{Slit, WaterLayer};

use super::super::error::ScenarioError;
use super::super::quantity::Kind;
use super::super::section::{Resolved, Section};
use super::super::timing::rounded;

/// Kelvin from the temperature of the tables beyond which their diffusion coefficients
/// are off by a tenth or more.
const NEAR_TABLES: f64 = 5.0;
/// Temperature of the tables of salts, K.
const TABLES: f64 = 298.15;

/// What ions dissolve in.
pub(super) struct Dissolving<'a> {
    /// The species written in the file.
    pub(super) species: &'a [Species],
    /// The water between the walls, where its height is known.
    pub(super) layer: Option<WaterLayer>,
    /// Temperature, K.
    pub(super) temperature: f64,
    /// The slit, scaled.
    pub(super) slit: Slit,
    /// Its scale.
    pub(super) scale: f64,
}

/// What a slit holds.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Dissolved {
    /// Name of the slit.
    pub(in super::super) slit: String,
    /// Ions and fixed charges.
    pub(in super::super) mixture: Vec<Population>,
    /// The formula of the salt and the concentration (mol/l) that whole ions make.
    pub(in super::super) salt: Option<(String, f64)>,
    /// The charge (e/Å²) of each wall that whole charges make.
    pub(in super::super) surface_charge: Option<f64>,
    /// Where the charges of the walls stand.
    pub(in super::super) places: WallPlaces,
}

/// Where the fixed charges of the walls stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WallPlaces {
    /// Anywhere, independently.
    #[default]
    Random,
    /// On a rectangular lattice of whole rows ([`Slit::lattice`]).
    Lattice,
}

impl Dissolving<'_> {
    /// The ions of `slit`, by exactly one of the two ways, neutral with the charges of the
    /// walls.
    pub(super) fn read(
        &self,
        slit: &mut Section<'_>,
        resolved: &mut Resolved,
        warnings: &mut Vec<String>,
    ) -> Result<Dissolved, ScenarioError> {
        match (slit.has("ions"), slit.has("salt")) {
            (true, true) => Err(slit.unphysical(
                "salt",
                "the ions are given twice, by their salt and by their numbers",
                "keep salt and concentration, or ions",
            )),
            (false, true) => self.salt(slit, warnings),
            (false, false) if slit.has("concentration") => {
                Err(slit.missing(&["salt"], "a salt, such as salt = \"NaCl\""))
            }
            (false, false) => {
                let expected = "the ions, such as ions = { cation = 500, anion = 500 }, or a salt \
                                and its concentration";
                Err(slit.missing(&["ions", "salt"], expected))
            }
            (true, false) => self.numbers(slit, resolved, warnings),
        }
    }

    /// Ions by their numbers.
    fn numbers(
        &self,
        slit: &mut Section<'_>,
        resolved: &mut Resolved,
        warnings: &mut Vec<String>,
    ) -> Result<Dissolved, ScenarioError> {
        let mend = "write salt = \"NaCl\" beside it in place of ions, or remove it";
        slit.unused(&["concentration"], "ions", mend)?;
        if self.species.is_empty() {
            let expected = "a table [electrolyte.species.NAME] for each species of ions";
            return Err(slit.missing_at("electrolyte.species", expected));
        }
        let written = Slit {
            width: self.slit.width / self.scale,
            ..self.slit
        };
        let charge = surface_charge(slit)?;
        let (walls, places) = match charge {
            Some((density, places)) => {
                let walls = wall_charges(slit, density, &written, places, 1)?;
                (Some(walls), places)
            }
            None => (None, WallPlaces::default()),
        };
        let mut ions = slit.section("ions")?;
        let written = read_ions(&mut ions, self.species, walls)?;
        let mixture = scaled_copy(&ions, &written, self.scale, warnings)?;
        ions.finish(resolved)?;
        Ok(Dissolved {
            slit: slit.name().to_owned(),
            surface_charge: self.surface_charge(&mixture),
            places,
            mixture,
            salt: None,
        })
    }

    /// A salt at a concentration, and the counter-ions of charged walls.
    fn salt(
        &self,
        slit: &mut Section<'_>,
        warnings: &mut Vec<String>,
    ) -> Result<Dissolved, ScenarioError> {
        let name = slit.text("salt", "a salt, such as salt = \"NaCl\"")?;
        let salt =
            Salt::named(&name).map_err(|_| slit.unknown_word("salt", &name, &salts::known()))?;
        let ions = [salt.cation, salt.anion];
        self.check_species(slit, &ions)?;
        let Some(layer) = self.layer else {
            return Err(slit.unphysical(
                "concentration",
                "a concentration is of a volume, and the height of the water is not known",
                "give [interaction] a height (with kind = \"confined-log\" or another that \
                 has walls), or write ions in place of salt and concentration",
            ));
        };
        room_for(slit, &layer, &ions)?;
        let why = "it is the amount of salt in a litre of the slit";
        let asked = slit.positive("concentration", Kind::Concentration, None, why)?;
        let wanted = layer.ions_at(asked, self.slit.area());
        let units = wanted.round();
        if units < 1.0 {
            return Err(slit.unphysical(
                "concentration",
                format!(
                    "{:?} is {} formula units of {name} in this slit: less than one",
                    slit.written("concentration", None),
                    rounded(wanted, 2)
                ),
                "raise the concentration, or make the slit larger",
            ));
        }
        let found = asked * units / wanted;
        note_rounding(warnings, slit, "concentration", found / asked);
        let mut mixture = salt.dissolved(units as usize).to_vec();
        let places = self.add_walls(slit, &mut mixture, warnings)?;
        if (self.temperature - TABLES).abs() > NEAR_TABLES {
            warnings.push(format!(
                "{}: the diffusion coefficients of {name} are those at 25 °C, and rise by 2 to 3 % \
                 a degree",
                slit.path()
            ));
        }
        Ok(Dissolved {
            slit: slit.name().to_owned(),
            surface_charge: self.surface_charge(&mixture),
            places,
            mixture,
            salt: Some((name, found)),
        })
    }

    /// A species of the file and one of the tables must not go by one name.
    fn check_species(&self, slit: &Section<'_>, ions: &[Ion; 2]) -> Result<(), ScenarioError> {
        let mut written = self.species.iter();
        let twice = written.find(|one| ions.iter().any(|ion| ion.symbol == one.name));
        match twice {
            None => Ok(()),
            Some(one) => Err(slit.unphysical(
                "salt",
                format!(
                    "{} comes from the table of salts, and [electrolyte.species.{}] says \
                     otherwise",
                    one.name, one.name
                ),
                "rename the species, or give the ions by their numbers",
            )),
        }
    }

    /// The charges of the walls, and as many ions of `mixture` more as they need.
    fn add_walls(
        &self,
        slit: &mut Section<'_>,
        mixture: &mut Vec<Population>,
        warnings: &mut Vec<String>,
    ) -> Result<WallPlaces, ScenarioError> {
        let Some((density, places)) = surface_charge(slit)? else {
            return Ok(WallPlaces::default());
        };
        // A salt has one cation and one anion.
        let counter = usize::from(density > 0.0);
        let valence = mixture[counter].species.valence.unsigned_abs() as usize;
        let walls = wall_charges(slit, density, &self.slit, places, valence)?;
        let exact = 2.0 * density.abs() * self.slit.area();
        note_rounding(warnings, slit, "surface charge", walls.count as f64 / exact);
        mixture[counter].count += walls.count / valence;
        mixture.push(walls);
        Ok(places)
    }

    /// The charge of each wall that the fixed charges of `mixture` make, e/Å².
    fn surface_charge(&self, mixture: &[Population]) -> Option<f64> {
        let fixed = mixture.iter().filter(|p| p.species.diffusion == 0.0);
        let charge: f64 = fixed.map(|p| p.species.charge() * p.count as f64).sum();
        (charge != 0.0).then(|| charge / (2.0 * self.slit.area()))
    }
}

/// The charge of each wall, e/Å², and where it stands, if it is written.
fn surface_charge(slit: &mut Section<'_>) -> Result<Option<(f64, WallPlaces)>, ScenarioError> {
    if !slit.has("surface_charge") {
        let mend = "write surface_charge = \"-1 mC/m^2\" beside it, or remove it";
        slit.unused(&["surface_charge_places"], "uncharged walls", mend)?;
        return Ok(None);
    }
    let density = slit.quantity("surface_charge", Kind::SurfaceCharge, None)?;
    let places = [
        ("random", WallPlaces::Random),
        ("lattice", WallPlaces::Lattice),
    ];
    let places = slit.choice("surface_charge_places", &places, Some("random"))?;
    Ok(Some((density, places)))
}

/// The fixed unit charges of both walls of `density` σ (e/Å²) over the area of a slit, as ions
/// that do not diffuse: a multiple of `whole`, and on a lattice of whole rows.
///
/// ```text
/// N = 2 |σ| L W/e
/// ```
fn wall_charges(
    slit: &Section<'_>,
    density: f64,
    area: &Slit,
    places: WallPlaces,
    whole: usize,
) -> Result<Population, ScenarioError> {
    let number = 2.0 * density.abs() * area.area();
    let rows = match places {
        WallPlaces::Random => 1,
        WallPlaces::Lattice => area.lattice_rows(number.round() as usize),
    };
    let whole = whole * rows;
    let count = (number / whole as f64).round() as usize * whole;
    if count == 0 {
        return Err(slit.unphysical(
            "surface_charge",
            format!(
                "{:?} is {} unit charges on the two walls of this slit, fewer than its \
                 counter-ions can neutralise: the least is {whole}",
                slit.written("surface_charge", None),
                rounded(number, 2)
            ),
            "raise it, make the slit larger, or remove it",
        ));
    }
    Ok(Population {
        species: Species {
            name: "wall".to_owned(),
            valence: if density < 0.0 { -1 } else { 1 },
            diffusion: 0.0,
        },
        count,
    })
}

/// Ions must fit between the walls, even without their water.
fn room_for(slit: &Section<'_>, layer: &WaterLayer, ions: &[Ion; 2]) -> Result<(), ScenarioError> {
    let large = ions.iter().find_map(|ion| {
        let diameter = 2.0 * ion.radius?;
        (diameter > layer.height()).then_some((ion.symbol, diameter))
    });
    match large {
        None => Ok(()),
        Some((symbol, diameter)) => Err(slit.unphysical(
            "salt",
            format!(
                "the walls overlap with {symbol}, which is {diameter} Å across without its water: \
                 the slit is {} Å high",
                layer.height()
            ),
            "raise interaction.height, or choose smaller ions",
        )),
    }
}

/// Warns when whole numbers change `what` by more than one in a hundred.
fn note_rounding(warnings: &mut Vec<String>, slit: &Section<'_>, what: &str, ratio: f64) {
    if (ratio - 1.0).abs() > 0.01 {
        warnings.push(format!(
            "{}: rounding to whole ions changes the {what} by {:+.1} %",
            slit.path(),
            100.0 * (ratio - 1.0)
        ));
    }
}

/// The ions of a slit as written, which must be neutral together with the `walls`.
fn read_ions(
    section: &mut Section<'_>,
    species: &[Species],
    walls: Option<Population>,
) -> Result<Vec<Population>, ScenarioError> {
    let known: Vec<String> = species.iter().map(|one| one.name.clone()).collect();
    let mut mixture = Vec::new();
    for name in section.names()? {
        let Some(one) = species.iter().find(|one| one.name == name) else {
            return Err(section.unknown_name("species", &name, &known));
        };
        let expected = format!("a number of ions, such as {name} = 500");
        let count = section.integer(&name, None, &expected)?;
        mixture.push(Population {
            species: one.clone(),
            count,
        });
    }
    if mixture.iter().all(|p| p.count == 0) {
        let example = format!("a number of ions, such as {} = 500", known[0]);
        return Err(section.missing(&[&known[0]], &example));
    }
    mixture.extend(walls);
    let charge = charge(&mixture);
    if charge != 0 {
        return Err(unbalanced(section, &mixture, charge));
    }
    Ok(mixture)
}

/// Net charge, in e, wide enough for any counts.
fn charge(mixture: &[Population]) -> i128 {
    let one = |p: &Population| i128::from(p.species.valence) * p.count as i128;
    mixture.iter().map(one).sum()
}

fn unbalanced(section: &Section<'_>, mixture: &[Population], charge: i128) -> ScenarioError {
    // The last species whose count alone can restore neutrality.
    let mut mobile = mixture.iter().rev().filter(|p| p.species.diffusion > 0.0);
    let mended = mobile.find_map(|p| {
        let valence = i128::from(p.species.valence);
        let count = p.count as i128 - charge / valence;
        (charge % valence == 0 && count > 0).then(|| format!("{} = {count}", p.species.name))
    });
    let first = &mixture[0].species.name;
    let walls = mixture.iter().find(|p| p.species.diffusion == 0.0);
    let who = match walls {
        Some(walls) => format!(
            "the ions and the {} fixed charges of the walls",
            walls.count
        ),
        None => "the ions".to_owned(),
    };
    section.unphysical(
        first,
        format!(
            "{who} together carry {charge:+} e: in a periodic slit a net charge has no counterpart"
        ),
        match mended {
            Some(count) => format!("{count} would balance the others"),
            None => "the sum of valence times count must be zero".to_owned(),
        },
    )
}

/// The mixture of a copy `scale` times as large: a whole number of the smallest
/// neutral mixtures of the same composition.
fn scaled_copy(
    section: &Section<'_>,
    mixture: &[Population],
    scale: f64,
    warnings: &mut Vec<String>,
) -> Result<Vec<Population>, ScenarioError> {
    if scale == 1.0 {
        return Ok(mixture.to_vec());
    }
    let units = mixture
        .iter()
        .fold(0, |gcd, p| greatest_common_divisor(gcd, p.count));
    let wanted = units as f64 * scale;
    let kept = wanted.round();
    if kept < 1.0 {
        return Err(section.unphysical(
            &mixture[0].species.name,
            format!("a copy of scale {scale} has no room for one neutral set of these ions"),
            "raise the scale, or give counts with a larger common divisor",
        ));
    }
    let error = kept / wanted - 1.0;
    if error.abs() > 0.01 {
        warnings.push(format!(
            "{}: rounding to whole neutral sets of ions changes their density by {:+.1} %",
            section.path(),
            100.0 * error
        ));
    }
    let scaled = |p: &Population| Population {
        species: p.species.clone(),
        count: p.count / units * kept as usize,
    };
    Ok(mixture.iter().map(scaled).collect())
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}
