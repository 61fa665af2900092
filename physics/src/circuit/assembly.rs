//! Kirchhoff's laws of a netlist, as one system of equations.
//!
//! The unknowns are charges rather than voltages, so that capacitors between
//! nodes, sources beside capacitors, and drives that jump all keep the charge:
//!
//! 1. Nodes joined by voltage sources are one *island*, with one unknown
//!    voltage V; each of its nodes differs from it by drives e(t). The island
//!    of ground is at 0.
//! 2. An island's charge is q = K V + B e(t), with the capacitances between
//!    islands in K. Islands that capacitors join to ground, directly or not,
//!    give their voltages by q alone.
//! 3. In a group of islands without capacitors to ground the charges sum to
//!    zero: one voltage, that of its *root*, is unknown instead, and fixed by
//!    the currents into the group, which sum to zero.
//!
//! With w = q/K_jj (V), so that all unknowns y are voltages or memories:
//!
//! ```text
//! dw_j/dt = (1/K_jj) Σ i_j      charge of island j
//! 0       = Σ i                 root of a group without capacitor to ground
//! dx/dt   = f(v, x)             memories
//! ```
//!
//! This is charge-oriented nodal analysis (Günther & Feldmann, Surv. Math. Ind.
//! 8, 97 (1999)) with the sources eliminated: a semi-explicit system whose mass
//! matrix is diagonal, of index 1 where conductors fix the roots.

use nalgebra::{DMatrix, DVector};

use super::integration::Row;
use super::islands::{Charges, Islands};
use super::{Element, Netlist, NetlistError, OnePort, Part, Start};
use crate::units::PICOSECOND;

/// An element that carries a current, and where its memories are.
#[derive(Debug)]
pub(super) struct Carrier {
    /// Number of the element in the netlist.
    pub(super) element: usize,
    /// First of its memories among the unknowns.
    pub(super) first: usize,
    /// Number of its memories.
    pub(super) memories: usize,
}

/// The equations of a netlist.
#[derive(Debug)]
pub struct System {
    netlist: Netlist,
    islands: Islands,
    carriers: Vec<Carrier>,
    /// Elements that are sources of a voltage, of a current.
    voltages: Vec<usize>,
    currents: Vec<usize>,
    /// Node voltages from island unknowns, and from the drives e.
    nodes: DMatrix<f64>,
    nodes_driven: DMatrix<f64>,
    /// Island unknowns from island voltages.
    unknowns: DMatrix<f64>,
    /// What a current out of each node does to the island unknowns.
    outflow: DMatrix<f64>,
    /// Which unknowns have a time derivative.
    differential: Vec<bool>,
    initial: Vec<f64>,
    scales: Vec<f64>,
    voltage_scale: f64,
}

/// Rounds in which the voltages of roots are looked for.
const ROUNDS: usize = 20;

/// A time (s), in a phase in which no drive jumps or bends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Now {
    pub(super) time: f64,
    /// Start and end of the phase, s.
    pub(super) phase: (f64, f64),
}

impl Now {
    /// The time in ps, within the phase: a drive that jumps at its end has not yet.
    fn picoseconds(self) -> f64 {
        let (start, end) = self.phase;
        let margin = 1e-9 * (end - start);
        self.time.clamp(start + margin, end - margin) / PICOSECOND
    }
}

