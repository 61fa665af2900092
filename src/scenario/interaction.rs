//! `[interaction]`: what is between the ions and around them.
//!
//! `thermal_length` and `thomas_fermi` may be lists: every slit is then there once for
//! each, and one run holds several couplings, or walls from metals to insulators.

use bjerrum_physics::brownian::LongRange;
use bjerrum_physics::interaction::{
    ConfinedLog, Coulomb, DielectricSlab, Interaction, ScreeningWalls,
};
use bjerrum_physics::slit::{Material, Unphysical, WaterLayer, materials};

use super::error::ScenarioError;
use super::quantity::Kind;
use super::section::{Resolved, Section};
use super::timing::Preset;

/// How ions interact, and what that was made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Surroundings {
    pub(super) interaction: Interaction,
    /// The water between the walls, where it is known.
    pub(super) layer: Option<WaterLayer>,
}

impl Surroundings {
    /// Coupling ξ/x_T of two unit charges, where the interaction has a logarithm.
    pub(super) fn unit_coupling(&self) -> Option<f64> {
        match (&self.interaction, &self.layer) {
            (Interaction::ConfinedLog(log), _) => Some(log.unit_coupling()),
            // Between walls that polarise as water does there is no logarithm.
            (Interaction::Slab(_), Some(layer)) if layer.wall() < layer.mean_permittivity() => {
                Some(layer.unit_coupling())
            }
            _ => None,
        }
    }

    /// Confinement length ξ, Å, where the interaction has a logarithm.
    pub(super) fn confinement_length(&self) -> Option<f64> {
        self.unit_coupling()?;
        match (&self.interaction, &self.layer) {
            (Interaction::ConfinedLog(log), _) => Some(log.xi),
            (_, layer) => layer.map(|layer| layer.confinement_length()),
        }
    }
}

/// What is done about ions beyond the cut-off.
#[derive(Clone, Copy)]
enum Beyond {
    Nothing,
    Mesh,
}

const BEYOND: [(&str, Beyond); 2] = [("none", Beyond::Nothing), ("mesh", Beyond::Mesh)];

/// The word for each form.
#[derive(Clone, Copy)]
enum Form {
    ConfinedLog,
    Slab,
    Screening,
    Coulomb,
}

const FORMS: [(&str, Form); 4] = [
    ("confined-log", Form::ConfinedLog),
    ("dielectric-slab", Form::Slab),
    ("screening-walls", Form::Screening),
    ("coulomb", Form::Coulomb),
];

/// The section, with one entry for each value of a list; the contact length follows
/// the preset.
pub(super) fn interaction(
    root: &mut Section<'_>,
    preset: Preset,
    temperature: f64,
    resolved: &mut Resolved,
) -> Result<(Vec<Surroundings>, Option<LongRange>), ScenarioError> {
    let mut section = root.section_or_empty("interaction")?;
    let form = section.choice("kind", &FORMS, Some("confined-log"))?;
    let surroundings = match form {
        Form::ConfinedLog => confined_log(&mut section, preset, temperature)?,
        Form::Slab => vec![slab(&mut section, preset, temperature)?],
        Form::Screening => screening(&mut section, preset, temperature)?,
        Form::Coulomb => vec![coulomb(&mut section, preset, temperature)?],
    };
    let long_range = long_range(&mut section)?;
    section.finish(resolved)?;
    Ok((surroundings, long_range))
}

/// How the forces from beyond the cut-off are had, if at all.
fn long_range(section: &mut Section<'_>) -> Result<Option<LongRange>, ScenarioError> {
    if let Beyond::Nothing = section.choice("long_range", &BEYOND, Some("none"))? {
        let keys = ["long_range_error", "long_range_interval"];
        let mend = "write long_range = \"mesh\" beside it, or remove it";
        section.unused(&keys, "long_range = \"none\"", mend)?;
        return Ok(None);
    }
    let why = "it is the error of the mesh, relative to the force that it carries";
    let error = section.positive_number("long_range_error", "1e-3", why)?;
    if error > LARGEST_ERROR {
        return Err(section.unphysical(
            "long_range_error",
            format!("{error} is no error but a failure: {why}"),
            format!("give a number up to {LARGEST_ERROR}, such as 1e-3"),
        ));
    }
    let why = "the forces are held constant for so long";
    let default = Some("0.5 ns");
    let interval = section.positive("long_range_interval", Kind::Time, default, why)?;
    Ok(Some(LongRange { error, interval }))
}

