//! The memory time from the areas of loops at several frequencies.

use super::fit::{derivatives, minimise};
use crate::statistics::Estimate;
use nalgebra::DVector;

/// A = K ωτ/(1 + ω²τ²) + A_0, fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AreaLaw {
    /// K: twice the largest area, less A_0, in the unit of the areas.
    pub strength: Estimate,
    /// τ, s, at which ωτ = 1 gives the largest area.
    pub time: Estimate,
    /// A_0, in the unit of the areas.
    pub offset: Estimate,
    /// Root mean square of what the law misses, in the unit of the areas.
    pub residual: f64,
}

/// Why no memory time came of the areas.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AreaLawError {
    /// Fewer than four loops.
    #[error("{0} loops are too few for the area-frequency law (4 at least)")]
    TooFew(usize),
    /// The areas do not pass through a maximum.
    #[error(
        "the areas leave the memory time open: measure loops at frequencies on both sides of the \
         largest area"
    )]
    Undetermined,
}

/// Fits the area-frequency law to loops of the angular frequencies `omega`
/// (rad/s) and the areas `area`, weighted by their standard `errors` where these are known
/// (all above zero) and alike where not.
///
/// The errors of the result are those that the scatter about the law shows, and with known
/// errors no less than follow from these.
///
/// Exact for the lobes of a bipolar volatile memristor; those of a unipolar one
/// obey it with 2τ for τ, and so loops that do not cross themselves have a
/// memory time of half the value found. Robin et al., Science 379, 161 (2023),
/// <https://doi.org/10.1126/science.adc9931>, S40.
///
/// # Errors
/// [`AreaLawError`] where there is no maximum to go by.
pub fn fit_area_law(
    omega: &[f64],
    area: &[f64],
    errors: Option<&[f64]>,
) -> Result<AreaLaw, AreaLawError> {
    let n = omega.len();
    if n < 4 {
        return Err(AreaLawError::TooFew(n));
    }
    let largest = area.iter().copied().fold(f64::MIN, f64::max);
    let weights: Vec<f64> = match errors {
        Some(errors) => errors.iter().map(|error| largest / error).collect(),
        None => vec![1.0; n],
    };
    let law = |p: &DVector<f64>, w: f64| {
        let phase = w * p[1].exp();
        p[0] * phase / (1.0 + phase * phase) + p[2]
    };
    let residuals = |p: &DVector<f64>| {
        let missed = omega.iter().zip(area).zip(&weights);
        let missed = missed.map(|((w, a), weight)| weight * (law(p, *w) - a / largest));
        DVector::from_iterator(n, missed)
    };
    let starts = omega
        .iter()
        .map(|w| DVector::from_vec(vec![2.0, -w.ln(), 0.0]));
    let best = starts
        .filter_map(|start| minimise(&residuals, start))
        .min_by(|a, b| a.chi_square.total_cmp(&b.chi_square))
        .ok_or(AreaLawError::Undetermined)?;
    let slopes = derivatives(&residuals, &best.at);
    let normal = slopes.transpose() * &slopes;
    let covariance = normal.try_inverse().ok_or(AreaLawError::Undetermined)?;
    let scatter = best.chi_square / (n - 3) as f64;
    let variance = match errors {
        Some(_) => scatter.max(1.0),
        None => scatter,
    };
    let error = |k: usize| (covariance[(k, k)] * variance).sqrt();
    let inside = omega.iter().any(|w| w * best.at[1].exp() < 1.0)
        && omega.iter().any(|w| w * best.at[1].exp() > 1.0);
    let error_is_known = error(1) < 1.0; // false for NaN
    if !inside || !error_is_known {
        return Err(AreaLawError::Undetermined);
    }
    let time = best.at[1].exp();
    let missed = omega.iter().zip(area);
    let missed = missed.map(|(w, a)| (law(&best.at, *w) - a / largest).powi(2));
    let missed: f64 = missed.sum();
    let estimate = |mean: f64, error: f64| Estimate { mean, error };
    Ok(AreaLaw {
        strength: estimate(best.at[0] * largest, error(0) * largest),
        time: estimate(time, error(1) * time),
        offset: estimate(best.at[2] * largest, error(2) * largest),
        residual: (missed / n as f64).sqrt() * largest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// Areas by the law, K = 10, τ = 5 s, A_0 = 1: found to rounding.
    #[test]
    fn exact_areas_give_the_exact_time() {
        let omega = [0.001, 0.005, 0.01, 0.05, 0.1, 0.2].map(|f| TAU * f);
        let area = omega.map(|w| 50.0 * w / (1.0 + 25.0 * w * w) + 1.0);
        let law = fit_area_law(&omega, &area, None).expect("a maximum");
        assert!((law.time.mean - 5.0).abs() < 1e-5, "{law:?}");
        assert!((law.strength.mean - 10.0).abs() < 1e-4, "{law:?}");
        assert!((law.offset.mean - 1.0).abs() < 1e-4, "{law:?}");
    }

    /// The areas published for a slit of 0.68 nm in 3 M KCl at 1 to 200 mHz
    /// (Robin et al. 2023, Fig. S12B), in V nA: τ between 13.6 and 17 s,
    /// depending on how the areas are weighted.
    #[test]
    fn published_areas_give_the_published_time() {
        let omega = [0.001, 0.005, 0.01, 0.05, 0.1, 0.2].map(|f| TAU * f);
        let law =
            fit_area_law(&omega, &[4.40, 7.84, 9.10, 5.33, 4.51, 3.56], None).expect("a maximum");
        assert!((13.6..=17.0).contains(&law.time.mean), "{law:?}");
        assert!(law.time.error < 5.0, "{law:?}");
    }

    /// One loop of six is measured badly: weighted by its error, the time comes out within
    /// three of its errors in 990 to 1000 of 1000 trials (997 expected), and more precise
    /// than with equal weights.
    #[test]
    fn a_loop_counts_by_its_error() {
        use crate::noise::Stream;
        let omega = [0.001, 0.005, 0.01, 0.05, 0.1, 0.2].map(|f| TAU * f);
        let errors = [0.02, 0.02, 0.02, 0.3, 0.02, 0.02];
        let mut noise = Stream::named(5, "area law", 0);
        let (mut within, mut spread) = (0, [0.0, 0.0]);
        for _ in 0..1000 {
            let area: Vec<f64> = std::iter::zip(omega, errors)
                .map(|(w, e)| 50.0 * w / (1.0 + 25.0 * w * w) + 1.0 + e * noise.normal())
                .collect();
            let weighted = fit_area_law(&omega, &area, Some(&errors)).expect("a maximum");
            let alike = fit_area_law(&omega, &area, None).expect("a maximum");
            let off = weighted.time.mean - 5.0;
            within += usize::from(off.abs() < 3.0 * weighted.time.error);
            spread[0] += off.powi(2);
            spread[1] += (alike.time.mean - 5.0).powi(2);
        }
        assert!(within >= 990, "{within}");
        assert!(spread[1] > 4.0 * spread[0], "{spread:?}");
    }

    #[test]
    fn areas_that_only_grow_leave_the_time_open() {
        let omega = [0.1, 0.2, 0.4, 0.8];
        let area = omega.map(|w| 3.0 * w);
        assert_eq!(
            fit_area_law(&omega, &area, None),
            Err(AreaLawError::Undetermined)
        );
        assert_eq!(
            fit_area_law(&omega[..3], &area[..3], None),
            Err(AreaLawError::TooFew(3))
        );
    }
}