impl System {
    /// Assembles the equations of `netlist`.
    ///
    /// # Errors
    /// [`NetlistError`] if it is not a circuit.
    pub fn new(netlist: Netlist) -> Result<Self, NetlistError> {
        netlist.check()?;
        let islands = Islands::of(&netlist);
        let charges = Charges::of(&netlist, &islands);
        let count = charges.differential.len();

        let mut carriers = Vec::new();
        let mut differential = charges.differential.clone();
        let voltage_scale = netlist.voltage_scale();
        let mut scales = vec![voltage_scale; count];
        for (element, Element { part, .. }) in netlist.elements.iter().enumerate() {
            if let Part::OnePort { device, .. } = part {
                let (first, memories) = (differential.len(), device.memories().len());
                carriers.push(Carrier {
                    element,
                    first,
                    memories,
                });
                differential.resize(first + memories, true);
                scales.extend(device.scales());
            }
        }
        let is = |wanted: fn(&Part) -> bool| -> Vec<usize> {
            let found = netlist.elements.iter().enumerate();
            found
                .filter(|(_, e)| wanted(&e.part))
                .map(|(k, _)| k)
                .collect()
        };
        let inverse = charges.voltages.clone().try_inverse();
        let mut system = Self {
            carriers,
            voltages: is(|part| matches!(part, Part::VoltageSource(_))),
            currents: is(|part| matches!(part, Part::CurrentSource(_))),
            nodes: islands.select(&charges.voltages),
            nodes_driven: islands.select(&charges.driven) + &islands.offsets,
            outflow: &charges.outflow * islands.membership.transpose(),
            unknowns: inverse.expect("unknowns and voltages stand for each other"),
            differential,
            initial: charges.initial.clone(),
            scales,
            voltage_scale,
            islands,
            netlist,
        };
        system.initial.resize(system.differential.len(), 0.0);
        system.prepare_memories();
        Ok(system)
    }

    /// The netlist.
    #[must_use]
    pub fn netlist(&self) -> &Netlist {
        &self.netlist
    }

    /// Number of unknowns.
    #[must_use]
    pub fn size(&self) -> usize {
        self.differential.len()
    }

    pub(super) fn carriers(&self) -> &[Carrier] {
        &self.carriers
    }

    pub(super) fn differential(&self) -> &[bool] {
        &self.differential
    }

    pub(super) fn initial(&self) -> &[f64] {
        &self.initial
    }

    pub(super) fn set_initial(&mut self, y: Vec<f64>) {
        self.initial = y;
    }

    /// Number of voltages that sources leave free.
    pub(super) fn free_voltages(&self) -> usize {
        self.nodes.ncols()
    }

    /// Whether the voltage of `node` is free.
    pub(super) fn is_free(&self, node: usize) -> bool {
        self.islands.island(node).is_some()
    }

    /// Size of each unknown: volts, or the scale of the memory.
    pub(super) fn scales(&self) -> &[f64] {
        &self.scales
    }

    /// The device of `carrier`.
    pub(super) fn device(&self, carrier: &Carrier) -> &dyn OnePort {
        match &self.netlist.elements[carrier.element].part {
            Part::OnePort { device, .. } => device.as_ref(),
            _ => unreachable!("carriers are one-ports"),
        }
    }

    /// Voltage of every node (V).
    pub(super) fn node_voltages(&self, now: Now, y: &[f64]) -> Vec<f64> {
        let islands = self.nodes.ncols();
        let driven = self.drives(&self.voltages, now);
        let v =
            &self.nodes * DVector::from_column_slice(&y[..islands]) + &self.nodes_driven * driven;
        v.as_slice().to_vec()
    }

    /// Voltage across `carrier` (V).
    pub(super) fn across(&self, carrier: &Carrier, nodes: &[f64]) -> f64 {
        let [from, to] = self.netlist.elements[carrier.element].nodes;
        nodes[from] - nodes[to]
    }

    /// The right-hand side at `y`; the current of each carrier goes to `currents`.
    pub(super) fn rates(&self, now: Now, y: &[f64], rates: &mut [f64], currents: &mut [f64]) {
        let nodes = self.node_voltages(now, y);
        let (islands, memories) = rates.split_at_mut(self.nodes.ncols());
        islands.fill(0.0);
        for (carrier, current) in self.carriers.iter().zip(currents) {
            let x = &y[carrier.first..carrier.first + carrier.memories];
            let from = carrier.first - islands.len();
            let rates = &mut memories[from..from + carrier.memories];
            *current = self
                .device(carrier)
                .respond(self.across(carrier, &nodes), x, rates);
            self.flow(carrier.element, *current, islands);
        }
        let driven = self.drives(&self.currents, now);
        for (element, current) in self.currents.iter().zip(driven.iter()) {
            self.flow(*element, *current, islands);
        }
    }

