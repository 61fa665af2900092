//! The program around the physics: scenario files, runs, result files,
//! figures and the command line of `bjerrum`.
//!
//! ```text
//! scenario → run, convergence → results → plot, summary
//! ```
//!
//! [`scenario`] reads what is asked for, [`run`] does it and writes a file
//! ([`results`]); [`convergence`] asks how far its step is from the limit; figures ([`plot`], [`picture`]) and the printed table
//! ([`summary`]) are made from that file alone.

pub mod convergence;
pub mod picture;
pub mod plot;
pub mod results;
pub mod run;
pub mod scenario;
pub mod summary;
