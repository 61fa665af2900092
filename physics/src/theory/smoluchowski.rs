//! How long a pair lives, from its diffusion equation.

use super::chain::{Chain, Eliminated};
use crate::interaction::Interaction;
use std::f64::consts::PI;

/// Relative change of the escape rate from one iteration to the next at which
/// the quasi-stationary state is taken as reached.
const SETTLED: f64 = 1e-12;

/// Iterations allowed: each takes the next slowest state down by the ratio of the
/// two rates, a fifth for free ions.
const PATIENCE: usize = 100;

/// Two ions under a field, from any separation to the distance at which they
/// count as apart.
///
/// With **r** the separation, D = D₁ + D₂ and F(r) their force in kT/Å, the mean
/// escape time T(**r**) obeys
///
/// ```text
/// D ∇²T + [D F(r) r̂ + (z₁D₁ - z₂D₂) E x̂] · ∇T = -1,    T = 0 at r = R
/// ```
///
/// (the backward equation; Gardiner, Handbook of Stochastic Methods, 1985, §5.4),
/// in two dimensions. The drift is -D∇W with
///
/// ```text
/// W = U(r)/kT - ε x,      ε = (z₁D₁ - z₂D₂) E/D
/// ```
///
/// # Numerics
///
/// Finite volumes on a polar grid: uniform in the angle over half the plane, and
/// in ln(1 + r/c) along r, c the contact length. Between neighbouring cells the
/// flux is that of a linear W, exponentially fitted (Scharfetter & Gummel, IEEE
/// Trans. Electron Devices 16, 64 (1969), <https://doi.org/10.1109/T-ED.1969.16566>):
///
/// ```text
/// rate(i → j) = D A_ij/(V_i d_ij) B(W_j - W_i),      B(w) = w/(e^w - 1)
/// ```
///
/// with A the face, d the distance and V the volume: a Markov chain with the
/// Boltzmann distribution, solved without cancellation (see `chain.rs`). The error
/// is of second order in the cells: 2e-4 with 400 × 64 in the published interaction
/// (tested).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EscapingPair {
    /// How the ions interact.
    pub interaction: Interaction,
    /// Charges z₁ and z₂, e.
    pub charges: [f64; 2],
    /// Diffusion coefficients D₁ and D₂, Å²/ps.
    pub diffusion: [f64; 2],
    /// Field E along x, kT/(e·Å).
    pub field: f64,
    /// Distance R at which they are apart, Å; at most the cut-off, beyond which
    /// the force is not -dU/dr.
    pub apart: f64,
}

/// Number of cells of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// Along r.
    pub radial: usize,
    /// From downfield to upfield.
    pub angular: usize,
}

/// A problem without a solution.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum IllPosed {
    /// The ions do not move.
    #[error("the ions diffuse apart with {0} Å²/ps: expected a positive number")]
    Diffusion(f64),
    /// They are apart at once, or where the force has ended.
    #[error(
        "ions {apart} Å apart are to be free: expected more than 0 and at most the cut-off, {cutoff} Å"
    )]
    Apart {
        /// The distance refused, Å.
        apart: f64,
        /// The cut-off, Å.
        cutoff: f64,
    },
    /// The grid is empty.
    #[error("the grid has no cells: expected at least one along r and one around")]
    NoCells,
}

/// The solution for one [`EscapingPair`].
#[derive(Clone, Debug, PartialEq)]
pub struct Escape {
    /// Distances of the cells, Å.
    distances: Vec<f64>,
    /// T, ps, by distance and angle.
    times: Vec<Vec<f64>>,
    quasi_stationary: Option<QuasiStationary>,
}

/// A pair that has lived long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuasiStationary {
    /// Escape rate, 1/ps: the slowest at which a distribution of separations
    /// decays. T is 1/rate, and the way out, which strong fields make the longer
    /// part.
    pub rate: f64,
    /// Mean separation ⟨r⟩, Å.
    pub separation: f64,
}

