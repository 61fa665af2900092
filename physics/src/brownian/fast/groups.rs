//! Who can meet whom before the list is built again.

use crate::brownian::NeighbourList;

/// The connected components of a neighbour list.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Union–find forest; after [`Self::find`] each ion's root.
    parent: Vec<u32>,
    /// `members[start[g]..start[g + 1]]` are the ions of group g.
    start: Vec<u32>,
    members: Vec<u32>,
    /// Group of each root.
    group_of: Vec<u32>,
}

impl Groups {
    /// Finds the groups of `ions` ions. Groups come in the order of their first
    /// ion, and ions in a group in ascending order.
    pub fn find(&mut self, ions: usize, list: &NeighbourList) {
        self.parent.clear();
        self.parent.extend(0..ions as u32);
        for i in 0..ions {
            for &j in list.partners(i) {
                self.join(i as u32, j);
            }
        }
        for pair in list.across() {
            self.join(pair.i, pair.j);
        }
        self.collect();
    }

    /// Puts all ions into one group.
    pub fn unite(&mut self, ions: usize) {
        self.start.clear();
        self.start.extend([0, ions as u32]);
        self.members.clear();
        self.members.extend(0..ions as u32);
    }

    /// The groups.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.start
            .windows(2)
            .map(|bounds| &self.members[bounds[0] as usize..bounds[1] as usize])
    }

    fn collect(&mut self) {
        let ions = self.parent.len();
        self.group_of.clear();
        self.group_of.resize(ions, u32::MAX);
        self.start.clear();
        // The root of a group is its first ion: counting meets it first.
        for ion in 0..ions as u32 {
            let root = self.root(ion);
            self.parent[ion as usize] = root;
            if root == ion {
                self.group_of[ion as usize] = self.start.len() as u32;
                self.start.push(0);
            }
            self.start[self.group_of[root as usize] as usize] += 1;
        }
        let mut end = 0;
        for start in &mut self.start {
            (*start, end) = (end, end + *start);
        }
        self.members.clear();
        self.members.resize(ions, 0);
        for ion in 0..ions as u32 {
            let group = self.group_of[self.parent[ion as usize] as usize] as usize;
            self.members[self.start[group] as usize] = ion;
            self.start[group] += 1;
        }
        // Filling has moved every start to its group's end.
        self.start.insert(0, 0);
    }

    fn root(&mut self, mut ion: u32) -> u32 {
        while self.parent[ion as usize] != ion {
            let grandparent = self.parent[self.parent[ion as usize] as usize];
            self.parent[ion as usize] = grandparent;
            ion = grandparent;
        }
        ion
    }

    /// The lower root wins, so that roots are first ions.
    fn join(&mut self, i: u32, j: u32) {
        let (a, b) = (self.root(i), self.root(j));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}
