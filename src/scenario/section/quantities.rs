//! Values with units.

use super::{Result, Section};
use crate::scenario::document::{Node, Value, quoted};
use crate::scenario::error::Problem;
use crate::scenario::quantity::{Kind, Quantity, QuantityError, expectation};

impl Section<'_> {
    /// A quantity, in internal units.
    pub(in crate::scenario) fn quantity(
        &mut self,
        key: &str,
        kind: Kind,
        default: Option<&str>,
    ) -> Result<f64> {
        Ok(self.quantity_of(key, &[kind], default)?.1)
    }

    /// A quantity of one of several kinds.
    pub(in crate::scenario) fn quantity_of(
        &mut self,
        key: &str,
        kinds: &[Kind],
        default: Option<&str>,
    ) -> Result<(Kind, f64)> {
        let expected = expectation(kinds);
        let node = self.read(key, default.map(quoted).as_deref(), &expected)?;
        self.convert(key, &node, kinds)
    }

    /// A quantity in `unit` (`1`: a plain number); `meaning` says of what.
    pub(in crate::scenario) fn in_unit(
        &mut self,
        key: &str,
        unit: &str,
        meaning: &str,
    ) -> Result<f64> {
        if unit == "1" {
            return self.number(key, None, &format!("a number ({meaning})"));
        }
        let expected = format!("a value in {unit} ({meaning})");
        let node = self.read(key, None, &expected)?;
        let converted = self.converted(key, &node, expected, |q| Some(((), q.in_unit(unit)?)));
        converted.map(|(_, value)| value)
    }

    /// A quantity that must be positive; `why` completes "is not positive:".
    pub(in crate::scenario) fn positive(
        &mut self,
        key: &str,
        kind: Kind,
        default: Option<&str>,
        why: &str,
    ) -> Result<f64> {
        let value = self.quantity(key, kind, default)?;
        if value > 0.0 {
            return Ok(value);
        }
        Err(self.unphysical(
            key,
            format!("{:?} is not positive: {why}", self.written(key, default)),
            format!("give {}", expectation(&[kind])),
        ))
    }

    /// A list of quantities that must be positive, or a single one.
    pub(in crate::scenario) fn positives(
        &mut self,
        key: &str,
        kind: Kind,
        default: Option<&str>,
        why: &str,
    ) -> Result<Vec<f64>> {
        if !matches!(self.entry(key), Some(entry) if matches!(entry.node.value, Value::Array(_))) {
            return Ok(vec![self.positive(key, kind, default, why)?]);
        }
        let values: Vec<f64> = self
            .quantities(key, &[kind], None)?
            .into_iter()
            .map(|v| v.1)
            .collect();
        if values.iter().all(|value| *value > 0.0) {
            return Ok(values);
        }
        Err(self.unphysical(
            key,
            format!("not all of {} are positive: {why}", self.written(key, None)),
            format!("give {}", expectation(&[kind])),
        ))
    }

    /// A time that may be zero but not negative.
    pub(in crate::scenario) fn time_from_zero(
        &mut self,
        key: &str,
        default: Option<&str>,
    ) -> Result<f64> {
        let value = self.quantity(key, Kind::Time, default)?;
        if value >= 0.0 {
            return Ok(value);
        }
        Err(self.unphysical(
            key,
            format!("{:?} is before the start", self.written(key, default)),
            "times count from the start of the run: give zero or more",
        ))
    }

    /// A list of quantities of one kind, or a single one.
    pub(in crate::scenario) fn quantities(
        &mut self,
        key: &str,
        kinds: &[Kind],
        default: Option<&[String]>,
    ) -> Result<Vec<(Kind, f64)>> {
        let expected = expectation(kinds);
        let default = default.map(|texts| {
            let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            format!("[{}]", texts.join(", "))
        });
        let node = self.read(key, default.as_deref(), &expected)?;
        match &node.value {
            Value::Array(items) if items.is_empty() => Err(self.error(
                key,
                Problem::WrongType {
                    found: "an empty list".to_owned(),
                    expected,
                },
            )),
            Value::Array(items) => items
                .iter()
                .map(|item| self.convert(key, item, kinds))
                .collect(),
            _ => Ok(vec![self.convert(key, &node, kinds)?]),
        }
    }

    /// What was written for `key`, or its default.
    pub(in crate::scenario) fn written(&self, key: &str, default: Option<&str>) -> String {
        match self.entry(key).map(|entry| &entry.node.value) {
            Some(Value::Text(text)) => text.clone(),
            Some(other) => other.to_toml(),
            None => default.unwrap_or_default().to_owned(),
        }
    }

    fn convert(&self, key: &str, node: &Node, kinds: &[Kind]) -> Result<(Kind, f64)> {
        self.converted(key, node, expectation(kinds), |quantity| {
            let mut kinds = kinds.iter();
            kinds.find_map(|kind| Some((*kind, quantity.to(*kind)?)))
        })
    }

    /// The value of a text as `to` takes it.
    fn converted<T>(
        &self,
        key: &str,
        node: &Node,
        expected: String,
        to: impl Fn(&Quantity) -> Option<(T, f64)>,
    ) -> Result<(T, f64)> {
        let problem = match &node.value {
            Value::Integer(number) | Value::Float(number) => Problem::BareNumber {
                number: number.clone(),
                expected,
            },
            Value::Text(text) => match Quantity::parse(text, self.temperature) {
                Ok(quantity) => match to(&quantity) {
                    Some(found) if found.1.is_finite() => return Ok(found),
                    Some(_) => Problem::NotAQuantity {
                        text: text.clone(),
                        fault: QuantityError::NotFinite,
                        expected,
                    },
                    None => Problem::WrongDimension {
                        text: text.clone(),
                        dimension: quantity.dimension().describe(),
                        expected,
                    },
                },
                Err(fault) => Problem::NotAQuantity {
                    text: text.clone(),
                    fault,
                    expected,
                },
            },
            other => Problem::WrongType {
                found: other.describe(),
                expected,
            },
        };
        let path = self.path_of(key);
        Err(self.document.error(Some(&node.place), &path, problem))
    }
}
