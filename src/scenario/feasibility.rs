//! What only the whole scenario can tell: whether the slits hold the
//! interaction, the step resolves the motion, and the ions fit in memory.

use bjerrum_physics::slit::Walls;
use sysinfo::System;

use super::Scenario;
use super::device::SlitSpec;
use super::document::Document;
use super::error::{Problem, ScenarioError};
use super::protocol::Protocol;
use super::timing::{Preset, rounded, show};

/// Memory of one ion in a running simulation: positions, displacements, cells,
/// neighbours and what a checkpoint holds, in bytes.
const BYTES_PER_ION: f64 = 600.0;

/// Returns the scenario when it can be run, with its warnings.
pub(super) fn check(
    mut scenario: Scenario,
    document: &Document,
) -> Result<Scenario, ScenarioError> {
    for slit in &scenario.slits {
        box_holds_the_interaction(&scenario, slit, document)?;
        step_resolves_the_motion(&scenario, slit, document)?;
    }
    ions_fit_in_memory(&scenario, document)?;
    if let Some(warning) = unconverged_step(&scenario) {
        scenario.warnings.push(warning);
    }
    Ok(scenario)
}

/// In a periodic direction an ion must not meet two images of another.
fn box_holds_the_interaction(
    scenario: &Scenario,
    slit: &SlitSpec,
    document: &Document,
) -> Result<(), ScenarioError> {
    let cutoff = scenario.interaction.cutoff();
    let periodic_width = slit.slit.walls == Walls::Periodic;
    let sides = [
        ("length", slit.slit.length, true),
        ("width", slit.slit.width, periodic_width),
    ];
    for (key, side, periodic) in sides {
        if periodic && side < 2.0 * cutoff {
            let reason = format!(
                "the slit repeats every {side} Å, less than twice the cut-off of the \
                 interaction ({cutoff} Å): an ion would meet two images of another"
            );
            let mend = match scenario.scale == 1.0 {
                true => format!("make it at least {} Å", 2.0 * cutoff),
                false => "raise the scale".to_owned(),
            };
            let path = format!("slits.{}.{key}", slit.name);
            return Err(document.error_at(&path, Problem::unphysical(reason, mend)));
        }
    }
    Ok(())
}

/// In one step no ion may cross the range of the interaction, nor a wall push
/// it out on the other side.
fn step_resolves_the_motion(
    scenario: &Scenario,
    slit: &SlitSpec,
    document: &Document,
) -> Result<(), ScenarioError> {
    let step = scenario.dynamics.step;
    let cutoff = scenario.interaction.cutoff();
    let largest = slit.mixture.iter().map(|p| p.species.charge().abs());
    let largest = largest.fold(0.0, f64::max);
    let refuse = |key: &str, what: &str, far: f64, limit: &str, most: f64| {
        let reason = format!(
            "in a step of {} {what} moves an ion of slit {} by {} Å, farther than {limit}",
            show(step),
            slit.name,
            rounded(far, 4)
        );
        let mend = format!(
            "shorten dynamics.step to below {}",
            show(rounded(step * most, 2))
        );
        Err(document.error_at(key, Problem::unphysical(reason, mend)))
    };
    for one in &slit.mixture {
        let charge = one.species.charge().abs();
        let mobility = one.species.diffusion * step;
        if let Walls::Soft { force } = slit.slit.walls {
            let far = mobility * force;
            if far > slit.slit.width {
                let key = format!("slits.{}.wall_force", slit.name);
                let limit = format!("the width of the slit, {} Å", slit.slit.width);
                return refuse(&key, "the wall", far, &limit, slit.slit.width / far);
            }
        }
        let limit = format!("the cut-off of the interaction, {cutoff} Å");
        let diffusion = (2.0 * mobility).sqrt();
        if diffusion > cutoff {
            let most = (cutoff / diffusion).powi(2);
            return refuse("dynamics.step", "diffusion", diffusion, &limit, most);
        }
        let field = mobility * charge * largest_field(scenario, slit);
        if field > cutoff {
            return refuse("dynamics.step", "the field", field, &limit, cutoff / field);
        }
        let pair = mobility * slit.interaction.contact_force(charge * largest);
        if pair > cutoff {
            return refuse(
                "dynamics.step",
                "an ion in contact",
                pair,
                &limit,
                cutoff / pair,
            );
        }
    }
    Ok(())
}

/// The largest field that a slit can see: the drive, or in a circuit the
/// largest of the batteries and the initial voltage.
fn largest_field(scenario: &Scenario, slit: &SlitSpec) -> f64 {
    let length = slit.slit.length;
    match &scenario.protocol {
        Protocol::Driven { drives } => {
            let peaks = drives.iter().map(|drive| drive.peak_field(length));
            peaks.fold(0.0, f64::max)
        }
        Protocol::Circuit(circuit) => {
            let batteries = circuit
                .branches
                .iter()
                .map(|branch| branch.branch.battery.abs());
            batteries.fold(circuit.initial_voltage.abs(), f64::max) / length
        }
    }
}

fn ions_fit_in_memory(scenario: &Scenario, document: &Document) -> Result<(), ScenarioError> {
    let copies = scenario.copies() as f64 / scenario.slits.len() as f64;
    let ions_of = |slit: &SlitSpec| slit.mixture.iter().map(|p| p.count as f64).sum::<f64>();
    let ions = copies * scenario.slits.iter().map(ions_of).sum::<f64>();
    let needed = ions * BYTES_PER_ION;
    let mut system = System::new();
    system.refresh_memory();
    let present = system.total_memory() as f64;
    if needed <= present {
        return Ok(());
    }
    let largest = scenario
        .slits
        .iter()
        .max_by(|a, b| ions_of(a).total_cmp(&ions_of(b)));
    let name = largest.map_or("", |slit| slit.name.as_str());
    let reason = format!(
        "{ions} ions in all, of every slit and copy, need about {:.3e} GB of memory, more than \
         this machine has",
        needed / 1e9
    );
    let mend = format!(
        "this machine has {:.1} GB: give fewer ions, or a smaller scale",
        present / 1e9
    );
    let path = format!("slits.{name}.ions");
    Err(document.error_at(&path, Problem::unphysical(reason, mend)))
}

/// The physical preset promises steps that resolve the contact of two ions.
fn unconverged_step(scenario: &Scenario) -> Option<String> {
    if scenario.dynamics.preset != Preset::Physical {
        return None;
    }
    let all = scenario.slits.iter();
    let all = all.flat_map(|slit| slit.mixture.iter().map(move |p| (&slit.interaction, p)));
    let pairs = all.map(|(interaction, p)| {
        let charge = p.species.charge();
        2.0 * p.species.diffusion * interaction.contact_force(charge * charge)
    });
    let substep = match scenario.dynamics.refinement {
        Some(refinement) => scenario.dynamics.step / (f64::from(refinement.evaluations) - 0.5),
        None => scenario.dynamics.step,
    };
    let approach = substep * pairs.fold(0.0, f64::max);
    let contact = scenario.interaction.contact();
    (approach > contact).then(|| {
        format!(
            "dynamics.step: between two force evaluations two ions in contact approach by {approach:.2} Å, more \
             than the contact length {contact} Å: the step acts as an ion size, whatever the preset"
        )
    })
}
