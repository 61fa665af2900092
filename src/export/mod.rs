//! Device models and circuits in the words of other programs.
//!
//! ```text
//! device file → device → SPICE subcircuit, Verilog-A module, JSON
//! circuit scenario → netlist for ngspice
//! ```
//!
//! The equation is the one that fits and circuits compute with
//! ([`bjerrum_physics::memristor::device::Law`]), written down in another
//! language; parameters keep their names. A memory is the voltage of a node with
//! one farad on it, into which a current of dx/dt amperes flows.

mod circuit;
mod device;
mod error;
mod json;
mod language;
mod spice;
mod verilog_a;

pub use circuit::netlist;
pub use device::Device;
pub use error::ExportError;
pub use json::json;
pub use spice::spice;
pub use verilog_a::verilog_a;

use crate::device::refuse_to_replace;
use std::path::Path;

/// What exports are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A SPICE subcircuit, for ngspice.
    Spice,
    /// A Verilog-A module.
    VerilogA,
    /// JSON.
    Json,
}

impl Format {
    /// How the names of such files end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Spice => "sub",
            Self::VerilogA => "va",
            Self::Json => "json",
        }
    }

    /// `device`, written.
    #[must_use]
    pub fn written(self, device: &Device) -> String {
        match self {
            Self::Spice => spice(device),
            Self::VerilogA => verilog_a(device),
            Self::Json => json(device),
        }
    }
}

/// Writes an export to `path`; a file that exists only if it may be replaced.
///
/// # Errors
/// [`ExportError`] if it exists or cannot be written.
pub fn write(text: &str, path: &Path, overwrite: bool) -> Result<(), ExportError> {
    refuse_to_replace(path, overwrite)?;
    std::fs::write(path, text).map_err(|error| ExportError::Write {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}
