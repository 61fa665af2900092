//! Forces from beyond the cut-off: particle–particle particle–mesh.
//!
//! At every step an engine takes the forces of pairs closer than the cut-off r_c.
//! Between walls that do not screen, that leaves something out: the interaction
//! falls only as 1/r, and of the field that an ion of the published memristor feels,
//! a fifth comes from beyond 200 Å when the ions are free. Here is the rest of it:
//! on every ion, the force of all others beyond r_c and of all their periodic images.
//!
//! With S(r/R) a smooth step from 0 at r = 0 to 1 from R ≥ r_c on,
//!
//! ```text
//! F(r) 1(r ≥ r_c)  =  F(r) S(r/R)  +  F(r) [1(r ≥ r_c) - S(r/R)]
//!                     smooth: a mesh   zero from R on: pairs
//! ```
//!
//! The first part is found on a [`mesh`] by Fourier transforms. Where the slit repeats
//! itself both ways ([`lattice`]) the images come by themselves; the k = 0 term vanishes
//! because the slit is neutral, and what is left does not depend on the shape of the
//! summation, for in a plane the lattice sum of a dipole converges absolutely. Where it
//! ends in walls across there are images along it alone ([`row`]). (Hockney & Eastwood,
//! Computer Simulation Using Particles, 1988,
//! <https://doi.org/10.1201/9780367806934>, ch. 8 and 6-5.)
//!
//! These forces change as slowly as ions cross r_c. They are found anew after
//! [`LongRange::interval`] at the latest, and are constant in between: a pair that
//! crosses r_c meanwhile feels its force twice or not at all for so long.

mod lattice;
mod mesh;
mod row;
mod spectrum;

use super::pair_force::PairForce;
use super::{Ions, NeighbourList, Scheme};
use crate::interaction::Unresolved;
use crate::noise::Stream;
use crate::slit::{Slit, Walls};
use mesh::Mesh;

/// How forces from beyond the cut-off are had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LongRange {
    /// Largest error of the mesh: root mean square over the ions, relative to that
    /// of the force that it carries.
    pub error: f64,
    /// Longest time for which the forces are held constant, ps.
    pub interval: f64,
}

/// Forces cannot be had as precisely as they are wanted.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Unattainable {
    /// The finest mesh is too coarse.
    #[error(
        "the finest mesh, {} by {}, leaves an error of {reached:.1e}, {wanted:.1e} was asked for",
        points[0], points[1]
    )]
    TooCoarse {
        /// Points along and across.
        points: [usize; 2],
        /// Its error.
        reached: f64,
        /// Error asked for.
        wanted: f64,
    },
    /// The force itself is not precise enough.
    #[error(transparent)]
    Unresolved(#[from] Unresolved),
}

/// Spacings of the mesh that are tried, as shares of R.
const SPACINGS: [f64; 6] = [
    1.0 / 4.0,
    1.0 / 6.0,
    1.0 / 7.0,
    1.0 / 8.0,
    1.0 / 12.0,
    1.0 / 16.0,
];

/// R is at least so many times the distance between ions.
const SPARSE: f64 = 4.0;

/// Points of the finest mesh that is tried.
const LARGEST_MESH: usize = 1 << 23;

/// Ions at random on which a mesh is tried.
const TRIAL: usize = 400;

/// Times to be finer for the mesh that another is held against.
const FINER: f64 = 1.5;

/// Finds the forces from beyond the cut-off.
#[derive(Clone, Debug)]
pub struct Beyond {
    law: PairForce,
    cutoff: f64,
    /// R, Å.
    radius: f64,
    mesh: Mesh,
    /// Pairs closer than R.
    pairs: NeighbourList,
    longest_hold: u64,
    error: f64,
    forces: Vec<[f64; 2]>,
}

impl Beyond {
    /// For as many `ions` in `slit`, which move by `scheme`, whose cut-off is r_c.
    ///
    /// # Errors
    /// [`Unattainable`]: no mesh is fine enough.
    ///
    /// # Panics
    /// If a side along which the slit is periodic is shorter than twice the cut-off.
    pub fn new(
        scheme: &Scheme,
        slit: &Slit,
        ions: usize,
        long_range: LongRange,
    ) -> Result<Self, Unattainable> {
        let interaction = scheme.interaction;
        let cutoff = interaction.cutoff();
        let radius = radius(slit, ions, cutoff);
        let farthest = match slit.walls {
            Walls::Periodic => radius + spectrum::REACH * slit.length.max(slit.width),
            Walls::Soft { .. } => row::farthest(slit, SPACINGS[0] * radius),
        };
        let law = PairForce::new(&interaction.with_cutoff(farthest))?;
        let (mesh, error) = fine_enough(slit, &law, radius, long_range.error)?;
        Ok(Self {
            law,
            cutoff,
            radius,
            mesh,
            pairs: NeighbourList::new(*slit, radius, 0.0),
            longest_hold: (long_range.interval / scheme.step).max(1.0) as u64,
            error,
            forces: Vec::new(),
        })
    }

