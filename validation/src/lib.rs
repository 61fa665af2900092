//! The claims of bjerrum: expected, got, error, verdict.
//!
//! A [`Claim`] is a statement about the engine and a measurement that can
//! refute it, against theory or against the published results. Pure: no files,
//! no clock, no printing; the program supplies those. Every claim has a test
//! that plants a [`Fault`] in the engine and asserts that the claim fails.

mod claim;
pub mod claims;
pub mod published;
mod report;
mod subject;

pub use claim::{
    Axes, Check, Claim, Columns, InParts, Keeper, Law, Measurement, Place, Plan, Tier, Underway,
    Unkept, Verdict, score_limit,
};
pub use claims::{claims, claims_of};
pub use report::{ChiSquared, Departure, FALSE_ALARM, Finding, Report, markdown_table};
pub use subject::{DIFFUSION, Fault, Subject};
