//! A strict reader of one table of a scenario.
//!
//! Every key that is read is remembered, with what was written or the default
//! that took its place. [`Section::finish`] refuses the keys that nobody read
//! and hands the rest to the resolved scenario.

use std::fmt::Display;
use std::str::FromStr;

use super::document::{Document, Entry, Node, Place, Value, leaves, quoted};
use super::error::{Problem, ScenarioError, nearest};
use super::quantity::{Kind, Quantity, QuantityError, expectation};

type Result<T> = std::result::Result<T, ScenarioError>;

/// The scenario as it was read, every default filled in.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    blocks: Vec<String>,
}

impl Resolved {
    /// The TOML text; `root` comes first, as TOML requires.
    pub(super) fn into_text(self) -> String {
        self.blocks.join("\n")
    }

    /// Appends comment lines.
    pub(super) fn note(&mut self, comment: String) {
        self.blocks.push(comment);
    }
}

/// One table being read.
#[derive(Debug)]
pub(super) struct Section<'d> {
    document: &'d Document,
    path: String,
    entries: &'d [Entry],
    place: Option<&'d Place>,
    temperature: Option<f64>,
    known: Vec<String>,
    lines: String,
}

impl<'d> Section<'d> {
    pub(super) fn root(document: &'d Document) -> Self {
        Self::root_at(document, "")
    }

    /// The whole of `document`, as what stands at `path` of another.
    pub(super) fn root_at(document: &'d Document, path: &str) -> Self {
        Self {
            document,
            path: path.to_owned(),
            entries: document.root(),
            place: None,
            temperature: None,
            known: Vec::new(),
            lines: String::new(),
        }
    }

    /// From here on, here and in sections opened later, kT is known.
    pub(super) fn set_temperature(&mut self, temperature: f64) {
        self.temperature = Some(temperature);
    }

    /// The temperature (K), once known.
    pub(super) fn temperature(&self) -> Option<f64> {
        self.temperature
    }

    /// Whether a key, valid here but optional, is written.
    pub(super) fn has(&mut self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// The dotted path of this section.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The last part of that path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// The dotted path of a key of this section; of itself, for no key.
    pub(super) fn path_of(&self, key: &str) -> String {
        match self.path.as_str() {
            "" => key.to_owned(),
            path if key.is_empty() => path.to_owned(),
            path => format!("{path}.{key}"),
        }
    }

    /// A mistake with the value of `key`.
    pub(super) fn error(&self, key: &str, problem: Problem) -> ScenarioError {
        let place = self.entry(key).map(|entry| &entry.node.place);
        let place = place.or(self.place);
        self.document.error(place, &self.path_of(key), problem)
    }

    /// The value of `key` is well written but cannot be.
    pub(super) fn unphysical(
        &self,
        key: &str,
        reason: impl Into<String>,
        mend: impl Into<String>,
    ) -> ScenarioError {
        self.error(key, Problem::unphysical(reason, mend))
    }

    // --- Tables ---------------------------------------------------------

    /// A table that must be there.
    pub(super) fn section(&mut self, key: &str) -> Result<Section<'d>> {
        match self.find(key) {
            Some(_) => self.section_or_empty(key),
            None => Err(self.missing(&[key], &format!("a table [{}]", self.path_of(key)))),
        }
    }

