//! Steps, windows, and how many of them.

use bjerrum_physics::brownian::Refinement;
use bjerrum_physics::interaction::Interaction;

use super::error::ScenarioError;
use super::protocol::Protocol;
use super::quantity::Kind;
use super::section::{Resolved, Section};

/// The two ways of running: as published, or converged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The published simulations: 5 ps and a contact length of 1 Å, where the
    /// step acts as an ion size. To reproduce.
    Published,
    /// A real contact distance of 4 Å, and ten force evaluations a step where
    /// ions that attract are closer than 15 Å. To predict.
    Physical,
}

impl Preset {
    /// Force evaluations in a step of a tight group, as written in a scenario.
    fn evaluations(self) -> &'static str {
        match self {
            Self::Published => "1",
            Self::Physical => "10",
        }
    }

    /// The contact length as written in a scenario.
    pub(super) fn contact(self) -> &'static str {
        match self {
            Self::Published => "1 angstrom",
            Self::Physical => "4 angstrom",
        }
    }
}

/// Which engine moves the ions. Both obey the same law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// Groups of ions apart, in the lanes of vectors.
    Fast,
    /// Every ion, every step, in double precision: the reference.
    Plain,
}

impl EngineKind {
    /// What it is, for the record.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Fast => "fast (Euler-Maruyama by groups, single-precision separations)",
            Self::Plain => "plain (Euler-Maruyama, double precision)",
        }
    }
}

/// How the ions are moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dynamics {
    /// Where the defaults came from.
    pub preset: Preset,
    /// What moves them.
    pub engine: EngineKind,
    /// Time step, ps.
    pub step: f64,
    /// Steps in an averaging window.
    pub window_steps: u64,
    /// Where a step takes more than one force evaluation, if anywhere.
    pub refinement: Option<Refinement>,
}

impl Dynamics {
    /// Length of an averaging window, ps.
    #[must_use]
    pub fn window(&self) -> f64 {
        self.window_steps as f64 * self.step
    }
}

/// How long, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Number of averaging windows.
    pub windows: u64,
    /// Independent copies of every driven slit.
    pub replicas: u64,
}

/// What is recorded besides currents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observe {
    /// An ion is free when no other is within this distance, Å.
    pub free_cutoff: f64,
    /// How often in a window the positions are examined.
    pub samples_per_window: u64,
    /// Windows between two snapshots of the positions, if any are kept.
    pub trajectory_windows: Option<u64>,
}

/// `[dynamics]`.
pub(super) fn dynamics(
    root: &mut Section<'_>,
    resolved: &mut Resolved,
) -> Result<Dynamics, ScenarioError> {
    let mut section = root.section("dynamics")?;
    let presets = [
        ("published", Preset::Published),
        ("physical", Preset::Physical),
    ];
    let preset = section.choice("preset", &presets, None)?;
    let engines = [("fast", EngineKind::Fast), ("plain", EngineKind::Plain)];
    let engine = section.choice("engine", &engines, Some("fast"))?;
    let why = "ions are moved forward in time";
    let step = section.positive("step", Kind::Time, Some("5 ps"), why)?;
    let window_steps = whole(&mut section, "window", Some("50 ns"), step, "steps")?;
    let refinement = refinement(&mut section, preset)?;
    section.finish(resolved)?;
    Ok(Dynamics {
        refinement,
        preset,
        engine,
        step,
        window_steps,
    })
}

/// `evaluations` and `tight`: how often, and where.
fn refinement(
    section: &mut Section<'_>,
    preset: Preset,
) -> Result<Option<Refinement>, ScenarioError> {
    let of_what = "force evaluations in a step of a tight group";
    let evaluations = at_least_one(section, "evaluations", preset.evaluations(), of_what)?;
    let why = "ions that attract each other are tight when closer";
    let within = section.positive("tight", Kind::Length, Some("15 angstrom"), why)?;
    Ok((evaluations > 1).then_some(Refinement {
        evaluations: u32::try_from(evaluations).unwrap_or(u32::MAX),
        within,
    }))
}

/// `[run]`.
pub(super) fn run(
    root: &mut Section<'_>,
    dynamics: &Dynamics,
    protocol: &Protocol,
    resolved: &mut Resolved,
) -> Result<Run, ScenarioError> {
    let mut section = root.section("run")?;
    let windows = whole(&mut section, "duration", None, dynamics.window(), "windows")?;
    let replicas = if let Protocol::Circuit(_) = protocol {
        let mend = "remove it: run a circuit several times with different seeds";
        section.unused(&["replicas"], "a circuit", mend)?;
        1
    } else {
        at_least_one(&mut section, "replicas", "1", "independent copies")?
    };
    section.finish(resolved)?;
    Ok(Run { windows, replicas })
}