/// The largest error of the forces from beyond the cut-off that is accepted.
const LARGEST_ERROR: f64 = 0.1;

/// The lengths themselves, or what they follow from.
fn confined_log(
    section: &mut Section<'_>,
    preset: Preset,
    temperature: f64,
) -> Result<Vec<Surroundings>, ScenarioError> {
    let why = "the potential is ln((r + confinement_length)/(r + contact))";
    let (xi, thermal_lengths, layer) = if section.has("height") {
        let mend = "remove it, or remove height: the lengths follow from the height and the \
                    permittivities";
        let lengths = ["confinement_length", "thermal_length"];
        section.unused(&lengths, "height", mend)?;
        let layer = layer(section, temperature, wall_of_insulator)?;
        let x_t = layer.thermal_length();
        (layer.confinement_length(), vec![x_t], Some(layer))
    } else {
        let mend = "give the height of the water beside it, or remove it";
        section.unused(&LAYER_KEYS, "confinement_length", mend)?;
        let length = Kind::Length;
        let xi = section.positive("confinement_length", length, Some(XI), why)?;
        let why_coupling = "the coupling is confinement_length/thermal_length";
        let x_t = section.positives("thermal_length", length, Some("60 angstrom"), why_coupling)?;
        (xi, x_t, None)
    };
    let [contact, cutoff] = ends(section, preset, why)?;
    if contact >= xi {
        let xi = match layer {
            Some(_) => format!("{xi:.4} Å"),
            None => format!("{:?}", section.written("confinement_length", Some(XI))),
        };
        return Err(section.unphysical(
            "contact",
            format!(
                "{:?} is not below the confinement length {xi}: like charges would attract",
                section.written("contact", Some(preset.contact())),
            ),
            "a contact length is the size of an ion, such as \"4 angstrom\"",
        ));
    }
    let one = |x_t| Surroundings {
        interaction: Interaction::ConfinedLog(ConfinedLog {
            xi,
            x_t,
            contact,
            cutoff,
        }),
        layer,
    };
    Ok(thermal_lengths.into_iter().map(one).collect())
}

/// The published confinement length.
const XI: &str = "138.3 angstrom";

fn slab(
    section: &mut Section<'_>,
    preset: Preset,
    temperature: f64,
) -> Result<Surroundings, ScenarioError> {
    let layer = layer(section, temperature, wall_of_insulator)?;
    let mend = "remove it, or write kind = \"screening-walls\"";
    section.unused(&["thomas_fermi"], "kind = \"dielectric-slab\"", mend)?;
    let [contact, cutoff] = ends(section, preset, WHY_CONTACT)?;
    let slab = DielectricSlab::new(&layer, contact, cutoff);
    let slab = slab.map_err(|why| refused(section, why))?;
    Ok(Surroundings {
        interaction: Interaction::Slab(slab),
        layer: Some(layer),
    })
}

fn screening(
    section: &mut Section<'_>,
    preset: Preset,
    temperature: f64,
) -> Result<Vec<Surroundings>, ScenarioError> {
    let metal = match section.has(MATERIAL) {
        true => Some(wall_material(section)?),
        false => None,
    };
    let layer = layer(section, temperature, |section| match metal {
        Some(metal) => Ok(metal.permittivity),
        None => permittivity(section, "wall_permittivity", "2"),
    })?;
    let lengths = match metal.map(|metal| (metal.name, metal.thomas_fermi)) {
        None => section.quantities("thomas_fermi", &[Kind::Length], None)?,
        Some((name, Some(length))) => {
            let mend = format!("remove it, or {MATERIAL}");
            section.unused(&["thomas_fermi"], &with_material(name), &mend)?;
            vec![(Kind::Length, length)]
        }
        Some((name, None)) => {
            return Err(section.unphysical(
                MATERIAL,
                format!("{name} has no mobile charges that could screen"),
                "write kind = \"dielectric-slab\", or name a metal",
            ));
        }
    };
    let [contact, cutoff] = ends(section, preset, WHY_CONTACT)?;
    let walls = |(_, length)| {
        let walls = ScreeningWalls::new(&layer, length, contact, cutoff);
        Ok(Surroundings {
            interaction: Interaction::Screening(walls.map_err(|why| refused(section, why))?),
            layer: Some(layer),
        })
    };
    lengths.into_iter().map(walls).collect()
}

