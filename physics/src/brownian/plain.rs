//! The plain engine: every ion, every step, in double precision.
//!
//! The published scheme with nothing rearranged: the reference that faster
//! engines are held against.

use super::{Engine, Ions, NeighbourList, Scheme};
use crate::interaction::ConfinedLog;
use crate::noise::Stream;

/// Skin of the neighbour list, Å. A free ion diffuses 1 Å a step: between two
/// builds some 150 steps pass at rest and 60 in the strongest published field.
const SKIN: f64 = 60.0;

/// Moves the ions of one slit as the published program does.
#[derive(Clone, Debug)]
pub struct PlainEngine {
    ions: Ions,
    scheme: Scheme,
    forces: Vec<[f64; 2]>,
    neighbours: NeighbourList,
    noise: Stream,
    steps_done: u64,
}

impl PlainEngine {
    /// An engine that moves `ions` with `noise`.
    #[must_use]
    pub fn new(ions: Ions, scheme: Scheme, noise: Stream) -> Self {
        let mut engine = Self {
            forces: vec![[0.0, 0.0]; ions.count()],
            neighbours: NeighbourList::new(*ions.slit(), scheme.interaction.cutoff, SKIN),
            ions,
            scheme,
            noise,
            steps_done: 0,
        };
        engine.rebuild_neighbours();
        engine
    }

    /// One step under `field` (kT/(e·Å)); `moved` as in [`Engine::advance`].
    pub fn step(&mut self, field: f64, moved: &mut [f64]) {
        self.add_pair_forces();
        self.move_ions(field, moved);
        if self.neighbours.is_stale(self.ions.positions()) {
            self.rebuild_neighbours();
        }
        self.steps_done += 1;
    }

    /// Wraps the ions into the box and lists the pairs anew.
    fn rebuild_neighbours(&mut self) {
        self.ions.wrap();
        self.neighbours.build(self.ions.positions());
    }

    /// F_i = Σ_j F_ij over the listed pairs, by Newton's third law.
    fn add_pair_forces(&mut self) {
        self.forces.fill([0.0, 0.0]);
        let pair_force = PairForce::new(&self.scheme.interaction);
        let (positions, charges) = (self.ions.positions(), self.ions.charges());
        for i in 0..positions.len() {
            let (here, charge) = (positions[i], charges[i]);
            let mut total = [0.0, 0.0];
            for &j in self.neighbours.partners(i) {
                let j = j as usize;
                let there = positions[j];
                let d = [here[0] - there[0], here[1] - there[1]];
                let f = pair_force.on(charge * charges[j], d);
                total = [total[0] + f[0], total[1] + f[1]];
                self.forces[j][0] -= f[0];
                self.forces[j][1] -= f[1];
            }
            self.forces[i][0] += total[0];
            self.forces[i][1] += total[1];
        }
        for pair in self.neighbours.across() {
            let (i, j) = (pair.i as usize, pair.j as usize);
            let (here, there) = (positions[i], positions[j]);
            let d = [
                here[0] - there[0] + pair.shift[0],
                here[1] - there[1] + pair.shift[1],
            ];
            let f = pair_force.on(charges[i] * charges[j], d);
            self.forces[i] = [self.forces[i][0] + f[0], self.forces[i][1] + f[1]];
            self.forces[j] = [self.forces[j][0] - f[0], self.forces[j][1] - f[1]];
        }
    }

    /// r ← r + (D/kT) (F + z E x̂ + F_wall ŷ) dt + √(2 D dt) N(0, 1).
    fn move_ions(&mut self, field: f64, moved: &mut [f64]) {
        let Ions {
            slit,
            species,
            positions,
            ..
        } = &mut self.ions;
        for (range, moved) in species.iter().zip(moved) {
            let drift = range.species.diffusion * self.scheme.step;
            let spread = (2.0 * drift).sqrt();
            let pull = range.species.charge() * field;
            let ions = range.ions.clone();
            let mut sum = 0.0;
            for (position, force) in positions[ions.clone()].iter_mut().zip(&self.forces[ions]) {
                let wall = slit.wall_force(position[1]);
                let dx = drift * (force[0] + pull) + spread * self.noise.normal();
                let dy = drift * (force[1] + wall) + spread * self.noise.normal();
                position[0] += dx;
                position[1] += dy;
                sum += dx;
            }
            *moved += sum;
        }
    }
}

impl Engine for PlainEngine {
    fn ions(&self) -> &Ions {
        &self.ions
    }

    fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    fn neighbours(&self) -> &NeighbourList {
        &self.neighbours
    }

    fn steps_done(&self) -> u64 {
        self.steps_done
    }

    fn advance(&mut self, fields: &[f64], moved: &mut [f64]) {
        self.rebuild_neighbours();
        for &field in fields {
            self.step(field, moved);
        }
    }
}

/// The interaction with its constants taken out of the loop.
struct PairForce {
    interaction: ConfinedLog,
    coupling: f64,
    cutoff2: f64,
}

impl PairForce {
    fn new(interaction: &ConfinedLog) -> Self {
        Self {
            interaction: *interaction,
            coupling: interaction.unit_coupling(),
            cutoff2: interaction.cutoff * interaction.cutoff,
        }
    }

    /// Force on i from j at separation d = r_i - r_j, kT/Å.
    #[inline]
    fn on(&self, zz: f64, d: [f64; 2]) -> [f64; 2] {
        let r2 = d[0] * d[0] + d[1] * d[1];
        if r2 >= self.cutoff2 || r2 == 0.0 {
            return [0.0, 0.0];
        }
        let f = self.interaction.force_over_r(zz * self.coupling, r2);
        [f * d[0], f * d[1]]
    }
}

#[cfg(test)]
mod tests;
