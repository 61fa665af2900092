//! Scenario files: what is simulated, as people write it and as plain data.
//!
//! A scenario is TOML. Quantities are texts with units, unknown keys and bare
//! numbers are refused, and so is what no experiment could be. Reading gives a
//! [`Scenario`] in the internal units of [`bjerrum_physics::units`], together
//! with its *resolved* text: the same scenario with every default written out,
//! which reads back as exactly the same [`Scenario`].
//!
//! ```
//! use bjerrum::scenario::Scenario;
//! let overrides = [("run.duration".to_owned(), "3 us".to_owned())];
//! let scenario = Scenario::load("iv-curve", &overrides, Some(7))?;
//! assert_eq!(scenario.run.windows, 60);
//! assert_eq!(scenario.seed, 7);
//! # Ok::<(), bjerrum::scenario::ScenarioError>(())
//! ```

mod analysis;
mod derived;
mod device;
mod document;
mod error;
mod feasibility;
mod interaction;
mod library;
mod netlist;
mod plan;
mod protocol;
pub mod quantity;
mod samples;
mod section;
mod timing;
mod unit;

use std::path::Path;

use bjerrum_physics::brownian::LongRange;
use bjerrum_physics::drive::Drive;
use bjerrum_physics::interaction::Interaction;

pub use analysis::{
    Analysis, LoopAnalysis, MemoryAnalysis, RelaxationAnalysis, SpikeAnalysis, SteadyAnalysis,
};
pub use derived::Derived;
pub use device::{SlitSpec, WallPlaces};
pub use error::{Problem, ScenarioError};
pub use library::{Builtin, builtin};
pub use netlist::{
    AxisSpec, CircuitAnalyses, CircuitScenario, CircuitSpikes, CurveSpec, ElementSpec, FittedRange,
    MapSpec, PartSpec, PlaneSpec, PulseSpec, RefractorySpec, SensitivitySpec, ThresholdSpec,
    Tunable,
};
pub use plan::{Circuits, Plan};
pub use protocol::{Applied, AppliedDrive, BranchSpec, CircuitSpec, Protocol};
pub(crate) use timing::rounded;
pub use timing::{Dynamics, EngineKind, Observe, Preset, Run};

use document::Document;
use section::{Resolved, Section};

/// One experiment, checked, in internal units (Å, ps, kT, e).
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Name of the built-in scenario, or the file's name without extension.
    pub name: String,
    /// One line on what the experiment is.
    pub title: String,
    /// Master seed of every random stream.
    pub seed: u64,
    /// Size of the simulated copy; already applied to all that follows.
    pub scale: f64,
    /// Temperature, K.
    pub temperature: f64,
    /// How ions interact in the first slit; each slit tells its own.
    pub interaction: Interaction,
    /// How the forces from beyond its cut-off are had; `None`: they are left out.
    pub long_range: Option<LongRange>,
    /// How they move, and what a window is.
    pub dynamics: Dynamics,
    /// The slits, in the order of the file.
    pub slits: Vec<SlitSpec>,
    /// What is done to them.
    pub protocol: Protocol,
    /// How long, and how often.
    pub run: Run,
    /// What is recorded besides currents.
    pub observe: Observe,
    /// What is computed at the end.
    pub analysis: Analysis,
    /// Lengths and couplings that follow from it.
    pub derived: Vec<Derived>,
    /// The scenario with every default written out, as TOML.
    pub resolved: String,
    /// What is allowed but worth knowing.
    pub warnings: Vec<String>,
}

impl Scenario {
    /// Reads a scenario by built-in name, or from a file.
    ///
    /// `overrides` are dotted keys and values (`--set run.duration="10 us"`);
    /// a value that is not TOML is taken as a text. `seed` replaces the seed.
    ///
    /// # Errors
    /// The first mistake found, with its place and how to mend it.
    pub fn load(
        name_or_path: &str,
        overrides: &[(String, String)],
        seed: Option<u64>,
    ) -> Result<Self, ScenarioError> {
        Plan::load(name_or_path, overrides, seed)?.ions()
    }

    /// As [`Self::load`], with changes that each say where they come from (what
    /// messages call them), their dotted key and their value.
    pub(crate) fn load_with(
        name_or_path: &str,
        changes: &[(&str, &str, &str)],
    ) -> Result<Self, ScenarioError> {
        Plan::load_with(name_or_path, changes)?.ions()
    }

