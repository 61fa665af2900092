//! Axes: what is changed from point to point.

use super::file::Method;
use crate::scenario::quantity::Quantity;
use crate::scenario::rounded;
use bjerrum_physics::noise::Stream;
use serde::Deserialize;
use toml::Value;

/// One direction of the grid: axes that change together.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// The word by which they were zipped.
    pub zip: Option<String>,
    /// One axis, or several with equally many values.
    pub axes: Vec<Axis>,
}

impl Dimension {
    /// How many points it has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.axes[0].values.len()
    }

    /// What it is called: the name of its axis, or of the first.
    #[must_use]
    pub fn name(&self) -> &str {
        self.zip.as_deref().unwrap_or(&self.axes[0].name)
    }
}

/// One key of the scenario and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Dotted key.
    pub key: String,
    /// What it is called in the collected file.
    pub name: String,
    /// The values, as TOML.
    pub values: Vec<String>,
    /// The values as numbers in `unit`, if they are numbers or quantities of one
    /// dimension.
    pub numbers: Option<Vec<f64>>,
    /// Their unit, in the words of scenario files: that of the first.
    pub unit: String,
}

impl Axis {
    pub(super) fn new(key: &str, name: String, values: Vec<String>, temperature: f64) -> Self {
        let (numbers, unit) = match in_one_unit(&values, temperature) {
            Some((numbers, unit)) => (Some(numbers), unit),
            None => (None, String::new()),
        };
        Self {
            key: key.to_owned(),
            name,
            values,
            numbers,
            unit,
        }
    }
}

/// Values as numbers in the unit of the first.
fn in_one_unit(values: &[String], temperature: f64) -> Option<(Vec<f64>, String)> {
    let parse = |text: &String| {
        format!("v = {text}")
            .parse::<toml::Table>()
            .ok()?
            .remove("v")
    };
    let values: Vec<Value> = values.iter().map(parse).collect::<Option<_>>()?;
    let (_, unit) = number_and_unit(&values[0])?;
    let numbers = values.iter().map(|value| match value {
        Value::String(text) => Quantity::parse(text, Some(temperature))
            .ok()?
            .in_unit(&unit),
        _ if unit.is_empty() => Some(number_and_unit(value)?.0),
        _ => None,
    });
    Some((numbers.collect::<Option<_>>()?, unit))
}

/// The number and the unit of a quantity, or a bare number.
fn number_and_unit(value: &Value) -> Option<(f64, String)> {
    match value {
        Value::Integer(number) => Some((*number as f64, String::new())),
        Value::Float(number) => Some((*number, String::new())),
        Value::String(text) => {
            let ends = (1..=text.len())
                .rev()
                .filter(|&end| text.is_char_boundary(end));
            let mut found = ends.filter_map(|end| Some((text[..end].trim().parse().ok()?, end)));
            let (number, end): (f64, usize) = found.next()?;
            let unit = text[end..].trim().to_owned();
            (number.is_finite() && !unit.is_empty()).then_some((number, unit))
        }
        _ => None,
    }
}

/// How a range is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spacing {
    /// Equal differences.
    #[default]
    Linear,
    /// Equal ratios.
    Logarithmic,
}

/// What is wrong with an axis.
#[derive(Debug)]
pub(super) struct RangeError(pub String);

/// From one number to another.
#[derive(Clone, Debug)]
pub(super) struct Span {
    key: String,
    from: f64,
    to: f64,
    unit: String,
    spacing: Spacing,
    whole: bool,
}

impl Span {
    pub fn new(
        key: &str,
        from: &Value,
        to: &Value,
        spacing: Spacing,
        temperature: f64,
    ) -> Result<Self, RangeError> {
        let refuse = |what: &str| Err(RangeError(format!("{what} (from {from} to {to})")));
        let Some((start, unit)) = number_and_unit(from) else {
            return refuse("a range goes from one number or quantity to another");
        };
        let end = match to {
            Value::String(text) => Quantity::parse(text, Some(temperature))
                .ok()
                .and_then(|quantity| quantity.in_unit(&unit)),
            _ if unit.is_empty() => number_and_unit(to).map(|(number, _)| number),
            _ => None,
        };
        let Some(end) = end else {
            return refuse("the two ends are not of one dimension");
        };
        if start == end {
            return refuse("the two ends are the same");
        }
        if spacing == Spacing::Logarithmic && start * end <= 0.0 {
            return refuse("a logarithmic range cannot reach or cross zero");
        }
        Ok(Self {
            key: key.to_owned(),
            from: start,
            to: end,
            unit,
            spacing,
            whole: from.is_integer() && to.is_integer(),
        })
    }

    /// `points` values, both ends included.
    pub fn grid(&self, points: Option<u64>) -> Result<Vec<String>, RangeError> {
        let points = match points {
            Some(points @ 2..) => points as usize,
            Some(few) => return Err(RangeError(format!("{few} points make no range"))),
            None => return Err(RangeError("points = ... is missing".to_owned())),
        };
        let last = (points - 1) as f64;
        let mut values: Vec<String> = (0..points).map(|k| self.at(k as f64 / last, 12)).collect();
        values.dedup();
        if values.len() < points {
            let message = format!("there are not {points} whole numbers between the two ends");
            return Err(RangeError(message));
        }
        Ok(values)
    }

