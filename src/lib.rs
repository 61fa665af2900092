//! The program around the physics: scenario files, runs, result files,
//! figures and the command line of `bjerrum`.
//!
//! ```text
//! scenario → run → results → plot, summary
//! ```
//!
//! [`scenario`] reads what is asked for, [`run`] does it and writes a file
//! ([`results`]); figures ([`plot`], [`picture`]) and the printed table
//! ([`summary`]) are made from that file alone.

pub mod picture;
pub mod plot;
pub mod results;
pub mod run;
pub mod scenario;
pub mod summary;
