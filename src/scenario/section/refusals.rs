//! What is not there, or should not be.

use std::fmt::Display;

use super::{Result, Section};
use crate::scenario::document::Value;
use crate::scenario::error::{Problem, ScenarioError, nearest};

impl Section<'_> {
    /// One of `keys` is needed and none is there, except perhaps misspelt.
    pub(in crate::scenario) fn missing(&self, keys: &[&str], expected: &str) -> ScenarioError {
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
    pub(in crate::scenario) fn missing_at(&self, path: &str, expected: &str) -> ScenarioError {
        let problem = Problem::Missing {
            expected: expected.to_owned(),
        };
        self.document.error(self.place, path, problem)
    }

    /// Refuses keys that are valid elsewhere but mean nothing `with` what was
    /// chosen here.
    pub(in crate::scenario) fn unused(
        &mut self,
        keys: &[&str],
        with: &str,
        mend: &str,
    ) -> Result<()> {
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
    pub(in crate::scenario) fn unknown_word<S: AsRef<str> + Display>(
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
    pub(in crate::scenario) fn unknown_name(
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

    /// `found` is not of the type that `key` takes.
    pub(super) fn wrong_type(&self, key: &str, found: &Value, expected: &str) -> ScenarioError {
        let problem = Problem::WrongType {
            found: found.describe(),
            expected: expected.to_owned(),
        };
        self.error(key, problem)
    }
}
