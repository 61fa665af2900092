//! Who is together with whom at one moment.

use crate::brownian::Engine;
use crate::forest::Forest;

/// Ions joined into clusters: two ions are together when closer than the free
/// cut-off, a cluster is what such links connect.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    forest: Forest,
    /// The first ion of each ion's cluster, which names it.
    root: Vec<u32>,
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
        self.forest.reset(positions.len());
        neighbours.for_each_pair(positions, |i, j, [dx, dy]| {
            if dx * dx + dy * dy < cutoff2 {
                self.forest.join(i as u32, j as u32);
            }
        });
        self.root.clear();
        self.root.extend_from_slice(self.forest.roots());
    }

    /// The cluster of each ion, named by one of its ions.
    #[must_use]
    pub fn membership(&self) -> &[u32] {
        &self.root
    }

    /// Fraction of ions that are alone.
    #[must_use]
    pub fn free_fraction(&self) -> f64 {
        let mut size = vec![0u32; self.root.len()];
        for &root in &self.root {
            size[root as usize] += 1;
        }
        let alone = size.iter().filter(|&&n| n == 1).count();
        alone as f64 / self.root.len().max(1) as f64
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
        let mut charge = vec![0.0; self.root.len()];
        let mut friction = vec![0.0; self.root.len()];
        for range in engine.species() {
            for ion in range.ions.clone() {
                let root = self.root[ion] as usize;
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
}
