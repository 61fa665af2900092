//! Equations as symbols, for other programs to read.

use super::Number;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// An equation, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A number.
    Number(f64),
    /// Parameter of this number.
    Parameter(usize),
    /// Memory of this number.
    Memory(usize),
    /// The voltage across the device.
    Voltage,
    /// Two of them, joined.
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// The other sign.
    Negative(Box<Expression>),
    /// A function of one or two of them.
    Call(Function, Vec<Expression>),
}

/// What joins two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// +
    Plus,
    /// -
    Minus,
    /// *
    Times,
    /// /
    Over,
}

/// The functions that equations are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// |x|.
    Magnitude,
    /// x^y, x ≥ 0.
    Power,
    /// (e^{q s} - 1)/(e^q - 1), s at q = 0.
    Share,
    /// x, where it is not below zero.
    Positive,
}

/// How a language writes what expressions are made of.
pub trait Language {
    /// Parameter number `number`.
    fn parameter(&self, number: usize) -> String;
    /// Memory number `number`.
    fn memory(&self, number: usize) -> String;
    /// The voltage across the device.
    fn voltage(&self) -> String;
    /// A function of what is written already.
    fn call(&self, function: Function, arguments: &[String]) -> String;
}

impl Expression {
    /// In the words of `language`: infix, with `+ - * /`, parentheses only where
    /// they are needed.
    #[must_use]
    pub fn written(&self, language: &dyn Language) -> String {
        match self {
            Self::Number(value) => format!("{value:?}"),
            Self::Parameter(number) => language.parameter(*number),
            Self::Memory(number) => language.memory(*number),
            Self::Voltage => language.voltage(),
            Self::Negative(of) => format!("-{}", of.within(Binding::Factor, language)),
            Self::Call(function, arguments) => {
                let arguments: Vec<String> =
                    arguments.iter().map(|a| a.written(language)).collect();
                language.call(*function, &arguments)
            }
            Self::Binary(operator, a, b) => {
                let (sign, left, right) = match operator {
                    Operator::Plus => (" + ", Binding::Sum, Binding::Sum),
                    Operator::Minus => (" - ", Binding::Sum, Binding::Factor),
                    Operator::Times => ("*", Binding::Factor, Binding::Factor),
                    Operator::Over => ("/", Binding::Factor, Binding::Atom),
                };
                let (a, b) = (a.within(left, language), b.within(right, language));
                format!("{a}{sign}{b}")
            }
        }
    }

    /// Written so that it can stand where `needed` is bound at least.
    fn within(&self, needed: Binding, language: &dyn Language) -> String {
        let text = self.written(language);
        if self.binding() < needed {
            format!("({text})")
        } else {
            text
        }
    }

    fn binding(&self) -> Binding {
        match self {
            Self::Negative(_) => Binding::Sum,
            Self::Number(value) if *value < 0.0 => Binding::Sum,
            Self::Binary(Operator::Plus | Operator::Minus, ..) => Binding::Sum,
            Self::Binary(..) => Binding::Factor,
            _ => Binding::Atom,
        }
    }

    /// dx/dt = `source` + `linear` x, told as (target - x)/time where it is that.
    pub(super) fn relaxation(source: Self, linear: Self, x: Self) -> Self {
        let time = match &linear {
            Self::Negative(rate) => match rate.as_ref() {
                Self::Binary(Operator::Over, one, time) if **one == ONE => Some(time.clone()),
                _ => None,
            },
            _ => None,
        };
        match (source, time) {
            (Self::Binary(Operator::Over, target, over), Some(time)) if over == time => {
                (*target - x) / *time
            }
            (source, _) => source + linear * x,
        }
    }

    fn binary(operator: Operator, a: Self, b: Self) -> Self {
        Self::Binary(operator, Box::new(a), Box::new(b))
    }
}

/// How tightly an expression holds together.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Sum,
    Factor,
    Atom,
}

const ZERO: Expression = Expression::Number(0.0);
const ONE: Expression = Expression::Number(1.0);

impl From<f64> for Expression {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl Add for Expression {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == ZERO => b,
            (a, b) if b == ZERO => a,
            (a, Self::Negative(b)) => a - *b,
            (a, b) => Self::binary(Operator::Plus, a, b),
        }
    }
}

impl Sub for Expression {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Self::Number(a - b),
            (a, b) if a == ZERO => -b,
            (a, b) if b == ZERO => a,
            (a, b) => Self::binary(Operator::Minus, a, b),
        }
    }
}

impl Mul for Expression {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == ZERO || b == ZERO => ZERO,
            (a, b) if a == ONE => b,
            (a, b) if b == ONE => a,
            (Self::Negative(a), b) => -(*a * b),
            (a, b) => Self::binary(Operator::Times, a, b),
        }
    }
}

impl Div for Expression {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        match (self, other) {
            (Self::Negative(a), b) => -(*a / b),
            (Self::Number(a), b) if a < 0.0 => -(Self::Number(-a) / b),
            (a, b) => Self::binary(Operator::Over, a, b),
        }
    }
}

impl Neg for Expression {
    type Output = Self;
    fn neg(self) -> Self {
        match self {
            Self::Negative(of) => *of,
            Self::Number(value) => Self::Number(-value),
            other => Self::Negative(Box::new(other)),
        }
    }
}

impl Number for Expression {
    fn abs(self) -> Self {
        Self::Call(Function::Magnitude, vec![self])
    }

    fn powf(self, exponent: Self) -> Self {
        Self::Call(Function::Power, vec![self, exponent])
    }

    fn exponential_shares(self, s: Vec<Self>) -> Vec<Self> {
        let share = |s| Self::Call(Function::Share, vec![self.clone(), s]);
        s.into_iter().map(share).collect()
    }

    fn positive(self) -> Self {
        Self::Call(Function::Positive, vec![self])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Plain;

    impl Language for Plain {
        fn parameter(&self, number: usize) -> String {
            format!("p{number}")
        }
        fn memory(&self, number: usize) -> String {
            format!("x{number}")
        }
        fn voltage(&self) -> String {
            "V".to_owned()
        }
        fn call(&self, function: Function, arguments: &[String]) -> String {
            format!("{function:?}({})", arguments.join(", "))
        }
    }

    #[test]
    fn parentheses_stand_where_they_are_needed() {
        let (p, x, v) = (
            || Expression::Parameter(0),
            || Expression::Memory(0),
            || Expression::Voltage,
        );
        let one = || Expression::from(1.0);
        for (expression, text) in [
            ((p() + x()) * v(), "(p0 + x0)*V"),
            (p() - (x() - v()), "p0 - (x0 - V)"),
            (p() / (x() * v()), "p0/(x0*V)"),
            (p() * x() / v(), "p0*x0/V"),
            (-(p() + x()), "-(p0 + x0)"),
            (p() + -x(), "p0 - x0"),
            (-p() * x(), "-p0*x0"),
            (one() * p() + Expression::from(0.0) * x(), "p0"),
            (v().abs().powf(one() + p()), "Power(Magnitude(V), 1.0 + p0)"),
        ] {
            assert_eq!(expression.written(&Plain), text);
        }
    }
}