fn coulomb(
    section: &mut Section<'_>,
    preset: Preset,
    temperature: f64,
) -> Result<Surroundings, ScenarioError> {
    let medium = permittivity(section, "permittivity", "80")?;
    let [contact, cutoff] = ends(section, preset, WHY_CONTACT)?;
    let coulomb = Coulomb::new(medium, temperature, contact, cutoff);
    let coulomb = coulomb.map_err(|why| refused(section, why))?;
    Ok(Surroundings {
        interaction: Interaction::Coulomb(coulomb),
        layer: None,
    })
}

/// What only a slit of known height has.
const LAYER_KEYS: [&str; 4] = [
    "permittivity_along",
    "permittivity_across",
    "wall_permittivity",
    MATERIAL,
];

/// What an experimenter knows of the slit: its height, two permittivities of the water
/// and, read by `wall`, that of the walls.
fn layer(
    section: &mut Section<'_>,
    temperature: f64,
    wall: impl FnOnce(&mut Section<'_>) -> Result<f64, ScenarioError>,
) -> Result<WaterLayer, ScenarioError> {
    let height = section.quantity("height", Kind::Length, None)?;
    let along = permittivity(section, "permittivity_along", "70")?;
    let across = permittivity(section, "permittivity_across", "2")?;
    let wall = wall(section)?;
    let layer = WaterLayer::new(height, [along, across], wall, temperature);
    layer.map_err(|why| refused(section, why))
}

const MATERIAL: &str = "wall_material";

fn with_material(name: &str) -> String {
    format!("{MATERIAL} = {name:?}")
}

/// The material of the walls by name, instead of its permittivity.
fn wall_material(section: &mut Section<'_>) -> Result<Material, ScenarioError> {
    let name = section.text(MATERIAL, "a material, such as wall_material = \"hBN\"")?;
    let material = Material::named(&name)
        .ok_or_else(|| section.unknown_word(MATERIAL, &name, &materials()))?;
    let mend = format!("remove it, or {MATERIAL}");
    section.unused(&["wall_permittivity"], &with_material(&name), &mend)?;
    Ok(material)
}

/// The permittivity of walls that must not conduct, as such or by their material.
fn wall_of_insulator(section: &mut Section<'_>) -> Result<f64, ScenarioError> {
    if !section.has(MATERIAL) {
        return permittivity(section, "wall_permittivity", "2");
    }
    let material = wall_material(section)?;
    if material.thomas_fermi.is_some() {
        return Err(section.unphysical(
            MATERIAL,
            format!(
                "{} conducts, and this interaction is between insulators",
                material.name
            ),
            "write kind = \"screening-walls\", or name an insulator",
        ));
    }
    Ok(material.permittivity)
}

fn permittivity(section: &mut Section<'_>, key: &str, example: &str) -> Result<f64, ScenarioError> {
    let expected = format!("a relative permittivity, such as {key} = {example}");
    section.number(key, None, &expected)
}

const WHY_CONTACT: &str = "it rounds the potential off where two ions meet";

/// Contact length and cut-off, Å.
fn ends(section: &mut Section<'_>, preset: Preset, why: &str) -> Result<[f64; 2], ScenarioError> {
    let contact = section.positive("contact", Kind::Length, Some(preset.contact()), why)?;
    let why = "ions farther apart than this do not interact";
    let cutoff = section.positive("cutoff", Kind::Length, Some("200 angstrom"), why)?;
    Ok([contact, cutoff])
}

/// What the physics does not accept, at the key that it is about.
fn refused(section: &Section<'_>, why: Unphysical) -> ScenarioError {
    let (key, mend) = match why {
        Unphysical::Height(_) => (
            "height",
            "give the height of the water, such as \"7 angstrom\" for two graphene sheets a \
             molecule apart",
        ),
        Unphysical::ThomasFermi(_) => (
            "thomas_fermi",
            "give \"0 angstrom\" for a perfect metal, or kind = \"dielectric-slab\" for walls \
             without mobile charges",
        ),
        Unphysical::Permittivity { of, .. } => (
            match of {
                "of the water along the walls" => "permittivity_along",
                "of the water across" => "permittivity_across",
                "of the walls" => "wall_permittivity",
                _ => "permittivity",
            },
            "a relative permittivity is a plain number: 1 for vacuum, about 2 for graphite, 78 \
             for water",
        ),
        Unphysical::NotPositive { of, .. } => (of, "give a number above zero"),
    };
    section.unphysical(key, why.to_string(), mend)
}
