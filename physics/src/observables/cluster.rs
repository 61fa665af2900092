//! The clusters that links make, laid out without the periodic boundaries.

use super::{Gyration, Link};
use crate::brownian::Ions;
use crate::slit::{Slit, Walls};

/// Two or more ions that links connect.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// The ions, the smallest index first.
    pub ions: Vec<u32>,
    /// Where each of them stands, seen from the first along the links, Å: a
    /// cluster that crosses a periodic boundary is in one piece.
    pub places: Vec<[f64; 2]>,
    /// Whether it closes upon itself across the box, along the field and across:
    /// it then percolates, and has no places of its own, extent or shape.
    pub percolates: [bool; 2],
}

impl Cluster {
    /// Net charge, e.
    #[must_use]
    pub fn charge(&self, ions: &Ions) -> f64 {
        let charges = ions.charges();
        self.ions.iter().map(|&ion| charges[ion as usize]).sum()
    }

    /// Its gyration tensor; none of a cluster that percolates.
    #[must_use]
    pub fn shape(&self) -> Option<Gyration> {
        (self.percolates == [false, false]).then(|| Gyration::of(&self.places))
    }

    /// The two ions of a bound pair, cation and anion: a cluster of two ions of
    /// opposite sign.
    #[must_use]
    pub fn bound_pair(&self, ions: &Ions) -> Option<BoundPair> {
        let [a, b] = self.ions[..] else {
            return None;
        };
        let [charge_a, charge_b] = [a, b].map(|ion| ions.charges()[ion as usize]);
        let [x, y] = [0, 1].map(|axis| self.places[1][axis] - self.places[0][axis]);
        // The dipole about the middle of the pair: its charges weigh half the way
        // between them.
        let moment = 0.5 * (charge_b - charge_a);
        (charge_a * charge_b < 0.0).then_some(BoundPair {
            separation: x.hypot(y),
            dipole: [moment * x, moment * y],
        })
    }
}

/// What a bound pair is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundPair {
    /// Distance of its ions, Å.
    pub separation: f64,
    /// Dipole moment about its middle, along the field and across, e·Å.
    pub dipole: [f64; 2],
}

/// The clusters of two or more of `count` ions that `links` connect, in order of
/// their first ions.
///
/// Ions are laid out from link to link; a link that ends elsewhere than where its
/// ion was laid out before goes around the box.
#[must_use]
pub fn find_clusters(slit: &Slit, count: usize, links: &[Link]) -> Vec<Cluster> {
    let neighbours = Adjacency::new(count, links);
    let half = [0.5 * slit.length, 0.5 * slit.width];
    let mut place: Vec<Option<[f64; 2]>> = vec![None; count];
    let mut clusters = Vec::new();
    for first in links.iter().map(|link| link.ions[0]) {
        if place[first as usize].is_some() {
            continue;
        }
        place[first as usize] = Some([0.0, 0.0]);
        let mut cluster = Cluster {
            ions: vec![first],
            places: vec![[0.0, 0.0]],
            percolates: [false, false],
        };
        let mut next = 0;
        while let Some(&ion) = cluster.ions.get(next) {
            let here = cluster.places[next];
            next += 1;
            for &(partner, [dx, dy]) in neighbours.of(ion) {
                let there = [here[0] + dx, here[1] + dy];
                let Some(laid_out) = place[partner as usize] else {
                    place[partner as usize] = Some(there);
                    cluster.ions.push(partner);
                    cluster.places.push(there);
                    continue;
                };
                for axis in 0..2 {
                    cluster.percolates[axis] |= (there[axis] - laid_out[axis]).abs() > half[axis];
                }
            }
        }
        // Between walls nothing repeats.
        cluster.percolates[1] &= slit.walls == Walls::Periodic;
        clusters.push(cluster);
    }
    clusters
}

/// The partners of every ion, and the way to them.
struct Adjacency {
    /// Where the partners of each ion start; one more entry for the end.
    starts: Vec<usize>,
    partners: Vec<(u32, [f64; 2])>,
}

impl Adjacency {
    fn new(count: usize, links: &[Link]) -> Self {
        let mut starts = vec![0; count + 2];
        for ion in links.iter().flat_map(|link| link.ions) {
            starts[ion as usize + 2] += 1;
        }
        for ion in 2..starts.len() {
            starts[ion] += starts[ion - 1];
        }
        // While it is filled, entry i + 1 is where the next partner of i goes; in
        // the end it is where those of i + 1 start.
        let mut partners = vec![(0, [0.0, 0.0]); 2 * links.len()];
        for link in links {
            let ([i, j], [dx, dy]) = (link.ions, link.separation);
            for (ion, way) in [(i, (j, [dx, dy])), (j, (i, [-dx, -dy]))] {
                let free = &mut starts[ion as usize + 1];
                partners[*free] = way;
                *free += 1;
            }
        }
        Self { starts, partners }
    }

