//! b

pub mod scenario;
