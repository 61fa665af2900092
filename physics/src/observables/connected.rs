//! Who is together with whom at one moment.

use crate::brownian::Engine;

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
        neighbours.for_each_pair(positions, |i, j, [dx, dy]| {
            if dx * dx + dy * dy < cutoff2 {
                self.join(i as u32, j as u32);
            }
        });
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
