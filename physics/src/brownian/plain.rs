//! The plain engine: every ion, every step, in double precision.
//!
//! The published scheme with nothing rearranged: the reference that faster
//! engines are held against.

use super::substeps::Substeps;
use super::{Engine, Ions, NeighbourList, Scheme};
use crate::interaction::{ConfinedLog, Interaction, Tabulated, Unresolved};
use crate::noise::Stream;

/// Skin of the neighbour list, Å. A free ion diffuses 1 Å a step: between two
/// builds some 150 steps pass at rest and 60 in the strongest published field.
const SKIN: f64 = 60.0;

/// Relative error of a tabulated force: far below what noise could ever show.
const TABLE_ERROR: f64 = 1e-8;

/// Moves the ions of one slit as the published program does.
#[derive(Clone, Debug)]
pub struct PlainEngine {
    ions: Ions,
    scheme: Scheme,
    law: PairForce,
    forces: Vec<[f64; 2]>,
    neighbours: NeighbourList,
    noise: Stream,
    steps_done: u64,
}

impl PlainEngine {
    /// An engine that moves `ions` with `noise`.
    ///
    /// # Errors
    /// [`Unresolved`] if the force has no closed form and no table of it is good
    /// to 1e-8.
    pub fn new(ions: Ions, scheme: Scheme, noise: Stream) -> Result<Self, Unresolved> {
        let mut engine = Self {
            forces: vec![[0.0, 0.0]; ions.count()],
            neighbours: NeighbourList::new(*ions.slit(), scheme.interaction.cutoff(), SKIN),
            law: PairForce::new(&scheme.interaction)?,
            ions,
            scheme,
            noise,
            steps_done: 0,
        };
        engine.rebuild_neighbours();
        Ok(engine)
    }

    /// One step under `field` (kT/(e·Å)); `moved` as in [`Engine::advance`].
    pub fn step(&mut self, field: f64, moved: &mut [f64]) {
        match self.evaluations() {
            1 => self.euler_step(field, moved),
            evaluations => self.refined_step(evaluations, field, moved),
        }
        if self.neighbours.is_stale(self.ions.positions()) {
            self.rebuild_neighbours();
        }
        self.steps_done += 1;
    }

    /// Force evaluations of the coming step. To this engine all ions are one
    /// group.
    fn evaluations(&self) -> u32 {
        let Some(refinement) = self.scheme.refinement else {
            return 1;
        };
        let charges = self.ions.charges();
        let is_tight = |i: usize, j: usize, d: [f64; 2]| {
            charges[i] * charges[j] < 0.0 && d[0].hypot(d[1]) < refinement.within
        };
        let mut tight = false;
        self.neighbours
            .for_each_pair(self.ions.positions(), |i, j, d| {
                tight |= is_tight(i, j, d);
            });
        if tight { refinement.evaluations } else { 1 }
    }

    /// r ← r + (D/kT) F dt + √(2 D dt) N(0, 1).
    fn euler_step(&mut self, field: f64, moved: &mut [f64]) {
        find_forces(
            &self.ions,
            &self.neighbours,
            &self.law,
            field,
            self.ions.positions(),
            &mut self.forces,
        );
        let Ions {
            species, positions, ..
        } = &mut self.ions;
        for (range, moved) in species.iter().zip(moved) {
            let drift = range.species.diffusion * self.scheme.step;
            let spread = (2.0 * drift).sqrt();
            let ions = range.ions.clone();
            let mut sum = 0.0;
            for (position, force) in positions[ions.clone()].iter_mut().zip(&self.forces[ions]) {
                let dx = drift * force[0] + spread * self.noise.normal();
                let dy = drift * force[1] + spread * self.noise.normal();
                position[0] += dx;
                position[1] += dy;
                sum += dx;
            }
            *moved += sum;
        }
    }

    /// The same step in several force evaluations.
    fn refined_step(&mut self, evaluations: u32, field: f64, moved: &mut [f64]) {
        let (ions, neighbours, law) = (&self.ions, &self.neighbours, &self.law);
        let mut positions = ions.positions().to_vec();
        Substeps::new(self.scheme.step).advance(
            evaluations,
            &ions.diffusion(),
            &mut positions,
            |positions, forces| find_forces(ions, neighbours, law, field, positions, forces),
            &mut self.noise,
        );
        for (range, moved) in ions.species().iter().zip(moved) {
            let ways = range
                .ions
                .clone()
                .map(|k| positions[k][0] - ions.positions()[k][0]);
            *moved += ways.sum::<f64>();
        }
        self.ions.positions = positions;
    }

    /// Wraps the ions into the box and lists the pairs anew.
    fn rebuild_neighbours(&mut self) {
        self.ions.wrap();
        self.neighbours.build(self.ions.positions(), 0);
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

/// The pair force: in closed form where there is one, else from a table.
#[derive(Clone, Debug)]
enum PairForce {
    ConfinedLog {
        log: ConfinedLog,
        /// ξ/x_T.
        coupling: f64,
    },
    Tabulated(Tabulated),
}

impl PairForce {
    fn new(interaction: &Interaction) -> Result<Self, Unresolved> {
        match *interaction {
            Interaction::ConfinedLog(log) => Ok(Self::ConfinedLog {
                log,
                coupling: log.unit_coupling(),
            }),
            _ => Tabulated::new(interaction, TABLE_ERROR).map(Self::Tabulated),
        }
    }

    fn cutoff(&self) -> f64 {
        match self {
            Self::ConfinedLog { log, .. } => log.cutoff,
            Self::Tabulated(table) => table.cutoff(),
        }
    }

    /// Force over distance within the cut-off, kT/Å².
    #[inline]
    fn over_r(&self, zz: f64, r2: f64) -> f64 {
        match self {
            Self::ConfinedLog { log, coupling } => log.force_over_r(zz * coupling, r2),
            Self::Tabulated(table) => table.force_over_r(zz, r2),
        }
    }
}

/// The force on every ion at `positions`, kT/Å: F_i = z_i E x̂ + Σ_j F_ij over
/// the listed pairs, by Newton's third law, and the walls.
fn find_forces(
    ions: &Ions,
    neighbours: &NeighbourList,
    law: &PairForce,
    field: f64,
    positions: &[[f64; 2]],
    forces: &mut [[f64; 2]],
) {
    let (slit, charges) = (ions.slit(), ions.charges());
    for ((force, position), charge) in forces.iter_mut().zip(positions).zip(charges) {
        *force = [charge * field, slit.wall_force(position[1])];
    }
    let cutoff2 = law.cutoff() * law.cutoff();
    neighbours.for_each_pair(positions, |i, j, d| {
        let r2 = d[0] * d[0] + d[1] * d[1];
        if r2 < cutoff2 && r2 > 0.0 {
            let f = law.over_r(charges[i] * charges[j], r2);
            for axis in 0..2 {
                forces[i][axis] += f * d[axis];
                forces[j][axis] -= f * d[axis];
            }
        }
    });
}

#[cfg(test)]
mod tests;
