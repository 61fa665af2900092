//! Averages over a window: the current, and who is free.

use super::Clusters;
use crate::brownian::Engine;

/// How a window is sampled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Steps in a window.
    pub steps: u64,
    /// How many times in a window the ions are looked at for who is free:
    /// evenly spaced, the last time at the end.
    pub samples: u64,
    /// Distance within which two ions are together, Å (published: 60).
    pub free_cutoff: f64,
}

/// Averages over one window.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowAverage {
    /// Field, kT/(e·Å).
    pub field: f64,
    /// Total current, e/ps.
    pub current: f64,
    /// Current carried by each species, e/ps.
    pub current_by_species: Vec<f64>,
    /// Fraction of ions with no other ion within the free cut-off.
    pub free_fraction: f64,
    /// Conductance of the mobile charge, e²/(kT·ps); see
    /// [`Clusters::mobile_conductance`].
    pub mobile_conductance: f64,
}

/// Moves `engine` by one window under `field(t)`, t being the time at the
/// start of each step (ps), and returns the averages.
pub fn run_window(
    engine: &mut dyn Engine,
    sampling: &Sampling,
    field: impl Fn(f64) -> f64,
) -> WindowAverage {
    run_watched_window(engine, sampling, field, |_| {})
}

/// The same, handing the ions to `watch` each time they are looked at. The motion
/// does not depend on it.
pub fn run_watched_window(
    engine: &mut dyn Engine,
    sampling: &Sampling,
    field: impl Fn(f64) -> f64,
    mut watch: impl FnMut(&dyn Engine),
) -> WindowAverage {
    let start = engine.steps_done();
    let step = engine.scheme().step;
    let every = (sampling.steps / sampling.samples).max(1);

    let mut clusters = Clusters::default();
    let mut moved = vec![0.0; engine.species().len()];
    let (mut field_sum, mut free, mut mobile, mut samples) = (0.0, 0.0, 0.0, 0.0);
    let mut fields = Vec::with_capacity(every as usize);
    let mut done = 0;
    while done < sampling.steps {
        let stretch = every.min(sampling.steps - done);
        fields.clear();
        fields.extend((0..stretch).map(|k| field((start + done + k) as f64 * step)));
        engine.advance(&fields, &mut moved);
        field_sum += fields.iter().sum::<f64>();
        done += stretch;
        if stretch == every {
            clusters.find(engine, sampling.free_cutoff);
            free += clusters.free_fraction();
            mobile += clusters.mobile_conductance(engine);
            samples += 1.0;
            watch(engine);
        }
    }
    let steps = sampling.steps as f64;
    let per_displacement = 1.0 / (engine.slit().length * step * steps);
    let current_by_species: Vec<f64> = engine
        .species()
        .iter()
        .zip(&moved)
        .map(|(range, moved)| range.species.charge() * moved * per_displacement)
        .collect();
    WindowAverage {
        field: field_sum / steps,
        current: current_by_species.iter().sum(),
        current_by_species,
        free_fraction: free / samples,
        mobile_conductance: mobile / samples,
    }
}
