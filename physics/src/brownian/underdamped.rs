//! Brownian dynamics with inertia: Langevin dynamics of a handful of ions.
//!
//! ```text
//! dr_i = v_i dt,    dv_i = (F_i/m_i) dt - v_i dt/τ + √(2 kT/(m_i τ)) dW_i
//! ```
//!
//! by the BAOAB splitting, of weak order 2, whose samples of the positions are
//! the most accurate of its family (Leimkuhler & Matthews, Appl. Math. Res.
//! eXpress 2013, 34, <https://doi.org/10.1093/amrx/abs010>).
//!
//! The overdamped engine is the limit τ → 0 at fixed D = kT τ/m. The published
//! ions have m = 23 g/mol and τ = 9.6 fs (Science 373, 687 (2021),
//! <https://doi.org/10.1126/science.abf7923>): an ion forgets its velocity
//! within √(D τ) = 0.03 Å, which no force here resolves. This integrator is
//! there to show it. All pairs are summed, and nothing is shared with the
//! overdamped engine but the interaction.

use crate::electrolyte::Population;
use crate::interaction::ConfinedLog;
use crate::noise::Stream;
use crate::slit::{Slit, Walls};

/// Velocity relaxation time of the published ions, ps.
pub const PUBLISHED_RELAXATION: f64 = 9.6e-3;

/// The law of motion with inertia.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inertia {
    /// The pair interaction.
    pub interaction: ConfinedLog,
    /// Velocity relaxation time τ, ps; kT/m = D/τ.
    pub relaxation: f64,
    /// Time step h, ps. A free ion diffuses with D (h/2τ) coth(h/2τ) instead
    /// of D: 1.4 % too fast at h = 0.4 τ.
    pub step: f64,
}

/// Ions with positions and velocities.
#[derive(Clone, Debug)]
pub struct Underdamped {
    slit: Slit,
    law: Inertia,
    charges: Vec<f64>,
    diffusion: Vec<f64>,
    positions: Vec<[f64; 2]>,
    velocities: Vec<[f64; 2]>,
    forces: Vec<[f64; 2]>,
    noise: Stream,
}

impl Underdamped {
    /// Ions at `positions` (Å), species after species in the order of
    /// `mixture`, with velocities drawn from the Maxwell distribution.
    ///
    /// # Panics
    /// If there are not as many positions as ions.
    #[must_use]
    pub fn at(
        slit: Slit,
        mixture: &[Population],
        law: Inertia,
        positions: Vec<[f64; 2]>,
        mut noise: Stream,
    ) -> Self {
        let each = |property: fn(&Population) -> f64| {
            mixture
                .iter()
                .flat_map(|p| std::iter::repeat_n(property(p), p.count))
                .collect::<Vec<_>>()
        };
        let charges = each(|p| p.species.charge());
        let diffusion = each(|p| p.species.diffusion);
        assert_eq!(positions.len(), charges.len(), "one position an ion");
        let velocities = diffusion
            .iter()
            .map(|d| {
                let thermal = (d / law.relaxation).sqrt();
                [thermal * noise.normal(), thermal * noise.normal()]
            })
            .collect();
        Self {
            slit,
            law,
            charges,
            diffusion,
            velocities,
            forces: vec![[0.0, 0.0]; positions.len()],
            positions,
            noise,
        }
    }

    /// Position of every ion, Å: never wrapped into the box.
    #[must_use]
    pub fn positions(&self) -> &[[f64; 2]] {
        &self.positions
    }

    /// Velocity of every ion, Å/ps.
    #[must_use]
    pub fn velocities(&self) -> &[[f64; 2]] {
        &self.velocities
    }

    /// `steps` steps under `field` (kT/(e·Å)). One step is
    ///
    /// ```text
    /// B  v ← v + (h/2) F/m
    /// A  r ← r + (h/2) v
    /// O  v ← a v + √((1 - a²) kT/m) N(0, 1),    a = exp(-h/τ)
    /// A  r ← r + (h/2) v
    /// B  v ← v + (h/2) F/m                      with the new force
    /// ```
    pub fn run(&mut self, steps: usize, field: f64) {
        self.update_forces(field);
        for _ in 0..steps {
            self.kick();
            self.drift();
            self.thermalise();
            self.drift();
            self.update_forces(field);
            self.kick();
        }
    }