    /// Reads a scenario from its text, for instance the resolved text stored in
    /// a result file; `source` is what messages call it.
    ///
    /// # Errors
    /// The first mistake found, with its place and how to mend it.
    pub fn parse(name: &str, source: &str, text: &str) -> Result<Self, ScenarioError> {
        Plan::parse(name, source, text)?.ions()
    }

    /// Whether the published loops and currents are of such ions: divalent, and of the
    /// published interaction up to its contact length.
    #[must_use]
    pub fn is_of_published_ions(&self) -> bool {
        let same = |slit: &SlitSpec| match (slit.interaction, Interaction::PUBLISHED) {
            (Interaction::ConfinedLog(ours), Interaction::ConfinedLog(published)) => {
                (ours.xi, ours.x_t) == (published.xi, published.x_t)
            }
            _ => false,
        };
        let same_walls = self.slits.iter().all(same);
        let species = self.slits.iter().flat_map(|slit| &slit.mixture);
        let divalent = species.map(|p| p.species.valence.abs()).all(|z| z == 2);
        same_walls && divalent
    }

    /// Time from the start to the end of the run, ps.
    #[must_use]
    pub fn duration(&self) -> f64 {
        self.run.windows as f64 * self.dynamics.window()
    }

    /// Period of a drive, ps; `None` if it has none.
    #[must_use]
    pub fn period_of(&self, drive: usize) -> Option<f64> {
        match &self.protocol {
            Protocol::Driven { drives } => drives[drive].drive.period(),
            Protocol::Circuit(_) => None,
        }
    }

    /// Whether a drive ends, so that what it did can decay.
    #[must_use]
    pub fn is_pulsed(&self, drive: usize) -> bool {
        match &self.protocol {
            Protocol::Driven { drives } => {
                matches!(
                    drives[drive].drive,
                    Drive::Pulses { .. } | Drive::Sampled { .. }
                )
            }
            Protocol::Circuit(_) => false,
        }
    }

    /// One of the slits for each that is written in the file.
    pub fn written_slits(&self) -> impl Iterator<Item = &SlitSpec> {
        let copies = self.slits.chunk_by(|one, next| one.written == next.written);
        copies.map(|copies| &copies[0])
    }

    /// How many slits are simulated at once: every slit, once for each
    /// constant field and each replica.
    #[must_use]
    pub fn copies(&self) -> u64 {
        let drives = match &self.protocol {
            Protocol::Driven { drives } => drives.len() as u64,
            Protocol::Circuit(_) => 1,
        };
        drives * self.run.replicas * self.slits.len() as u64
    }

    fn read(name: String, document: &Document, directory: &Path) -> Result<Self, ScenarioError> {
        let mut resolved = Resolved::default();
        let mut warnings = Vec::new();
        let mut root = Section::root(document);

        let title = root.text("title", "one line, such as title = \"Ions at rest\"")?;
        let seed = root.integer("seed", None, "a whole number, such as seed = 2021")?;
        let scale = root.positive_number("scale", "1", "it multiplies the size of the device")?;

        let (temperature, species) = device::electrolyte(&mut root, &mut resolved)?;
        let dynamics = timing::dynamics(&mut root, &mut resolved)?;
        let preset = dynamics.preset;
        let (surroundings, long_range) =
            interaction::interaction(&mut root, preset, temperature, &mut resolved)?;
        let interaction = surroundings[0].interaction;
        let (slits, dissolved) = device::slits(
            &mut root,
            &species,
            &surroundings,
            scale,
            &mut resolved,
            &mut warnings,
        )?;
        let derived = derived::derived(&surroundings, &slits, &dissolved);
        let protocol = protocol::read(
            &mut root,
            &slits,
            &dynamics,
            scale,
            directory,
            &mut resolved,
        )?;
        let run = timing::run(&mut root, &dynamics, &protocol, &mut resolved)?;
        let observe = timing::observe(&mut root, &dynamics, &interaction, &mut resolved)?;
        let duration = run.windows as f64 * dynamics.window();
        let looks = analysis::Looks::new(&dynamics, &observe, interaction.cutoff());
        let analysis =
            analysis::read(&mut root, &protocol, &slits, looks, duration, &mut resolved)?;
        root.finish(&mut resolved)?;
        resolved.note(derived::comment(&derived));

        let scenario = Self {
            name,
            title,
            seed,
            scale,
            temperature,
            interaction,
            long_range,
            dynamics,
            slits,
            protocol,
            run,
            observe,
            analysis,
            derived,
            resolved: resolved.into_text(),
            warnings,
        };
        feasibility::check(scenario, document)
    }
}
