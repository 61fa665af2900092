//! Who can meet whom before the list is built again.

use crate::brownian::NeighbourList;
use crate::forest::Forest;

/// The connected components of a neighbour list.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    forest: Forest,
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
        self.forest.reset(ions);
        for i in 0..ions {
            for &j in list.partners(i) {
                self.forest.join(i as u32, j);
            }
        }
        for pair in list.across() {
            self.forest.join(pair.i, pair.j);
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
        let roots = self.forest.roots();
        let ions = roots.len();
        self.group_of.clear();
        self.group_of.resize(ions, u32::MAX);
        self.start.clear();
        // The root of a group is its first ion: counting meets it first.
        for (ion, &root) in roots.iter().enumerate() {
            if root as usize == ion {
                self.group_of[ion] = self.start.len() as u32;
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
        for (ion, &root) in roots.iter().enumerate() {
            let group = self.group_of[root as usize] as usize;
            self.members[self.start[group] as usize] = ion as u32;
            self.start[group] += 1;
        }
        // Filling has moved every start to its group's end.
        self.start.insert(0, 0);
    }
}
