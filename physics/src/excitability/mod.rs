//! How a neuron answers: when it rests, when it fires, and how fast.
//!
//! ```text
//! equilibria   where it rests, and whether that is stable (Clamp → eigenvalues)
//! trial        one integration, and whether it fires for good
//! curve        f–I: rate against a source, rheobase, Hopf point
//! map          silent, spiking or both, over two parameters
//! plane        nullclines and limit cycle
//! sensitivity  d ln f / d ln p
//! threshold    the least pulse that makes a resting neuron fire, against its length
//! refractory   the same of a second pulse, against its delay
//! ```
//!
//! Nothing here knows what a neuron is made of: it is handed circuits
//! ([`crate::circuit::System`]), each at the values of the parameters asked for.
//! Many trials run side by side; what comes out does not depend on how many.
//! Textbook: Izhikevich, *Dynamical Systems in Neuroscience* (2007),
//! <https://doi.org/10.7551/mitpress/2526.001.0001>.

mod curve;
mod equilibria;
mod map;
mod plane;
mod refractory;
mod sensitivity;
#[cfg(test)]
mod tests;
mod threshold;
mod trial;

pub use curve::{Curve, CurveRequest, Point, Transition, curve};
pub use equilibria::{Equilibrium, equilibria};
pub use map::{Map, MapRequest, Regime, map};
pub use plane::{Bound, Plane, PlaneRequest, plane};
pub use refractory::{RELATIVE, Refractory, RefractoryRequest, refractory};
pub use sensitivity::{Sensitivity, sensitivity};
pub use threshold::{Pulse, Pulsed, StrengthDuration, Threshold, strength_duration};
pub use trial::{Firing, Protocol, State, Trial};

use crate::circuit::IntegrationError;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExcitabilityError {
    /// A trial could not be integrated.
    #[error(transparent)]
    Integration(#[from] IntegrationError),
    /// Equilibria and nullclines need one free voltage.
    #[error("the node has no capacitor, or other nodes have voltages of their own beside it")]
    NoMembrane,
    /// There is no spike to start from.
    #[error("it does not fire as it stands, so there is no spiking state to start from")]
    Silent,
    /// It fires where it should rest.
    #[error("it fires without a pulse, so there is no rest to start from")]
    Restless,
    /// No pulse makes it fire.
    #[error("no pulse up to the largest makes it fire")]
    NoThreshold,
    /// It was asked to stop.
    #[error("stopped")]
    Stopped,
}

type Result<T> = std::result::Result<T, ExcitabilityError>;
