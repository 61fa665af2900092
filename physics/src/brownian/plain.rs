//! The plain engine: every ion, every step, in double precision.
//!
//! The published scheme with nothing rearranged: the reference that faster
//! engines are held against.

use super::beyond::Beyond;
use super::pair_force::PairForce;
use super::substeps::Substeps;
use super::{Engine, EngineState, ForeignState, Ions, NeighbourList, Scheme};
use crate::interaction::Unresolved;
use crate::noise::Stream;

/// Skin of the neighbour list, Å. A free ion diffuses 1 Å a step: between two
/// builds some 150 steps pass at rest and 60 in the strongest published field.
const SKIN: f64 = 60.0;

/// Moves the ions of one slit as the published program does.
#[derive(Clone, Debug)]
pub struct PlainEngine {
    ions: Ions,
    scheme: Scheme,
    law: PairForce,
    forces: Vec<[f64; 2]>,
    neighbours: NeighbourList,
    beyond: Option<Beyond>,
    noise: Stream,
    steps_done: u64,
    /// When the neighbours were listed.
    listed: u64,
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
            beyond: None,
            ions,
            scheme,
            noise,
            steps_done: 0,
            listed: 0,
        };
        engine.rebuild_neighbours();
        Ok(engine)
    }

    /// With the forces from beyond the cut-off as well, if there are to be any.
    #[must_use]
    pub fn with_beyond(mut self, beyond: Option<Beyond>) -> Self {
        self.beyond = beyond;
        self
    }

    /// One step under `field` (kT/(e·Å)); `moved` as in [`Engine::advance`].
    pub fn step(&mut self, field: f64, moved: &mut [f64]) {
        match self.evaluations() {
            1 => self.euler_step(field, moved),
            evaluations => self.refined_step(evaluations, field, moved),
        }
        self.steps_done += 1;
        let held = self.steps_done - self.listed;
        let is_due = |beyond: &Beyond| held >= beyond.longest_hold();
        let stale = self.neighbours.is_stale(self.ions.positions());
        if stale || self.beyond.as_ref().is_some_and(is_due) {
            self.rebuild_neighbours();
        }
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
            self.beyond.as_ref(),
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
        let beyond = self.beyond.as_ref();
        let mut positions = ions.positions().to_vec();
        Substeps::new(self.scheme.step).advance(
            evaluations,
            &ions.diffusion(),
            &mut positions,
            |at, forces| find_forces(ions, neighbours, law, beyond, field, at, forces),
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

    /// Wraps the ions into the box, lists the pairs anew and finds the forces from
    /// beyond the cut-off.
    fn rebuild_neighbours(&mut self) {
        self.ions.wrap();
        self.neighbours.build(self.ions.positions(), 0);
        if let Some(beyond) = &mut self.beyond {
            beyond.find(&self.ions, 0);
        }
        self.listed = self.steps_done;
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

    fn state(&self) -> EngineState {
        EngineState {
            streams: vec![self.noise.clone()],
            ..EngineState::of(&self.ions, self.steps_done)
        }
    }

    fn restore(&mut self, mut state: EngineState) -> Result<(), ForeignState> {
        state.check(&self.ions, 1, 0)?;
        self.noise = state.streams.remove(0);
        self.steps_done = state.steps_done;
        self.ions.place(&state);
        self.rebuild_neighbours();
        Ok(())
    }
}

/// The force on every ion at `positions`, kT/Å: F_i = z_i E x̂ + Σ_j F_ij over
/// the listed pairs, by Newton's third law, the walls, and what comes from beyond the
/// cut-off.
fn find_forces(
    ions: &Ions,
    neighbours: &NeighbourList,
    law: &PairForce,
    beyond: Option<&Beyond>,
    field: f64,
    positions: &[[f64; 2]],
    forces: &mut [[f64; 2]],
) {
    let (slit, charges) = (ions.slit(), ions.charges());
    for ((force, position), charge) in forces.iter_mut().zip(positions).zip(charges) {
        *force = [charge * field, slit.wall_force(position[1])];
    }
    for (force, far) in forces
        .iter_mut()
        .zip(beyond.map_or(&[][..], Beyond::forces))
    {
        force[0] += far[0];
        force[1] += far[1];
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
