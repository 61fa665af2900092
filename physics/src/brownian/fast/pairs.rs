//! Two ions and nobody else in reach: they move in relative coordinates.
//!
//! With r = r₁ - r₂ and R = (D₂ r₁ + D₁ r₂)/(D₁ + D₂) the Euler–Maruyama step
//! falls into two independent ones,
//!
//! ```text
//! Δr = [(D₁ + D₂) F₁₂(r) + (z₁D₁ - z₂D₂) E x̂] dt + √(2(D₁ + D₂) dt) N
//! ΔR = D_R (z₁ + z₂) E x̂ dt + √(2 D_R dt) N,         D_R = D₁D₂/(D₁ + D₂)
//! ```
//!
//! of which the second does not depend on where the ions are: R jumps once, by
//! the sum of its steps.

use super::law::{Force, PairLaw, Refining, Substep};
use crate::noise::{LANES, LaneNoise, Stream};

/// Vectors of lanes that advance together: enough independent work to hide
/// the latency of each one's chain of a root, a division and an addition.
const DEPTH: usize = 4;

/// Pairs in a block.
pub const BLOCK: usize = DEPTH * LANES;

type Lanes = [[f32; LANES]; DEPTH];

/// What sets one pair apart: mobilities of its ions over a step (D dt, Å²)
/// and charges.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub ions: [u32; 2],
    /// r₁ - r₂, nearest image, Å.
    pub separation: [f64; 2],
    pub mobility: [f64; 2],
    pub charge: [f64; 2],
    /// Force on each from beyond the cut-off, kT/Å.
    pub far_force: [[f64; 2]; 2],
}

/// Up to [`BLOCK`] pairs, one a lane.
#[derive(Clone, Debug)]
pub struct PairBlock {
    pairs: Vec<Pair>,
    x: Lanes,
    y: Lanes,
    start_x: Lanes,
    start_y: Lanes,
    /// z₁z₂ (D₁ + D₂) dt.
    attraction: Lanes,
    /// (z₁D₁ - z₂D₂) dt.
    pull: Lanes,
    /// (D₁F₁ - D₂F₂) dt of the forces from beyond the cut-off, if there are any.
    far_pull: Option<[Lanes; 2]>,
    /// √(2 (D₁ + D₂) dt).
    spread: Lanes,
    /// The larger share of a change of r that one ion takes.
    share: Lanes,
}

impl PairBlock {
    /// Lanes without a pair neither move nor count.
    pub fn new(pairs: Vec<Pair>) -> Self {
        let zero = [[0.0; LANES]; DEPTH];
        let mut block = Self {
            pairs: Vec::new(),
            x: zero,
            y: zero,
            start_x: zero,
            start_y: zero,
            attraction: zero,
            pull: zero,
            far_pull: None,
            spread: zero,
            share: zero,
        };
        for (k, pair) in pairs.iter().enumerate() {
            let (d, l) = (k / LANES, k % LANES);
            let [m1, m2] = pair.mobility;
            let [z1, z2] = pair.charge;
            block.x[d][l] = pair.separation[0] as f32;
            block.y[d][l] = pair.separation[1] as f32;
            block.attraction[d][l] = (z1 * z2 * (m1 + m2)) as f32;
            block.pull[d][l] = (z1 * m1 - z2 * m2) as f32;
            if pair.far_force != [[0.0; 2]; 2] {
                let far_pull = block.far_pull.get_or_insert([zero; 2]);
                for axis in [0, 1] {
                    let [f1, f2] = pair.far_force.map(|force| force[axis]);
                    far_pull[axis][d][l] = (m1 * f1 - m2 * f2) as f32;
                }
            }
            block.spread[d][l] = (2.0 * (m1 + m2)).sqrt() as f32;
            block.share[d][l] = (m1.max(m2) / (m1 + m2)) as f32;
        }
        block.start_x = block.x;
        block.start_y = block.y;
        block.pairs = pairs;
        block
    }

    /// One step under each of `fields`.
    #[inline(always)]
    pub fn advance<F: Force>(&mut self, law: PairLaw<F>, fields: &[f32], noise: &mut LaneNoise) {
        let mut nx = [[0.0; LANES]; DEPTH];
        let mut ny = [[0.0; LANES]; DEPTH];
        for &field in fields {
            noise.fill(&mut nx, &mut ny);
            if law.refining.refines() && self.is_tight(law.refining) {
                self.refined_step(law, field, (&mut nx, &mut ny), noise);
            } else {
                self.drift_and_kick(law, field, 1.0, 1.0, (&nx, &ny));
            }
        }
    }

    /// One step in several force evaluations; `kicks` are the first.
    #[inline(always)]
    fn refined_step<F: Force>(
        &mut self,
        law: PairLaw<F>,
        field: f32,
        kicks: (&mut Lanes, &mut Lanes),
        noise: &mut LaneNoise,
    ) {
        let (nx, ny) = kicks;
        let mut next_x = [[0.0; LANES]; DEPTH];
        let mut next_y = [[0.0; LANES]; DEPTH];
        for Substep { drift, kick } in law.refining.substeps() {
            noise.fill(&mut next_x, &mut next_y);
            for d in 0..DEPTH {
                for l in 0..LANES {
                    nx[d][l] += next_x[d][l];
                    ny[d][l] += next_y[d][l];
                }
            }
            self.drift_and_kick(law, field, drift, kick, (nx, ny));
            (*nx, *ny) = (next_x, next_y);
        }
    }

