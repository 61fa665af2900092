//! Any interaction at the price of a closed form.

use super::Interaction;

/// Bits of the mantissa that choose an interval: at first, and at most.
const RESOLUTION: std::ops::RangeInclusive<u32> = 3..=9;

/// Bits of the mantissa of a double.
const MANTISSA: u32 = f64::MANTISSA_DIGITS - 1;

/// Forces below this share of the force at contact are tabulated to an absolute
/// error instead of a relative one.
pub(crate) const FAINT: f64 = 1e-6;

/// Where the error of a cubic through 0, ¼, ¾ and 1 is largest: ½ (1 ± √⅝) and ½.
const BETWEEN: [f64; 3] = [0.104_715_3, 0.5, 0.895_284_7];

/// The force of an [`Interaction`] in a table of cubic polynomials.
///
/// Over t = 1 + r/c each octave is cut into 2^b intervals of equal width. The
/// exponent and the first b bits of the mantissa of t *are* the number of the
/// interval, so that it costs neither a logarithm nor a search, and the intervals
/// are narrow near contact and wide far away, as the force asks for. In each, the
/// cubic takes the values of F at the four Chebyshev–Lobatto points 0, ¼, ¾ and 1,
/// so that the force is continuous. Its error is
///
/// ```text
/// |δF| ≤ max|d⁴F/dt⁴| w⁴/1536        w the width of the interval
/// ```
///
/// (Abramowitz & Stegun 1964, 25.2); for F ∝ 1/t with b = 6 that is 9e-10 F.
/// [`Tabulated::new`] takes as many intervals as the tolerance needs and measures
/// the error where it is largest.
#[derive(Clone, Debug, PartialEq)]
pub struct Tabulated {
    cutoff: f64,
    /// 1/c, 1/Å.
    per_contact: f64,
    /// Bits of t that do not number the interval.
    shift: u32,
    /// F for unit charges as a polynomial of t less the start of its interval.
    cubics: Vec<[f64; 4]>,
    error: f64,
}

/// A form of the force that an engine computes with is not precise enough.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{form} of the force is off by {reached:.1e} of it, {wanted:.1e} was asked for")]
pub struct Unresolved {
    /// Which form: "the finest table".
    pub form: &'static str,
    /// Its error.
    pub reached: f64,
    /// Error asked for.
    pub wanted: f64,
}

impl Tabulated {
    /// A table of the force of `interaction` with a relative error of at most
    /// `tolerance`, where the force is more than a millionth of that at contact;
    /// below, the error is at most `tolerance` times that millionth.
    ///
    /// # Errors
    /// [`Unresolved`] if 512 intervals an octave are too few: for a tolerance near
    /// that of rounding, or a force that falls by much within one of them.
    pub fn new(interaction: &Interaction, tolerance: f64) -> Result<Self, Unresolved> {
        // The last interval ends beyond the cut-off, where F goes on as it is.
        let open = interaction.with_cutoff(f64::INFINITY);
        let mut reached = f64::INFINITY;
        for bits in RESOLUTION {
            let table = Self::with_resolution(interaction, &open, bits);
            if table.error <= tolerance {
                return Ok(table);
            }
            reached = reached.min(table.error);
        }
        Err(Unresolved {
            form: "the finest table",
            reached,
            wanted: tolerance,
        })
    }

    /// Force divided by distance at squared distance `r2` (Å²), kT/Å², for the
    /// charge product `zz` and 0 < r < r_cut: what multiplies the separation
    /// vector.
    #[inline]
    #[must_use]
    pub fn force_over_r(&self, zz: f64, r2: f64) -> f64 {
        let r = r2.sqrt();
        zz * self.at(r) / r
    }

    /// Radial force at distance `r` (Å), kT/Å; positive pushes apart.
    ///
    /// Zero at r = 0, where the direction is undefined, and from the cut-off on.
    #[must_use]
    pub fn force(&self, zz: f64, r: f64) -> f64 {
        if r <= 0.0 || r >= self.cutoff {
            return 0.0;
        }
        zz * self.at(r)
    }

    /// Cut-off r_cut of the force, Å.
    #[must_use]
    pub fn cutoff(&self) -> f64 {
        self.cutoff
    }

    /// Largest error found, relative as in [`Tabulated::new`].
    #[must_use]
    pub fn error(&self) -> f64 {
        self.error
    }

    /// F(r) for unit charges.
    #[inline]
    fn at(&self, r: f64) -> f64 {
        let t = 1.0 + r * self.per_contact;
        let interval = t.to_bits() >> self.shift;
        let d = t - f64::from_bits(interval << self.shift);
        let [a, b, c, e] = self.cubics[(interval - (1.0_f64.to_bits() >> self.shift)) as usize];
        a + d * (b + d * (c + d * e))
    }