    /// Adds what a `current` through `element` does to the islands.
    fn flow(&self, element: usize, current: f64, islands: &mut [f64]) {
        let [from, to] = self.netlist.elements[element].nodes;
        for (island, rate) in islands.iter_mut().enumerate() {
            *rate += current * (self.outflow[(island, from)] - self.outflow[(island, to)]);
        }
    }

    /// The matrix of ∂rates/∂y at `y`: exact in how elements are connected; the
    /// elements' own derivatives by forward differences.
    pub(super) fn jacobian(&self, now: Now, y: &[f64]) -> DMatrix<f64> {
        let nodes = self.node_voltages(now, y);
        let islands = self.nodes.ncols();
        let mut jacobian = DMatrix::zeros(y.len(), y.len());
        for carrier in &self.carriers {
            let voltage = self.across(carrier, &nodes);
            let slopes = self.slopes(carrier, voltage, y);
            let [from, to] = self.netlist.elements[carrier.element].nodes;
            for (input, slope) in slopes.iter().enumerate() {
                // The first input is the voltage, which hangs on all islands.
                let columns: Vec<(usize, f64)> = match input {
                    0 => (0..islands)
                        .map(|j| (j, self.nodes[(from, j)] - self.nodes[(to, j)]))
                        .collect(),
                    memory => vec![(carrier.first + memory - 1, 1.0)],
                };
                for (column, weight) in columns {
                    for row in 0..islands {
                        let out = self.outflow[(row, from)] - self.outflow[(row, to)];
                        jacobian[(row, column)] += out * slope[0] * weight;
                    }
                    for memory in 0..carrier.memories {
                        let row = carrier.first + memory;
                        jacobian[(row, column)] += slope[1 + memory] * weight;
                    }
                }
            }
        }
        jacobian
    }

    /// For each input, voltage and memories: the derivatives of current and rates.
    fn slopes(&self, carrier: &Carrier, voltage: f64, y: &[f64]) -> Vec<Vec<f64>> {
        let device = self.device(carrier);
        let memories = carrier.first..carrier.first + carrier.memories;
        let mut inputs = vec![voltage];
        inputs.extend_from_slice(&y[memories.clone()]);
        let respond = |inputs: &[f64]| {
            let mut out = vec![0.0; inputs.len()];
            let current = device.respond(inputs[0], &inputs[1..], &mut out[1..]);
            out[0] = current;
            out
        };
        let here = respond(&inputs);
        let scales =
            std::iter::once(self.voltage_scale).chain(self.scales[memories].iter().copied());
        let mut slopes = Vec::with_capacity(inputs.len());
        for (input, scale) in scales.enumerate() {
            let step = f64::EPSILON.sqrt() * inputs[input].abs().max(1e-3 * scale);
            let old = inputs[input];
            inputs[input] += step;
            let there = respond(&inputs);
            inputs[input] = old;
            slopes.push(
                there
                    .iter()
                    .zip(&here)
                    .map(|(a, b)| (a - b) / step)
                    .collect(),
            );
        }
        slopes
    }

    /// Node and threshold (V) of everything that fires.
    pub(super) fn firing(&self) -> Vec<(usize, f64)> {
        let fires = |c: &Carrier| {
            let threshold = self.device(c).threshold()?;
            Some((self.netlist.elements[c.element].nodes[0], threshold))
        };
        self.carriers.iter().filter_map(fires).collect()
    }

    /// How far each of what fires is over its threshold (V); where nothing does,
    /// a number without a zero, since one at least is asked for.
    pub(super) fn over_thresholds(&self, now: Now, y: &[f64], over: &mut [f64]) {
        over.fill(-1.0);
        let nodes = self.node_voltages(now, y);
        for (over, (node, threshold)) in over.iter_mut().zip(self.firing()) {
            *over = nodes[node] - threshold;
        }
    }

    /// Fires number `which` of what fires; returns its element.
    pub(super) fn fire(&self, which: usize, now: Now, y: &mut [f64]) -> usize {
        let mut fires = self
            .carriers
            .iter()
            .filter(|c| self.device(c).threshold().is_some());
        let carrier = fires.nth(which).expect("it is one of those that fire");
        let x = &mut y[carrier.first..carrier.first + carrier.memories];
        let voltage = self.device(carrier).fire(x);
        let node = self.netlist.elements[carrier.element].nodes[0];
        self.put_voltage(node, voltage, now, y);
        carrier.element
    }

