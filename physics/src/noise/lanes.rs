//! Normal deviates in lanes, for loops that a vector unit runs.
//!
//! Sixteen xoshiro128++ generators side by side (Blackman & Vigna,
//! <https://doi.org/10.1145/3460772>), turned into normal deviates by the
//! transform of Box & Muller (<https://doi.org/10.1214/aoms/1177706645>):
//!
//! ```text
//! n₁ = √(-2 ln u) cos 2πv,    n₂ = √(-2 ln u) sin 2πv
//! ```
//!
//! with u = (k + ½) 2⁻³² from one 32-bit word and v from another. u is never 0
//! and never leaves (0, 1]; its logarithm resolves the tail up to 6.76σ, where
//! the deviates end (1.4e-11 of a normal law lies beyond). ln, cos and sin are
//! polynomials in single precision, relative error below 2e-7.
//!
//! Everything is plain arithmetic on arrays, one lane after the other and
//! without fused operations: the compiler makes vectors of whatever width the
//! processor has, and the numbers are the same at every width.

use super::words;
use serde::{Deserialize, Serialize};

/// Lanes of a generator.
pub const LANES: usize = 16;

/// Sixteen generators of normal deviates, with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneNoise {
    /// The four words of state of every lane.
    state: [[u32; LANES]; 4],
}

impl LaneNoise {
    /// The generators of `purpose` and `replica` under `master`, all their
    /// words of state hashed from the three, as for [`Stream::named`].
    ///
    /// [`Stream::named`]: super::Stream::named
    #[must_use]
    pub fn named(master: u64, purpose: &str, replica: u64) -> Self {
        let mut words = words(master, purpose, replica);
        let mut state = [[0; LANES]; 4];
        for lane in 0..LANES {
            let seed = loop {
                let (a, b) = (words.next().unwrap_or(1), words.next().unwrap_or(1));
                // The one state that xoshiro never leaves.
                if (a, b) != (0, 0) {
                    break [a as u32, (a >> 32) as u32, b as u32, (b >> 32) as u32];
                }
            };
            for (word, seed) in state.iter_mut().zip(seed) {
                word[lane] = seed;
            }
        }
        Self { state }
    }

    /// Fills `x` and `y` with normal deviates, all independent.
    #[inline(always)]
    pub fn normals(&mut self, x: &mut [f32; LANES], y: &mut [f32; LANES]) {
        self.fill(std::slice::from_mut(x), std::slice::from_mut(y));
    }

    /// Fills `x` and `y`, which are of one length, sixteen lanes at a time.
    ///
    /// In three passes: what a lane computes is one long chain, and a processor works on
    /// several at once only where they stand close to each other.
    #[inline(always)]
    pub fn fill(&mut self, x: &mut [[f32; LANES]], y: &mut [[f32; LANES]]) {
        for (x, y) in x.iter_mut().zip(&mut *y) {
            self.words(x, y);
        }
        for x in &mut *x {
            for x in x {
                *x = radius(x.to_bits());
            }
        }
        for (x, y) in x.iter_mut().zip(y) {
            for (x, y) in x.iter_mut().zip(y) {
                let (cos, sin) = cos_sin_turn(y.to_bits());
                (*x, *y) = (*x * cos, *x * sin);
            }
        }
    }

    /// The next two words of every lane, as the bits of `x` and `y`.
    #[inline(always)]
    fn words(&mut self, x: &mut [f32; LANES], y: &mut [f32; LANES]) {
        let [s0, s1, s2, s3] = &mut self.state;
        for lane in 0..LANES {
            let mut state = [s0[lane], s1[lane], s2[lane], s3[lane]];
            x[lane] = f32::from_bits(next(&mut state));
            y[lane] = f32::from_bits(next(&mut state));
            [s0[lane], s1[lane], s2[lane], s3[lane]] = state;
        }
    }
}

/// The next word of one xoshiro128++ generator.
#[inline(always)]
fn next(s: &mut [u32; 4]) -> u32 {
    let word = s[0].wrapping_add(s[3]).rotate_left(7).wrapping_add(s[0]);
    let shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = s[3].rotate_left(11);
    word
}

/// √(-2 ln((u + ½) 2⁻³²)).
#[inline(always)]
fn radius(u: u32) -> f32 {
    (-2.0 * ln_uniform(u)).sqrt()
}

/// ln((u + ½) 2⁻³²).
#[inline(always)]
fn ln_uniform(u: u32) -> f32 {
    // In two halves, for vector units convert only signed integers.
    let x = (u >> 8) as i32 as f32 * 256.0 + ((u & 0xff) as i32 as f32 + 0.5);
    // x = 2^e m with m in [√½, √2).
    const SQRT_HALF: i32 = 0x3f35_04f3;
    let bits = x.to_bits() as i32;
    let e = bits.wrapping_sub(SQRT_HALF) >> 23;
    let t = f32::from_bits(bits.wrapping_sub(e << 23) as u32) - 1.0;
    // ln(1 + t) = t - t²/2 + t³ p(t), p the minimax polynomial of Cephes' logf.
    let p = 7.037_683_6e-2;
    let p = p * t - 1.151_461e-1;
    let p = p * t + 1.167_699_9e-1;
    let p = p * t - 1.242_014_1e-1;
    let p = p * t + 1.424_932_3e-1;
    let p = p * t - 1.666_805_8e-1;
    let p = p * t + 2.000_071_5e-1;
    let p = p * t - 2.499_999_4e-1;
    let p = p * t + 3.333_333e-1;
    let square = t * t;
    let ln_m = t * square * p - 0.5 * square + t;
    ln_m + e.wrapping_sub(32) as f32 * std::f32::consts::LN_2
}