impl EscapingPair {
    /// Solves the equation on `cells`. Takes radial·angular³ operations: 0.2 s for
    /// 400 × 64.
    ///
    /// # Errors
    /// [`IllPosed`] if the ions do not diffuse, the distance at which they are apart
    /// is not between 0 and the cut-off, or there are no cells.
    pub fn solve(&self, cells: Cells) -> Result<Escape, IllPosed> {
        self.check(cells)?;
        let grid = Grid::new(self, cells);
        let solved = grid.chain().eliminate();
        let times = solved.times_to_leave();
        Ok(Escape {
            times: (0..cells.radial)
                .map(|i| {
                    (0..cells.angular)
                        .map(|j| times[grid.state(i, j)])
                        .collect()
                })
                .collect(),
            quasi_stationary: grid.quasi_stationary(&solved),
            distances: grid.distances,
        })
    }

    /// Whether there is anything to solve.
    fn check(&self, cells: Cells) -> Result<(), IllPosed> {
        let diffusion = self.relative_diffusion();
        if !(diffusion > 0.0 && diffusion.is_finite()) {
            return Err(IllPosed::Diffusion(diffusion));
        }
        let (apart, cutoff) = (self.apart, self.interaction.cutoff());
        if !(apart > 0.0 && apart <= cutoff) {
            return Err(IllPosed::Apart { apart, cutoff });
        }
        if cells.radial == 0 || cells.angular == 0 {
            return Err(IllPosed::NoCells);
        }
        Ok(())
    }

    /// D₁ + D₂, Å²/ps.
    fn relative_diffusion(&self) -> f64 {
        self.diffusion[0] + self.diffusion[1]
    }

    /// Strength of the field for the separation: ε = (z₁D₁ - z₂D₂) E/D, kT/Å.
    #[must_use]
    pub fn pull(&self) -> f64 {
        let [z1, z2] = self.charges;
        let [d1, d2] = self.diffusion;
        (z1 * d1 - z2 * d2) * self.field / self.relative_diffusion()
    }
}

impl Escape {
    /// Mean escape time T from the separation `distance` (Å) at `angle` (rad) from
    /// the direction of the field, ps. Linear between the cells.
    #[must_use]
    pub fn mean_time(&self, distance: f64, angle: f64) -> f64 {
        let angular = self.times[0].len();
        let along =
            (angle.cos().acos() / PI * angular as f64 - 0.5).clamp(0.0, angular as f64 - 1.0);
        let (j, across) = (along.floor() as usize, along.fract());
        let at = |i: usize| {
            let row = &self.times[i];
            row[j] + across * (row[(j + 1).min(angular - 1)] - row[j])
        };
        let after = self.distances.partition_point(|&r| r < distance);
        if after == 0 {
            return at(0);
        }
        if after == self.distances.len() {
            return at(after - 1);
        }
        let [before, beyond] = [self.distances[after - 1], self.distances[after]];
        let share = (distance - before) / (beyond - before);
        at(after - 1) + share * (at(after) - at(after - 1))
    }

    /// What becomes of a pair that lives long; none if no state lasts longer than
    /// all others, as when the field sweeps the ions apart.
    #[must_use]
    pub fn quasi_stationary(&self) -> Option<QuasiStationary> {
        self.quasi_stationary
    }
}

/// The cells and what they hold.
struct Grid<'a> {
    pair: &'a EscapingPair,
    cells: Cells,
    /// Boundaries of the cells along r, from 0 to R, and their middles, Å.
    faces: Vec<f64>,
    distances: Vec<f64>,
    /// U at the middles and, last, at R, kT.
    energies: Vec<f64>,
}

impl<'a> Grid<'a> {
    fn new(pair: &'a EscapingPair, cells: Cells) -> Self {
        let scale = pair.interaction.contact();
        let end = (pair.apart / scale).ln_1p();
        let faces: Vec<f64> = (0..=cells.radial)
            .map(|i| scale * (end * i as f64 / cells.radial as f64).exp_m1())
            .collect();
        let distances: Vec<f64> = faces.windows(2).map(|w| 0.5 * (w[0] + w[1])).collect();
        let zz = pair.charges[0] * pair.charges[1];
        let energies = distances
            .iter()
            .chain([&pair.apart])
            .map(|&r| pair.interaction.energy(zz, r))
            .collect();
        Self {
            pair,
            cells,
            faces,
            distances,
            energies,
        }
    }

