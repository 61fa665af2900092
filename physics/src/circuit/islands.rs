//! Nodes that voltage sources hold together, and the charges that give their voltages.

use nalgebra::DMatrix;

use super::netlist::Groups;
use super::{Netlist, Part};

/// Groups of nodes joined by voltage sources; ground's own is at 0 V.
#[derive(Debug)]
pub(super) struct Islands {
    /// 1 where a node (row) belongs to an island (column); no column for ground's.
    pub(super) membership: DMatrix<f64>,
    /// What each voltage source (column) adds to a node (row) over its island.
    pub(super) offsets: DMatrix<f64>,
}

impl Islands {
    pub(super) fn of(netlist: &Netlist) -> Self {
        let count = netlist.nodes.len();
        let sources: Vec<[usize; 2]> = netlist
            .elements
            .iter()
            .filter(|e| matches!(e.part, Part::VoltageSource(_)))
            .map(|e| e.nodes)
            .collect();
        let mut groups = Groups::new(count);
        for nodes in &sources {
            groups.join(*nodes);
        }
        let lowest: Vec<usize> = (1..count).filter(|&n| groups.of(n) == n).collect();
        let membership = DMatrix::from_fn(count, lowest.len(), |node, island| {
            f64::from(groups.of(node) == lowest[island])
        });
        Self {
            membership,
            offsets: offsets(&groups, &sources, count),
        }
    }

    /// Rows of `values`, one an island, as rows of their nodes.
    pub(super) fn select(&self, values: &DMatrix<f64>) -> DMatrix<f64> {
        &self.membership * values
    }

    /// The island of `node`; none for ground's.
    pub(super) fn island(&self, node: usize) -> Option<usize> {
        (0..self.membership.ncols()).find(|&island| self.membership[(node, island)] != 0.0)
    }
}

/// v_1 = v_2 + e along every source, from the lowest node of each group on.
fn offsets(groups: &Groups, sources: &[[usize; 2]], count: usize) -> DMatrix<f64> {
    let mut offsets = DMatrix::zeros(count, sources.len());
    let mut reached: Vec<bool> = (0..count).map(|n| groups.of(n) == n).collect();
    // Every round reaches one node more of each group that has any left.
    while let Some((k, known)) = sources.iter().enumerate().find_map(|(k, nodes)| {
        let [first, second] = nodes.map(|n| reached[n]);
        (first != second).then_some((k, usize::from(second)))
    }) {
        let (from, to) = (sources[k][known], sources[k][1 - known]);
        let row = offsets.row(from).clone_owned();
        offsets.set_row(to, &row);
        offsets[(to, k)] += if known == 1 { 1.0 } else { -1.0 };
        reached[to] = true;
    }
    offsets
}

/// How voltages of islands follow from their unknowns, w = q/K_jj or the
/// voltage of a root.
#[derive(Debug)]
pub(super) struct Charges {
    /// Whether an unknown is a charge; otherwise it is the voltage of a root.
    pub(super) differential: Vec<bool>,
    /// Voltages of islands (rows) from the unknowns.
    pub(super) voltages: DMatrix<f64>,
    /// Voltages of islands (rows) from the voltage sources.
    pub(super) driven: DMatrix<f64>,
    /// What a current out of an island (column) does to the unknowns (rows).
    pub(super) outflow: DMatrix<f64>,
    /// The unknowns at the start.
    pub(super) initial: Vec<f64>,
}

impl Charges {
    pub(super) fn of(netlist: &Netlist, islands: &Islands) -> Self {
        let count = islands.membership.ncols();
        let mut capacitance = DMatrix::<f64>::zeros(count, count);
        let mut by_source = DMatrix::<f64>::zeros(count, islands.offsets.ncols());
        let mut charge = vec![0.0; count];
        // Ground is island `count` here.
        let mut groups = Groups::new(count + 1);
        for element in &netlist.elements {
            let Part::Capacitor {
                capacitance: c,
                initial_voltage,
            } = element.part
            else {
                continue;
            };
            let ends = element.nodes.map(|node| islands.island(node));
            if ends[0] == ends[1] {
                continue;
            }
            groups.join(ends.map(|end| end.unwrap_or(count)));
            let [first, second] = element.nodes;
            let offset = islands.offsets.row(first) - islands.offsets.row(second);
            for (end, other, sign) in [(ends[0], ends[1], 1.0), (ends[1], ends[0], -1.0)] {
                let Some(end) = end else { continue };
                capacitance[(end, end)] += c;
                charge[end] += sign * c * initial_voltage;
                let row = by_source.row(end) + sign * c * &offset;
                by_source.set_row(end, &row);
                if let Some(other) = other {
                    capacitance[(end, other)] -= c;
                }
            }
        }
        let mut charges = Self {
            differential: vec![true; count],
            voltages: DMatrix::zeros(count, count),
            driven: DMatrix::zeros(count, islands.offsets.ncols()),
            outflow: DMatrix::zeros(count, count),
            initial: vec![0.0; count],
        };
        let mut done = vec![false; count];
        for island in 0..count {
            if !done[island] {
                let group: Vec<usize> = (0..count)
                    .filter(|&j| groups.of(j) == groups.of(island))
                    .collect();
                let grounded = groups.of(island) == groups.of(count);
                charges.solve(&group, grounded, &capacitance, &by_source, &charge);
                group.iter().for_each(|&j| done[j] = true);
            }
        }
        charges
    }

    /// The part of one group of islands that capacitors join.
    fn solve(
        &mut self,
        group: &[usize],
        grounded: bool,
        capacitance: &DMatrix<f64>,
        by_source: &DMatrix<f64>,
        charge: &[f64],
    ) {
        let charged = if grounded { group } else { &group[1..] };
        if !grounded {
            let root = group[0];
            self.differential[root] = false;
            for &j in group {
                self.voltages[(j, root)] = 1.0;
                self.outflow[(root, j)] = -1.0;
            }
        }
        let own = DMatrix::from_fn(charged.len(), charged.len(), |a, b| {
            capacitance[(charged[a], charged[b])]
        });
        // Positive definite: every island is joined to ground or to the root.
        let inverse = own.try_inverse().expect("capacitances are positive");
        for (a, &row) in charged.iter().enumerate() {
            for (b, &column) in charged.iter().enumerate() {
                self.voltages[(row, column)] += inverse[(a, b)] * capacitance[(column, column)];
                let driven =
                    self.driven.row(row) - inverse[(a, b)] * by_source.row(column).clone_owned();
                self.driven.set_row(row, &driven);
            }
            self.outflow[(row, row)] = -1.0 / capacitance[(row, row)];
            self.initial[row] = charge[row] / capacitance[(row, row)];
        }
    }
}
