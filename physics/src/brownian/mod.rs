//! Brownian dynamics of ions in a slit: the plain engine.
//!
//! Overdamped Langevin dynamics without hydrodynamic interactions,
//!
//! ```text
//! dr_i = (D_i/kT) F_i dt + √(2 D_i) dW_i,    F_i = z_i E x̂ + Σ_j F_ij + F_wall(y_i) ŷ
//! ```
//!
//! by the Euler–Maruyama scheme, of weak order 1 for smooth forces (Kloeden &
//! Platen, Numerical Solution of Stochastic Differential Equations, 1992,
//! <https://doi.org/10.1007/978-3-662-12616-5>, §14.1). This is the published
//! scheme (Science 373, 687 (2021)), in double precision and with nothing
//! rearranged: the reference that faster engines are held against.

mod neighbours;
pub mod substeps;
pub mod underdamped;

pub use neighbours::{AcrossPair, NeighbourList};

use crate::electrolyte::{Population, Species};
use crate::interaction::ConfinedLog;
use crate::noise::Stream;
use crate::slit::{Slit, Walls};
use std::ops::Range;

/// Skin of the neighbour list, Å. A free ion diffuses 1 Å a step: between two
/// builds some 150 steps pass at rest and 60 in the strongest published field.
const SKIN: f64 = 60.0;

/// What one step of the engine is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scheme {
    /// The pair interaction.
    pub interaction: ConfinedLog,
    /// Time step, ps.
    pub step: f64,
}

/// One species in the engine: its ions stand together in every array.
#[derive(Clone, Debug, PartialEq)]
pub struct IonRange {
    /// The species.
    pub species: Species,
    /// Its ions.
    pub ions: Range<usize>,
}

/// The ions of one slit, and the law that moves them.
#[derive(Clone, Debug)]
pub struct Brownian {
    slit: Slit,
    scheme: Scheme,
    species: Vec<IonRange>,
    charges: Vec<f64>,
    positions: Vec<[f64; 2]>,
    /// How many times each ion has crossed the box, along x and y.
    images: Vec<[i32; 2]>,
    forces: Vec<[f64; 2]>,
    neighbours: NeighbourList,
    noise: Stream,
    steps_done: u64,
}

impl Brownian {
    /// Ions placed at random, uniformly and independently, with `start`;
    /// moved with `noise`.
    #[must_use]
    pub fn at_random(
        slit: Slit,
        mixture: &[Population],
        scheme: Scheme,
        mut start: Stream,
        noise: Stream,
    ) -> Self {
        let count = mixture.iter().map(|p| p.count).sum();
        let positions = (0..count)
            .map(|_| {
                let x = slit.length * start.uniform();
                [x, slit.width * (start.uniform() - 0.5)]
            })
            .collect();
        Self::at(slit, mixture, scheme, positions, noise)
    }

    /// Ions at `positions` (Å), species after species in the order of `mixture`.
    ///
    /// # Panics
    /// If there are not as many positions as ions.
    #[must_use]
    pub fn at(
        slit: Slit,
        mixture: &[Population],
        scheme: Scheme,
        positions: Vec<[f64; 2]>,
        noise: Stream,
    ) -> Self {
        let mut species = Vec::new();
        let mut charges = Vec::new();
        for population in mixture {
            let first = charges.len();
            charges.resize(first + population.count, population.species.charge());
            species.push(IonRange {
                species: population.species.clone(),
                ions: first..charges.len(),
            });
        }
        assert_eq!(positions.len(), charges.len(), "one position an ion");
        let mut engine = Self {
            slit,
            scheme,
            species,
            images: vec![[0, 0]; positions.len()],
            forces: vec![[0.0, 0.0]; positions.len()],
            neighbours: NeighbourList::new(slit, scheme.interaction.cutoff, SKIN),
            charges,
            positions,
            noise,
            steps_done: 0,
        };
        engine.rebuild_neighbours();
        engine
    }

