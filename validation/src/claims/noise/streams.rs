//! The scalar streams.

use super::{MOMENTS, TAILS, correlation, moments_and_tails};
use crate::claim::{Check, Plan};
use bjerrum_physics::noise::Stream;
use rayon::prelude::*;

/// Pairs of neighbouring streams.
const STREAM_PAIRS: u64 = 64;
/// Draws from each stream in the quick tier: 1e9 in all.
const DRAWS: u64 = 7_812_500;
/// Draws looked at together.
const BLOCK: usize = 4096;
/// Largest lag of the serial correlation.
const LAGS: usize = 4;

/// Checks of [`Stream`].
pub fn run(plan: &Plan) -> Vec<Check> {
    let draws = plan.scaled(DRAWS, 100_000);
    let tally = (0..STREAM_PAIRS)
        .into_par_iter()
        .map(|pair| follow(plan, pair, draws))
        .collect::<Vec<_>>()
        .into_iter()
        .fold(Tally::default(), Tally::plus);

    let count = 2.0 * (STREAM_PAIRS * draws) as f64;
    let mut checks = moments_and_tails(tally.powers, tally.beyond, count);
    for lag in 1..=LAGS {
        let quantity = format!("⟨x(k) x(k+{lag})⟩");
        checks.push(correlation(quantity, tally.serial[lag - 1], tally.followed));
    }
    checks.push(correlation(
        "⟨x y⟩, neighbouring streams".into(),
        tally.cross,
        0.5 * count,
    ));
    checks
}

/// Sums over draws.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    powers: [f64; MOMENTS.len()],
    beyond: [u64; TAILS.len()],
    serial: [f64; LAGS],
    /// Terms in each serial sum.
    followed: f64,
    cross: f64,
}

impl Tally {
    fn plus(self, other: Self) -> Self {
        Self {
            powers: std::array::from_fn(|k| self.powers[k] + other.powers[k]),
            beyond: std::array::from_fn(|k| self.beyond[k] + other.beyond[k]),
            serial: std::array::from_fn(|k| self.serial[k] + other.serial[k]),
            followed: self.followed + other.followed,
            cross: self.cross + other.cross,
        }
    }

    /// Adds a block of one stream. Serial products stay within the block; sums
    /// are made block by block, so that rounding stays below 1e-12.
    fn add(&mut self, noise: &[f64]) {
        let mut powers = [0.0; MOMENTS.len()];
        let mut largest: f64 = 0.0;
        for &x in noise {
            let square = x * x;
            let fourth = square * square;
            let terms = [
                x,
                square,
                x * square,
                fourth,
                fourth * square,
                fourth * fourth,
            ];
            for (power, term) in powers.iter_mut().zip(terms) {
                *power += term;
            }
            largest = largest.max(x.abs());
        }
        for (k, sigma) in TAILS.into_iter().enumerate() {
            if largest > sigma {
                self.beyond[k] += noise.iter().filter(|x| x.abs() > sigma).count() as u64;
            }
        }
        for (total, power) in self.powers.iter_mut().zip(powers) {
            *total += power;
        }
        for (lag, total) in (1..).zip(&mut self.serial) {
            *total += products(&noise[..noise.len() - LAGS], &noise[lag..]);
        }
        self.followed += (noise.len() - LAGS) as f64;
    }
}

/// Draws from two neighbouring streams.
fn follow(plan: &Plan, pair: u64, draws: u64) -> Tally {
    let stream = |replica| Stream::named(plan.seed, "validation/noise", replica);
    let (mut one, mut other) = (stream(2 * pair), stream(2 * pair + 1));
    let mut common = Stream::named(plan.seed, "validation/noise/common", pair);
    let (mut x, mut y) = (vec![0.0; BLOCK], vec![0.0; BLOCK]);
    let mut tally = Tally::default();
    let mut drawn = 0;
    while drawn < draws {
        let size = BLOCK.min((draws - drawn) as usize);
        // A last block shorter than the lags would have no serial product.
        let size = size.max(LAGS + 1);
        for (x, y) in x[..size].iter_mut().zip(&mut y[..size]) {
            *x = one.normal();
            *y = other.normal();
        }
        plan.subject.pass_noise(
            pair * draws + drawn,
            [&mut x[..size], &mut y[..size]],
            &mut common,
        );
        tally.add(&x[..size]);
        tally.add(&y[..size]);
        tally.cross += products(&x[..size], &y[..size]);
        drawn += size as u64;
    }
    tally
}

/// Σ a_k b_k over the shorter length, in eight partial sums.
fn products(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::super::tests::failed;
    use super::*;
    use crate::subject::Fault;

    #[test]
    fn correlations_are_found() {
        let serial = failed(run, 0.01, Fault::SerialCorrelation(0.01));
        assert_eq!(serial, ["⟨x(k) x(k+1)⟩"]);
        let shared = failed(run, 0.01, Fault::SharedNoise(0.01));
        assert_eq!(shared, ["⟨x y⟩, neighbouring streams"]);
    }
}
