//! How long a pair lives: from contact to the cut-off, under a field.
//!
//! The mean escape time T of two ions that attract each other is the most
//! telling number of a scheme: it is long where the pair is tight, which is
//! where a step is too coarse first, and it has an exact answer. With r the
//! separation, D = D₁ + D₂ and F in kT/Å,
//!
//! ```text
//! D ∇²T + [D F(r) r̂ + (z₁D₁ - z₂D₂) E x̂] · ∇T = -1,    T = 0 at r = r_cut
//! ```
//!
//! (the backward equation; Gardiner, Handbook of Stochastic Methods, 1985,
//! §5.4). Here T is sampled with any [`Scheme`], the pairs in the lanes of the
//! fast engine, 64 abreast. As there, all pairs of a block take the
//! substeps of a refined step when one of them is tight.
//!
//! A pair is seen only at the ends of its steps H, and may have been out in
//! between. To first order that is the same as a boundary farther out by the
//! mean overshoot (Gobet & Menozzi, Stochastic Process. Appl. 120, 130 (2010),
//! <https://doi.org/10.1016/j.spa.2009.09.014>), so it is drawn in by as much:
//!
//! ```text
//! r > r_cut - 0.5826 √(2 D H)
//! ```
//!
//! Without that T would be too long by 0.3 % at E = 0.4 and H = 5 ps, which is
//! no fault of the scheme.

use super::Scheme;
use super::fast::{BLOCK, Force, LaneTask, Law, Pair, PairBlock, PairLaw};
use crate::interaction::Unresolved;
use crate::noise::LaneNoise;
use crate::statistics::{Estimate, independent};
use rayon::prelude::*;

/// Mean overshoot of a random walk of normal steps over its step: -ζ(½)/√(2π).
const OVERSHOOT: f64 = 0.582_597_157_9;

/// Pairs that are followed first, to see what an escape costs.
const PILOT: usize = 4 * BLOCK;

/// Most pairs for one stream of noise. Lanes stand idle while the last pair of
/// a stream escapes: about five mean times, after thirty-two.
const STRAND: usize = 32 * BLOCK;

/// Streams to share among threads, where there are pairs enough.
const STRANDS: usize = 8;

/// Two ions that attract each other, under a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundPair {
    /// Charges z₁ and z₂, e.
    pub charges: [f64; 2],
    /// Diffusion coefficients D₁ and D₂, Å²/ps.
    pub diffusion: [f64; 2],
    /// Field E along x, kT/(e·Å).
    pub field: f64,
    /// Separation at the start, across the field, Å. Along it T would differ by
    /// 0.2 % (at E = 0.4, 1 Å), one way or the other.
    pub separation: f64,
}

/// How much a measurement may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowance {
    /// Relative standard error wanted.
    pub error: f64,
    /// Force evaluations of single pairs at most, as far as the mean time found
    /// in a few hundred escapes can tell.
    pub evaluations: f64,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EscapeTime {
    /// Mean and standard error, ps.
    pub time: Estimate,
    /// Escapes it was taken over.
    pub escapes: usize,
}

/// Pairs live too long to wait for.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("of {pairs} pairs followed for up to {patience:.3e} ps {escaped} escaped")]
pub struct TooLong {
    /// Pairs followed.
    pub pairs: usize,
    /// Those that escaped.
    pub escaped: usize,
    /// How long they were waited for, ps.
    pub patience: f64,
}

/// Why no escape time was found.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum NoEscapeTime {
    /// Pairs live too long.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The force cannot be had as precisely as the fast engine needs it.
    #[error(transparent)]
    Unresolved(#[from] Unresolved),
}

