//! The program around the physics: scenario files, runs, result files,
//! figures and the command line of `bjerrum`.
//!
//! ```text
//! scenario → run, circuits, convergence → results → plot, summary
//!              ↑                   results, measured → device → export
//!            sweep
//! ```
//!
//! [`scenario`] reads what is asked for, [`run`] does it and writes a file
//! ([`results`]), [`sweep`] does so at many points; [`convergence`] asks how far its
//! step is from the limit. Figures ([`plot`], [`picture`]) and the printed table
//! ([`summary`]) are made from that file alone, and so is the page that holds all of it
//! ([`report`]). [`measured`] reads what a lab exports, [`device`] turns either into a
//! device model, and [`export`] writes that for circuit simulators. [`validation`] keeps and shows what the claims found.

pub mod circuits;
pub mod convergence;
pub mod device;
pub mod export;
pub mod measured;
mod page;
pub mod picture;
pub mod plot;
pub mod report;
pub mod results;
pub mod run;
pub mod scenario;
pub mod summary;
pub mod sweep;
pub mod validation;
