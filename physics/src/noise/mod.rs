//! Named random streams and the Gaussian noise of Brownian motion.
//!
//! Every stochastic part takes its own stream, derived from (master seed,
//! purpose, replica), so that no two parts are correlated and adding one does
//! not disturb another. The generator is xoshiro256++ (Blackman & Vigna,
//! <https://doi.org/10.1145/3460772>).
//!
//! The tails matter: a pair of divalent ions at low field lives for 1e8
//! steps, and its escape is the work of rare, large kicks. Normal deviates
//! come from the ziggurat of `rand_distr`, whose tail beyond 3.65σ is sampled
//! by Marsaglia's exact rejection; the validation counts draws beyond 6σ.
//! [`LaneNoise`] makes them sixteen at a time for the hot loops.

mod lanes;

pub use lanes::{LANES, LaneNoise};

use rand::Rng;
use rand_distr::{Distribution, Gamma, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

/// A stream of random numbers with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    generator: Xoshiro256PlusPlus,
}

impl Stream {
    /// The stream of `purpose` and `replica` under `master`.
    ///
    /// The three are hashed into all 256 bits of the generator's state:
    /// changing any one of them gives an unrelated stream.
    #[must_use]
    pub fn named(master: u64, purpose: &str, replica: u64) -> Self {
        let mut seed = [0; 32];
        for (bytes, word) in seed
            .chunks_exact_mut(8)
            .zip(words(master, purpose, replica))
        {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self {
            generator: Xoshiro256PlusPlus::from_seed(seed),
        }
    }

    /// A normal deviate of mean 0 and variance 1.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.generator)
    }

    /// The mean of the squares of `count` normal deviates, χ²/`count`; the count need
    /// not be whole.
    ///
    /// # Panics
    /// If `count` is not above zero.
    pub fn mean_square(&mut self, count: f64) -> f64 {
        let gamma = Gamma::new(0.5 * count, 2.0 / count).expect("a count above zero");
        gamma.sample(&mut self.generator)
    }

    /// A number uniform in [0, 1), on a grid of 2⁻⁵³.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.generator.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
}

/// The endless row of words that (master, purpose, replica) are hashed into.
fn words(master: u64, purpose: &str, replica: u64) -> impl Iterator<Item = u64> {
    let mut hash = scramble(master);
    for &byte in purpose.as_bytes() {
        hash = scramble(hash ^ u64::from(byte));
    }
    hash = scramble(hash ^ replica);
    std::iter::repeat_with(move || {
        hash = scramble(hash);
        hash
    })
}

/// The finaliser of SplitMix64 after one step of its counter: a bijection of
/// 64 bits in which every input bit reaches every output bit.
fn scramble(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let first = |mut s: Stream| (s.uniform(), s.uniform());
        let reference = first(Stream::named(1, "noise", 0));
        assert_eq!(reference, first(Stream::named(1, "noise", 0)));
        assert_ne!(reference, first(Stream::named(2, "noise", 0)));
        assert_ne!(reference, first(Stream::named(1, "start", 0)));
        assert_ne!(reference, first(Stream::named(1, "noise", 1)));
    }
}
