//! The noise in lanes, on the vector unit that the engine uses.

use super::{MOMENTS, TAILS, correlation, moments_and_tails};
use crate::claim::{Check, Plan};
use crate::subject::LaneBlock;
use bjerrum_physics::noise::{LANES, LaneNoise};
use rayon::prelude::*;

/// Pairs of neighbouring generators.
const PAIRS: u64 = 50;
/// Blocks from each generator in the quick tier: 1e9 draws in all.
const BLOCKS: u64 = 2500;
/// Transforms of each lane in a block. Sums over a block are in single
/// precision, whose rounding then stays below 1e-5 of a block's own scatter.
const ROWS: usize = 125;
/// Draws of one generator in a block: two from each transform.
const BLOCK: usize = 2 * ROWS * LANES;
/// Largest lag of the serial correlation, in transforms.
const LAGS: usize = 4;

type Lanes = [f32; LANES];

/// Checks of [`LaneNoise`].
pub fn run(plan: &Plan) -> Vec<Check> {
    let blocks = plan.scaled(BLOCKS, 10);
    let tally = (0..PAIRS)
        .into_par_iter()
        .map(|pair| follow(plan, pair, blocks))
        .collect::<Vec<_>>()
        .into_iter()
        .fold(Tally::default(), Tally::plus);

    let count = (2 * PAIRS * blocks) as f64 * BLOCK as f64;
    let mut checks = moments_and_tails(tally.powers, tally.beyond, count);
    checks.extend(correlations(&tally, count));
    for check in &mut checks {
        check.quantity = format!("lanes: {}", check.quantity);
    }
    checks
}

/// The sums that should vanish, each over its number of terms.
fn correlations(tally: &Tally, count: f64) -> Vec<Check> {
    let mut checks = Vec::new();
    for lag in 1..=LAGS {
        let followed = count * (ROWS - lag) as f64 / ROWS as f64;
        let quantity = format!("⟨x(k) x(k+{lag})⟩ in a lane");
        checks.push(correlation(quantity, tally.serial[lag - 1], followed));
    }
    let transforms = 0.5 * count;
    let lane_pairs = 0.5 * (LANES - 1) as f64;
    for (quantity, sum, terms) in [
        (
            "⟨y(k) x(k+1)⟩ of successive transforms",
            tally.successive,
            transforms * (ROWS - 1) as f64 / ROWS as f64,
        ),
        ("⟨x y⟩ of one transform", tally.outputs, transforms),
        (
            "⟨(x² - 1)(y² - 1)⟩/2 of one transform",
            tally.output_squares,
            transforms,
        ),
        ("⟨x y⟩, neighbouring lanes", tally.neighbour_lanes, count),
        ("⟨x y⟩, any two lanes", tally.lane_pairs, count * lane_pairs),
        (
            "⟨x y⟩, neighbouring generators",
            tally.generators,
            transforms,
        ),
    ] {
        checks.push(correlation(quantity.into(), sum, terms));
    }
    checks
}

/// Sums over draws. The terms of every correlation have variance 1 and are
/// uncorrelated.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    powers: [f64; MOMENTS.len()],
    beyond: [u64; TAILS.len()],
    serial: [f64; LAGS],
    successive: f64,
    outputs: f64,
    output_squares: f64,
    neighbour_lanes: f64,
    lane_pairs: f64,
    generators: f64,
}

impl Tally {
    fn plus(self, other: Self) -> Self {
        Self {
            powers: std::array::from_fn(|k| self.powers[k] + other.powers[k]),
            beyond: std::array::from_fn(|k| self.beyond[k] + other.beyond[k]),
            serial: std::array::from_fn(|k| self.serial[k] + other.serial[k]),
            successive: self.successive + other.successive,
            outputs: self.outputs + other.outputs,
            output_squares: self.output_squares + other.output_squares,
            neighbour_lanes: self.neighbour_lanes + other.neighbour_lanes,
            lane_pairs: self.lane_pairs + other.lane_pairs,
            generators: self.generators + other.generators,
        }
    }