    /// The value a `share` of the way, to so many digits, as TOML.
    fn at(&self, share: f64, digits: usize) -> String {
        let number = match self.spacing {
            Spacing::Linear => self.from + (self.to - self.from) * share,
            Spacing::Logarithmic => self.from * (self.to / self.from).powf(share),
        };
        if self.whole {
            return format!("{}", number.round() as i64);
        }
        let number = rounded(number, digits);
        match self.unit.as_str() {
            "" => format!("{number:?}"),
            unit => Value::String(format!("{number} {unit}")).to_string(),
        }
    }
}

/// Axes with `points` values each, spread over all `ranges` at once.
///
/// A Latin hypercube (McKay, Beckman & Conover, Technometrics 21, 239 (1979),
/// <https://doi.org/10.1080/00401706.1979.10489755>) has one value in each of as many
/// equal parts of every range as there are points, in an order of its own.
pub(super) fn sampled(
    ranges: &[(String, Span)],
    method: Method,
    points: usize,
    seed: u64,
    temperature: f64,
) -> Vec<Axis> {
    let axis = |(name, span): &(String, Span)| {
        let mut random = Stream::named(seed, &format!("sweep/{}", span.key), 0);
        let shares: Vec<f64> = match method {
            Method::Random => (0..points).map(|_| random.uniform()).collect(),
            Method::LatinHypercube => {
                let parts = shuffled(points, &mut random);
                let place = |part: usize| (part as f64 + random.uniform()) / points as f64;
                parts.into_iter().map(place).collect()
            }
        };
        let values = shares.into_iter().map(|share| span.at(share, 6)).collect();
        Axis::new(&span.key, name.clone(), values, temperature)
    };
    ranges.iter().map(axis).collect()
}

/// 0, 1, ... in random order (Fisher & Yates).
fn shuffled(count: usize, random: &mut Stream) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for k in (1..count).rev() {
        let other = (random.uniform() * (k + 1) as f64) as usize;
        order.swap(k, other);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str, spacing: Spacing) -> Result<Span, RangeError> {
        let value = |text: &str| format!("v = {text}").parse::<toml::Table>().unwrap()["v"].clone();
        Span::new("key", &value(from), &value(to), spacing, 298.0)
    }

    fn grid(from: &str, to: &str, spacing: Spacing, points: u64) -> Vec<String> {
        let span = span(from, to, spacing).unwrap_or_else(|error| panic!("{}", error.0));
        span.grid(Some(points))
            .unwrap_or_else(|error| panic!("{}", error.0))
    }

    #[test]
    fn ranges_keep_their_unit_and_their_ends() {
        let linear = grid("\"0.1 V\"", "\"500 mV\"", Spacing::Linear, 5);
        assert_eq!(
            linear,
            [
                "\"0.1 V\"",
                "\"0.2 V\"",
                "\"0.3 V\"",
                "\"0.4 V\"",
                "\"0.5 V\""
            ]
        );
        let logarithmic = grid("\"1 Hz\"", "\"1 kHz\"", Spacing::Logarithmic, 4);
        assert_eq!(
            logarithmic,
            ["\"1 Hz\"", "\"10 Hz\"", "\"100 Hz\"", "\"1000 Hz\""]
        );
        assert_eq!(grid("1", "9", Spacing::Linear, 3), ["1", "5", "9"]);
        assert_eq!(
            grid("1.0", "2.0", Spacing::Linear, 3),
            ["1.0", "1.5", "2.0"]
        );
        for (from, to, spacing, what) in [
            (
                "\"1 Hz\"",
                "\"3 V\"",
                Spacing::Linear,
                "not of one dimension",
            ),
            ("\"1 Hz\"", "3", Spacing::Linear, "not of one dimension"),
            ("\"0 V\"", "\"1 V\"", Spacing::Logarithmic, "cross zero"),
            ("2", "2", Spacing::Linear, "the same"),
            ("\"fast\"", "\"plain\"", Spacing::Linear, "from one number"),
        ] {
            let error = span(from, to, spacing).expect_err("a mistake");
            assert!(error.0.contains(what), "{}", error.0);
        }
    }

    #[test]
    fn a_latin_hypercube_fills_every_part_of_every_range_once() {
        let range = |key: &str| {
            let mut span =
                span("0.0", "1.0", Spacing::Linear).unwrap_or_else(|e| panic!("{}", e.0));
            span.key = key.to_owned();
            (key.to_owned(), span)
        };
        let ranges = [range("a"), range("b")];
        let axes = sampled(&ranges, Method::LatinHypercube, 50, 1, 298.0);
        for axis in &axes {
            let mut parts: Vec<usize> = axis
                .numbers
                .as_ref()
                .expect("numbers")
                .iter()
                .map(|x| (x * 50.0) as usize)
                .collect();
            assert_ne!(parts, (0..50).collect::<Vec<_>>(), "in random order");
            parts.sort_unstable();
            assert_eq!(parts, (0..50).collect::<Vec<_>>());
        }
        assert_ne!(axes[0].values, axes[1].values);
        let random = sampled(&ranges, Method::Random, 50, 1, 298.0);
        assert_ne!(random[0].values, axes[0].values);
    }
}
