//! The device: what is dissolved, and the slits.

use bjerrum_physics::electrolyte::{Population, Species};
use bjerrum_physics::slit::{Slit, Walls};

use super::error::ScenarioError;
use super::quantity::Kind;
use super::section::{Resolved, Section};

/// A slit and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct SlitSpec {
    /// Its name in the scenario.
    pub name: String,
    /// Its geometry.
    pub slit: Slit,
    /// Its ions, in the order of the file.
    pub mixture: Vec<Population>,
}

/// `[electrolyte]`: the temperature (K) and the species.
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

    let mut all = section.section("species")?;
    section.finish(resolved)?;
    let mut species = Vec::new();
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

/// `[slits]`: one or more, already scaled.
pub(super) fn slits(
    root: &mut Section<'_>,
    species: &[Species],
    scale: f64,
    resolved: &mut Resolved,
    warnings: &mut Vec<String>,
) -> Result<Vec<SlitSpec>, ScenarioError> {
    let mut all = root.section("slits")?;
    let mut slits = Vec::new();
    for name in all.names()? {
        let mut one = all.section(&name)?;
        let slit = read_slit(&mut one, scale)?;
        let mut ions = one.section("ions")?;
        one.finish(resolved)?;
        let written = read_ions(&mut ions, species)?;
        let mixture = scaled_copy(&ions, &written, scale, warnings)?;
        ions.finish(resolved)?;
        slits.push(SlitSpec {
            name,
            slit,
            mixture,
        });
    }
    if slits.is_empty() {
        return Err(all.missing(&["NAME"], "a table [slits.NAME]"));
    }
    Ok(slits)
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

/// The ions of a slit as written, which must be neutral together.
fn read_ions(
    section: &mut Section<'_>,
    species: &[Species],
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
    let mended = mixture.iter().rev().find_map(|p| {
        let valence = i128::from(p.species.valence);
        let count = p.count as i128 - charge / valence;
        (charge % valence == 0 && count > 0).then(|| format!("{} = {count}", p.species.name))
    });
    let first = &mixture[0].species.name;
    section.unphysical(
        first,
        format!(
            "the ions together carry {charge:+} e: in a periodic slit a net charge has no \
             counterpart"
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