    /// Of a block from each of two generators.
    #[inline(always)]
    fn of(one: &LaneBlock, other: &LaneBlock) -> Self {
        let mut tally = Self {
            generators: products(&one.x, &other.x) + products(&one.y, &other.y),
            ..Self::default()
        };
        for block in [one, other] {
            tally.outputs += products(&block.x, &block.y);
            tally.output_squares += square_products(&block.x, &block.y);
            tally.successive += products(&block.y, &block.x[1..]);
            for rows in [&block.x, &block.y] {
                tally.add_rows(rows);
            }
        }
        tally
    }

    #[inline(always)]
    fn add_rows(&mut self, rows: &[Lanes]) {
        for (total, power) in self.powers.iter_mut().zip(powers(rows)) {
            *total += power;
        }
        for (total, beyond) in self.beyond.iter_mut().zip(beyond(rows)) {
            *total += beyond;
        }
        for (lag, total) in (1..).zip(&mut self.serial) {
            *total += products(rows, &rows[lag..]);
        }
        let (neighbours, all) = lane_products(rows);
        self.neighbour_lanes += neighbours;
        self.lane_pairs += all;
    }
}

/// Draws from two neighbouring generators.
fn follow(plan: &Plan, pair: u64, blocks: u64) -> Tally {
    let arch = pulp::Arch::new();
    let generator = |replica| LaneNoise::named(plan.seed, "validation/noise/lanes", replica);
    let mut noise = [generator(2 * pair), generator(2 * pair + 1)];
    let empty = LaneBlock {
        x: vec![[0.0; LANES]; ROWS],
        y: vec![[0.0; LANES]; ROWS],
    };
    let [mut one, mut other] = [empty.clone(), empty];
    let mut tally = Tally::default();
    for drawn in (pair * blocks..(pair + 1) * blocks).map(|block| block * BLOCK as u64) {
        for (noise, block) in noise.iter_mut().zip([&mut one, &mut other]) {
            arch.dispatch(Draw { noise, block });
        }
        plan.subject.pass_lanes(drawn, [&mut one, &mut other]);
        tally = tally.plus(arch.dispatch(Count {
            one: &one,
            other: &other,
        }));
    }
    tally
}

/// Fills a block, on whatever vector unit there is.
struct Draw<'a> {
    noise: &'a mut LaneNoise,
    block: &'a mut LaneBlock,
}

impl pulp::NullaryFnOnce for Draw<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.noise.fill(&mut self.block.x, &mut self.block.y);
    }
}

/// Counts two blocks, likewise.
struct Count<'a> {
    one: &'a LaneBlock,
    other: &'a LaneBlock,
}

impl pulp::NullaryFnOnce for Count<'_> {
    type Output = Tally;

    #[inline(always)]
    fn call(self) -> Tally {
        Tally::of(self.one, self.other)
    }
}

#[inline(always)]
fn total(lanes: &Lanes) -> f64 {
    lanes.iter().map(|&x| f64::from(x)).sum()
}

/// Σ x^k for each of [`MOMENTS`].
#[inline(always)]
fn powers(rows: &[Lanes]) -> [f64; MOMENTS.len()] {
    let mut sums = [[0.0; LANES]; MOMENTS.len()];
    for row in rows {
        for (l, &x) in row.iter().enumerate() {
            let square = x * x;
            let fourth = square * square;
            sums[0][l] += x;
            sums[1][l] += square;
            sums[2][l] += x * square;
            sums[3][l] += fourth;
            sums[4][l] += fourth * square;
            sums[5][l] += fourth * fourth;
        }
    }
    sums.each_ref().map(total)
}

