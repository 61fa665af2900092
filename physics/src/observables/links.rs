//! Which two ions are together, and since when.

use crate::brownian::NeighbourList;
use serde::{Deserialize, Serialize};

/// When two ions come together and when they part.
///
/// With `part` larger than `join` a pair that trembles about one distance is not
/// told apart and together again at every look (Laage & Hynes, J. Phys. Chem. B
/// 112, 7697 (2008), <https://doi.org/10.1021/jp802033r>: stable states).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// Two ions join when closer than this, Å.
    pub join: f64,
    /// They part when no longer closer than this, Å; at least `join`.
    pub part: f64,
}

/// Two ions that are together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The ions, the smaller index first.
    pub ions: [u32; 2],
    /// From the first ion to the second, by the nearest images, Å.
    pub separation: [f64; 2],
    /// The number of the look that first saw them together.
    pub since: u64,
}

impl Link {
    /// Distance, Å.
    #[must_use]
    pub fn distance(&self) -> f64 {
        self.separation[0].hypot(self.separation[1])
    }
}

/// The links between the ions of a slit from one look to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Links {
    criterion: Criterion,
    /// How many looks were taken.
    looks: u64,
    present: Vec<Link>,
    parted: Vec<Link>,
}

impl Links {
    /// No look taken yet.
    #[must_use]
    pub fn new(criterion: Criterion) -> Self {
        Self {
            criterion,
            looks: 0,
            present: Vec::new(),
            parted: Vec::new(),
        }
    }

    /// Looks at the ions anew. The first look has the number 0: since when its
    /// links are there is not known.
    ///
    /// # Panics
    /// If ions may part beyond the reach of the neighbour list.
    pub fn look(&mut self, neighbours: &NeighbourList, positions: &[[f64; 2]]) {
        let Criterion { join, part } = self.criterion;
        assert!(
            part <= neighbours.cutoff(),
            "the neighbour list is too short"
        );
        let since = self.looks;
        self.looks += 1;
        let mut near = Vec::with_capacity(self.present.len());
        neighbours.for_each_pair(positions, |i, j, [dx, dy]| {
            if dx * dx + dy * dy < part * part {
                let forward = if i < j { -1.0 } else { 1.0 };
                near.push(Link {
                    ions: [i.min(j) as u32, i.max(j) as u32],
                    separation: [forward * dx, forward * dy],
                    since,
                });
            }
        });
        near.sort_unstable_by_key(|link| link.ions);

        self.parted.clear();
        let mut before = std::mem::take(&mut self.present).into_iter().peekable();
        for link in near {
            while let Some(gone) = before.next_if(|old| old.ions < link.ions) {
                self.parted.push(gone);
            }
            match before.next_if(|old| old.ions == link.ions) {
                Some(Link { since, .. }) => self.present.push(Link { since, ..link }),
                None if link.distance() < join => self.present.push(link),
                None => {}
            }
        }
        self.parted.extend(before);
    }

    /// How many looks were taken.
    #[must_use]
    pub fn looks(&self) -> u64 {
        self.looks
    }

    /// The links of the last look, in order of their ions.
    #[must_use]
    pub fn present(&self) -> &[Link] {
        &self.present
    }

    /// The links of the look before that the last one did not find.
    #[must_use]
    pub fn parted(&self) -> &[Link] {
        &self.parted
    }
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{listed, plane};
    use super::*;

    /// One pair at scripted distances: joined below 10 Å, parted from 20 Å on,
    /// across the periodic boundary.
    #[test]
    fn a_pair_joins_below_one_distance_and_parts_beyond_another() {
        let slit = plane(1000.0);
        let mut links = Links::new(Criterion {
            join: 10.0,
            part: 20.0,
        });
        let script = [
            (15.0, None),
            (9.0, Some(1)),
            (15.0, Some(1)),
            (19.9, Some(1)),
            (20.1, None),
            (15.0, None),
            (5.0, Some(6)),
        ];
        for (distance, since) in script {
            let positions = [[1000.0 - 0.25 * distance, 0.0], [0.75 * distance, 0.0]];
            links.look(&listed(slit, 50.0, &positions), &positions);
            let found: Vec<u64> = links.present().iter().map(|link| link.since).collect();
            assert_eq!(found, since.into_iter().collect::<Vec<_>>(), "{distance}");
            for link in links.present() {
                assert!((link.separation[0] - distance).abs() < 1e-9);
            }
            assert_eq!(links.parted().len(), usize::from(distance == 20.1));
        }
    }
}
