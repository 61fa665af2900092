//! Circuits of device models: run, tables, figures.
//!
//! ```text
//! scenario::Circuits → run, analyses → results → figures, summary
//! ```
//!
//! The counterpart of [`crate::run`] for scenarios whose devices are equations
//! instead of ions. Everything printed and drawn is read back from the file.

mod analyses;
mod error;
mod picture;
mod progress;
mod run;
mod summary;
mod tables;

pub use error::CircuitError;
pub use picture::figures;
pub use run::run;
pub use summary::summarise;

use crate::scenario::{CircuitScenario, Circuits};

/// The group of a circuit in the result file: its name where there are several.
fn label<'c>(circuits: &Circuits, circuit: &'c CircuitScenario) -> &'c str {
    match circuits.compared {
        true => &circuit.name,
        false => "circuit",
    }
}

/// The name of a table of a circuit.
fn table_name(circuits: &Circuits, circuit: &CircuitScenario, table: &str) -> String {
    match circuits.compared {
        true => format!("{table}-{}", circuit.name),
        false => table.to_owned(),
    }
}
