//! Circuits: slits and their models between capacitors, sources and batteries.
//!
//! Two ways of running one:
//!
//! ```text
//! Brownian slits → cosimulation           ions and capacitor take turns
//! one-ports → netlist → assembly → integration    devices are equations
//! ```
//!
//! In [`Circuit`] the slits are simulated ion by ion, and their currents
//! advance the voltage of one capacitor, window after window. In a [`Netlist`]
//! every device is a [`OnePort`]: an equation for its current, with memories of
//! its own; Kirchhoff's laws are assembled into one system of differential and
//! algebraic equations, and solved by a stiff method with a controlled error. Devices of which the number of
//! ions is known have its noise.
//!
//! As device models do, netlists speak the SI: V, A, F, S, s.

mod assembly;
mod clamp;
mod cosimulation;
mod integration;
mod islands;
pub mod membrane;
mod netlist;
mod noise;
mod one_port;
#[cfg(test)]
mod tests;

pub use assembly::System;
pub use clamp::Clamp;
pub use cosimulation::{Branch, Circuit, CircuitWindow, Coupling};
pub use integration::{Course, Effort, IntegrationError, Reset, Row, Settings, integrate};
pub use netlist::{Element, Netlist, NetlistError, Part, Start};
pub use one_port::{Memristor, OnePort, Resistor};
