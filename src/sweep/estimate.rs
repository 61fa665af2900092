//! What a point takes, before it runs: good to a factor of two or so.

use crate::scenario::{EngineKind, Preset, Protocol, Scenario, SlitSpec};

/// Memory of the program itself, bytes.
const PROGRAM: f64 = 20e6;

/// Memory of an ion, bytes (measured: 135 to 330).
const PER_ION: f64 = 330.0;

/// Bytes of one number of a series on disk, its step and time included (measured,
/// compressed).
const PER_ROW: f64 = 11.0;

/// Bytes of one ion in a frame of a trajectory, compressed.
const PER_FRAME: f64 = 16.0;

/// A file without rows, bytes.
const EMPTY_FILE: f64 = 120e3;

/// What a run takes on one core.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Time, s.
    pub seconds: f64,
    /// Memory, bytes.
    pub memory: f64,
    /// Disk, bytes.
    pub disk: f64,
}

impl Estimate {
    /// That of `scenario`.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let steps = (scenario.run.windows * scenario.dynamics.window_steps) as f64;
        let copies = scenario.copies() as f64 / scenario.slits.len() as f64;
        let ions_of = |slit: &SlitSpec| slit.mixture.iter().map(|p| p.count as f64).sum::<f64>();
        let (mut ions, mut nanoseconds) = (0.0, 0.0);
        for slit in &scenario.slits {
            ions += copies * ions_of(slit);
            let density = ions_of(slit) / slit.slit.area();
            nanoseconds += copies * ions_of(slit) * steps * per_ion_step(scenario, density);
        }
        Self {
            seconds: nanoseconds * 1e-9,
            memory: PROGRAM + ions * PER_ION,
            disk: disk(scenario, ions),
        }
    }
}

/// Nanoseconds an ion-step at a density (1/Å²), by interpolation between those of
/// docs/engines.md, measured at 2e-5, 2e-4 and 2e-3 nm⁻².
fn per_ion_step(scenario: &Scenario, density: f64) -> f64 {
    let refined = scenario.dynamics.preset == Preset::Physical;
    let measured = match (scenario.dynamics.engine, refined) {
        (EngineKind::Fast, false) => [0.35, 1.4, 10.0],
        (EngineKind::Fast, true) => [1.3, 12.0, 45.0],
        (EngineKind::Plain, false) => [12.0, 12.0, 28.0],
        (EngineKind::Plain, true) => [120.0, 120.0, 280.0],
    };
    let decade = (density / 2e-7).log10().clamp(0.0, 3.0);
    let part = usize::from(decade > 1.0);
    let (low, high): (f64, f64) = (measured[part], measured[part + 1]);
    low * (high / low).powf(decade - part as f64)
}

fn disk(scenario: &Scenario, ions: f64) -> f64 {
    let species = scenario.slits.iter().map(|slit| slit.mixture.len()).max();
    let of_slits = scenario.copies() as f64 * (5 + species.unwrap_or(0)) as f64;
    let of_circuit = match &scenario.protocol {
        Protocol::Driven { .. } => 0.0,
        Protocol::Circuit(circuit) => 2.0 + 2.0 * circuit.branches.len() as f64,
    };
    let windows = scenario.run.windows as f64;
    let frames = scenario
        .observe
        .trajectory_windows
        .map_or(0.0, |every| windows / every as f64);
    EMPTY_FILE + windows * (of_slits + of_circuit) * PER_ROW + frames * ions * PER_FRAME
}
