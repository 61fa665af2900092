//! Parameters within bounds as coordinates without any.

use crate::memristor::device::Parameter;

/// How a parameter becomes a coordinate of order one.
///
/// ```text
/// ]low, ∞[      p = low + (guess - low) e^u
/// ]low, high[   p = low + (high - low)/(1 + e^-u)
/// anything      p = s u,   s the size of the guess
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Coordinate {
    Above(f64, f64),
    Between(f64, f64),
    Free(f64),
}

impl Coordinate {
    /// The coordinate of `parameter`, whose size is about that of `guess`.
    pub(super) fn of(parameter: &Parameter, guess: f64) -> Self {
        match parameter.bounds {
            (low, high) if high.is_finite() => Self::Between(low, high),
            (low, _) if low.is_finite() => Self::Above(low, guess - low),
            _ => Self::Free(if guess == 0.0 { 1.0 } else { guess.abs() }),
        }
    }

    /// The parameter at `u`.
    pub(super) fn value(self, u: f64) -> f64 {
        match self {
            Self::Above(low, size) => low + size * u.exp(),
            Self::Between(low, high) => low + (high - low) / (1.0 + (-u).exp()),
            Self::Free(size) => size * u,
        }
    }

    /// The coordinate of the parameter `value`.
    pub(super) fn coordinate(self, value: f64) -> f64 {
        match self {
            Self::Above(low, size) => ((value - low) / size).ln(),
            Self::Between(low, high) => ((value - low) / (high - value)).ln(),
            Self::Free(size) => value / size,
        }
    }

    /// dp/du at `u`.
    pub(super) fn slope(self, u: f64) -> f64 {
        match self {
            Self::Above(_, size) => size * u.exp(),
            Self::Between(low, high) => {
                let share = 1.0 / (1.0 + (-u).exp());
                (high - low) * share * (1.0 - share)
            }
            Self::Free(size) => size,
        }
    }

    /// How far from the best coordinate `u` the end of an interval is looked
    /// for: past the guess (the origin), and as many orders of magnitude or
    /// sizes beyond.
    pub(super) fn reach(self, u: f64) -> f64 {
        match self {
            Self::Above(..) | Self::Between(..) => u.abs() + 14.0,
            Self::Free(_) => u.abs() + 1000.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_go_there_and_back_and_know_their_slope() {
        for (one, value) in [
            (Coordinate::Above(0.0, 2e-9), 3e-9),
            (Coordinate::Above(1.0, 2.0), 7.0),
            (Coordinate::Between(0.0, 20.0), 4.5),
            (Coordinate::Free(2.0), -3.0),
        ] {
            let u = one.coordinate(value);
            assert!((one.value(u) / value - 1.0).abs() < 1e-12, "{one:?}");
            let slope = (one.value(u + 1e-6) - one.value(u - 1e-6)) / 2e-6;
            assert!((slope / one.slope(u) - 1.0).abs() < 1e-6, "{one:?}");
        }
    }
}
