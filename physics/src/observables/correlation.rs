//! The pair correlation g(r) of like and of unlike ions.

use crate::brownian::{Ions, NeighbourList};
use crate::slit::{Slit, Walls};
use crate::statistics::{Blocks, Estimate};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// How many times more pairs there are at a distance than among ions placed at
/// random:
///
/// ```text
/// g(r) = ⟨pairs between r₁ and r₂⟩ / (pairs in all · S/A)
/// ```
///
/// A is the area of the slit and S that of the ring r₁ to r₂. Between walls a
/// part of it is outside: of a circle of radius r, on average over the places of
/// its centre, 2r/(πW) for r up to the width W, so
///
/// ```text
/// S = π(r₂² - r₁²) - 4(r₂³ - r₁³)/(3W)
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairCorrelation {
    range: f64,
    bins: usize,
    slit: Slit,
    /// Pairs in all, of like and of unlike ions.
    pairs: [f64; 2],
    blocks: Blocks,
}

/// Like and unlike ions in the sums; the looks stand before them.
const LIKE: usize = 0;
const UNLIKE: usize = 1;

impl PairCorrelation {
    /// For `ions`, up to the distance `range` (Å) in so many `bins`.
    #[must_use]
    pub fn new(ions: &Ions, range: f64, bins: usize) -> Self {
        let of_sign = |sign: f64| {
            let same = ions.charges().iter().filter(|z| **z * sign > 0.0);
            same.count() as f64
        };
        let (cations, anions) = (of_sign(1.0), of_sign(-1.0));
        let among = |n: f64| 0.5 * n * (n - 1.0);
        Self {
            range,
            bins,
            slit: *ions.slit(),
            pairs: [among(cations) + among(anions), cations * anions],
            blocks: Blocks::new(1 + 2 * bins),
        }
    }

    /// Adds one look.
    ///
    /// # Panics
    /// If the range exceeds the reach of the neighbour list.
    pub fn look(&mut self, ions: &Ions, neighbours: &NeighbourList) {
        assert!(
            self.range <= neighbours.cutoff(),
            "the neighbour list is too short"
        );
        self.blocks.add(0, 1.0);
        let (range2, per_range) = (self.range * self.range, self.bins as f64 / self.range);
        let charges = ions.charges();
        neighbours.for_each_pair(ions.positions(), |i, j, [dx, dy]| {
            let r2 = dx * dx + dy * dy;
            if r2 < range2 {
                let kind = if charges[i] * charges[j] > 0.0 {
                    LIKE
                } else {
                    UNLIKE
                };
                let bin = ((r2.sqrt() * per_range) as usize).min(self.bins - 1);
                self.blocks.add(1 + kind * self.bins + bin, 1.0);
            }
        });
    }

    /// The sums over windows.
    pub(super) fn blocks(&mut self) -> &mut Blocks {
        &mut self.blocks
    }

    /// Middles of the bins, Å.
    #[must_use]
    pub fn distances(&self) -> Vec<f64> {
        let width = self.range / self.bins as f64;
        (0..self.bins).map(|k| (k as f64 + 0.5) * width).collect()
    }

    /// g(r) of ions whose charges have the same sign.
    #[must_use]
    pub fn like(&self) -> Vec<Estimate> {
        self.of(LIKE)
    }

    /// g(r) of ions whose charges have opposite signs.
    #[must_use]
    pub fn unlike(&self) -> Vec<Estimate> {
        self.of(UNLIKE)
    }

    fn of(&self, kind: usize) -> Vec<Estimate> {
        let width = self.range / self.bins as f64;
        let bin = |k: usize| {
            let ring = ring_area(&self.slit, k as f64 * width, (k + 1) as f64 * width);
            let expected = self.pairs[kind] * ring / self.slit.area();
            self.blocks
                .ratio(|s| s[1 + kind * self.bins + k], |s| expected * s[0])
        };
        (0..self.bins).map(bin).collect()
    }
}

/// Area (Å²) of the ring of radii `inner` to `outer` (Å) around an ion, as far as
/// it is inside the slit.
fn ring_area(slit: &Slit, inner: f64, outer: f64) -> f64 {
    let whole = PI * (outer.powi(2) - inner.powi(2));
    match slit.walls {
        Walls::Periodic => whole,
        Walls::Soft { .. } => whole - 4.0 * (outer.powi(3) - inner.powi(3)) / (3.0 * slit.width),
    }
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{ions, listed, plane};
    use super::*;
    use crate::noise::Stream;
    use crate::statistics::independent;

    /// Ions at random, 400 times 300 of them in 1000 × 1000 Å, with and without
    /// walls: g = 1 in all 20 bins. A bin of the unlike ions holds 2e5 to 1e6
    /// pairs; χ² over bins and kinds has the mean 40 and the deviation 9, so a
    /// width wrong by a thousandth shows.
    #[test]
    fn ions_at_random_have_no_correlation() {
        let walls = Slit {
            walls: Walls::Soft { force: 1.0 },
            ..plane(1000.0)
        };
        for slit in [plane(1000.0), walls] {
            let mut stream = Stream::named(31, "ideal", 0);
            let mut at_random = || {
                let x = 1000.0 * stream.uniform();
                [x, 1000.0 * (stream.uniform() - 0.5)]
            };
            let mut correlation = None;
            for _ in 0..400 {
                let positions: Vec<[f64; 2]> = (0..300).map(|_| at_random()).collect();
                let gas = ions(slit, &positions);
                let g = correlation.get_or_insert_with(|| PairCorrelation::new(&gas, 200.0, 20));
                g.look(&gas, &listed(slit, 200.0, &positions));
                g.blocks().close();
            }
            let g = correlation.unwrap();
            let pulls: Vec<f64> = [g.like(), g.unlike()]
                .concat()
                .iter()
                .map(|bin| ((bin.mean - 1.0) / bin.error).powi(2))
                .collect();
            let chi = pulls.iter().sum::<f64>();
            assert!((chi - 40.0).abs() < 3.0 * 9.0, "{chi}: {pulls:?}");
            let all: Vec<f64> = g.unlike().iter().map(|bin| bin.mean).collect();
            assert!((independent(&all[10..]).mean - 1.0).abs() < 2e-3);
        }
    }

    /// A pair at 30 Å across the boundary, of pairs expected 1 · π(40² - 20²)/1e6.
    #[test]
    fn one_pair_is_counted_at_its_distance() {
        let positions = [[10.0, 0.0], [980.0, 0.0]];
        let pair = ions(plane(1000.0), &positions);
        let mut g = PairCorrelation::new(&pair, 100.0, 5);
        g.look(&pair, &listed(plane(1000.0), 100.0, &positions));
        g.blocks().close();
        let found: Vec<f64> = g.unlike().iter().map(|bin| bin.mean).collect();
        let expected = 1e6 / (PI * 1200.0);
        assert!((found[1] / expected - 1.0).abs() < 1e-12, "{found:?}");
        assert_eq!((found[0], found[2]), (0.0, 0.0));
        assert_eq!(g.distances()[1], 30.0);
    }
}
