//! The force of any slit in single precision, for the lanes of vectors.
//!
//! A table would have to be gathered from. Here the force is
//!
//! ```text
//! F(r)/r = e^{-κr} P_k(w)/(r s²),     s = r + c,     w = (s - a_k)/(s + a_k)
//! ```
//!
//! with κ the decay constant of walls that screen, else 0. What is left to the
//! polynomials is smooth: s² e^{κr} F has its singularities at s = ±inH, the image
//! charges, which w carries to the unit circle; the range of s is cut into three
//! pieces of equal ratio, about a_k each, and so |w| stays below ½ for s up to
//! 700 c. The three are chosen between by select, coefficient by coefficient. All
//! operations are rounded alike in every vector unit: no fused ones, no tables.

use super::law::Force;
use super::tile::Lanes;
use crate::interaction::{FAINT, Interaction, Unresolved};
use crate::noise::LANES;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::{LN_2, PI};

/// Largest error of the force, relative to it, or to the faint force where it is
/// fainter than that.
pub const TOLERANCE: f64 = 2e-6;

/// Where the force is this share of that at contact it ends: half the tolerance
/// of the faint force.
const NOTHING: f64 = 0.5 * TOLERANCE * FAINT;

/// Pieces that the range of the force is cut into.
const PIECES: usize = 3;

/// Coefficients of the polynomial of a piece.
const TERMS: usize = 13;

/// Coefficients of the exponential within half an octave.
const EXPONENTIAL_TERMS: usize = 7;

/// Points of a piece at which the error is looked at; not those of the fit.
const LOOKS: u32 = 40;

/// One value for each piece.
type Pieces = [f32; PIECES];

/// A force that falls as powers of the distance.
#[derive(Clone, Copy, Debug)]
pub struct Algebraic {
    contact: f32,
    /// s at which the second and the third piece begin.
    begins: [f32; PIECES - 1],
    /// a_k.
    centres: Pieces,
    /// Coefficients of P_k, the lowest first.
    coefficients: [Pieces; TERMS],
}

/// A force that falls exponentially besides.
#[derive(Clone, Copy, Debug)]
pub struct Screened {
    algebraic: Algebraic,
    /// Halvings of e^{-κr} in an Å.
    rate: f32,
    /// The way to one of them, Å, and what rounding leaves of it.
    way: [f32; 2],
    /// e^{-κx} for x within half a way.
    exponential: [f32; EXPONENTIAL_TERMS],
}

/// A force in one of the two forms, and where it ends, Å.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    pub form: Form,
    pub reach: f64,
}

#[derive(Clone, Copy, Debug)]
pub enum Form {
    Algebraic(Algebraic),
    Screened(Screened),
}

impl Force for Algebraic {
    #[inline(always)]
    fn over_r(&self, r: &Lanes) -> Lanes {
        let mut s = [0.0; LANES];
        for l in 0..LANES {
            s[l] = r[l] + self.contact;
        }
        let centre = self.select(&s, self.centres);
        let mut w = [0.0; LANES];
        for l in 0..LANES {
            w[l] = (s[l] - centre[l]) / (s[l] + centre[l]);
        }
        let [lower @ .., highest] = &self.coefficients;
        let mut sum = self.select(&s, *highest);
        for &coefficients in lower.iter().rev() {
            let next = self.select(&s, coefficients);
            for l in 0..LANES {
                sum[l] = sum[l] * w[l] + next[l];
            }
        }
        for l in 0..LANES {
            sum[l] /= r[l] * (s[l] * s[l]);
        }
        sum
    }
}

impl Algebraic {
    /// For each s the value of the piece that it is in. All are at hand and one is
    /// chosen: no branch and no gather in a lane.
    #[inline(always)]
    fn select(&self, s: &Lanes, [first, second, third]: Pieces) -> Lanes {
        let [second_begins, third_begins] = self.begins;
        let mut chosen = [0.0; LANES];
        for l in 0..LANES {
            let near = if s[l] >= second_begins { second } else { first };
            chosen[l] = if s[l] >= third_begins { third } else { near };
        }
        chosen
    }

    /// Through s² `force` at the Chebyshev nodes of w in each piece; `force` is a
    /// function of s, from `contact` to `end`.
    fn through(force: impl Fn(f64) -> f64, contact: f64, end: f64) -> Self {
        let ratio = (end / contact).powf(1.0 / PIECES as f64);
        let edge = |k: usize| contact * ratio.powi(k as i32);
        let centre = |k: usize| edge(k) * ratio.sqrt();
        // w at the end of any piece.
        let widest = (ratio.sqrt() - 1.0) / (ratio.sqrt() + 1.0);
        let mut coefficients = [[0.0; PIECES]; TERMS];
        for k in 0..PIECES {
            let fit = interpolate(TERMS, widest, |w| {
                let s = centre(k) * (1.0 + w) / (1.0 - w);
                s * s * force(s)
            });
            for (row, value) in coefficients.iter_mut().zip(fit) {
                row[k] = value as f32;
            }
        }
        Self {
            contact: contact as f32,
            begins: [1, 2].map(|k| edge(k) as f32),
            centres: [0, 1, 2].map(|k| centre(k) as f32),
            coefficients,
        }
    }
}