    /// Number of a cell, from the rim inwards, so that the well is solved last.
    fn state(&self, i: usize, j: usize) -> usize {
        (self.cells.radial - 1 - i) * self.cells.angular + j
    }

    fn chain(&self) -> Chain {
        let Cells { radial, angular } = self.cells;
        let mut chain = Chain::new(radial * angular, angular);
        for i in 0..radial {
            for j in 0..angular {
                let [inward, outward] = self.radial_rates(i, j);
                if i + 1 == radial {
                    chain.leak(self.state(i, j), outward);
                } else {
                    chain.join(self.state(i + 1, j), self.state(i, j), inward, outward);
                }
                if j + 1 < angular {
                    let [back, on] = self.angular_rates(i, j);
                    chain.join(self.state(i, j), self.state(i, j + 1), on, back);
                }
            }
        }
        chain
    }

    /// Rates through the outer face of cell (i, j): inwards and outwards, 1/ps.
    fn radial_rates(&self, i: usize, j: usize) -> [f64; 2] {
        let face = self.faces[i + 1];
        let beyond = self.distances.get(i + 1).copied().unwrap_or(face);
        let cosine = ((j as f64 + 0.5) * self.angle()).cos();
        let distance = beyond - self.distances[i];
        let rise = self.energies[i + 1] - self.energies[i] - self.pair.pull() * distance * cosine;
        let flux = self.pair.relative_diffusion() * face / distance;
        let outward = flux / self.area(i) * bernoulli(rise);
        // No cell lies beyond the last.
        let back = if i + 1 < self.cells.radial {
            flux / self.area(i + 1)
        } else {
            0.0
        };
        [back * bernoulli(-rise), outward]
    }

    /// Rates between the cells (i, j + 1) and (i, j): back and on, 1/ps.
    fn angular_rates(&self, i: usize, j: usize) -> [f64; 2] {
        let (r, width) = (self.distances[i], self.faces[i + 1] - self.faces[i]);
        let [here, there] = [0.5, 1.5].map(|k| ((j as f64 + k) * self.angle()).cos());
        let rise = self.pair.pull() * r * (here - there);
        let flux = self.pair.relative_diffusion() * width / (r * self.angle());
        [-rise, rise].map(|rise| flux / (self.area(i) * self.angle()) * bernoulli(rise))
    }

    /// Angle that a cell spans, rad.
    fn angle(&self) -> f64 {
        PI / self.cells.angular as f64
    }

    /// Area of a cell at the distance number `i`, for each radian, Å².
    fn area(&self, i: usize) -> f64 {
        self.distances[i] * (self.faces[i + 1] - self.faces[i])
    }

    /// The distribution p that lasts longest, by inverse iteration from contact.
    fn quasi_stationary(&self, solved: &Eliminated) -> Option<QuasiStationary> {
        let Cells { radial, angular } = self.cells;
        let mut p = vec![0.0; radial * angular];
        p[self.state(0, 0)..].fill(1.0 / angular as f64);
        let mut rate = 0.0;
        for _ in 0..PATIENCE {
            p = solved.times_spent(&p);
            let life: f64 = p.iter().sum();
            p.iter_mut().for_each(|share| *share /= life);
            let before = std::mem::replace(&mut rate, 1.0 / life);
            if (rate / before - 1.0).abs() < SETTLED {
                let rings = p.chunks(angular).zip(self.distances.iter().rev());
                let separation = rings.map(|(ring, r)| r * ring.iter().sum::<f64>()).sum();
                return Some(QuasiStationary { rate, separation });
            }
        }
        None
    }
}

/// B(w) = w/(e^w - 1).
fn bernoulli(w: f64) -> f64 {
    if w.abs() < 1e-10 {
        return 1.0 - 0.5 * w;
    }
    w / w.exp_m1()
}