    /// The error of the mesh, as in [`LongRange::error`].
    #[must_use]
    pub fn error(&self) -> f64 {
        self.error
    }

    /// For how many steps the forces may be held constant.
    #[must_use]
    pub fn longest_hold(&self) -> u64 {
        self.longest_hold
    }

    /// The forces that were found last, kT/Å; none before that.
    #[must_use]
    pub fn forces(&self) -> &[[f64; 2]] {
        &self.forces
    }

    /// Finds the forces on `ions`, which are wrapped into the box.
    pub fn find(&mut self, ions: &Ions, helpers: usize) {
        let (positions, charges) = (ions.positions(), ions.charges());
        self.forces.resize(positions.len(), [0.0; 2]);
        self.mesh.find_forces(positions, charges, &mut self.forces);
        self.pairs.build(positions, helpers);
        let forces = &mut self.forces;
        let (radius2, cutoff2) = (self.radius.powi(2), self.cutoff.powi(2));
        self.pairs.for_each_pair(positions, |i, j, d| {
            let r2 = d[0] * d[0] + d[1] * d[1];
            if r2 >= radius2 || r2 == 0.0 {
                return;
            }
            let beyond = if r2 < cutoff2 { 0.0 } else { 1.0 };
            let share = beyond - smooth_step(r2.sqrt() / self.radius);
            let f = share * self.law.over_r(charges[i] * charges[j], r2);
            for axis in 0..2 {
                forces[i][axis] += f * d[axis];
                forces[j][axis] -= f * d[axis];
            }
        });
    }
}

/// R, Å: twice as far costs four times the pairs, and a quarter of the mesh, so that
/// it goes with the distance between `ions`.
fn radius(slit: &Slit, ions: usize, cutoff: f64) -> f64 {
    let period = match slit.walls {
        Walls::Periodic => slit.length.min(slit.width),
        Walls::Soft { .. } => slit.length,
    };
    let apart = (slit.area() / ions.max(1) as f64).sqrt();
    f64::max(2.0 * cutoff, SPARSE * apart).min(0.5 * period)
}

/// The coarsest mesh whose error is below `wanted`, and its error.
fn fine_enough(
    slit: &Slit,
    law: &PairForce,
    radius: f64,
    wanted: f64,
) -> Result<(Mesh, f64), Unattainable> {
    let mesh = |spacing: f64| {
        if let Walls::Soft { .. } = slit.walls {
            return row::mesh(slit, law, radius, spacing, LARGEST_MESH);
        }
        let points = [slit.length, slit.width].map(|side| mesh::points(side / spacing));
        let small = points[0] * points[1] <= LARGEST_MESH;
        small.then(|| lattice::mesh(slit, points, |k| spectrum::smooth_part(law, radius, k)))
    };
    let (mut tried, mut reached) = ([0; 2], f64::INFINITY);
    for share in SPACINGS {
        let spacing = share * radius;
        let (Some(mut coarse), Some(mut fine)) = (mesh(spacing), mesh(spacing / FINER)) else {
            break;
        };
        tried = coarse.points();
        reached = difference(slit, &mut coarse, &mut fine);
        if reached <= wanted {
            return Ok((coarse, reached));
        }
    }
    Err(Unattainable::TooCoarse {
        points: tried,
        reached,
        wanted,
    })
}

/// By how much the forces of two meshes on ions at random differ: root mean square,
/// relative to the finer.
fn difference(slit: &Slit, coarse: &mut Mesh, fine: &mut Mesh) -> f64 {
    let mut places = Stream::named(0, "mesh trial", 0);
    let positions: Vec<[f64; 2]> = (0..TRIAL)
        .map(|_| {
            let x = slit.length * places.uniform();
            [x, slit.width * (places.uniform() - 0.5)]
        })
        .collect();
    let charges: Vec<f64> = (0..TRIAL).map(|k| [1.0, -1.0][k % 2]).collect();
    let [mut found, mut better] = [vec![[0.0; 2]; TRIAL], vec![[0.0; 2]; TRIAL]];
    coarse.find_forces(&positions, &charges, &mut found);
    fine.find_forces(&positions, &charges, &mut better);
    let (mut off, mut all) = (0.0, 0.0);
    for (found, better) in found.iter().zip(&better) {
        for axis in 0..2 {
            off += (found[axis] - better[axis]).powi(2);
            all += better[axis].powi(2);
        }
    }
    (off / all).sqrt()
}

/// S(t): from 0 at t = 0 to 1 at t = 1, four derivatives zero at both ends, and 1
/// beyond.
fn smooth_step(t: f64) -> f64 {
    if t >= 1.0 {
        return 1.0;
    }
    t.powi(5) * (126.0 + t * (-420.0 + t * (540.0 + t * (-315.0 + t * 70.0))))
}

#[cfg(test)]
mod tests;
