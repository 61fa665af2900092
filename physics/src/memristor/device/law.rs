//! The equation of a device, said once: for numbers and for symbols.

use super::{Expression, Kinetics};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// What an equation is written in: an `f64` computes it, an [`Expression`]
/// remembers it.
pub trait Number:
    Clone
    + From<f64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// |x|.
    #[must_use]
    fn abs(self) -> Self;

    /// x^`exponent`, for x ≥ 0.
    #[must_use]
    fn powf(self, exponent: Self) -> Self;

    /// (e^{q s} - 1)/(e^q - 1) for each s, 0 ≤ s ≤ 1, with q for `self`; s at q = 0.
    #[must_use]
    fn exponential_shares(self, s: Vec<Self>) -> Vec<Self>;

    /// What is never below zero where the equation holds. A circuit simulator
    /// may step outside on its way: exports clip it.
    #[must_use]
    fn positive(self) -> Self;
}

impl Number for f64 {
    fn abs(self) -> Self {
        Self::abs(self)
    }

    fn powf(self, exponent: Self) -> Self {
        Self::powf(self, exponent)
    }

    fn exponential_shares(self, mut s: Vec<Self>) -> Vec<Self> {
        let q = self;
        if q > 1e-9 {
            // Both sides divided by e^q: no overflow.
            let (start, whole) = ((-q).exp(), -(-q).exp_m1());
            s.iter_mut()
                .for_each(|s| *s = ((q * (*s - 1.0)).exp() - start) / whole);
        } else if q < -1e-9 {
            let whole = q.exp_m1();
            s.iter_mut().for_each(|s| *s = (q * *s).exp_m1() / whole);
        }
        s
    }

    fn positive(self) -> Self {
        self
    }
}

/// The equation of a model, in any [`Number`]: the one place that says it.
pub trait Law: Send + Sync {
    /// The equation of memory number `memory` under `voltage` (V), while the
    /// others are what they are in `x`.
    fn kinetics<N: Number>(&self, values: &[N], x: &[N], memory: usize, voltage: N) -> Kinetics<N>;

    /// Conductance (S) with the memories `x`, under `voltage` (V).
    fn conductance<N: Number>(&self, values: &[N], x: &[N], voltage: N) -> N;
}

/// A [`Law`] behind a reference: in numbers, and in symbols.
pub trait Equation: Send + Sync {
    /// The equation of memory number `memory` under `voltage` (V), while the
    /// others are what they are in `x`.
    fn kinetics(&self, values: &[f64], x: &[f64], memory: usize, voltage: f64) -> Kinetics;

    /// Conductance (S) with the memories `x`, under `voltage` (V).
    fn conductance(&self, values: &[f64], x: &[f64], voltage: f64) -> f64;

    /// The rate of change (1/s) of memory number `memory`, as it is written.
    fn rate_expression(&self, parameters: usize, memories: usize, memory: usize) -> Expression;

    /// The conductance (S), as it is written.
    fn conductance_expression(&self, parameters: usize, memories: usize) -> Expression;
}

impl<L: Law> Equation for L {
    fn kinetics(&self, values: &[f64], x: &[f64], memory: usize, voltage: f64) -> Kinetics {
        Law::kinetics(self, values, x, memory, voltage)
    }

    fn conductance(&self, values: &[f64], x: &[f64], voltage: f64) -> f64 {
        Law::conductance(self, values, x, voltage)
    }

    fn rate_expression(&self, parameters: usize, memories: usize, memory: usize) -> Expression {
        let values: Vec<Expression> = (0..parameters).map(Expression::Parameter).collect();
        let x: Vec<Expression> = (0..memories).map(Expression::Memory).collect();
        Law::kinetics(self, &values, &x, memory, Expression::Voltage)
            .rate_of(Expression::Memory(memory))
    }

    fn conductance_expression(&self, parameters: usize, memories: usize) -> Expression {
        let values: Vec<Expression> = (0..parameters).map(Expression::Parameter).collect();
        let x: Vec<Expression> = (0..memories).map(Expression::Memory).collect();
        Law::conductance(self, &values, &x, Expression::Voltage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_do_not_overflow() {
        let shares = 5000.0.exponential_shares(vec![1.0, 0.5]);
        assert!((shares[0] - 1.0).abs() < 1e-12);
        assert_eq!(shares[1], 0.0);
        let shares = (-5000.0).exponential_shares(vec![0.5]);
        assert!((shares[0] - 1.0).abs() < 1e-12);
    }
}
