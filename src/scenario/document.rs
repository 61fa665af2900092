//! A TOML text as a tree that remembers where each value was written.
//!
//! Overrides (`--set a.b.c=value`) are merged into the same tree, each value
//! keeping its own source, so that a mistake is reported where it was made.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Problem, ScenarioError, Source};

/// Where something was written.
#[derive(Clone, Debug)]
pub(super) struct Place {
    source: usize,
    span: Range<usize>,
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

impl Node {
    /// The value of a key that was not written, from its TOML text.
    pub(super) fn default_value(toml: &str) -> Self {
        let value = DeValue::parse(toml).expect("a default is valid TOML");
        node(&value, 0, 0)
    }
}

/// A value; numbers keep their spelling.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(String),
    Float(String),
    Boolean(bool),
    Datetime(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key, where it was written, and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Place,
    pub(super) node: Node,
}

impl Value {
    /// What it is, as it would be said in "found ...".
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Text(text) => format!("the text {text:?}"),
            Self::Integer(number) | Self::Float(number) => format!("the number {number}"),
            Self::Boolean(value) => value.to_string(),
            Self::Datetime(value) => format!("the date or time {value}"),
            Self::Array(_) => "a list".to_owned(),
            Self::Table(_) => "a table".to_owned(),
        }
    }

    /// As TOML on one line, with the spelling of the user.
    pub(super) fn to_toml(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Integer(number) | Self::Float(number) => number.clone(),
            Self::Boolean(value) => value.to_string(),
            Self::Datetime(value) => value.clone(),
            Self::Array(items) => {
                let items: Vec<String> = items.iter().map(|node| node.value.to_toml()).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Table(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|entry| format!("{} = {}", entry.key, entry.node.value.to_toml()))
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }
}

/// A TOML basic string on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A scenario text with its overrides applied.
#[derive(Debug)]
pub(super) struct Document {
    sources: Vec<Source>,
    root: Vec<Entry>,
}

impl Document {
    /// Parses `source` and applies `overrides`, each a flag (`--set`), a dotted
    /// key and a value, in order.
    pub(super) fn parse(
        source: Source,
        overrides: &[(&str, &str, &str)],
    ) -> Result<Self, ScenarioError> {
        let text = source.text.clone();
        let table = DeTable::parse(&text).map_err(|error| syntax(&source, &error))?;
        let mut document = Self {
            root: entries(table.get_ref(), 0),
            sources: vec![source],
        };
        for (flag, key, value) in overrides {
            document.set(flag, key, value)?;
        }
        Ok(document)
    }

    pub(super) fn root(&self) -> &[Entry] {
        &self.root
    }

    /// The mistake `problem` with `key`, at `place` if it has one.
    pub(super) fn error(
        &self,
        place: Option<&Place>,
        key: &str,
        problem: Problem,
    ) -> ScenarioError {
        match place {
            Some(place) => {
                let span = Some(place.span.clone());
                ScenarioError::at(&self.sources[place.source], span, key, problem)
            }
            None => ScenarioError::at(&self.sources[0], None, key, problem),
        }
    }

    /// The mistake `problem` at the dotted `key`, or at the nearest table
    /// around it that was written.
    pub(super) fn error_at(&self, key: &str, problem: Problem) -> ScenarioError {
        let mut place = None;
        let mut entries = &self.root[..];
        for part in key.split('.') {
            let Some(entry) = entries.iter().find(|entry| entry.key == part) else {
                break;
            };
            place = Some(&entry.node.place);
            match &entry.node.value {
                Value::Table(inner) => entries = inner,
                _ => break,
            }
        }
        self.error(place, key, problem)
    }

    /// Applies one override.
    fn set(&mut self, flag: &str, key: &str, value: &str) -> Result<(), ScenarioError> {
        let number = self.sources.len();
        let source = Source::argument(flag, &format!("{key}={value}"));
        // The key alone is parsed as TOML, with a value that always is.
        let assignment = format!("{key}=0");
        let table = DeTable::parse(&assignment).map_err(|_| {
            let problem = Problem::Syntax {
                message: format!("{key:?} is not a dotted key such as run.duration"),
            };
            ScenarioError::at(&source, Some(0..key.len()), "", problem)
        })?;
        let start = key.len() + 1;
        let value = match DeValue::parse(value) {
            Ok(parsed) => node(&parsed, number, start),
            // A shell has taken the quotes away: the value is a text.
            Err(_) => Node {
                place: Place {
                    source: number,
                    span: start..start + value.len(),
                },
                value: Value::Text(value.to_owned()),
            },
        };
        self.sources.push(source);
        let mut path = entries(table.get_ref(), number);
        replace_leaf(&mut path, &value);
        merge(&mut self.root, path);
        Ok(())
    }
}

/// Every value (and empty table) below `entries` with its dotted key, as overrides
/// take them.
pub(super) fn leaves(entries: &[Entry], path: &str) -> Vec<(String, String)> {
    let below = |entry: &Entry| {
        let path = format!("{path}{}", entry.key);
        match &entry.node.value {
            Value::Table(inner) if !inner.is_empty() => leaves(inner, &format!("{path}.")),
            value => vec![(path, value.to_toml())],
        }
    };
    entries.iter().flat_map(below).collect()
}

/// Puts `value` at the end of a path of single-entry tables.
fn replace_leaf(path: &mut [Entry], value: &Node) {
    for entry in path {
        match &mut entry.node.value {
            Value::Table(inner) => replace_leaf(inner, value),
            _ => entry.node = value.clone(),
        }
    }
}

/// Merges tables key by key; any other value replaces what was there.
fn merge(base: &mut Vec<Entry>, change: Vec<Entry>) {
    for new in change {
        let Some(old) = base.iter_mut().find(|entry| entry.key == new.key) else {
            base.push(new);
            continue;
        };
        match (&mut old.node.value, new.node.value) {
            (Value::Table(old), Value::Table(new)) => merge(old, new),
            (_, value) => {
                old.key_place = new.key_place;
                old.node = Node {
                    place: new.node.place,
                    value,
                };
            }
        }
    }
}

/// The entries of a table in the order in which they were written.
fn entries(table: &DeTable<'_>, source: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_place: Place {
                source,
                span: key.span(),
            },
            node: node(value, source, 0),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_place.span.start);
    entries
}

/// A parsed value as a node, its span moved by `offset`.
fn node(value: &Spanned<DeValue<'_>>, source: usize, offset: usize) -> Node {
    let span = value.span();
    Node {
        place: Place {
            source,
            span: span.start + offset..span.end + offset,
        },
        value: match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => Value::Integer(number.to_string()),
            DeValue::Float(number) => Value::Float(number.to_string()),
            DeValue::Boolean(value) => Value::Boolean(*value),
            DeValue::Datetime(value) => Value::Datetime(value.to_string()),
            DeValue::Array(items) => Value::Array(
                items
                    .iter()
                    .map(|item| node(item, source, offset))
                    .collect(),
            ),
            DeValue::Table(table) => Value::Table(entries(table, source)),
        },
    }
}

fn syntax(source: &Source, error: &toml::de::Error) -> ScenarioError {
    let problem = Problem::Syntax {
        message: error.message().to_owned(),
    };
    ScenarioError::at(source, error.span(), "", problem)
}
