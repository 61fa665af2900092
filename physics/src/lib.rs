//! The physics of bjerrum: confined ions, how they move, what they carry, and
//! the memristors and neurons made of them.
//!
//! A pure library: no files, no clock, no command line. Each module is a noun
//! of the field and depends only on those before it:
//!
//! ```text
//! units → electrolyte, salts, slit → interaction → drive → noise → brownian
//!       → observables → theory → memristor → circuit → neuron
//!       → excitability
//! ```

pub mod brownian;
pub mod circuit;
pub mod drive;
pub mod electrolyte;
pub mod excitability;
mod forest;
pub mod interaction;
pub mod memristor;
pub mod neuron;
pub mod noise;
pub mod observables;
mod quadrature;
pub mod salts;
pub mod slit;
pub mod statistics;
pub mod theory;
pub mod units;