    fn of(&self, ion: u32) -> &[(u32, [f64; 2])] {
        let ion = ion as usize;
        &self.partners[self.starts[ion]..self.starts[ion + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{ions, listed, plane};
    use super::super::{Criterion, Links};
    use super::*;

    const SIDE: f64 = 1000.0;

    /// The clusters of `positions` with links below 12 Å.
    fn clusters_of(slit: Slit, positions: &[[f64; 2]]) -> Vec<Cluster> {
        let mut links = Links::new(Criterion {
            join: 12.0,
            part: 12.0,
        });
        links.look(&listed(slit, 50.0, positions), positions);
        find_clusters(&slit, positions.len(), links.present())
    }

    /// `count` ions on a line from `start`, `way` apart, in a periodic square.
    fn line(start: [f64; 2], way: [f64; 2], count: usize) -> Vec<[f64; 2]> {
        (0..count)
            .map(|k| {
                let at = |axis: usize| start[axis] + k as f64 * way[axis];
                [
                    at(0).rem_euclid(SIDE),
                    (at(1) + 500.0).rem_euclid(SIDE) - 500.0,
                ]
            })
            .collect()
    }

    /// A rod along the field across the boundary at x = L: G_xx = a²(n² - 1)/12.
    #[test]
    fn a_rod_across_the_boundary_is_in_one_piece() {
        let rod = line([SIDE - 25.0, 3.0], [10.0, 0.0], 6);
        let [cluster] = clusters_of(plane(SIDE), &rod).try_into().unwrap();
        assert_eq!(cluster.ions.len(), 6);
        let shape = cluster.shape().unwrap();
        assert!(
            (shape.along - 100.0 * 35.0 / 12.0).abs() < 1e-9,
            "{shape:?}"
        );
        assert!(shape.across.abs() < 1e-9 && shape.mixed.abs() < 1e-9);
        assert_eq!(cluster.charge(&ions(plane(SIDE), &rod)), 0.0);
    }

    /// A ring of radius R around the corner of the box, in four pieces: G is R²/2
    /// along every axis. It comes back to where it began, and does not percolate.
    #[test]
    fn a_ring_across_both_boundaries_is_round() {
        let ring: Vec<[f64; 2]> = (0..20)
            .map(|k| {
                let (sin, cos) = (std::f64::consts::TAU * f64::from(k) / 20.0).sin_cos();
                let y = if sin >= 0.0 { -500.0 } else { 500.0 };
                [(30.0 * cos).rem_euclid(SIDE), y + 30.0 * sin]
            })
            .collect();
        let [cluster] = clusters_of(plane(SIDE), &ring).try_into().unwrap();
        assert_eq!(cluster.percolates, [false, false]);
        let shape = cluster.shape().unwrap();
        for half in [shape.along, shape.across] {
            assert!((half - 450.0).abs() < 1e-9, "{shape:?}");
        }
        assert!(shape.mixed.abs() < 1e-9);
    }

    #[test]
    fn a_line_through_the_whole_box_percolates() {
        for (way, percolates) in [([10.0, 0.0], [true, false]), ([0.0, 10.0], [false, true])] {
            let whole = line([2.0, 7.0], way, 100);
            let [cluster] = clusters_of(plane(SIDE), &whole).try_into().unwrap();
            assert_eq!((cluster.ions.len(), cluster.percolates), (100, percolates));
            assert_eq!(cluster.shape(), None);
            let broken = clusters_of(plane(SIDE), &whole[..98]);
            assert_eq!(broken[0].percolates, [false, false]);
            assert!(broken[0].shape().is_some());
        }
    }

    /// Between walls a line from side to side ends there.
    #[test]
    fn nothing_percolates_across_walls() {
        let slit = Slit {
            walls: Walls::Soft { force: 1.0 },
            ..plane(SIDE)
        };
        let whole = line([2.0, -499.0], [0.0, 10.0], 100);
        let [cluster] = clusters_of(slit, &whole).try_into().unwrap();
        assert_eq!(cluster.percolates, [false, false]);
    }

    /// Cation at 2 Å, anion at 998 Å: 4 Å apart across the boundary, the dipole
    /// (2 e · 4 Å) along the field. Two cations are no bound pair.
    #[test]
    fn dipole_of_a_pair() {
        let pair = [[2.0, 0.0], [998.0, 0.0]];
        let [cluster] = clusters_of(plane(SIDE), &pair).try_into().unwrap();
        let found = cluster.bound_pair(&ions(plane(SIDE), &pair)).unwrap();
        assert!((found.separation - 4.0).abs() < 1e-9);
        assert!((found.dipole[0] - 8.0).abs() < 1e-9 && found.dipole[1] == 0.0);

        let like = [[2.0, 0.0], [998.0, 0.0], [300.0, 0.0], [600.0, 0.0]];
        let [cluster] = clusters_of(plane(SIDE), &like).try_into().unwrap();
        let ions = ions(plane(SIDE), &like);
        assert_eq!(cluster.bound_pair(&ions), None);
        assert_eq!(cluster.charge(&ions), 4.0);
    }
}
