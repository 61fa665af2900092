//! What is connected to what: plain data, and what no circuit can be.

use std::fmt;

use super::OnePort;
use crate::drive::Drive;

/// What stands between two nodes.
#[derive(Debug)]
pub enum Part {
    /// q = C (v_1 - v_2).
    Capacitor {
        /// C, F; positive.
        capacitance: f64,
        /// v_1 - v_2 at the start, V.
        initial_voltage: f64,
    },
    /// Holds v_1 - v_2 at its drive (V), whatever it takes; constant: a battery.
    VoltageSource(Drive),
    /// Drives a current (A) from the first node through itself to the second.
    CurrentSource(Drive),
    /// Anything with an equation for its current.
    OnePort {
        /// The equation.
        device: Box<dyn OnePort>,
        /// Its memories at the start.
        start: Start,
    },
}

impl Part {
    /// The drive of a source.
    #[must_use]
    pub fn drive(&self) -> Option<&Drive> {
        match self {
            Self::VoltageSource(drive) | Self::CurrentSource(drive) => Some(drive),
            _ => None,
        }
    }

    /// The largest voltage (V) that its parameters name.
    fn voltage(&self) -> f64 {
        match self {
            Self::Capacitor {
                initial_voltage, ..
            } => initial_voltage.abs(),
            Self::VoltageSource(drive) => drive.peak(),
            Self::CurrentSource(_) => 0.0,
            Self::OnePort { device, .. } => {
                let named = [device.battery(), device.threshold()];
                named
                    .into_iter()
                    .flatten()
                    .fold(0.0, |most, v| v.abs().max(most))
            }
        }
    }
}

/// How a one-port was prepared.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Start {
    /// It is at rest under the voltage that is across it at the start.
    #[default]
    AtRest,
    /// It had been held at this voltage (V) for long.
    HeldAt(f64),
    /// Every memory has this value.
    Memory(f64),
}

/// A named part between two nodes.
#[derive(Debug)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// Its nodes, by number in [`Netlist::nodes`].
    pub nodes: [usize; 2],
    /// What it is.
    pub part: Part,
}

/// A circuit: nodes, of which the first is ground, and what is between them.
#[derive(Debug)]
pub struct Netlist {
    /// Names of the nodes; the first is ground, at 0 V.
    pub nodes: Vec<String>,
    /// The elements.
    pub elements: Vec<Element>,
}

/// Why a netlist is not a circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetlistError {
    /// Nothing fixes the voltage of a node.
    Floating {
        /// The node.
        node: String,
    },
    /// Only one element is connected to a node.
    Dangling {
        /// The node.
        node: String,
        /// The element.
        element: String,
    },
    /// Voltage sources in a loop fix the same voltage twice.
    SourceLoop {
        /// The source that closes the loop.
        element: String,
    },
    /// What fires must lie between a capacitor's node and ground.
    CannotFire {
        /// The element.
        element: String,
    },
    /// Nothing in it changes by itself: no capacitor, no memory.
    NothingMoves,
}

impl fmt::Display for NetlistError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Floating { node } => write!(
                f,
                "nothing fixes the voltage of node {node}: no path through capacitors, conductors \
                 and voltage sources leads from it to ground"
            ),
            Self::Dangling { node, element } => {
                write!(
                    f,
                    "node {node} is an end: only {element} is connected to it"
                )
            }
            Self::SourceLoop { element } => write!(
                f,
                "{element} closes a loop of voltage sources, which fix the same voltage twice"
            ),
            Self::CannotFire { element } => write!(
                f,
                "{element} resets the voltage of its first node, which must have a capacitor, no \
                 voltage source, and ground on the other side"
            ),
            Self::NothingMoves => {
                write!(
                    f,
                    "nothing in the circuit changes by itself: it has no capacitor and no \
                           device with a memory"
                )
            }
        }
    }
}

impl std::error::Error for NetlistError {}

impl Netlist {
    /// What the elements are connected to is what a circuit needs.
    ///
    /// # Errors
    /// The first [`NetlistError`] found.
    pub fn check(&self) -> Result<(), NetlistError> {
        for (number, node) in self.nodes.iter().enumerate().skip(1) {
            let mut there = self.elements.iter().filter(|e| e.nodes.contains(&number));
            let (first, second) = (there.next(), there.next());
            if let (Some(only), None) = (first, second) {
                return Err(NetlistError::Dangling {
                    node: node.clone(),
                    element: only.name.clone(),
                });
            }
        }
        let mut sources = Groups::new(self.nodes.len());
        for element in &self.elements {
            if matches!(element.part, Part::VoltageSource(_)) && !sources.join(element.nodes) {
                return Err(NetlistError::SourceLoop {
                    element: element.name.clone(),
                });
            }
        }
        let mut fixed = Groups::new(self.nodes.len());
        for element in &self.elements {
            if !matches!(element.part, Part::CurrentSource(_)) {
                fixed.join(element.nodes);
            }
        }
        if let Some(node) = (1..self.nodes.len()).find(|&n| fixed.of(n) != fixed.of(0)) {
            return Err(NetlistError::Floating {
                node: self.nodes[node].clone(),
            });
        }
        self.check_firing(&sources)?;
        let moves = |e: &Element| match &e.part {
            Part::Capacitor { .. } => sources.of(e.nodes[0]) != sources.of(e.nodes[1]),
            Part::OnePort { device, .. } => !device.memories().is_empty(),
            _ => false,
        };
        match self.elements.iter().any(moves) {
            true => Ok(()),
            false => Err(NetlistError::NothingMoves),
        }
    }

    /// The largest voltage (V) that is named anywhere; a volt if none is.
    pub(super) fn voltage_scale(&self) -> f64 {
        let named = self.elements.iter().map(|e| e.part.voltage());
        match named.fold(0.0, f64::max) {
            0.0 => 1.0,
            largest => largest,
        }
    }

    /// A voltage can jump where a charge can be put: on a capacitor to ground.
    fn check_firing(&self, sources: &Groups) -> Result<(), NetlistError> {
        for element in &self.elements {
            let Part::OnePort { device, .. } = &element.part else {
                continue;
            };
            if device.threshold().is_none() {
                continue;
            }
            let [node, other] = element.nodes;
            let held =
                (0..self.nodes.len()).any(|n| n != node && sources.of(n) == sources.of(node));
            let has_capacitor = self.elements.iter().any(|e| {
                let is_capacitor = matches!(e.part, Part::Capacitor { .. });
                is_capacitor && (e.nodes == [node, 0] || e.nodes == [0, node])
            });
            if other != 0 || held || !has_capacitor {
                return Err(NetlistError::CannotFire {
                    element: element.name.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Nodes that hang together.
#[derive(Clone, Debug)]
pub(super) struct Groups(Vec<usize>);

impl Groups {
    pub(super) fn new(nodes: usize) -> Self {
        Self((0..nodes).collect())
    }

    /// The lowest node of the group of `node`.
    pub(super) fn of(&self, node: usize) -> usize {
        let mut at = node;
        while self.0[at] != at {
            at = self.0[at];
        }
        at
    }

    /// Joins the groups of two nodes; false if they were one already.
    pub(super) fn join(&mut self, nodes: [usize; 2]) -> bool {
        let (a, b) = (self.of(nodes[0]), self.of(nodes[1]));
        self.0[a.max(b)] = a.min(b);
        a != b
    }
}