/// `[observe]`.
pub(super) fn observe(
    root: &mut Section<'_>,
    dynamics: &Dynamics,
    interaction: &Interaction,
    resolved: &mut Resolved,
) -> Result<Observe, ScenarioError> {
    let mut section = root.section_or_empty("observe")?;
    let why = "an ion is free when no other is within it";
    let default = Some("60 angstrom");
    let free_cutoff = section.positive("free_cutoff", Kind::Length, default, why)?;
    if free_cutoff > interaction.cutoff() {
        return Err(section.unphysical(
            "free_cutoff",
            format!(
                "{:?} is beyond the cut-off of the interaction, {} Å: neighbours are looked for \
                 only within it",
                section.written("free_cutoff", default),
                interaction.cutoff()
            ),
            "lower it, or raise interaction.cutoff",
        ));
    }
    let samples_per_window = samples(&mut section, dynamics.window_steps)?;
    let trajectory_windows = if section.has("trajectory") {
        let window = dynamics.window();
        Some(whole(&mut section, "trajectory", None, window, "windows")?)
    } else {
        None
    };
    section.finish(resolved)?;
    Ok(Observe {
        free_cutoff,
        samples_per_window,
        trajectory_windows,
    })
}

fn samples(section: &mut Section<'_>, window_steps: u64) -> Result<u64, ScenarioError> {
    let key = "samples_per_window";
    let samples = at_least_one(section, key, "20", "samples")?;
    if window_steps.is_multiple_of(samples) {
        return Ok(samples);
    }
    let fewer = (1..=samples.min(window_steps)).rev();
    let divisor = fewer.into_iter().find(|n| window_steps.is_multiple_of(*n));
    Err(section.unphysical(
        key,
        format!("a window of {window_steps} steps is not a whole number of steps for each of {samples} samples"),
        format!("{key} = {} would do", divisor.unwrap_or(1)),
    ))
}

fn at_least_one(
    section: &mut Section<'_>,
    key: &str,
    default: &str,
    of_what: &str,
) -> Result<u64, ScenarioError> {
    let expected = format!("a number of {of_what}, such as {key} = {default}");
    match section.integer(key, Some(default), &expected)? {
        0 => Err(section.unphysical(
            key,
            format!("0 is too few: it is the number of {of_what}"),
            format!("write {expected}"),
        )),
        number => Ok(number),
    }
}

/// A time that must be a whole number of `unit` (ps), called `units`: how many.
pub(super) fn whole(
    section: &mut Section<'_>,
    key: &str,
    default: Option<&str>,
    unit: f64,
    units: &str,
) -> Result<u64, ScenarioError> {
    let why = format!("it must be at least one of the {units}, {}", show(unit));
    let time = section.positive(key, Kind::Time, default, &why)?;
    count(section, key, time, unit, units)
}

/// How many `unit` (ps), called `units`, the time read from `key` holds; it
/// must be a whole number of them.
pub(super) fn count(
    section: &Section<'_>,
    key: &str,
    time: f64,
    unit: f64,
    units: &str,
) -> Result<u64, ScenarioError> {
    let ratio = time / unit;
    let number = ratio.round();
    // Decimal times such as "5.05 us" carry rounding errors of 1e-16.
    if number >= 1.0 && (ratio - number).abs() <= (1e-9 * number).min(1e-3) {
        return Ok(number as u64);
    }
    let number = number.max(1.0);
    Err(section.unphysical(
        key,
        format!(
            "{} is not a whole number of {units} of {}",
            show(time),
            show(unit)
        ),
        format!(
            "the nearest is \"{}\", {number} {units}",
            show(number * unit)
        ),
    ))
}

/// A time (ps) in the largest unit of which it holds at least one.
pub(super) fn show(time: f64) -> String {
    let (unit, name) = match time.abs() {
        t if t >= 1e9 => (1e9, "ms"),
        t if t >= 1e6 => (1e6, "us"),
        t if t >= 1e3 => (1e3, "ns"),
        t if t >= 1.0 => (1.0, "ps"),
        _ => (1e-3, "fs"),
    };
    // Twelve digits hide the rounding of the products.
    format!("{} {name}", rounded(time / unit, 12))
}

/// `value` to so many significant digits.
pub(crate) fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}