impl Force for Screened {
    #[inline(always)]
    fn over_r(&self, r: &Lanes) -> Lanes {
        /// Adding it leaves no bits for fractions; the integer stands in the lowest.
        const ROUND: f32 = 12_582_912.0;
        let (mut rest, mut power) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            let shifted = r[l] * self.rate + ROUND;
            let halvings = shifted - ROUND;
            // Exact but for the last product, as long as the halvings are few.
            rest[l] = (r[l] - halvings * self.way[0]) - halvings * self.way[1];
            let number = shifted.to_bits().wrapping_sub(ROUND.to_bits());
            // 2 to the power of minus that number; beyond the reach of the force, anything.
            power[l] = f32::from_bits(127u32.wrapping_sub(number) << 23);
        }
        let [lower @ .., highest] = &self.exponential;
        let mut sum = [*highest; LANES];
        for &next in lower.iter().rev() {
            for l in 0..LANES {
                sum[l] = sum[l] * rest[l] + next;
            }
        }
        let mut over_r = self.algebraic.over_r(r);
        for l in 0..LANES {
            over_r[l] *= sum[l] * power[l];
        }
        over_r
    }
}

impl Screened {
    fn new(algebraic: Algebraic, kappa: f64) -> Self {
        let way = LN_2 / kappa;
        // Twelve bits, so that a product with up to 4096 halvings is exact.
        let short = f32::from_bits((way as f32).to_bits() & !0xfff);
        let fit = interpolate(EXPONENTIAL_TERMS, 0.5 * way, |x| (-kappa * x).exp());
        let mut exponential = [0.0; EXPONENTIAL_TERMS];
        for (to, from) in exponential.iter_mut().zip(fit) {
            *to = from as f32;
        }
        Self {
            algebraic,
            rate: (1.0 / way) as f32,
            way: [short, (way - f64::from(short)) as f32],
            exponential,
        }
    }
}

impl Fit {
    /// The force of `interaction`.
    ///
    /// # Errors
    /// [`Unresolved`] if it is off by more than [`TOLERANCE`]: the range of the
    /// force is too long in contact lengths, or it bends too sharply.
    pub fn new(interaction: &Interaction) -> Result<Self, Unresolved> {
        let open = interaction.with_cutoff(f64::INFINITY);
        let reach = reach(interaction, &open);
        let contact = interaction.contact();
        let kappa = match interaction {
            Interaction::Screening(walls) => 1.0 / walls.slowest_mode().0,
            _ => 0.0,
        };
        let growing = |s: f64| {
            let r = (s - contact).max(f64::MIN_POSITIVE);
            open.force(1.0, r) * (kappa * r).exp()
        };
        let algebraic = Algebraic::through(growing, contact, contact + reach);
        let form = match kappa {
            0.0 => Form::Algebraic(algebraic),
            _ => Form::Screened(Screened::new(algebraic, kappa)),
        };
        let fit = Self { form, reach };
        let reached = fit.error(interaction);
        // Not `>`: an error that is no number is none that can be accepted.
        if reached <= TOLERANCE {
            return Ok(fit);
        }
        Err(Unresolved {
            form: "the single-precision form",
            reached,
            wanted: TOLERANCE,
        })
    }

    /// Force over distance for unit charges at squared distance `r2` > 0 within
    /// reach.
    fn over_r(&self, r2: f32) -> f32 {
        let r = [r2.sqrt(); LANES];
        let all_alike = match self.form {
            Form::Algebraic(force) => force.over_r(&r),
            Form::Screened(force) => force.over_r(&r),
        };
        all_alike[0]
    }

    /// The largest error found, relative as in [`TOLERANCE`].
    pub fn error(&self, interaction: &Interaction) -> f64 {
        let contact = interaction.contact();
        let faint = FAINT * interaction.contact_force(1.0);
        let looks = LOOKS * PIECES as u32;
        let ratio = (1.0 + self.reach / contact).ln() / f64::from(looks);
        let mut largest = 0.0_f64;
        for k in 0..looks {
            let r = contact * (ratio * (f64::from(k) + 0.5)).exp_m1();
            let r2 = (r * r) as f32;
            let r = f64::from(r2).sqrt();
            let exact = interaction.force(1.0, r);
            let error = (f64::from(self.over_r(r2)) * r - exact).abs() / exact.max(faint);
            if error.is_nan() {
                return error;
            }
            largest = largest.max(error);
        }
        largest
    }
}

