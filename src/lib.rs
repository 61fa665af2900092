//! The program around the physics: scenario files, runs, result files,
//! figures and the command line of `bjerrum`.
//!
//! ```text
//! scenario → run, circuits, convergence → results → plot, summary
//!                       results, measured → device
//! ```
//!
//! [`scenario`] reads what is asked for, [`run`] does it and writes a file
//! ([`results`]); [`convergence`] asks how far its step is from the limit; figures ([`plot`], [`picture`]) and the printed table
//! ([`summary`]) are made from that file alone. [`measured`] reads what a lab
//! exports, and [`device`] turns either into a device model.

pub mod circuits;
pub mod convergence;
pub mod device;
pub mod measured;
pub mod picture;
pub mod plot;
pub mod results;
pub mod run;
pub mod scenario;
pub mod summary;
pub mod validation;