/// cos and sin of v · 2⁻³² turns.
///
/// The two highest bits are the quadrant; the others an angle from -π/4 to π/4
/// about its axis, for which short polynomials (Cephes' sinf and cosf) do.
#[inline(always)]
fn cos_sin_turn(v: u32) -> (f32, f32) {
    const UNIT: f32 = std::f32::consts::FRAC_PI_2 / 4_294_967_296.0;
    let angle = (v << 2) as i32 as f32 * UNIT;
    let z = angle * angle;
    let sin = angle + angle * z * (-1.666_665_5e-1 + z * (8.332_161e-3 - z * 1.951_529_6e-4));
    let cos = 1.0 - 0.5 * z + z * z * (4.166_664_6e-2 + z * (-1.388_731_6e-3 + z * 2.443_315_7e-5));
    let quadrant = v >> 30;
    let (cos, sin) = if quadrant & 1 == 0 {
        (cos, sin)
    } else {
        (sin, cos)
    };
    // cos changes sign in the second and third quadrant, sin in the last two.
    let cos_sign = (quadrant.wrapping_add(1) & 2) << 30;
    let sin_sign = (quadrant & 2) << 30;
    (
        f32::from_bits(cos.to_bits() ^ cos_sign),
        f32::from_bits(sin.to_bits() ^ sin_sign),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;
    use rand_xoshiro::Xoshiro128PlusPlus;
    use rand_xoshiro::rand_core::SeedableRng;

    /// Lane by lane the words of the generator that bears the name.
    #[test]
    fn lanes_are_xoshiro128plusplus() {
        let noise = LaneNoise::named(3, "lanes", 1);
        for lane in 0..LANES {
            let mut state = noise.state.map(|word| word[lane]);
            let mut seed = [0; 16];
            for (bytes, word) in seed.chunks_exact_mut(4).zip(state) {
                bytes.copy_from_slice(&word.to_le_bytes());
            }
            let mut reference = Xoshiro128PlusPlus::from_seed(seed);
            for _ in 0..1000 {
                assert_eq!(next(&mut state), reference.next_u32());
            }
        }
    }

    /// Words from both ends, the edges of the polynomials' ranges, and a sweep.
    fn probing_words() -> impl Iterator<Item = u32> {
        let edges = (0..32).flat_map(|bit| {
            let edge = 1u32 << bit;
            [
                edge.wrapping_sub(1),
                edge,
                edge + 1,
                !edge,
                edge.wrapping_neg(),
            ]
        });
        let sqrt_half = 3_037_000_499; // 2³² √½
        let near = (0..2000).map(move |k| sqrt_half - 1000 + k);
        let ends = (0..5000).flat_map(|k| [k, u32::MAX - k]);
        edges
            .chain(near)
            .chain(ends)
            .chain((0..200_000).map(|k: u32| k.wrapping_mul(2_654_435_761)))
    }

    /// Against double precision; near u = 1 the 24 bits of u itself are the limit.
    #[test]
    fn logarithm_is_exact_to_single_precision() {
        for u in probing_words() {
            let x = (f64::from(u) + 0.5) / 4_294_967_296.0;
            let (got, expected) = (f64::from(ln_uniform(u)), x.ln());
            let error = (got - expected).abs();
            assert!(
                error <= 2e-7 * expected.abs() + 6e-8,
                "ln {x}: {got}, expected {expected}"
            );
            assert!((-22.9..=0.0).contains(&got), "ln {x} = {got}");
        }
    }

    #[test]
    fn cosine_and_sine_are_exact_to_single_precision() {
        for v in probing_words() {
            // v << 2 is read as signed: the angle of quadrant q lies about q π/2.
            let about = f64::from((v << 2) as i32) / 4_294_967_296.0;
            let turn = (f64::from(v >> 30) + about) * std::f64::consts::FRAC_PI_2;
            let (cos, sin) = cos_sin_turn(v);
            assert!((f64::from(cos) - turn.cos()).abs() < 1.5e-7, "cos {turn}");
            assert!((f64::from(sin) - turn.sin()).abs() < 1.5e-7, "sin {turn}");
        }
    }

    /// The largest deviate is √(66 ln 2) = 6.76, from u = ½ 2⁻³².
    #[test]
    fn deviates_end_at_the_resolution_of_the_tail() {
        assert!((f64::from(radius(0)) - (66.0 * 2f64.ln()).sqrt()).abs() < 1e-5);
        assert_eq!(radius(u32::MAX), 0.0);
    }
}
