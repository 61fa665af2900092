//! The ions of one slit: who they are and where they stand.

use super::EngineState;
use crate::electrolyte::{Population, Species};
use crate::noise::Stream;
use crate::slit::{Slit, Walls};
use std::ops::Range;

/// Width of the strips in which ions are numbered at the start, Å: about as far
/// as they interact.
const STRIP: f64 = 256.0;

/// One species in an engine: its ions stand together in every array.
#[derive(Clone, Debug, PartialEq)]
pub struct IonRange {
    /// The species.
    pub species: Species,
    /// Its ions.
    pub ions: Range<usize>,
}

/// The ions of one slit.
#[derive(Clone, Debug, PartialEq)]
pub struct Ions {
    pub(super) slit: Slit,
    pub(super) species: Vec<IonRange>,
    charges: Vec<f64>,
    /// Position of every ion, Å.
    pub(super) positions: Vec<[f64; 2]>,
    images: Vec<[i32; 2]>,
}

impl Ions {
    /// Ions placed at random, uniformly and independently, with `start`.
    ///
    /// Those of a species are numbered along the slit, strip by strip. Which of
    /// them bears which number means nothing, but neighbours then stand near each
    /// other in memory, and do so for long: the field moves them along a strip.
    #[must_use]
    pub fn at_random(slit: Slit, mixture: &[Population], mut start: Stream) -> Self {
        let mut positions = Vec::new();
        for population in mixture {
            let first = positions.len();
            positions.extend((0..population.count).map(|_| {
                let x = slit.length * start.uniform();
                [x, slit.width * (start.uniform() - 0.5)]
            }));
            let strip = |p: &[f64; 2]| (p[1] / STRIP).floor();
            positions[first..].sort_by(|a: &[f64; 2], b| {
                let strips = strip(a).total_cmp(&strip(b));
                strips.then(a[0].total_cmp(&b[0]))
            });
        }
        Self::at(slit, mixture, positions)
    }

    /// Ions at `positions` (Å), species after species in the order of `mixture`.
    ///
    /// # Panics
    /// If there are not as many positions as ions.
    #[must_use]
    pub fn at(slit: Slit, mixture: &[Population], positions: Vec<[f64; 2]>) -> Self {
        let mut species = Vec::new();
        let mut charges = Vec::new();
        for population in mixture {
            let first = charges.len();
            charges.resize(first + population.count, population.species.charge());
            species.push(IonRange {
                species: population.species.clone(),
                ions: first..charges.len(),
            });
        }
        assert_eq!(positions.len(), charges.len(), "one position an ion");
        Self {
            slit,
            species,
            images: vec![[0, 0]; positions.len()],
            charges,
            positions,
        }
    }

    /// The same with the ions that do not diffuse, as fixed charges of the walls, on a
    /// rectangular [lattice](Slit::lattice).
    #[must_use]
    pub fn with_fixed_on_lattice(mut self) -> Self {
        for range in &self.species {
            if range.species.diffusion == 0.0 {
                let sites = self.slit.lattice(range.ions.len());
                self.positions[range.ions.clone()].copy_from_slice(&sites);
            }
        }
        self
    }

    /// The slit.
    #[must_use]
    pub fn slit(&self) -> &Slit {
        &self.slit
    }

    /// The species and which ions are theirs.
    #[must_use]
    pub fn species(&self) -> &[IonRange] {
        &self.species
    }

    /// Charge of every ion, e.
    #[must_use]
    pub fn charges(&self) -> &[f64] {
        &self.charges
    }

    /// Diffusion coefficient of every ion, Å²/ps.
    #[must_use]
    pub fn diffusion(&self) -> Vec<f64> {
        let mut diffusion = Vec::with_capacity(self.count());
        for range in &self.species {
            diffusion.resize(range.ions.end, range.species.diffusion);
        }
        diffusion
    }

    /// Position of every ion, Å. Between two builds of the neighbour list an
    /// ion may stand outside the box; [`Self::images`] counts from there.
    #[must_use]
    pub fn positions(&self) -> &[[f64; 2]] {
        &self.positions
    }

    /// How many times each ion was wrapped back, along x and y: position +
    /// image · box runs on without jumps.
    #[must_use]
    pub fn images(&self) -> &[[i32; 2]] {
        &self.images
    }

    /// Puts the ions where they are in `state`, which must have as many.
    pub(super) fn place(&mut self, state: &EngineState) {
        self.positions.copy_from_slice(&state.positions);
        self.images.copy_from_slice(&state.images);
    }

    /// Number of ions.
    #[must_use]
    pub fn count(&self) -> usize {
        self.positions.len()
    }

    /// Brings every ion into the box along the periodic directions.
    pub(super) fn wrap(&mut self) {
        for (position, image) in self.positions.iter_mut().zip(&mut self.images) {
            image[0] += wrap(&mut position[0], 0.0, self.slit.length);
            if self.slit.walls == Walls::Periodic {
                image[1] += wrap(&mut position[1], -0.5 * self.slit.width, self.slit.width);
            }
        }
    }
}

/// Brings `x` into [low, low + period) and returns how many periods it was off.
fn wrap(x: &mut f64, low: f64, period: f64) -> i32 {
    if (low..low + period).contains(x) {
        return 0;
    }
    let turns = ((*x - low) / period).floor();
    *x -= turns * period;
    // Rounding can leave a tiny negative excursion exactly at the upper edge.
    if *x >= low + period {
        *x = low;
        return turns as i32 + 1;
    }
    turns as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_reaches_every_image() {
        for (x, expected, turns) in [
            (3.0, 3.0, 0),
            (-1.0, 9.0, -1),
            (25.0, 5.0, 2),
            (10.0, 0.0, 1),
        ] {
            let mut wrapped = x;
            assert_eq!(wrap(&mut wrapped, 0.0, 10.0), turns);
            assert_eq!(wrapped, expected);
        }
        let mut edge = -1e-18;
        wrap(&mut edge, 0.0, 10.0);
        assert!((0.0..10.0).contains(&edge));
    }
}