    /// The slit.
    #[must_use]
    pub fn slit(&self) -> &Slit {
        &self.slit
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The species and which ions are theirs.
    #[must_use]
    pub fn species(&self) -> &[IonRange] {
        &self.species
    }

    /// Charge of every ion, e.
    #[must_use]
    pub fn charges(&self) -> &[f64] {
        &self.charges
    }

    /// Position of every ion, Å. Between two builds of the neighbour list an
    /// ion may stand outside the box; [`Self::images`] counts from there.
    #[must_use]
    pub fn positions(&self) -> &[[f64; 2]] {
        &self.positions
    }

    /// How many times each ion was wrapped back, along x and y: position +
    /// image · box runs on without jumps.
    #[must_use]
    pub fn images(&self) -> &[[i32; 2]] {
        &self.images
    }

    /// The neighbour list, complete within the cut-off at the present positions.
    #[must_use]
    pub fn neighbours(&self) -> &NeighbourList {
        &self.neighbours
    }

    /// Number of ions.
    #[must_use]
    pub fn ion_count(&self) -> usize {
        self.positions.len()
    }

    /// Steps taken so far.
    #[must_use]
    pub fn steps_done(&self) -> u64 {
        self.steps_done
    }

    /// Time since the start, ps.
    #[must_use]
    pub fn time(&self) -> f64 {
        self.steps_done as f64 * self.scheme.step
    }

    /// One step under `field` (kT/(e·Å)). Adds to `moved[s]` the sum of the
    /// displacements along x of the ions of species s (Å), noise included.
    pub fn step(&mut self, field: f64, moved: &mut [f64]) {
        self.add_pair_forces();
        self.move_ions(field, moved);
        if self.neighbours.is_stale(&self.positions) {
            self.rebuild_neighbours();
        }
        self.steps_done += 1;
    }

    /// Wraps the ions into the box and lists the pairs anew.
    ///
    /// Also called at the start of a window, so that the state between windows
    /// is the positions and the noise alone.
    pub fn rebuild_neighbours(&mut self) {
        for (position, image) in self.positions.iter_mut().zip(&mut self.images) {
            image[0] += wrap(&mut position[0], 0.0, self.slit.length);
            if self.slit.walls == Walls::Periodic {
                image[1] += wrap(&mut position[1], -0.5 * self.slit.width, self.slit.width);
            }
        }
        self.neighbours.build(&self.positions);
    }

    /// F_i = Σ_j F_ij over the listed pairs, by Newton's third law.
    fn add_pair_forces(&mut self) {
        self.forces.fill([0.0, 0.0]);
        let pair_force = PairForce::new(&self.scheme.interaction);
        for i in 0..self.positions.len() {
            let (here, charge) = (self.positions[i], self.charges[i]);
            let mut total = [0.0, 0.0];
            for &j in self.neighbours.partners(i) {
                let j = j as usize;
                let there = self.positions[j];
                let d = [here[0] - there[0], here[1] - there[1]];
                let f = pair_force.on(charge * self.charges[j], d);
                total = [total[0] + f[0], total[1] + f[1]];
                self.forces[j][0] -= f[0];
                self.forces[j][1] -= f[1];
            }
            self.forces[i][0] += total[0];
            self.forces[i][1] += total[1];
        }
        for pair in self.neighbours.across() {
            let (i, j) = (pair.i as usize, pair.j as usize);
            let (here, there) = (self.positions[i], self.positions[j]);
            let d = [
                here[0] - there[0] + pair.shift[0],
                here[1] - there[1] + pair.shift[1],
            ];
            let f = pair_force.on(self.charges[i] * self.charges[j], d);
            self.forces[i] = [self.forces[i][0] + f[0], self.forces[i][1] + f[1]];
            self.forces[j] = [self.forces[j][0] - f[0], self.forces[j][1] - f[1]];
        }
    }

    /// r ← r + (D/kT) (F + z E x̂ + F_wall ŷ) dt + √(2 D dt) N(0, 1).
    fn move_ions(&mut self, field: f64, moved: &mut [f64]) {
        for (range, moved) in self.species.iter().zip(moved) {
            let drift = range.species.diffusion * self.scheme.step;
            let spread = (2.0 * drift).sqrt();
            let pull = range.species.charge() * field;
            let ions = range.ions.clone();
            let mut sum = 0.0;
            for (position, force) in self.positions[ions.clone()]
                .iter_mut()
                .zip(&self.forces[ions])
            {
                let wall = self.slit.wall_force(position[1]);
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

/// Brings `x` into [low, low + period) and returns how many periods it was off.
fn wrap(x: &mut f64, low: f64, period: f64) -> i32 {
    if (low..low + period).contains(x) {
        return 0;
    }
    let turns = ((*x - low) / period).floor();
    *x -= turns * period;
    // Rounding can leave a tiny negative excursion exactly at the upper edge.
    if *x >= low + period {
        *x = low;
        return turns as i32 + 1;
    }
    turns as i32
}

#[cfg(test)]
mod tests;
