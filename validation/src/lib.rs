//! The claims of bjerrum: expected, got, error, verdict.

pub mod published;