    /// B, with kT/m = D/τ.
    fn kick(&mut self) {
        let half = 0.5 * self.law.step / self.law.relaxation;
        for i in 0..self.positions.len() {
            for axis in 0..2 {
                self.velocities[i][axis] += half * self.diffusion[i] * self.forces[i][axis];
            }
        }
    }

    /// A.
    fn drift(&mut self) {
        let half = 0.5 * self.law.step;
        for (position, velocity) in self.positions.iter_mut().zip(&self.velocities) {
            position[0] += half * velocity[0];
            position[1] += half * velocity[1];
        }
    }

    /// O: the exact flow of friction and noise.
    fn thermalise(&mut self) {
        let keep = (-self.law.step / self.law.relaxation).exp();
        for (velocity, diffusion) in self.velocities.iter_mut().zip(&self.diffusion) {
            let spread = ((1.0 - keep * keep) * diffusion / self.law.relaxation).sqrt();
            for component in velocity {
                *component = keep * *component + spread * self.noise.normal();
            }
        }
    }

    /// F_i = z_i E x̂ + Σ_j F_ij + F_wall(y_i) ŷ over all pairs, nearest images.
    fn update_forces(&mut self, field: f64) {
        for i in 0..self.positions.len() {
            let wall = self.slit.wall_force(self.positions[i][1]);
            self.forces[i] = [self.charges[i] * field, wall];
        }
        for i in 0..self.positions.len() {
            for j in 0..i {
                let f = self.pair_force(i, j);
                let (here, there) = (self.forces[i], self.forces[j]);
                self.forces[i] = [here[0] + f[0], here[1] + f[1]];
                self.forces[j] = [there[0] - f[0], there[1] - f[1]];
            }
        }
    }

