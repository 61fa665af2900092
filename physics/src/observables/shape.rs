//! The shape of a cluster: its gyration tensor.

/// The gyration tensor of n places r in the plane, Å²:
///
/// ```text
/// G_ab = (1/n) Σ (r_a - r̄_a)(r_b - r̄_b)
/// ```
///
/// Its eigenvalues λ₁ ≥ λ₂ are the mean squared extents along the principal axes
/// (Šolc & Stockmayer, J. Chem. Phys. 54, 2756 (1971),
/// <https://doi.org/10.1063/1.1675241>).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gyration {
    /// Along the field, G_xx.
    pub along: f64,
    /// Across it, G_yy.
    pub across: f64,
    /// G_xy.
    pub mixed: f64,
}

impl Gyration {
    /// That of `places`, at least one.
    #[must_use]
    pub fn of(places: &[[f64; 2]]) -> Self {
        let n = places.len() as f64;
        let mean = |of: &dyn Fn(&[f64; 2]) -> f64| places.iter().map(of).sum::<f64>() / n;
        let (x, y) = (mean(&|r| r[0]), mean(&|r| r[1]));
        Self {
            along: mean(&|r| (r[0] - x).powi(2)),
            across: mean(&|r| (r[1] - y).powi(2)),
            mixed: mean(&|r| (r[0] - x) * (r[1] - y)),
        }
    }

    /// Squared radius of gyration λ₁ + λ₂, Å².
    #[must_use]
    pub fn squared_radius(&self) -> f64 {
        self.along + self.across
    }

    /// The eigenvalues, the larger first, Å².
    #[must_use]
    pub fn principal(&self) -> [f64; 2] {
        let (half, split) = (0.5 * self.squared_radius(), 0.5 * self.split());
        // Rounding must not leave a rod with a negative width.
        [half + split, (half - split).max(0.0)]
    }

    /// cos 2θ, θ the angle between the longer axis and the field: 1 along it, -1
    /// across, 0 on average where no direction is preferred; 0 for a round shape.
    #[must_use]
    pub fn orientation(&self) -> f64 {
        match self.split() {
            0.0 => 0.0,
            split => (self.along - self.across) / split,
        }
    }

    /// λ₁ - λ₂.
    fn split(&self) -> f64 {
        (self.along - self.across).hypot(2.0 * self.mixed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// n places at spacing a on a line: λ₁ = a²(n² - 1)/12, λ₂ = 0, at any angle.
    #[test]
    fn a_rod() {
        for angle in [0.0f64, 0.3, 1.2, std::f64::consts::FRAC_PI_2] {
            let rod: Vec<[f64; 2]> = (0..7)
                .map(|k| [angle.cos(), angle.sin()].map(|e| 10.0 + 3.0 * f64::from(k) * e))
                .collect();
            let shape = Gyration::of(&rod);
            let [long, wide] = shape.principal();
            assert!((long - 9.0 * 48.0 / 12.0).abs() < 1e-9, "{long}");
            assert!(wide < 1e-9, "{wide}");
            let expected = (2.0 * angle).cos();
            assert!((shape.orientation() - expected).abs() < 1e-9, "{angle}");
        }
    }

    /// The corners of a rectangle 2a × 2b: G_xx = a², G_yy = b². Round shapes have
    /// no direction.
    #[test]
    fn a_rectangle_and_a_square() {
        let corners = |a: f64, b: f64| [[a, b], [-a, b], [a, -b], [-a, -b]];
        let shape = Gyration::of(&corners(2.0, 5.0));
        assert_eq!(shape.principal(), [25.0, 4.0]);
        assert_eq!((shape.along, shape.across, shape.mixed), (4.0, 25.0, 0.0));
        assert_eq!(shape.orientation(), -1.0);
        assert_eq!(shape.squared_radius(), 29.0);
        assert_eq!(Gyration::of(&corners(3.0, 3.0)).orientation(), 0.0);
        assert_eq!(Gyration::of(&[[7.0, 8.0]]), Gyration::default());
    }
}
