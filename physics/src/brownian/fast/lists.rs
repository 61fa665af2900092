//! Full neighbour lists: every pair both ways.

use crate::brownian::NeighbourList;

/// The partners of some of the ions, by the numbers of the ions. Kept from epoch
/// to epoch, for its memory.
#[derive(Clone, Debug, Default)]
pub struct FullLists {
    /// `partners[start[i]..start[i + 1]]` are those of ion i; nobody's for an
    /// ion that is no member.
    start: Vec<u32>,
    partners: Vec<u32>,
    is_member: Vec<bool>,
}

impl FullLists {
    /// Makes them the lists of `members`, out of `ions`, from the pairs of
    /// `list`. The partners of a member must be members.
    pub fn fill(&mut self, members: &[u32], ions: usize, list: &NeighbourList) {
        self.is_member.clear();
        self.is_member.resize(ions, false);
        for &ion in members {
            self.is_member[ion as usize] = true;
        }
        self.count(members, ions, list);
        let mut end = 0;
        for start in &mut self.start {
            end += *start;
            *start = end;
        }
        self.partners.resize(end as usize, 0);
        self.enter_pairs(members, list);
    }

    /// Leaves in `start` how many partners each ion has.
    fn count(&mut self, members: &[u32], ions: usize, list: &NeighbourList) {
        self.start.clear();
        self.start.resize(ions + 1, 0);
        for &i in members {
            let partners = list.partners(i as usize);
            self.start[i as usize] += partners.len() as u32;
            for &j in partners {
                self.start[j as usize] += 1;
            }
        }
        for pair in list.across() {
            if self.is_member[pair.i as usize] {
                self.start[pair.i as usize] += 1;
                self.start[pair.j as usize] += 1;
            }
        }
    }

    /// Fills each list from its end, which leaves `start` at its start.
    fn enter_pairs(&mut self, members: &[u32], list: &NeighbourList) {
        let (start, partners) = (&mut self.start, &mut self.partners);
        let mut enter = |i: u32, j: u32| {
            let place = &mut start[i as usize];
            *place -= 1;
            partners[*place as usize] = j;
        };
        for &i in members {
            for &j in list.partners(i as usize) {
                enter(i, j);
                enter(j, i);
            }
        }
        for pair in list.across() {
            if self.is_member[pair.i as usize] {
                enter(pair.i, pair.j);
                enter(pair.j, pair.i);
            }
        }
    }

    /// The partners of ion `i`.
    pub fn partners(&self, i: u32) -> &[u32] {
        let i = i as usize;
        &self.partners[self.start[i] as usize..self.start[i + 1] as usize]
    }

    /// The members in the order of the cells of `list`.
    pub fn by_cell(&self, list: &NeighbourList) -> Vec<u32> {
        let by_cell = list.by_cell().iter().copied();
        by_cell
            .filter(|&ion| self.is_member[ion as usize])
            .collect()
    }

    /// `members` in a new order: those with a partner that `is_near` first, and
    /// among each kind those with most partners.
    pub fn by_cost(&self, members: &[u32], is_near: Option<impl Fn(u32, u32) -> bool>) -> Vec<u32> {
        let has_near = |&i: &u32| match &is_near {
            Some(is_near) => self.partners(i).iter().any(|&j| is_near(i, j)),
            None => false,
        };
        let (near, others): (Vec<u32>, Vec<u32>) = members.iter().copied().partition(has_near);
        let mut order = self.by_length(&near);
        order.append(&mut self.by_length(&others));
        order
    }

    /// `members`, those with the longest lists first.
    fn by_length(&self, members: &[u32]) -> Vec<u32> {
        let length = |ion: u32| self.partners(ion).len();
        let longest = members.iter().map(|&ion| length(ion)).max().unwrap_or(0);
        let mut place = vec![0; longest + 1];
        for &ion in members {
            place[length(ion)] += 1;
        }
        let mut first = 0;
        for place in place.iter_mut().rev() {
            (*place, first) = (first, first + *place);
        }
        let mut order = vec![0; members.len()];
        for &ion in members {
            let place = &mut place[length(ion)];
            order[*place] = ion;
            *place += 1;
        }
        order
    }
}