#[cfg(test)]
mod tests {
    use super::super::simpson;
    use super::*;
    use crate::interaction::{ConfinedLog, ScreeningWalls};
    use crate::quadrature::graded;
    use crate::slit::WaterLayer;
    use pxfm::{f_i0, f_i1, f_j0};

    const ACROSS: f64 = 0.5 * PI;

    fn solve(pair: &EscapingPair, radial: usize, angular: usize) -> Escape {
        pair.solve(Cells { radial, angular }).expect("a solution")
    }

    /// Without forces T = (R² - r²)/(4D), from any direction, and the slowest
    /// distribution is J₀(j r/R), j = 2.404826, of rate D j²/R².
    #[test]
    fn free_ions() {
        let free = EscapingPair {
            charges: [0.0; 2],
            ..pair(0.4)
        };
        let d = free.relative_diffusion();
        let escape = solve(&free, 200, 8);
        for r in [0.0, 1.0, 50.0, 150.0] {
            let expected = (200.0_f64.powi(2) - r * r) / (4.0 * d);
            for angle in [0.0, 1.0, ACROSS, -3.0] {
                let error = escape.mean_time(r, angle) / expected - 1.0;
                assert!(error.abs() < 5e-4, "{r}, {angle}: {error:e}");
            }
        }
        let slowest = escape.quasi_stationary().expect("a slowest state");
        let j = 2.404_825_557_695_773_f64;
        let expected = d * (j / 200.0).powi(2);
        assert!((slowest.rate / expected - 1.0).abs() < 5e-4);
        let moment = |power| simpson(0.0, 1.0, |x: f64| x.powi(power) * f_j0(j * x));
        let expected = 200.0 * moment(2) / moment(1);
        assert!((slowest.separation / expected - 1.0).abs() < 5e-4);
    }

    /// One charged ion and a neutral one: diffusion with a drift b from the middle
    /// of the disc. Where it leaves, it is weighted with e^(b R cos θ/2D)
    /// (Girsanov), so that b T = ⟨x⟩ = R I₁(β)/I₀(β), β = bR/2D.
    #[test]
    fn drift_alone() {
        let drifting = EscapingPair {
            charges: [1.0, 0.0],
            ..pair(0.1)
        };
        let b = drifting.pull() * drifting.relative_diffusion();
        assert!((b - 0.010_341).abs() < 1e-15);
        let beta = 0.5 * drifting.pull() * 200.0;
        let expected = 200.0 / b * f_i1(beta) / f_i0(beta);
        let errors = [(150, 24), (300, 48)].map(|(radial, angular)| {
            let escape = solve(&drifting, radial, angular);
            escape.mean_time(0.0, ACROSS) / expected - 1.0
        });
        assert!(errors[1].abs() < 1e-3, "{errors:?}");
        assert!((errors[0] / errors[1] - 4.0).abs() < 0.6, "{errors:?}");
    }

    /// Without a field the equation is a quadrature, for any interaction:
    /// T = D⁻¹ ∫_r^R s⁻¹ e^U(s) ∫₀^s t e^-U(t) dt ds.
    #[test]
    fn wells_without_a_field() {
        let layer = WaterLayer::new(7.0, [70.0; 2], 2.0, 298.0).expect("a slit");
        let metal = ScreeningWalls::new(&layer, 0.0, 4.0, 200.0).expect("walls");
        let published = pair(0.0).interaction;
        for (interaction, longest) in [(Interaction::Screening(metal), 1e6), (published, 1e14)] {
            let still = EscapingPair {
                interaction,
                apart: 60.0,
                ..pair(0.0)
            };
            let energy = |r: f64| interaction.energy(-4.0, r);
            let area = |s: f64| graded(0.0, s, 1.0, s, |t| t * (-energy(t)).exp());
            let expected = graded(1.0, 60.0, 0.5, 10.0, |s| energy(s).exp() * area(s) / s)
                / still.relative_diffusion();
            let found = |radial| solve(&still, radial, 1).mean_time(1.0, ACROSS);
            let [coarse, fine] = [400, 800].map(|radial| found(radial) / expected - 1.0);
            assert!(expected < longest);
            assert!(fine.abs() < 1e-4, "{fine:e}");
            assert!((coarse / fine - 4.0).abs() < 0.5, "{coarse:e} {fine:e}");
        }
    }

