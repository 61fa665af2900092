//! Brownian dynamics of ions in a slit.
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
//! scheme (Science 373, 687 (2021)).
//!
//! Where a pair is tight, a step may take several evaluations of the forces
//! ([`substeps`]); that makes the `physical` preset converge.
//!
//! Two engines obey this law. [`PlainEngine`] moves every ion at every step, in
//! double precision and with nothing rearranged: it is the reference.
//! [`FastEngine`] splits the ions into groups that cannot meet and moves each
//! group in the cheapest way that leaves the law as it is.
//!
//! Both take any [`Interaction`]: the confined log in its closed form, the others
//! from a table good to 1e-8 (plain) or in single precision to 2e-6 (fast), of the
//! force or, where it is below a millionth of that at contact, of that millionth.
//! A force that cannot be had so precisely is refused.
//!
//! [`escape`] measures how far a scheme is from its limit of short steps, by the
//! life of a pair.

mod beyond;
mod crew;
pub mod escape;
mod fast;
mod ions;
mod neighbours;
mod pair_force;
mod plain;
mod state;
pub mod substeps;
pub mod underdamped;

pub use beyond::{Beyond, LongRange, Unattainable};
pub use fast::{Census, FastEngine};
pub use ions::{IonRange, Ions};
pub use neighbours::{AcrossPair, NeighbourList};
pub use plain::PlainEngine;
pub use state::{EngineState, ForeignState};

use crate::interaction::Interaction;
use crate::slit::Slit;

/// What one step of an engine is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scheme {
    /// The pair interaction.
    pub interaction: Interaction,
    /// Time step, ps.
    pub step: f64,
    /// Where a step takes more than one evaluation of the forces, if anywhere.
    pub refinement: Option<Refinement>,
}

/// Steps in several force evaluations for groups of ions that are tight: see
/// [`substeps`] for the scheme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refinement {
    /// Force evaluations K in a step of a tight group; 1 changes nothing.
    pub evaluations: u32,
    /// A group is tight when two of its ions that attract each other are closer
    /// than this at the start of the step, Å.
    pub within: f64,
}

/// What moves the ions of one slit.
pub trait Engine: Send + Sync {
    /// The ions as they are now.
    fn ions(&self) -> &Ions;

    /// The scheme.
    fn scheme(&self) -> &Scheme;

    /// Which pairs are near: complete within the cut-off at the present positions.
    fn neighbours(&self) -> &NeighbourList;

    /// Steps taken so far.
    fn steps_done(&self) -> u64;

    /// Takes one step under each of `fields` (kT/(e·Å)) in turn. Adds to
    /// `moved[s]` the sum of the displacements along x of the ions of species s
    /// (Å), noise included.
    ///
    /// The lists are built anew at the start, so that the state between two
    /// calls is the positions and the noise alone.
    fn advance(&mut self, fields: &[f64], moved: &mut [f64]);

    /// What it takes to go on from here in another engine for the same ions.
    fn state(&self) -> EngineState;

    /// Goes back, or on, to `state`, and then moves the ions, to the bit, as the
    /// engine that was in it did.
    ///
    /// # Errors
    /// [`ForeignState`] if it is the state of an engine of another kind or of
    /// other ions; nothing is changed then.
    fn restore(&mut self, state: EngineState) -> Result<(), ForeignState>;

    /// The slit.
    fn slit(&self) -> &Slit {
        self.ions().slit()
    }

    /// The species and which ions are theirs.
    fn species(&self) -> &[IonRange] {
        self.ions().species()
    }

    /// Time since the start, ps.
    fn time(&self) -> f64 {
        self.steps_done() as f64 * self.scheme().step
    }
}
