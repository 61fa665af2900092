//! A strict reader of one table of a scenario.
//!
//! Every key that is read is remembered, with what was written or the default
//! that took its place. [`Section::finish`] refuses the keys that nobody read
//! and hands the rest to the resolved scenario.

use std::str::FromStr;

use super::document::{Document, Entry, Node, Place, Value, leaves, quoted};
use super::error::{Problem, ScenarioError};

mod quantities;
mod refusals;

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
}