    /// Force on ion i from the nearest image of ion j, kT/Å.
    fn pair_force(&self, i: usize, j: usize) -> [f64; 2] {
        let (here, there) = (self.positions[i], self.positions[j]);
        let mut d = [here[0] - there[0], here[1] - there[1]];
        d[0] -= self.slit.length * (d[0] / self.slit.length).round();
        if self.slit.walls == Walls::Periodic {
            d[1] -= self.slit.width * (d[1] / self.slit.width).round();
        }
        let r = d[0].hypot(d[1]);
        if r == 0.0 {
            return [0.0, 0.0];
        }
        let zz = self.charges[i] * self.charges[j];
        let f = self.law.interaction.force(zz, r) / r;
        [f * d[0], f * d[1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brownian::{Engine, Ions, PlainEngine, Scheme};
    use crate::electrolyte::Species;
    use crate::statistics::{Estimate, independent};

    const SLIT: Slit = Slit {
        length: 1000.0,
        width: 1000.0,
        walls: Walls::Periodic,
    };
    const CONTACT_OF_4: ConfinedLog = ConfinedLog {
        contact: 4.0,
        ..ConfinedLog::PUBLISHED
    };

    fn ions(valence: i32, count: usize) -> Population {
        let name = format!("z{valence}");
        Population {
            species: Species {
                name,
                valence,
                diffusion: 0.10341,
            },
            count,
        }
    }

    /// Without forces BAOAB is a linear map with v an AR(1) series of
    /// coefficient a = exp(-h/τ), so that after n steps, with q = coth(h/2τ),
    ///
    /// ```text
    /// ⟨Δr²⟩ = 2 (D/τ) h² [ n q - (q²/2) (1 - aⁿ) ],    ⟨v²⟩ = 2 D/τ
    /// ```
    ///
    /// exactly, from ballistic (n = 2) to diffusive (n = 60); 64 000 windows.
    #[test]
    fn free_ions_move_as_the_linear_map_says() {
        let law = Inertia {
            interaction: ConfinedLog {
                cutoff: 0.0,
                ..ConfinedLog::PUBLISHED
            },
            relaxation: PUBLISHED_RELAXATION,
            step: 0.5 * PUBLISHED_RELAXATION,
        };
        let thermal2 = 0.10341 / law.relaxation;
        for steps in [2, 60] {
            let noise = Stream::named(1, "noise", steps);
            let mut ions = Underdamped::at(SLIT, &[ions(2, 8)], law, vec![[0.0; 2]; 8], noise);
            let (mut squares, mut speeds) = (Vec::new(), Vec::new());
            for _ in 0..8000 {
                let before = ions.positions().to_vec();
                ions.run(steps as usize, 0.0);
                for (a, b) in before.iter().zip(ions.positions()) {
                    squares.push((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2));
                }
                speeds.extend(ions.velocities().iter().map(|v| v[0].hypot(v[1]).powi(2)));
            }
            let n = steps as f64;
            let q = 1.0 / 0.25_f64.tanh();
            let bracket = n * q - 0.5 * q * q * (1.0 - (-0.5 * n).exp());
            let expected = 2.0 * thermal2 * law.step * law.step * bracket;
            // Windows of 2 steps are correlated: the error is at most 2.2 times larger.
            let widening = if steps == 2 { 2.2 } else { 1.05 };
            for (sample, expected) in [(squares, expected), (speeds, 2.0 * thermal2)] {
                let Estimate { mean, error } = independent(&sample);
                let sigmas = (mean - expected) / (widening * error);
                assert!(
                    sigmas.abs() < 4.0,
                    "n = {steps}: {mean} for {expected}, {sigmas} sigma"
                );
            }
        }
    }

    const FIELD: f64 = 0.6;
    const ESCAPES: u64 = 1000;
    /// Mean escape time to 40 Å from the backward equation, solved on a polar
    /// grid by exponentially fitted finite volumes (converged to 0.1 %), ps.
    const ESCAPE_TIME: f64 = 290.1;

    fn has_escaped(positions: &[[f64; 2]]) -> bool {
        let d = [
            positions[0][0] - positions[1][0],
            positions[0][1] - positions[1][1],
        ];
        d[0] * d[0] + d[1] * d[1] > 40.0 * 40.0
    }

    /// Time (ps) after which a pair set 1 Å apart is 40 Å apart, with inertia.
    fn escape_with_inertia(replica: u64) -> f64 {
        let law = Inertia {
            interaction: CONTACT_OF_4,
            relaxation: PUBLISHED_RELAXATION,
            step: 0.004,
        };
        let mut pair = Underdamped::at(
            SLIT,
            &[ions(2, 1), ions(-2, 1)],
            law,
            vec![[500.0, 0.5], [500.0, -0.5]],
            Stream::named(2, "inertia", replica),
        );
        let mut time = 0.0;
        while !has_escaped(pair.positions()) {
            pair.run(50, FIELD);
            time += 50.0 * law.step;
        }
        time
    }

    /// The same without, looked at as often.
    fn escape_overdamped(replica: u64) -> f64 {
        let scheme = Scheme {
            interaction: CONTACT_OF_4.into(),
            step: 0.05,
            refinement: None,
        };
        let start = vec![[500.0, 0.5], [500.0, -0.5]];
        let ions = Ions::at(SLIT, &[ions(2, 1), ions(-2, 1)], start);
        let noise = Stream::named(2, "overdamped", replica);
        let mut pair = PlainEngine::new(ions, scheme, noise).expect("a closed form");
        while !has_escaped(pair.ions().positions()) {
            for _ in 0..4 {
                pair.step(FIELD, &mut [0.0, 0.0]);
            }
        }
        pair.time()
    }

    /// Inertia does not matter: the mean escape time of a pair at E = 0.6 (each
    /// ion pulled by zE = 1.2 kT/Å) is that of the overdamped engine and of the overdamped equation,
    /// within the error of 1000 escapes each (3 % to 4.5 %; the steps bias them
    /// by -1.4 % and -0.5 %).
    #[test]
    fn a_pair_escapes_as_without_inertia() {
        let with: Vec<f64> = (0..ESCAPES).map(escape_with_inertia).collect();
        let without: Vec<f64> = (0..ESCAPES).map(escape_overdamped).collect();
        let (with, without) = (independent(&with), independent(&without));
        let error = with.error.hypot(without.error);
        assert!(error < 0.05 * ESCAPE_TIME, "too few escapes to tell");
        for (difference, error) in [
            (with.mean - without.mean, error),
            (with.mean - ESCAPE_TIME, with.error),
            (without.mean - ESCAPE_TIME, without.error),
        ] {
            let sigmas = difference / error;
            assert!(sigmas.abs() < 3.0, "{sigmas}: {with:?}, {without:?}");
        }
    }
}