/// Draws beyond each of [`TAILS`].
#[inline(always)]
fn beyond(rows: &[Lanes]) -> [u64; TAILS.len()] {
    let mut counts = [[0.0; LANES]; TAILS.len()];
    for row in rows {
        for (counts, sigma) in counts.iter_mut().zip(TAILS) {
            for l in 0..LANES {
                counts[l] += if row[l].abs() > sigma as f32 {
                    1.0
                } else {
                    0.0
                };
            }
        }
    }
    counts.each_ref().map(|lanes| total(lanes) as u64)
}

/// Σ a b, lane by lane, over the shorter length.
#[inline(always)]
fn products(a: &[Lanes], b: &[Lanes]) -> f64 {
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for l in 0..LANES {
            sums[l] += a[l] * b[l];
        }
    }
    total(&sums)
}

/// Σ (a² - 1)(b² - 1)/2, lane by lane; the half makes the variance 1.
#[inline(always)]
fn square_products(a: &[Lanes], b: &[Lanes]) -> f64 {
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for l in 0..LANES {
            sums[l] += 0.5 * (a[l] * a[l] - 1.0) * (b[l] * b[l] - 1.0);
        }
    }
    total(&sums)
}

/// Σ x_l x_{l+1}, the last lane beside the first, and Σ_{l<m} x_l x_m by
/// (Σ x_l)² - Σ x_l².
#[inline(always)]
fn lane_products(rows: &[Lanes]) -> (f64, f64) {
    let (mut neighbours, mut squares, mut all) = ([0.0; LANES], [0.0; LANES], 0.0);
    for row in rows {
        let mut sum = 0.0;
        for l in 0..LANES {
            neighbours[l] += row[l] * row[(l + 1) % LANES];
            squares[l] += row[l] * row[l];
            sum += row[l];
        }
        all += f64::from(sum * sum);
    }
    (total(&neighbours), 0.5 * (all - total(&squares)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::failed;
    use super::*;
    use crate::subject::Fault;

    /// Sums against the plain ones, in double precision.
    #[test]
    fn sums_are_what_they_are_called() {
        let mut noise = LaneNoise::named(1, "sums", 0);
        let mut rows = vec![[0.0; LANES]; ROWS];
        noise.fill(&mut rows, &mut vec![[0.0; LANES]; ROWS]);
        let near = |got: f64, expected: f64| {
            assert!(
                (got - expected).abs() < 1e-3 + 1e-6 * expected.abs(),
                "{got} {expected}"
            );
        };
        let flat = rows.as_flattened();
        for (order, got) in MOMENTS.into_iter().zip(powers(&rows)) {
            near(
                got,
                flat.iter().map(|&x| f64::from(x).powi(order as i32)).sum(),
            );
        }
        let (mut neighbours, mut all) = (0.0, 0.0);
        for row in &rows {
            for l in 0..LANES {
                neighbours += f64::from(row[l] * row[(l + 1) % LANES]);
                all += (0..l).map(|m| f64::from(row[l] * row[m])).sum::<f64>();
            }
        }
        let got = lane_products(&rows);
        near(got.0, neighbours);
        near(got.1, all);
    }

    #[test]
    fn correlations_are_found() {
        for (fault, expected) in [
            (
                Fault::SerialCorrelation(0.01),
                vec!["⟨x(k) x(k+1)⟩ in a lane"],
            ),
            (Fault::SharedOutputs(0.01), vec!["⟨x y⟩ of one transform"]),
            (
                Fault::SharedRadius { every: 100 },
                vec!["⟨(x² - 1)(y² - 1)⟩/2 of one transform"],
            ),
            (
                Fault::SharedLanes(0.01),
                vec!["⟨x y⟩, neighbouring lanes", "⟨x y⟩, any two lanes"],
            ),
            (
                Fault::SharedNoise(0.01),
                vec!["⟨x y⟩, neighbouring generators"],
            ),
        ] {
            assert_eq!(failed(run, 0.01, fault), expected, "{fault:?}");
        }
    }
}
