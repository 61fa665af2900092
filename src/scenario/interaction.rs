//! `[interaction]`: what is between the ions and around them.

use bjerrum_physics::brownian::LongRange;
use bjerrum_physics::interaction::{
    ConfinedLog, Coulomb, DielectricSlab, Interaction, ScreeningWalls,
};
use bjerrum_physics::slit::{Unphysical, WaterLayer};

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

/// The section; the contact length follows the preset.
pub(super) fn interaction(
    root: &mut Section<'_>,
    preset: Preset,
    temperature: f64,
    resolved: &mut Resolved,
) -> Result<(Surroundings, Option<LongRange>), ScenarioError> {
    let mut section = root.section_or_empty("interaction")?;
    let form = section.choice("kind", &FORMS, Some("confined-log"))?;
    let surroundings = match form {
        Form::ConfinedLog => confined_log(&mut section, preset)?,
        Form::Slab => slab(&mut section, preset, temperature)?,
        Form::Screening => screening(&mut section, preset, temperature)?,
        Form::Coulomb => coulomb(&mut section, preset, temperature)?,
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

fn confined_log(section: &mut Section<'_>, preset: Preset) -> Result<Surroundings, ScenarioError> {
    let why = "the potential is ln((r + confinement_length)/(r + contact))";
    let length = Kind::Length;
    let xi = section.positive("confinement_length", length, Some("138.3 angstrom"), why)?;
    let why_coupling = "the coupling is confinement_length/thermal_length";
    let x_t = section.positive("thermal_length", length, Some("60 angstrom"), why_coupling)?;
    let [contact, cutoff] = ends(section, preset, why)?;
    if contact >= xi {
        return Err(section.unphysical(
            "contact",
            format!(
                "{:?} is not below the confinement length {:?}: like charges would attract",
                section.written("contact", Some(preset.contact())),
                section.written("confinement_length", Some("138.3 angstrom")),
            ),
            "a contact length is the size of an ion, such as \"4 angstrom\"",
        ));
    }
    Ok(Surroundings {
        interaction: Interaction::ConfinedLog(ConfinedLog {
            xi,
            x_t,
            contact,
            cutoff,
        }),
        layer: None,
    })
}

fn slab(
    section: &mut Section<'_>,
    preset: Preset,
    temperature: f64,
) -> Result<Surroundings, ScenarioError> {
    let layer = layer(section, temperature)?;
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
) -> Result<Surroundings, ScenarioError> {
    let layer = layer(section, temperature)?;
    let length = section.quantity("thomas_fermi", Kind::Length, None)?;
    let [contact, cutoff] = ends(section, preset, WHY_CONTACT)?;
    let walls = ScreeningWalls::new(&layer, length, contact, cutoff);
    let walls = walls.map_err(|why| refused(section, why))?;
    Ok(Surroundings {
        interaction: Interaction::Screening(walls),
        layer: Some(layer),
    })
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

/// What an experimenter knows of the slit: its height and three permittivities.
fn layer(section: &mut Section<'_>, temperature: f64) -> Result<WaterLayer, ScenarioError> {
    let height = section.quantity("height", Kind::Length, None)?;
    let along = permittivity(section, "permittivity_along", "70")?;
    let across = permittivity(section, "permittivity_across", "2")?;
    let wall = permittivity(section, "wall_permittivity", "2")?;
    let layer = WaterLayer::new(height, [along, across], wall, temperature);
    layer.map_err(|why| refused(section, why))
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
