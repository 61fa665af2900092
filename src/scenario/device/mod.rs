//! The device: what is dissolved, and the slits.

mod ions;

use bjerrum_physics::electrolyte::{Population, Species};
use bjerrum_physics::interaction::Interaction;
use bjerrum_physics::slit::{Slit, Walls};

use super::error::ScenarioError;
use super::interaction::Surroundings;
use super::quantity::Kind;
use super::section::{Resolved, Section};
pub(super) use ions::Dissolved;
use ions::Dissolving;
pub use ions::WallPlaces;

/// A slit and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct SlitSpec {
    /// Its name in the result file: that in the scenario, with a number where there are
    /// several walls.
    pub name: String,
    /// Its name in the scenario.
    pub written: String,
    /// Its geometry.
    pub slit: Slit,
    /// Its ions, in the order of the file; fixed charges of the walls among them, as
    /// ions that do not diffuse.
    pub mixture: Vec<Population>,
    /// Where these charges stand.
    pub wall_places: WallPlaces,
    /// How its ions interact.
    pub interaction: Interaction,
    /// Coupling ξ/x_T of two unit charges in it, where there is a logarithm.
    pub unit_coupling: Option<f64>,
}

impl SlitSpec {
    /// The ions that move.
    pub fn mobile(&self) -> impl Iterator<Item = &Population> {
        self.mixture.iter().filter(|p| p.species.diffusion > 0.0)
    }

    /// Cation and anion, if the slit holds as many of either, of opposite valence, and
    /// nothing else: what theories of pairs are about.
    #[must_use]
    pub fn symmetric_salt(&self) -> Option<[&Population; 2]> {
        let [one, other] = self.mixture.as_slice() else {
            return None;
        };
        let opposite = one.species.valence == -other.species.valence;
        (opposite && one.count == other.count).then_some([one, other])
    }

    /// Coupling Γ = z² ξ/x_T of a symmetric salt, where there is a logarithm.
    #[must_use]
    pub fn coupling(&self) -> Option<f64> {
        let [cation, _] = self.symmetric_salt()?;
        Some(cation.species.charge().powi(2) * self.unit_coupling?)
    }
}

/// `[electrolyte]`: the temperature (K) and the species that are not those of salts.
///
/// From here on `root` knows what kT means.
pub(super) fn electrolyte(
    root: &mut Section<'_>,
    resolved: &mut Resolved,
) -> Result<(f64, Vec<Species>), ScenarioError> {
    let mut section = root.section("electrolyte")?;
    let why = "kT, the unit of energy, is proportional to it";
    let temperature = section.positive("temperature", Kind::Temperature, None, why)?;
    root.set_temperature(temperature);

    let mut species = Vec::new();
    if !section.has("species") {
        section.finish(resolved)?;
        return Ok((temperature, species));
    }
    let mut all = section.section("species")?;
    section.finish(resolved)?;
    for name in all.names()? {
        let mut one = all.section(&name)?;
        species.push(read_species(&mut one, name)?);
        one.finish(resolved)?;
    }
    if species.is_empty() {
        return Err(all.missing(&["NAME"], "a table [electrolyte.species.NAME]"));
    }
    Ok((temperature, species))
}

fn read_species(section: &mut Section<'_>, name: String) -> Result<Species, ScenarioError> {
    let expected = "the charge in units of e, such as valence = 2 or valence = -1";
    let valence = section.integer("valence", None, expected)?;
    if valence == 0 {
        return Err(section.unphysical(
            "valence",
            "a species without charge feels neither field nor ions and carries no current",
            "give its charge in units of e, such as 2 or -1, or leave the species out",
        ));
    }
    let why = "it is the mean square displacement over 4t";
    let diffusion = section.positive("diffusion", Kind::Diffusion, None, why)?;
    Ok(Species {
        name,
        valence,
        diffusion,
    })
}

/// `[slits]`: one or more, already scaled, each once for each of its `surroundings`;
/// and what was dissolved in those that were written.
pub(super) fn slits(
    root: &mut Section<'_>,
    species: &[Species],
    surroundings: &[Surroundings],
    scale: f64,
    resolved: &mut Resolved,
    warnings: &mut Vec<String>,
) -> Result<(Vec<SlitSpec>, Vec<Dissolved>), ScenarioError> {
    let mut all = root.section("slits")?;
    let (mut slits, mut dissolved) = (Vec::new(), Vec::new());
    for name in all.names()? {
        let mut one = all.section(&name)?;
        let slit = read_slit(&mut one, scale)?;
        let dissolving = Dissolving {
            species,
            layer: surroundings[0].layer,
            temperature: root.temperature().unwrap_or(f64::NAN),
            slit,
            scale,
        };
        let contents = dissolving.read(&mut one, resolved, warnings)?;
        one.finish(resolved)?;
        for (k, around) in surroundings.iter().enumerate() {
            slits.push(SlitSpec {
                name: match surroundings.len() {
                    1 => name.clone(),
                    _ => format!("{name}-walls{k}"),
                },
                written: name.clone(),
                slit,
                mixture: contents.mixture.clone(),
                wall_places: contents.places,
                interaction: around.interaction,
                unit_coupling: around.unit_coupling(),
            });
        }
        dissolved.push(contents);
    }
    if slits.is_empty() {
        return Err(all.missing(&["NAME"], "a table [slits.NAME]"));
    }
    Ok((slits, dissolved))
}

fn read_slit(section: &mut Section<'_>, scale: f64) -> Result<Slit, ScenarioError> {
    let why = "it is the size of the slit";
    let length = section.positive("length", Kind::Length, None, why)?;
    let width = scale * section.positive("width", Kind::Length, None, why)?;
    let soft = section.choice(
        "walls",
        &[("periodic", false), ("soft", true)],
        Some("periodic"),
    )?;
    if !soft {
        let mend = "remove it, or write walls = \"soft\"";
        section.unused(&["wall_force"], "walls = \"periodic\"", mend)?;
        return Ok(Slit {
            length,
            width,
            walls: Walls::Periodic,
        });
    }
    let why = "it pulls back the ions that left the slit";
    let force = section.positive("wall_force", Kind::Force, None, why)?;
    // An ion penetrates a wall of constant force to a mean depth kT/force.
    let depth = 1.0 / force;
    if width < 2.0 * depth {
        return Err(section.unphysical(
            "wall_force",
            format!(
                "the soft walls overlap: ions penetrate each by kT/wall_force = {depth:.3} Å, \
                 and the slit is {width:.3} Å wide"
            ),
            "widen the slit or strengthen the force: the width must be above twice the depth",
        ));
    }
    Ok(Slit {
        length,
        width,
        walls: Walls::Soft { force },
    })
}