    /// r ← r + `drift` times the drift of a step + `kick` √(2(D₁ + D₂) dt) N.
    #[inline(always)]
    fn drift_and_kick<F: Force>(
        &mut self,
        law: PairLaw<F>,
        field: f32,
        drift: f32,
        kick: f32,
        (nx, ny): (&Lanes, &Lanes),
    ) {
        for d in 0..DEPTH {
            let mut r2 = [0.0; LANES];
            for (l, r2) in r2.iter_mut().enumerate() {
                let (x, y) = (self.x[d][l], self.y[d][l]);
                *r2 = x * x + y * y;
            }
            let over_r = law.over_r(&r2);
            for l in 0..LANES {
                let (x, y) = (self.x[d][l], self.y[d][l]);
                let step = self.attraction[d][l] * over_r[l];
                let spread = kick * self.spread[d][l];
                let pull = self.pull[d][l] * field;
                self.x[d][l] = x + (drift * (step * x + pull) + spread * nx[d][l]);
                self.y[d][l] = y + (drift * (step * y) + spread * ny[d][l]);
            }
        }
        self.drift_from_beyond(drift);
    }

    /// r ← r + `drift` times the drift of a step by the forces from beyond the
    /// cut-off. A loop of its own: most runs have none.
    #[inline(always)]
    fn drift_from_beyond(&mut self, drift: f32) {
        let Some([pull_x, pull_y]) = &self.far_pull else {
            return;
        };
        for d in 0..DEPTH {
            for l in 0..LANES {
                self.x[d][l] += drift * pull_x[d][l];
                self.y[d][l] += drift * pull_y[d][l];
            }
        }
    }

    /// Whether any of the pairs is tight. All lanes then take the substeps: more
    /// of them than a pair needs do no harm.
    #[inline(always)]
    fn is_tight(&self, refining: Refining) -> bool {
        let mut tight = false;
        for d in 0..DEPTH {
            for l in 0..LANES {
                let (x, y) = (self.x[d][l], self.y[d][l]);
                tight |= refining.is_tight(self.attraction[d][l], x * x + y * y);
            }
        }
        tight
    }

    /// The longest way, squared (Å²), that the relative motion has carried an ion.
    #[inline(always)]
    pub fn farthest(&self) -> f32 {
        let mut farthest = 0.0f32;
        for d in 0..DEPTH {
            for l in 0..LANES {
                let share = self.share[d][l];
                let dx = share * (self.x[d][l] - self.start_x[d][l]);
                let dy = share * (self.y[d][l] - self.start_y[d][l]);
                farthest = farthest.max(dx * dx + dy * dy);
            }
        }
        farthest
    }

    /// |r|² in lane `k`, Å².
    #[inline(always)]
    pub fn separation2(&self, k: usize) -> f32 {
        let (x, y) = (self.x[k / LANES][k % LANES], self.y[k / LANES][k % LANES]);
        x * x + y * y
    }

    /// Whether any |r|² is beyond `r2`, Å².
    #[inline(always)]
    pub fn any_beyond(&self, r2: f32) -> bool {
        let mut beyond = false;
        for d in 0..DEPTH {
            for l in 0..LANES {
                let (x, y) = (self.x[d][l], self.y[d][l]);
                beyond |= x * x + y * y > r2;
            }
        }
        beyond
    }

    /// Puts the pair of lane `k` back to where it started.
    #[inline(always)]
    pub fn restart(&mut self, k: usize) {
        let (d, l) = (k / LANES, k % LANES);
        (self.x[d][l], self.y[d][l]) = (self.start_x[d][l], self.start_y[d][l]);
    }

    /// Takes the noise away.
    #[cfg(test)]
    pub fn silence(&mut self) {
        self.spread = [[0.0; LANES]; DEPTH];
    }

    /// Adds the displacements of `steps` steps under fields that sum up to
    /// `field_sum`.
    pub fn settle(
        &self,
        steps: usize,
        field_sum: f64,
        positions: &mut [[f64; 2]],
        noise: &mut Stream,
    ) {
        for (k, pair) in self.pairs.iter().enumerate() {
            let (d, l) = (k / LANES, k % LANES);
            let [m1, m2] = pair.mobility;
            let centre = m1 * m2 / (m1 + m2);
            let spread = (2.0 * centre * steps as f64).sqrt();
            let [f1, f2] = pair.far_force;
            let way = centre * steps as f64;
            let jump = [
                centre * (pair.charge[0] + pair.charge[1]) * field_sum
                    + way * (f1[0] + f2[0])
                    + spread * noise.normal(),
                way * (f1[1] + f2[1]) + spread * noise.normal(),
            ];
            let change = [
                f64::from(self.x[d][l] - self.start_x[d][l]),
                f64::from(self.y[d][l] - self.start_y[d][l]),
            ];
            let [i, j] = pair.ions.map(|ion| ion as usize);
            for axis in [0, 1] {
                positions[i][axis] += jump[axis] + m1 / (m1 + m2) * change[axis];
                positions[j][axis] += jump[axis] - m2 / (m1 + m2) * change[axis];
            }
        }
    }
}
