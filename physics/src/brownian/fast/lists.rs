//! Full neighbour lists: every pair both ways.

use crate::brownian::NeighbourList;

/// The partners of some of the ions, by the numbers of the ions.
pub struct FullLists {
    is_member: Vec<bool>,
    /// `partners[start[i]..start[i + 1]]` are those of ion i; nobody's for an
    /// ion that is no member.
    start: Vec<u32>,
    partners: Vec<u32>,
}

impl FullLists {
    /// The lists of `members`, out of `ions`, from the pairs of `list`. The
    /// partners of a member must be members.
    pub fn of(members: &[u32], ions: usize, list: &NeighbourList) -> Self {
        let mut is_member = vec![false; ions];
        for &ion in members {
            is_member[ion as usize] = true;
        }
        let across = list.across().iter().filter(|p| is_member[p.i as usize]);

        let mut start = vec![0u32; ions + 1];
        for &i in members {
            let partners = list.partners(i as usize);
            start[i as usize] += partners.len() as u32;
            for &j in partners {
                start[j as usize] += 1;
            }
        }
        for pair in across.clone() {
            start[pair.i as usize] += 1;
            start[pair.j as usize] += 1;
        }
        let mut end = 0;
        for start in &mut start {
            end += *start;
            *start = end;
        }

        // Filled from the end of each list, which leaves `start` at its start.
        let mut partners = vec![0; end as usize];
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
        for pair in across {
            enter(pair.i, pair.j);
            enter(pair.j, pair.i);
        }
        Self {
            is_member,
            start,
            partners,
        }
    }

    /// The partners of ion `i`.
    pub fn partners(&self, i: u32) -> &[u32] {
        let i = i as usize;
        &self.partners[self.start[i] as usize..self.start[i + 1] as usize]
    }

    /// `members` in portions of at most `most`; where one does not do, in the
    /// order of the cells of `list`.
    pub fn windows(&self, members: &[u32], list: &NeighbourList, most: usize) -> Vec<Vec<u32>> {
        if members.len() <= most {
            return vec![members.to_vec()];
        }
        let by_cell: Vec<u32> = list
            .by_cell()
            .iter()
            .copied()
            .filter(|&ion| self.is_member[ion as usize])
            .collect();
        by_cell.chunks(most).map(<[u32]>::to_vec).collect()
    }

    /// `members`, those with the longest lists first.
    pub fn by_length(&self, members: &[u32]) -> Vec<u32> {
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