impl BoundPair {
    /// The mean escape time under `scheme`, as precise as `allowance` permits.
    /// Noise is named after `master` and `purpose`; the numbers do not depend
    /// on the number of threads.
    ///
    /// # Errors
    /// [`TooLong`] if not even a few hundred pairs escape at a quarter of the
    /// evaluations allowed; [`Unresolved`] as in the [fast
    /// engine](super::FastEngine::new).
    pub fn escape_time(
        &self,
        scheme: &Scheme,
        allowance: Allowance,
        master: u64,
        purpose: &str,
    ) -> Result<EscapeTime, NoEscapeTime> {
        let law = Law::new(scheme)?;
        let evaluations = scheme.refinement.map_or(1, |r| r.evaluations);
        let each = allowance.evaluations / f64::from(evaluations);
        let noise = |stage, k| LaneNoise::named(master, &format!("{purpose}/{stage}"), k);

        let patience = (0.25 * each / PILOT as f64) as u64;
        let pilot = self.times((scheme, &law), PILOT, BLOCK, patience, |k| {
            noise("pilot", k)
        })?;
        let Estimate { mean, error } = independent(&pilot);
        let steps = mean / scheme.step;

        let affordable = 0.75 * each / steps;
        let wanted = PILOT as f64 * (error / mean / allowance.error).powi(2);
        let pairs = wanted.min(affordable).ceil() as usize;
        let strand = (pairs.div_ceil(STRANDS))
            .next_multiple_of(BLOCK)
            .min(STRAND);
        let pairs = pairs.next_multiple_of(strand);
        // A life of 100 means is none that the pilot announced.
        let patience = (100.0 * steps * (strand / BLOCK) as f64) as u64;
        let times = self.times((scheme, &law), pairs, strand, patience, |k| {
            noise("escape", k)
        })?;
        Ok(EscapeTime {
            time: independent(&times),
            escapes: times.len(),
        })
    }

    /// Escape times (ps) of `pairs` pairs, `strand` on each stream of noise, if
    /// all escape within `patience` steps of a strand.
    fn times(
        &self,
        (scheme, law): (&Scheme, &Law),
        pairs: usize,
        strand: usize,
        patience: u64,
        noise: impl Fn(u64) -> LaneNoise + Sync,
    ) -> Result<Vec<f64>, TooLong> {
        let strands = pairs.div_ceil(strand) as u64;
        let arch = pulp::Arch::new();
        let times: Vec<Vec<f64>> = (0..strands)
            .into_par_iter()
            .map(|k| {
                let strand = Strand {
                    pair: self,
                    scheme,
                    pairs: strand,
                    patience,
                    noise: noise(k),
                };
                law.dispatch(arch, strand)
            })
            .collect();
        let times = times.concat();
        let pairs = strand * strands as usize;
        if times.len() < pairs {
            return Err(TooLong {
                pairs,
                escaped: times.len(),
                patience: patience as f64 * scheme.step,
            });
        }
        Ok(times)
    }
}

/// Distance (Å) beyond which two ions that diffuse apart with `diffusion`
/// (D₁ + D₂, Å²/ps) count as escaped when they are seen once a step.
pub(super) fn boundary(scheme: &Scheme, diffusion: f64) -> f64 {
    scheme.interaction.cutoff() - OVERSHOOT * (2.0 * diffusion * scheme.step).sqrt()
}

/// Pairs that follow one another in the lanes of a block: where one escapes
/// the next starts, so that every pair that starts is followed to its end and
/// short lives are not preferred.
struct Strand<'a> {
    pair: &'a BoundPair,
    scheme: &'a Scheme,
    pairs: usize,
    patience: u64,
    noise: LaneNoise,
}

impl LaneTask for Strand<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run<F: Force>(mut self, law: PairLaw<F>) -> Vec<f64> {
        let BoundPair {
            charges,
            diffusion,
            field,
            separation,
        } = *self.pair;
        let lane = Pair {
            ions: [0, 1],
            separation: [0.0, separation],
            mobility: diffusion.map(|d| d * self.scheme.step),
            charge: charges,
            far_force: [[0.0; 2]; 2],
        };
        let mut block = PairBlock::new(vec![lane; BLOCK]);
        let fields = [field as f32];
        let boundary2 = boundary(self.scheme, diffusion[0] + diffusion[1]).powi(2) as f32;
        // The step at which the pair of a lane started; none in a lane at rest.
        let mut started = [Some(0); BLOCK];
        let mut waiting = self.pairs - BLOCK;
        let mut times = Vec::with_capacity(self.pairs);
        for step in 1..=self.patience {
            block.advance(law, &fields, &mut self.noise);
            if !block.any_beyond(boundary2) {
                continue;
            }
            for (k, started) in started.iter_mut().enumerate() {
                if block.separation2(k) <= boundary2 {
                    continue;
                }
                block.restart(k);
                if let Some(start) = *started {
                    times.push((step - start) as f64 * self.scheme.step);
                    *started = (waiting > 0).then_some(step);
                    waiting = waiting.saturating_sub(1);
                }
            }
            if times.len() == self.pairs {
                break;
            }
        }
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brownian::Refinement;
    use crate::interaction::{ConfinedLog, Interaction};

