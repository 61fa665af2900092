//! b

pub mod plot;
