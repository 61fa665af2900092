//! Gauss–Legendre quadrature on graded panels.

/// Positive abscissas and weights of the rule of 16 points on [-1, 1], exact
/// for polynomials up to degree 31 (Abramowitz & Stegun 1964, table 25.4).
const RULE: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_6),
    (0.458_016_777_657_227_4, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_7, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_89),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_095),
];

/// ∫ f from `from` to `to` in one panel.
fn panel(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (centre, half) = (0.5 * (from + to), 0.5 * (to - from));
    let sum: f64 = RULE
        .iter()
        .map(|(x, weight)| weight * (f(centre - half * x) + f(centre + half * x)))
        .sum();
    half * sum
}

/// ∫ f over [`from`, `to`], in panels that double in width from `first` next to
/// `from` up to `widest`.
///
/// What is rough at `from` is resolved there: a panel [a, 2a] looks the same at
/// every a to a function whose nearest singularity lies at the origin.
/// With `to` below `from` the panels run downwards, and the integral is still
/// taken upwards.
pub fn graded(from: f64, to: f64, first: f64, widest: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (length, sign) = ((to - from).abs(), (to - from).signum());
    let (mut sum, mut done, mut width) = (0.0, 0.0, first.min(widest));
    while done < length {
        // The rest goes into one panel where it is hardly more than one.
        let end = if done + 1.2 * width >= length {
            length
        } else {
            done + width
        };
        sum += panel(done, end, |t| f(from + sign * t));
        (done, width) = (end, end.min(widest));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_to_degree_31() {
        for degree in 0..=31 {
            let found = panel(0.0, 1.0, |x| x.powi(degree));
            let expected = 1.0 / f64::from(degree + 1);
            assert!((found / expected - 1.0).abs() < 1e-13, "degree {degree}");
        }
        // And not beyond: the rule has 16 points, no more.
        assert!((panel(-1.0, 1.0, |x| x.powi(32)) * 16.5 - 1.0).abs() > 1e-10);
    }

    /// ∫₀¹ -ln x = 1 and, from above, a Lorentzian of width 1e-5 at the end.
    #[test]
    fn singular_at_the_graded_end() {
        let logarithm = graded(0.0, 1.0, 1e-16, 1.0, |x| -x.ln());
        assert!((logarithm - 1.0).abs() < 1e-13, "{logarithm}");
        let width = 1e-5_f64;
        let peak = graded(1.0, 0.0, width, 1.0, |x| {
            width / ((1.0 - x).powi(2) + width * width)
        });
        assert!((peak - (1.0 / width).atan()).abs() < 1e-10, "{peak}");
    }
}