    /// All that can be said of the circuit at `y`.
    pub(super) fn row(&self, now: Now, y: &[f64]) -> Row {
        let voltages = self.node_voltages(now, y);
        let mut currents = vec![0.0; self.carriers.len()];
        self.rates(now, y, &mut vec![0.0; y.len()], &mut currents);
        let (mut conductances, mut power) = (Vec::new(), 0.0);
        for (carrier, current) in self.carriers.iter().zip(&currents) {
            let device = self.device(carrier);
            let voltage = self.across(carrier, &voltages);
            let x = &y[carrier.first..carrier.first + carrier.memories];
            conductances.push(device.conductance(voltage, x).unwrap_or(f64::NAN));
            power += current * (voltage - device.battery().unwrap_or(f64::NAN));
        }
        Row {
            time: now.time,
            voltages,
            currents,
            conductances,
            memories: y[self.nodes.ncols()..].to_vec(),
            power,
        }
    }

    /// Puts the voltage of `node`, which has a capacitor to ground, to `voltage`
    /// (V), all other voltages staying what they are.
    pub(super) fn put_voltage(&self, node: usize, voltage: f64, now: Now, y: &mut [f64]) {
        let Some(island) = self.islands.island(node) else {
            return;
        };
        let change = voltage - self.node_voltages(now, y)[node];
        let column = self.unknowns.column(island);
        for (y, weight) in y.iter_mut().zip(column.iter()) {
            *y += weight * change;
        }
    }

    /// Memories at rest hang on voltages, and those of roots on memories: a few
    /// rounds settle both.
    fn prepare_memories(&mut self) {
        let now = Now {
            time: 0.0,
            phase: (0.0, 0.0),
        };
        let mut y = std::mem::take(&mut self.initial);
        for _ in 0..ROUNDS {
            let nodes = self.node_voltages(now, &y);
            for carrier in &self.carriers {
                let Part::OnePort { device, start } = &self.netlist.elements[carrier.element].part
                else {
                    continue;
                };
                let memories = match start {
                    Start::AtRest => device.rest(self.across(carrier, &nodes)),
                    Start::HeldAt(voltage) => device.rest(*voltage),
                    Start::Memory(value) => vec![*value; carrier.memories],
                };
                let own = carrier.first..carrier.first + carrier.memories;
                y[own].copy_from_slice(&memories);
            }
            self.settle(now, &mut y);
        }
        self.initial = y;
    }

    /// Puts the voltages of roots to where the currents into their groups sum to
    /// zero, all else staying what it is: Newton's method. Where it does not
    /// converge, the solver will say so.
    pub(super) fn settle(&self, now: Now, y: &mut [f64]) {
        let roots: Vec<usize> = (0..y.len()).filter(|&k| !self.differential[k]).collect();
        let (mut rates, mut currents) = (vec![0.0; y.len()], vec![0.0; self.carriers.len()]);
        for _ in 0..ROUNDS {
            if roots.is_empty() {
                return;
            }
            self.rates(now, y, &mut rates, &mut currents);
            let jacobian = self.jacobian(now, y);
            let count = roots.len();
            let own = DMatrix::from_fn(count, count, |a, b| jacobian[(roots[a], roots[b])]);
            let missing = DVector::from_fn(count, |a, _| -rates[roots[a]]);
            let Some(step) = own.lu().solve(&missing) else {
                return;
            };
            for (root, step) in roots.iter().zip(step.iter()) {
                y[*root] += step;
            }
            if step.amax() < 1e-12 * self.voltage_scale {
                return;
            }
        }
    }

    fn drives(&self, elements: &[usize], now: Now) -> DVector<f64> {
        let time = now.picoseconds();
        let value = |k: &usize| {
            self.netlist.elements[*k]
                .part
                .drive()
                .map_or(0.0, |d| d.at(time))
        };
        DVector::from_iterator(elements.len(), elements.iter().map(value))
    }
}
