//! Means over the seeds of a place.

use super::{CollectedFile, Quantity};

/// What the seeds of a place say together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean; NaN where no seed has a value.
    pub value: f64,
    /// Its standard error; NaN where it is not known.
    pub error: f64,
}

impl CollectedFile {
    /// The mean of a quantity over the seeds of every place, row after row.
    #[must_use]
    pub fn means(&self, quantity: &Quantity) -> Vec<Mean> {
        let rows = quantity.rows.unwrap_or(1);
        let mean = |cell: usize| {
            let (place, row) = (cell / rows, cell % rows);
            let of_seeds = (0..self.seeds).map(|seed| (place * self.seeds + seed) * rows + row);
            let errors = quantity.errors.as_deref();
            let measured: Vec<(f64, f64)> = of_seeds
                .map(|k| (quantity.values[k], errors.map_or(f64::NAN, |e| e[k])))
                .filter(|(value, _)| value.is_finite())
                .collect();
            Mean::of(&measured)
        };
        (0..self.places() * rows).map(mean).collect()
    }
}

impl Mean {
    /// The mean of independent values x_k with standard errors s_k (NaN if not known):
    /// its error is sqrt(sum s_k²)/n where all are known, and the scatter
    /// sqrt(sum (x_k - mean)² / (n (n - 1))) where they are not.
    fn of(measured: &[(f64, f64)]) -> Self {
        // Equal values have no scatter, and their sum over n would have that of rounding.
        if let [(first, _), rest @ ..] = measured
            && rest.iter().all(|(x, s)| x == first && s.is_nan())
        {
            let (value, error) = (*first, measured[0].1);
            return Self { value, error };
        }
        let n = measured.len() as f64;
        let value = measured.iter().map(|(x, _)| x).sum::<f64>() / n;
        let stated = measured.iter().map(|(_, s)| s * s).sum::<f64>().sqrt() / n;
        let scatter = measured
            .iter()
            .map(|(x, _)| (x - value).powi(2))
            .sum::<f64>();
        let error = match stated.is_finite() {
            true => stated,
            // One value has no scatter: 0/0.
            false => (scatter / (n * (n - 1.0))).sqrt(),
        };
        Self { value, error }
    }
}

#[cfg(test)]
mod tests {
    use super::Mean;

    /// By hand: stated errors 0.3 and 0.4 give 0.5/2; the scatter of 1, 2, 3 is
    /// sqrt(2/6).
    #[test]
    fn errors_are_stated_or_taken_from_the_scatter() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-15, "{a} {b}");
        let stated = Mean::of(&[(1.0, 0.3), (2.0, 0.4)]);
        near(stated.value, 1.5);
        near(stated.error, 0.25);
        let scattered = Mean::of(&[(1.0, f64::NAN), (2.0, 0.1), (3.0, f64::NAN)]);
        near(scattered.value, 2.0);
        near(scattered.error, (1.0f64 / 3.0).sqrt());
        assert!(Mean::of(&[(1.0, f64::NAN)]).error.is_nan());
        let equal = Mean::of(&[(0.1, f64::NAN); 3]);
        assert!(equal.value == 0.1 && equal.error.is_nan());
        near(Mean::of(&[(0.1, 0.5)]).error, 0.5);
        assert!(Mean::of(&[]).value.is_nan());
    }
}
