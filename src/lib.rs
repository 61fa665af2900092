//! The `bjerrum` program as a library.
pub mod results;
