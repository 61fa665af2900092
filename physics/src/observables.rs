//! What is measured on the ions of a slit: currents, and who is free.
//!
//! Everything is averaged over a window of steps. The current of a step is the
//! charge-weighted displacement of all ions along the field, noise included,
//! divided by the length of the slit (the published definition):
//!
//! ```text
//! I = e Σ_i z_i Δx_i / (L dt)
//! ```

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

/// Ions joined into clusters: two ions are together when closer than the free
/// cut-off, a cluster is what such links connect.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    /// Parent of each ion in the union–find forest; roots name clusters.
    parent: Vec<u32>,
}

impl Clusters {
    /// Finds the clusters of `engine` at its present positions.
    ///
    /// # Panics
    /// If `cutoff` exceeds the reach of the neighbour list.
    pub fn find(&mut self, engine: &dyn Engine, cutoff: f64) {
        let neighbours = engine.neighbours();
        assert!(
            cutoff <= neighbours.cutoff(),
            "the neighbour list is too short"
        );
        let positions = engine.ions().positions();
        let cutoff2 = cutoff * cutoff;
        self.parent.clear();
        self.parent.extend(0..positions.len() as u32);
        for (i, here) in positions.iter().enumerate() {
            for &j in neighbours.partners(i) {
                let there = positions[j as usize];
                let (dx, dy) = (here[0] - there[0], here[1] - there[1]);
                if dx * dx + dy * dy < cutoff2 {
                    self.join(i as u32, j);
                }
            }
        }
        for pair in neighbours.across() {
            let (here, there) = (positions[pair.i as usize], positions[pair.j as usize]);
            let dx = here[0] - there[0] + pair.shift[0];
            let dy = here[1] - there[1] + pair.shift[1];
            if dx * dx + dy * dy < cutoff2 {
                self.join(pair.i, pair.j);
            }
        }
        for ion in 0..self.parent.len() as u32 {
            self.parent[ion as usize] = self.root(ion);
        }
    }

    /// The cluster of each ion, named by one of its ions.
    #[must_use]
    pub fn membership(&self) -> &[u32] {
        &self.parent
    }

    /// Fraction of ions that are alone.
    #[must_use]
    pub fn free_fraction(&self) -> f64 {
        let mut size = vec![0u32; self.parent.len()];
        for &root in &self.parent {
            size[root as usize] += 1;
        }
        let alone = size.iter().filter(|&&n| n == 1).count();
        alone as f64 / self.parent.len().max(1) as f64
    }

    /// Conductance of the mobile charge, e²/(kT·ps).
    ///
    /// Each cluster moves as one body, its frictions adding up, and carries
    /// its net charge:
    ///
    /// ```text
    /// G = (1/L²) Σ_c Q_c² / Σ_{i in c} (kT/D_i)
    /// ```
    ///
    /// A free ion contributes z²D/L², a neutral pair nothing. The measure needs
    /// neither a division by the voltage nor an average over thermal currents;
    /// it leaves out the polarisation current of pairs.
    #[must_use]
    pub fn mobile_conductance(&self, engine: &dyn Engine) -> f64 {
        let mut charge = vec![0.0; self.parent.len()];
        let mut friction = vec![0.0; self.parent.len()];
        for range in engine.species() {
            for ion in range.ions.clone() {
                let root = self.parent[ion] as usize;
                charge[root] += range.species.charge();
                friction[root] += 1.0 / range.species.diffusion;
            }
        }
        let sum: f64 = charge
            .iter()
            .zip(&friction)
            .filter(|&(_, &friction)| friction > 0.0)
            .map(|(charge, friction)| charge * charge / friction)
            .sum();
        sum / engine.slit().length.powi(2)
    }

    fn join(&mut self, i: u32, j: u32) {
        let (a, b) = (self.root(i), self.root(j));
        // The smaller index becomes the root: the result does not depend on
        // the order in which links are met.
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// Follows the links to the root, halving the path on the way.
    fn root(&mut self, mut ion: u32) -> u32 {
        while self.parent[ion as usize] != ion {
            let grandparent = self.parent[self.parent[ion as usize] as usize];
            self.parent[ion as usize] = grandparent;
            ion = grandparent;
        }
        ion
    }
}