/// Where the force of `interaction` ends: at the cut-off, or before where nothing
/// is left of it; `open` is the same without its cut-off.
fn reach(interaction: &Interaction, open: &Interaction) -> f64 {
    let least = NOTHING * open.contact_force(1.0);
    let mut reach = interaction.cutoff();
    if open.force(1.0, reach) >= least {
        return reach;
    }
    let mut near = 0.0;
    while reach - near > 1e-6 * reach {
        let middle = 0.5 * (near + reach);
        // At r = 0 the force is 0 by definition.
        if open.force(1.0, middle) >= least {
            near = middle;
        } else {
            reach = middle;
        }
    }
    reach
}

/// Coefficients, the lowest first, of the polynomial of x through `f` at `terms`
/// Chebyshev nodes of [-`widest`, `widest`].
fn interpolate(terms: usize, widest: f64, f: impl Fn(f64) -> f64) -> Vec<f64> {
    // Powers of x/widest, for the equations to be well conditioned.
    let node = |k: usize| ((k as f64 + 0.5) * PI / terms as f64).cos();
    let powers = DMatrix::from_fn(terms, terms, |k, power| node(k).powi(power as i32));
    let values = DVector::from_fn(terms, |k, _| f(widest * node(k)));
    let scaled = powers.lu().solve(&values).expect("the nodes differ");
    let unscaled = |(power, value): (usize, &f64)| value / widest.powi(power as i32);
    scaled.iter().enumerate().map(unscaled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::{Coulomb, DielectricSlab, ScreeningWalls};
    use crate::slit::WaterLayer;

    fn interactions(contact: f64, cutoff: f64) -> Vec<(String, Interaction)> {
        let mut all = Vec::new();
        for water in [[70.0, 2.0], [70.0, 70.0], [80.0, 20.0]] {
            for height in [7.0, 20.0, 100.0] {
                let layer = WaterLayer::new(height, water, 2.0, 298.0).expect("a slit");
                let slab = DielectricSlab::new(&layer, contact, cutoff).expect("a slab");
                let name = format!("{water:?}, {height} Å");
                all.push((name.clone(), Interaction::Slab(slab)));
                for length in [0.0, 0.5, 50.0] {
                    let walls = ScreeningWalls::new(&layer, length, contact, cutoff);
                    let walls = Interaction::Screening(walls.expect("walls"));
                    all.push((format!("{name}, screened in {length} Å"), walls));
                }
            }
        }
        let water = Coulomb::new(80.0, 298.0, contact, cutoff).expect("water");
        all.push(("Coulomb".into(), Interaction::Coulomb(water)));
        all
    }

    /// The error that a fit claims is the error at distances that have nothing to
    /// do with it; and at r → 0 and at the cut-off the force goes on.
    #[test]
    fn every_kind_of_wall_is_met() {
        for (contact, cutoff) in [(1.0, 200.0), (4.0, 200.0), (4.0, 1000.0)] {
            for (name, interaction) in interactions(contact, cutoff) {
                let fit = Fit::new(&interaction).expect(&name);
                let faint = FAINT * interaction.contact_force(1.0);
                let golden = |k: u32| (f64::from(k) * 0.618_033_988_75).fract();
                let near = (0..60).map(|k| fit.reach * golden(k).powi(4));
                let ends = [1e-4 * contact, 0.999_999 * fit.reach];
                let mut worst = 0.0_f64;
                for r in near.chain(ends).filter(|&r| r > 0.0) {
                    let r2 = (r * r) as f32;
                    let r = f64::from(r2).sqrt();
                    let exact = interaction.force(1.0, r);
                    let found = f64::from(fit.over_r(r2)) * r;
                    worst = worst.max((found - exact).abs() / exact.max(faint));
                }
                assert!(worst < TOLERANCE, "{name}, c = {contact}: {worst:e}");
                let beyond = interaction.with_cutoff(f64::INFINITY);
                let left = beyond.force(1.0, fit.reach) / faint;
                assert!(
                    fit.reach == cutoff || left <= 0.5 * TOLERANCE,
                    "{name}: {left:e}"
                );
            }
        }
    }

    /// Seven decades from contact to the cut-off are more than three pieces hold.
    #[test]
    fn the_impossible_is_refused() {
        let layer = WaterLayer::new(7.0, [70.0; 2], 2.0, 298.0).expect("a slit");
        let slab = DielectricSlab::new(&layer, 1e-4, 1000.0).expect("a slab");
        let refused = Fit::new(&Interaction::Slab(slab)).expect_err("refused");
        assert!(refused.reached > TOLERANCE);
        assert!(
            refused
                .to_string()
                .starts_with("the single-precision form of the force is off by"),
            "{refused}"
        );
    }
}
