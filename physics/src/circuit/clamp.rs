//! A circuit under voltage clamp: what it does while one voltage is given.

use nalgebra::DMatrix;

use super::System;
use super::assembly::Now;

/// A circuit with one free voltage, that of a membrane, at the moment 0 of its
/// sources:
///
/// ```text
/// dV/dt = F(V, x),   dx/dt = f(V, x)
/// ```
///
/// V is the voltage of a node (V), x are the memories of all elements.
#[derive(Debug)]
pub struct Clamp<'s> {
    system: &'s System,
    node: usize,
}

/// The moment at which sources are read.
const START: Now = Now {
    time: 0.0,
    phase: (0.0, 0.0),
};

impl<'s> Clamp<'s> {
    /// Takes hold of `node`; nothing if more voltages are free than its own, or if
    /// no capacitor slows it.
    #[must_use]
    pub fn new(system: &'s System, node: usize) -> Option<Self> {
        let free = system.free_voltages();
        let moves = free == 1 && system.differential()[0] && system.is_free(node);
        moves.then_some(Self { system, node })
    }

    /// All memories after V = `voltage` (V) had been held for long.
    #[must_use]
    pub fn rest(&self, voltage: f64) -> Vec<f64> {
        let nodes = self
            .system
            .node_voltages(START, &self.unknowns(voltage, None));
        let carriers = self.system.carriers().iter();
        let rest = carriers.flat_map(|carrier| {
            let across = self.system.across(carrier, &nodes);
            self.system.device(carrier).rest(across)
        });
        rest.collect()
    }

    /// dV/dt (V/s) and dx/dt of every memory.
    #[must_use]
    pub fn rates(&self, voltage: f64, memories: &[f64]) -> Vec<f64> {
        let y = self.unknowns(voltage, Some(memories));
        let mut rates = vec![0.0; y.len()];
        let mut currents = vec![0.0; self.system.carriers().len()];
        self.system.rates(START, &y, &mut rates, &mut currents);
        rates
    }

    /// The matrix of derivatives of the rates by V and by every memory, 1/s times
    /// the units of memories.
    #[must_use]
    pub fn jacobian(&self, voltage: f64, memories: &[f64]) -> DMatrix<f64> {
        let y = self.unknowns(voltage, Some(memories));
        self.system.jacobian(START, &y)
    }

    /// The lowest voltage (V) at which something fires.
    #[must_use]
    pub fn threshold(&self) -> Option<f64> {
        let firing = self.system.firing().into_iter().map(|(_, voltage)| voltage);
        firing.min_by(f64::total_cmp)
    }

    /// The largest voltage (V) that is named in the circuit.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.system.netlist().voltage_scale()
    }

    fn unknowns(&self, voltage: f64, memories: Option<&[f64]>) -> Vec<f64> {
        let mut y = self.system.initial().to_vec();
        self.system.put_voltage(self.node, voltage, START, &mut y);
        if let Some(memories) = memories {
            y[1..].copy_from_slice(memories);
        }
        y
    }
}

impl System {
    /// The same circuit, starting from these voltages of its nodes (V, ground first)
    /// and these memories, as a [`super::Row`] tells them.
    #[must_use]
    pub fn starting_at(mut self, voltages: &[f64], memories: &[f64]) -> Self {
        let mut y = self.initial().to_vec();
        for (node, voltage) in voltages.iter().enumerate().skip(1) {
            self.put_voltage(node, *voltage, START, &mut y);
        }
        let first = y.len() - memories.len();
        y[first..].copy_from_slice(memories);
        self.set_initial(y);
        self
    }
}