    /// z = 2 and c = 4 Å, from separations of 1 Å to 200 Å.
    fn pair(field: f64) -> BoundPair {
        BoundPair {
            charges: [2.0, -2.0],
            diffusion: [0.10341; 2],
            field,
            separation: 1.0,
        }
    }

    fn scheme(step: f64, evaluations: u32) -> Scheme {
        Scheme {
            interaction: Interaction::ConfinedLog(ConfinedLog {
                contact: 4.0,
                ..ConfinedLog::PUBLISHED
            }),
            step,
            refinement: (evaluations > 1).then_some(Refinement {
                evaluations,
                within: 15.0,
            }),
        }
    }

    fn allowance(error: f64) -> Allowance {
        Allowance {
            error,
            evaluations: 1e11,
        }
    }

    /// Against the backward equation at the top, solved on two grids by two
    /// methods, which agree to 0.02 %: 1832.3 ps as the mean over all
    /// directions at the start, 1832.6 ps across the field.
    const EXPECTED: f64 = 1832.6;

    #[test]
    fn refined_steps_are_converged() {
        let found = pair(0.4)
            .escape_time(&scheme(5.0, 10), allowance(0.002), 11, "refined")
            .expect("an escape time");
        let Estimate { mean, error } = found.time;
        assert!(error < 0.003 * EXPECTED, "{error}");
        assert!(
            (mean - EXPECTED).abs() < 3.0 * error + 0.003 * EXPECTED,
            "{mean} ± {error}"
        );
    }

    /// At low field, where a pair lives longer and its well matters more:
    /// 11 987.7 ps at E = 0.225.
    #[test]
    fn refined_steps_are_converged_at_low_field() {
        let found = pair(0.225)
            .escape_time(&scheme(5.0, 10), allowance(0.01), 11, "low field")
            .expect("an escape time");
        let Estimate { mean, error } = found.time;
        assert!(error < 0.015 * 11_987.7, "{error}");
        assert!(
            (mean - 11_987.7).abs() < 3.0 * error + 0.005 * 11_987.7,
            "{mean} ± {error}"
        );
    }

    /// Euler's scheme is too fast, by 9 % at 5 ps: the reference is not met by
    /// a scheme that should not meet it.
    #[test]
    fn coarse_steps_are_not() {
        let found = pair(0.4)
            .escape_time(&scheme(5.0, 1), allowance(0.004), 12, "coarse")
            .expect("an escape time");
        let ratio = found.time.mean / EXPECTED;
        assert!((ratio - 0.906).abs() < 0.02, "{ratio}");
    }

    /// Without forces T = (r_cut² - r²)/(4D), whatever the step: seen every
    /// 50 ps at r_cut itself, the ions would seem to take 2.7 % longer.
    #[test]
    fn the_boundary_is_drawn_in_by_the_overshoot() {
        let free = BoundPair {
            charges: [0.0; 2],
            ..pair(0.0)
        };
        let expected = (200.0_f64.powi(2) - 1.0) / (4.0 * 2.0 * 0.10341);
        let found = free
            .escape_time(&scheme(50.0, 1), allowance(0.002), 13, "free")
            .expect("an escape time");
        let Estimate { mean, error } = found.time;
        assert!(error < 0.003 * expected, "{error}");
        assert!((mean - expected).abs() < 3.0 * error, "{mean} ± {error}");
    }

    #[test]
    fn same_numbers_at_any_number_of_threads() {
        let run = |threads, seed| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("a pool").install(|| {
                pair(0.5).escape_time(&scheme(5.0, 1), allowance(0.02), seed, "threads")
            })
        };
        assert_eq!(run(1, 1), run(3, 1));
        assert_ne!(run(1, 1), run(1, 2));
    }

    /// At E = 0 and c = 1 Å a pair would live for seconds.
    #[test]
    fn a_pair_that_stays_is_not_waited_for() {
        let forever = Scheme {
            interaction: Interaction::PUBLISHED,
            ..scheme(0.1, 1)
        };
        let little = Allowance {
            error: 0.01,
            evaluations: 1e7,
        };
        let refused = pair(0.0).escape_time(&forever, little, 1, "forever");
        let Err(NoEscapeTime::TooLong(refused)) = refused else {
            panic!("nothing escapes: {refused:?}");
        };
        assert_eq!((refused.pairs, refused.escaped), (PILOT, 0));
    }
}