    /// A table that may be absent: all its keys then take their defaults.
    pub(super) fn section_or_empty(&mut self, key: &str) -> Result<Section<'d>> {
        let (entries, place) = match self.find(key) {
            None => (&[][..], self.place),
            Some(entry) => match &entry.node.value {
                Value::Table(entries) => (&entries[..], Some(&entry.node.place)),
                other => {
                    let expected = format!("a table [{}]", self.path_of(key));
                    return Err(self.wrong_type(key, other, &expected));
                }
            },
        };
        Ok(Section {
            document: self.document,
            path: self.path_of(key),
            entries,
            place,
            temperature: self.temperature,
            known: Vec::new(),
            lines: String::new(),
        })
    }

    /// The keys of a table whose keys are names that the user chooses: they
    /// appear in result files, so they must be plain.
    pub(super) fn names(&mut self) -> Result<Vec<String>> {
        let names: Vec<String> = self.entries.iter().map(|entry| entry.key.clone()).collect();
        for name in &names {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if name.is_empty() || !name.chars().all(plain) {
                return Err(self.unphysical(
                    name,
                    format!("the name {name:?} cannot be used in a result file"),
                    "use letters, digits, - and _",
                ));
            }
        }
        self.known.extend(names.iter().cloned());
        Ok(names)
    }

    /// All that nobody has read so far, as changes to another scenario: dotted keys
    /// and values.
    pub(super) fn changes(&mut self) -> Vec<(String, String)> {
        let unread = self.entries.iter().filter(|entry| !self.knows(&entry.key));
        let unread: Vec<Entry> = unread.cloned().collect();
        self.known
            .extend(unread.iter().map(|entry| entry.key.clone()));
        leaves(&unread, "")
    }

    // --- Words and numbers ----------------------------------------------

    /// A text on one line.
    pub(super) fn text(&mut self, key: &str, expected: &str) -> Result<String> {
        let node = self.read(key, None, expected)?;
        match &node.value {
            Value::Text(text) if !text.contains('\n') => Ok(text.clone()),
            Value::Text(_) => Err(self.error(
                key,
                Problem::WrongType {
                    found: "a text of several lines".to_owned(),
                    expected: expected.to_owned(),
                },
            )),
            other => Err(self.wrong_type(key, other, expected)),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &str, expected: &str) -> Result<Vec<String>> {
        let node = self.read(key, None, expected)?;
        let Value::Array(items) = &node.value else {
            return Err(self.wrong_type(key, &node.value, expected));
        };
        let text = |item: &Node| match &item.value {
            Value::Text(text) => Ok(text.clone()),
            other => Err(self.wrong_type(key, other, expected)),
        };
        items.iter().map(text).collect()
    }

    /// Records a value (TOML) that was not written but found elsewhere.
    pub(super) fn record(&mut self, key: &str, toml: &str) {
        self.lines.push_str(&format!("{key} = {toml}\n"));
    }

    /// A text of any number of lines, which the resolved scenario receives
    /// from [`Section::record_lines`] under a name of the caller's choice.
    pub(super) fn unrecorded_text(&mut self, key: &str, expected: &str) -> Result<String> {
        let Some(entry) = self.find(key) else {
            return Err(self.missing(&[key], expected));
        };
        match &entry.node.value {
            Value::Text(text) => Ok(text.clone()),
            other => Err(self.wrong_type(key, other, expected)),
        }
    }

    /// Records a text of several lines in the resolved scenario.
    pub(super) fn record_lines(&mut self, key: &str, text: &str) {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        let line = format!("{key} = \"\"\"\n{escaped}\"\"\"\n");
        self.lines.push_str(&line);
    }

    /// One of a few words, each standing for a value.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &str,
        words: &[(&str, T)],
        default: Option<&str>,
    ) -> Result<T> {
        let known: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
        let expected = format!("{key} = {}", super::error::one_of(&known));
        let node = self.read(key, default.map(quoted).as_deref(), &expected)?;
        let Value::Text(found) = &node.value else {
            return Err(self.wrong_type(key, &node.value, &expected));
        };
        let choice = words.iter().find(|(word, _)| word == found);
        choice.map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.unknown_word(key, found, &words)
        })
    }

    /// A whole number of the type asked for.
    pub(super) fn integer<T: FromStr>(
        &mut self,
        key: &str,
        default: Option<&str>,
        expected: &str,
    ) -> Result<T> {
        let node = self.read(key, default, expected)?;
        let number = match &node.value {
            Value::Integer(number) => number.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| self.wrong_type(key, &node.value, expected))
    }

    /// A plain number.
    pub(super) fn number(
        &mut self,
        key: &str,
        default: Option<&str>,
        expected: &str,
    ) -> Result<f64> {
        let node = self.read(key, default, expected)?;
        let number: Option<f64> = match &node.value {
            Value::Integer(number) | Value::Float(number) => number.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| self.wrong_type(key, &node.value, expected))
    }

    /// A plain number, positive.
    pub(super) fn positive_number(&mut self, key: &str, default: &str, why: &str) -> Result<f64> {
        let expected = format!("a number, such as {key} = {default}");
        let number = self.number(key, Some(default), &expected)?;
        if number > 0.0 && number.is_finite() {
            return Ok(number);
        }
        Err(self.unphysical(
            key,
            format!("{number} is not positive: {why}"),
            "give a number above zero",
        ))
    }

    // --- Quantities -----------------------------------------------------

    /// A quantity, in internal units.
    pub(super) fn quantity(&mut self, key: &str, kind: Kind, default: Option<&str>) -> Result<f64> {
        Ok(self.quantity_of(key, &[kind], default)?.1)
    }

    /// A quantity of one of several kinds.
    pub(super) fn quantity_of(
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
    pub(super) fn in_unit(&mut self, key: &str, unit: &str, meaning: &str) -> Result<f64> {
        if unit == "1" {
            return self.number(key, None, &format!("a number ({meaning})"));
        }
        let expected = format!("a value in {unit} ({meaning})");
        let node = self.read(key, None, &expected)?;
        let converted = self.converted(key, &node, expected, |q| Some(((), q.in_unit(unit)?)));
        converted.map(|(_, value)| value)
    }

    /// A quantity that must be positive; `why` completes "is not positive:".
    pub(super) fn positive(
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
    pub(super) fn positives(
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
    pub(super) fn time_from_zero(&mut self, key: &str, default: Option<&str>) -> Result<f64> {
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
    pub(super) fn quantities(
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
    pub(super) fn written(&self, key: &str, default: Option<&str>) -> String {
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

    // --- What is not there, or should not be ----------------------------

    /// One of `keys` is needed and none is there, except perhaps misspelt.
    pub(super) fn missing(&self, keys: &[&str], expected: &str) -> ScenarioError {
        let strangers: Vec<&String> = self
            .entries
            .iter()
            .map(|entry| &entry.key)
            .filter(|name| !self.knows(name))
            .collect();
        for key in keys {
            if let Some(misspelt) = nearest(key, &strangers) {
                return self.unknown_name("key", &misspelt, &[(*key).to_owned()]);
            }
        }
        let problem = Problem::Missing {
            expected: expected.to_owned(),
        };
        let path = self.path_of(keys[0]);
        self.document.error(self.place, &path, problem)
    }

    /// What is needed here is missing at `path`, elsewhere in the scenario.
    pub(super) fn missing_at(&self, path: &str, expected: &str) -> ScenarioError {
        let problem = Problem::Missing {
            expected: expected.to_owned(),
        };
        self.document.error(self.place, path, problem)
    }

    /// Refuses keys that are valid elsewhere but mean nothing `with` what was
    /// chosen here.
    pub(super) fn unused(&mut self, keys: &[&str], with: &str, mend: &str) -> Result<()> {
        for key in keys {
            if let Some(entry) = self.entry(key) {
                let problem = Problem::UnusedKey {
                    with: with.to_owned(),
                    mend: mend.to_owned(),
                };
                let path = self.path_of(key);
                return Err(self.document.error(Some(&entry.key_place), &path, problem));
            }
        }
        Ok(())
    }

    /// `found` is not one of `words`.
    pub(super) fn unknown_word<S: AsRef<str> + Display>(
        &self,
        key: &str,
        found: &str,
        words: &[S],
    ) -> ScenarioError {
        self.error(
            key,
            Problem::UnknownWord {
                found: found.to_owned(),
                nearest: nearest(found, words),
                known: words.iter().map(ToString::to_string).collect(),
            },
        )
    }

    /// Refuses the key `name` of this section, which is none of `words`.
    pub(super) fn unknown_name(
        &self,
        what: &'static str,
        name: &str,
        words: &[String],
    ) -> ScenarioError {
        let place = self.entry(name).map(|entry| &entry.key_place);
        let problem = Problem::UnknownKey {
            what,
            nearest: nearest(name, words),
            known: words.to_vec(),
        };
        self.document.error(place, &self.path_of(name), problem)
    }

    /// Ends the reading: unknown keys are refused, what was read is recorded.
    pub(super) fn finish(self, resolved: &mut Resolved) -> Result<()> {
        let stranger = self.entries.iter().find(|entry| !self.knows(&entry.key));
        if let Some(entry) = stranger {
            return Err(self.unknown_name("key", &entry.key, &self.known));
        }
        if self.path.is_empty() {
            resolved.blocks.insert(0, self.lines);
        } else if !self.lines.is_empty() {
            let block = format!("[{}]\n{}", self.path, self.lines);
            resolved.blocks.push(block);
        }
        Ok(())
    }

    // --- Inside ---------------------------------------------------------

    fn entry(&self, key: &str) -> Option<&'d Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn knows(&self, key: &str) -> bool {
        self.known.iter().any(|known| known == key)
    }

    /// Looks a key up, and remembers that it is valid.
    fn find(&mut self, key: &str) -> Option<&'d Entry> {
        if !self.knows(key) {
            self.known.push(key.to_owned());
        }
        self.entry(key)
    }

    /// The value of a key, or its default (TOML text), recorded.
    fn read(&mut self, key: &str, default: Option<&str>, expected: &str) -> Result<Node> {
        let node = match (self.find(key), default) {
            (Some(entry), _) => entry.node.clone(),
            (None, Some(default)) => Node::default_value(default),
            (None, None) => return Err(self.missing(&[key], expected)),
        };
        let line = format!("{key} = {}\n", node.value.to_toml());
        self.lines.push_str(&line);
        Ok(node)
    }

    fn wrong_type(&self, key: &str, found: &Value, expected: &str) -> ScenarioError {
        let problem = Problem::WrongType {
            found: found.describe(),
            expected: expected.to_owned(),
        };
        self.error(key, problem)
    }
}