    /// T of two other methods, that agree to 0.02 % (see `brownian/escape.rs`).
    /// Both directions are of second order, and without their leading errors the
    /// difference is within that; 400 × 64 cells are as good.
    #[test]
    fn pairs_under_a_field() {
        for (field, expected) in [(0.4, 1832.6), (0.225, 11_987.7)] {
            let time = |radial, angular| {
                let escape = solve(&pair(field), radial, angular);
                escape.mean_time(1.0, ACROSS)
            };
            let rings = [16, 32, 64].map(|angular| time(150, angular));
            let order = ((rings[0] - rings[1]) / (rings[1] - rings[2])).log2();
            assert!((order - 2.0).abs() < 0.1, "{order}");
            let rays = [150, 300, 600].map(|radial| time(radial, 16));
            let order = ((rays[0] - rays[1]) / (rays[1] - rays[2])).log2();
            // At E = 0.4 the leading term all but vanishes, and the next is seen.
            assert!(order > 1.8 && (field > 0.3 || order < 2.1), "{order}");

            let all_but_first = |t: [f64; 3]| t[2] + (t[2] - t[1]) / 3.0 - t[0];
            let limit = rings[0] + all_but_first(rings) + all_but_first(rays);
            assert!((limit / expected - 1.0).abs() < 2e-4, "{limit}");
            let plain = time(400, 64);
            assert!((plain / expected - 1.0).abs() < 4e-4, "{plain}");
        }
    }

    /// The field and the direction turn together.
    #[test]
    fn the_other_way_round() {
        let [along, against] = [0.3, -0.3].map(|field| solve(&pair(field), 60, 16));
        for (r, angle) in [(2.0, 0.3), (30.0, 1.0), (100.0, 2.5)] {
            let [one, other] = [along.mean_time(r, angle), against.mean_time(r, PI - angle)];
            assert!((one / other - 1.0).abs() < 1e-12);
        }
        // And downfield is the shorter way.
        assert!(along.mean_time(100.0, 0.1) < along.mean_time(100.0, 3.0));
    }

    /// A pair that is bound leaves at the rate 1/T. Of ions that a strong field
    /// sweeps out no state outlasts the others.
    #[test]
    fn bound_and_unbound() {
        let escape = solve(&pair(0.1), 150, 32);
        let bound = escape.quasi_stationary().expect("a bound pair");
        let product = bound.rate * escape.mean_time(1.0, ACROSS);
        assert!((product - 1.0).abs() < 0.01, "{product}");
        let swept = EscapingPair {
            charges: [2.0, 0.0],
            ..pair(4.0)
        };
        assert_eq!(solve(&swept, 150, 32).quasi_stationary(), None);
    }

    #[test]
    fn ill_posed_problems_are_refused() {
        let cells = Cells {
            radial: 10,
            angular: 4,
        };
        let message =
            |pair: EscapingPair, cells| pair.solve(cells).expect_err("refused").to_string();
        let still = EscapingPair {
            diffusion: [0.0; 2],
            ..pair(0.1)
        };
        assert_eq!(
            message(still, cells),
            "the ions diffuse apart with 0 Å²/ps: expected a positive number"
        );
        let far = EscapingPair {
            apart: 201.0,
            ..pair(0.1)
        };
        assert_eq!(
            message(far, cells),
            "ions 201 Å apart are to be free: expected more than 0 and at most the cut-off, 200 Å"
        );
        let none = Cells {
            angular: 0,
            ..cells
        };
        assert_eq!(
            message(pair(0.1), none),
            "the grid has no cells: expected at least one along r and one around"
        );
    }

    /// z = 2 and c = 4 Å, to 200 Å.
    fn pair(field: f64) -> EscapingPair {
        EscapingPair {
            interaction: Interaction::ConfinedLog(ConfinedLog {
                contact: 4.0,
                ..ConfinedLog::PUBLISHED
            }),
            charges: [2.0, -2.0],
            diffusion: [0.10341; 2],
            field,
            apart: 200.0,
        }
    }
}
