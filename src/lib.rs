//! The program around the physics: scenario files, runs, result files,
//! figures and the command line of `bjerrum`.

pub mod plot;
pub mod scenario;