    /// A table with 2^`bits` intervals an octave; `open` is the interaction
    /// without its cut-off.
    fn with_resolution(interaction: &Interaction, open: &Interaction, bits: u32) -> Self {
        let (contact, cutoff) = (interaction.contact(), interaction.cutoff());
        let mut table = Self {
            cutoff,
            per_contact: 1.0 / contact,
            shift: MANTISSA - bits,
            cubics: Vec::new(),
            error: 0.0,
        };
        // At contact the limit is meant, not the 0 that F is there by definition.
        let force = |t: f64| open.force(1.0, (contact * (t - 1.0)).max(f64::MIN_POSITIVE));
        let faint = FAINT * open.contact_force(1.0);
        let mut from = 1.0_f64;
        while from <= 1.0 + cutoff / contact {
            let to = f64::from_bits(from.to_bits() + (1 << table.shift));
            let width = to - from;
            let cubic = lobatto(|share| force(from + share * width), width);
            table.cubics.push(cubic);
            for t in BETWEEN.map(|share| from + share * width) {
                let exact = force(t);
                let error = (table.at(contact * (t - 1.0)) - exact).abs();
                table.error = table.error.max(error / exact.max(faint));
            }
            from = to;
        }
        table
    }
}

/// The cubic in d = t `width` through f at t = 0, ¼, ¾ and 1.
fn lobatto(f: impl Fn(f64) -> f64, width: f64) -> [f64; 4] {
    let [f0, f1, f2, f3] = [0.0, 0.25, 0.75, 1.0].map(f);
    // Newton's divided differences.
    let (d01, d12, d23) = (4.0 * (f1 - f0), 2.0 * (f2 - f1), 4.0 * (f3 - f2));
    let (d012, d123) = ((d12 - d01) / 0.75, (d23 - d12) / 0.75);
    let d0123 = d123 - d012;
    // f0 + t [d01 + (t - ¼)(d012 + (t - ¾) d0123)], by powers of t.
    let linear = d01 - 0.25 * d012 + 0.1875 * d0123;
    let square = d012 - d0123;
    [
        f0,
        linear / width,
        square / width.powi(2),
        d0123 / width.powi(3),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::{ConfinedLog, Coulomb, DielectricSlab, ScreeningWalls};
    use super::*;
    use crate::slit::WaterLayer;

    fn interactions() -> [Interaction; 4] {
        let layer = WaterLayer::new(7.0, [70.0, 2.0], 2.0, 298.0).expect("a slit");
        let slab = DielectricSlab::new(&layer, 4.0, 200.0).expect("a slab");
        let walls = ScreeningWalls::new(&layer, 3.0, 4.0, 200.0).expect("walls");
        let coulomb = Coulomb::new(80.0, 298.0, 1.0, 200.0).expect("a medium");
        [
            Interaction::ConfinedLog(ConfinedLog::PUBLISHED),
            Interaction::Slab(slab),
            Interaction::Screening(walls),
            Interaction::Coulomb(coulomb),
        ]
    }

    /// At distances that have nothing to do with the nodes, the error is what was
    /// asked for.
    #[test]
    fn as_precise_as_asked_for() {
        for interaction in interactions() {
            for tolerance in [1e-5, 1e-8] {
                let table = Tabulated::new(&interaction, tolerance).expect("a table");
                let faint = FAINT * interaction.force(1.0, 1e-9);
                let mut worst = 0.0_f64;
                for k in 1..=500 {
                    let r = 200.0 * (f64::from(k) * 0.618_033_988_75).fract().powi(2);
                    let exact = interaction.force(-4.0, r);
                    let found = table.force_over_r(-4.0, r * r) * r;
                    worst = worst.max((found - exact).abs() / exact.abs().max(4.0 * faint));
                }
                assert!(worst <= 1.001 * tolerance, "{interaction:?}: {worst:e}");
                assert!(table.error() <= tolerance);
            }
        }
    }

    /// Twice the intervals, a sixteenth of the error.
    #[test]
    fn fourth_order() {
        for interaction in interactions() {
            let open = interaction.with_cutoff(f64::INFINITY);
            let [coarse, fine] =
                [4, 5].map(|bits| Tabulated::with_resolution(&interaction, &open, bits).error);
            let order = (coarse / fine).log2();
            assert!((order - 4.0).abs() < 0.2, "{interaction:?}: {order}");
        }
    }

    #[test]
    fn continuous_and_truncated() {
        let table = Tabulated::new(&interactions()[1], 1e-6).expect("a table");
        for k in 1..table.cubics.len() as u64 {
            let edge = f64::from_bits(1.0_f64.to_bits() + (k << table.shift));
            let [at, below] = [edge, edge.next_down()].map(|t| 4.0 * (t - 1.0));
            let step = table.at(at) / table.at(below) - 1.0;
            assert!(step.abs() < 1e-13, "{edge}: {step:e}");
        }
        assert_eq!((table.force(4.0, 0.0), table.force(4.0, 200.0)), (0.0, 0.0));
        assert!(table.force(4.0, 199.999) > 0.0);
        assert_eq!(table.cutoff(), 200.0);
    }

    #[test]
    fn the_impossible_is_refused() {
        let refused = Tabulated::new(&interactions()[0], 1e-17).expect_err("refused");
        assert!(
            refused.reached > 1e-17 && refused.reached < 1e-11,
            "{refused}"
        );
    }
}
