//! What is measured on the ions of a slit: currents, who is free, and how ions
//! stand together.
//!
//! Everything is averaged over a window of steps. The current of a step is the
//! charge-weighted displacement of all ions along the field, noise included,
//! divided by the length of the slit (the published definition):
//!
//! ```text
//! I = e Σ_i z_i Δx_i / (L dt)
//! ```
//!
//! [`ClusterWatch`] measures pairs and clusters while a run goes on, without
//! keeping its trajectory: who is linked with whom ([`Links`]), the clusters that
//! links make ([`Cluster`]), how many there are of each size and what shape
//! they have ([`Sizes`]), bound pairs ([`BoundPairs`]), g(r)
//! ([`PairCorrelation`]) and how long pairs live ([`Lifetimes`]).

mod cluster;
mod connected;
mod correlation;
mod lifetimes;
mod links;
mod pairs;
#[cfg(test)]
mod scripted;
mod shape;
mod sizes;
#[cfg(test)]
mod tests;
mod watch;
mod window;

pub use cluster::{Cluster, find_clusters};
pub use connected::Clusters;
pub use correlation::PairCorrelation;
pub use lifetimes::{Lifetimes, Survival};
pub use links::{Criterion, Link, Links};
pub use pairs::BoundPairs;
pub use shape::Gyration;
pub use sizes::{SizeBin, Sizes};
pub use watch::{ClusterRule, ClusterWatch, ClusterWindow};
pub use window::{Sampling, WindowAverage, run_watched_window, run_window};
