//! What can be wrong with a scenario, where, and how to mend it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, MietteError, SourceCode, SourceSpan, SpanContents};

use super::quantity::QuantityError;

/// A text that was read: a file, or an argument such as `--set`.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What to call it in a message.
    pub(super) name: String,
    /// The whole text.
    pub(super) text: Arc<str>,
    /// Whether a line number tells anything.
    pub(super) has_lines: bool,
}

impl Source {
    pub(super) fn file(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.into(),
            has_lines: true,
        }
    }

    pub(super) fn argument(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.into(),
            has_lines: false,
        }
    }
}

/// One mistake in a scenario: what, where, and (as miette's help) what to do.
///
/// Its `Display` is complete in itself:
/// `scenario.toml:12: slits.Na.length: found a bare number 2, expected a length
/// with its unit, such as "2 um"`. Printed by miette, it also shows the line.
#[derive(Debug)]
pub struct ScenarioError(Box<Details>);

#[derive(Debug)]
struct Details {
    source: Option<Source>,
    span: Option<Range<usize>>,
    key: String,
    problem: Problem,
}

/// The kinds of mistakes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    /// No built-in scenario has this name.
    #[error("unknown scenario {name:?}, {}", suggest(nearest.as_deref(), known))]
    UnknownScenario {
        /// What was asked for.
        name: String,
        /// The built-in name most like it.
        nearest: Option<String>,
        /// All built-in names.
        known: Vec<String>,
    },
    /// A file could not be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
        /// How to mend it.
        mend: String,
    },
    /// The text is not TOML.
    #[error("not valid TOML: {message}")]
    Syntax {
        /// What the TOML parser says.
        message: String,
    },
    /// No such key here.
    #[error("unknown {what}, {}", suggest(nearest.as_deref(), known))]
    UnknownKey {
        /// What the key stands for: "key", "slit" or "species".
        what: &'static str,
        /// The valid key most like it.
        nearest: Option<String>,
        /// All valid keys.
        known: Vec<String>,
    },
    /// A valid key that has no meaning beside what else was chosen.
    #[error("has no meaning with {with}")]
    UnusedKey {
        /// The choice: `walls = "periodic"`.
        with: String,
        /// How to mend it.
        mend: String,
    },
    /// A required key is not there.
    #[error("missing, expected {expected}")]
    Missing {
        /// What should be there.
        expected: String,
    },
    /// Another type of value than expected.
    #[error("found {found}, expected {expected}")]
    WrongType {
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// Not one of the words this key takes.
    #[error("found {found:?}, {}", suggest(nearest.as_deref(), known))]
    UnknownWord {
        /// What is there.
        found: String,
        /// The word most like it.
        nearest: Option<String>,
        /// All words.
        known: Vec<String>,
    },
    /// A number without a unit.
    #[error("found a bare number {number}, expected {expected}")]
    BareNumber {
        /// The number as written.
        number: String,
        /// What should be there.
        expected: String,
    },
    /// A text that is not a quantity.
    #[error("found {text:?}, {fault}; expected {expected}")]
    NotAQuantity {
        /// The text.
        text: String,
        /// Why it is none.
        fault: QuantityError,
        /// What should be there.
        expected: String,
    },
    /// A quantity of another dimension than expected.
    #[error("found {text:?}, {dimension}; expected {expected}")]
    WrongDimension {
        /// The text.
        text: String,
        /// What it is: "a time".
        dimension: String,
        /// What should be there.
        expected: String,
    },
    /// Well written, but no such experiment can be run.
    #[error("{reason}")]
    Unphysical {
        /// Why not.
        reason: String,
        /// How to mend it.
        mend: String,
    },
}

impl Problem {
    pub(super) fn unphysical(reason: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Unphysical {
            reason: reason.into(),
            mend: mend.into(),
        }
    }

    /// What to do about it.
    fn help(&self) -> String {
        match self {
            Self::UnknownScenario { known, .. } => format!(
                "built-in scenarios: {}; a file is given by its path, such as ./mine.toml",
                known.join(", ")
            ),
            Self::Syntax { .. } => {
                "tables are [name], values are key = value, and texts and quantities stand in \
                 double quotes"
                    .to_owned()
            }
            Self::UnknownKey { known, .. } if known.is_empty() => "remove it".to_owned(),
            Self::UnknownKey { known, .. } => format!("valid here: {}", known.join(", ")),
            Self::UnknownWord { known, .. } => format!("valid here: {}", known.join(", ")),
            Self::Missing { expected } => format!("add it: {expected}"),
            Self::WrongType { expected, .. } => format!("write {expected}"),
            Self::BareNumber { expected, .. } => {
                format!("put the number and its unit between quotes: {expected}")
            }
            Self::NotAQuantity { .. } => {
                "a quantity is a number and a unit, with *, /, ^ and parentheses: \
                 \"1 kcal/(mol*angstrom)\""
                    .to_owned()
            }
            Self::WrongDimension { text, .. } if text.contains('/') && !text.contains('(') => {
                "units are read from left to right: a/b*c is (a/b)*c, so write a/(b*c) to divide \
                 by both"
                    .to_owned()
            }
            Self::WrongDimension { expected, .. } if expected.contains("length") => {
                "A is the ampere; the length is Å, angstrom, nm or um".to_owned()
            }
            Self::WrongDimension { expected, .. } => format!("give {expected}"),
            Self::Unreadable { mend, .. }
            | Self::UnusedKey { mend, .. }
            | Self::Unphysical { mend, .. } => mend.clone(),
        }
    }
}

impl ScenarioError {
    /// A mistake that has no place in any text.
    pub(super) fn nowhere(problem: Problem) -> Self {
        Self(Box::new(Details {
            source: None,
            span: None,
            key: String::new(),
            problem,
        }))
    }

    /// A mistake in `source`, at `span` if it has a place.
    pub(super) fn at(
        source: &Source,
        span: Option<Range<usize>>,
        key: impl Into<String>,
        problem: Problem,
    ) -> Self {
        Self(Box::new(Details {
            source: Some(source.clone()),
            span,
            key: key.into(),
            problem,
        }))
    }

    /// What kind of mistake it is.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }

    /// The key in question, dotted; empty when it is about no key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// Line and column, from 1, in characters.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        let source = self.0.source.as_ref()?;
        let start = self.0.span.as_ref()?.start.min(source.text.len());
        let before = &source.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        Some((line, before[line_start..].chars().count() + 1))
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.0.source {
            match self.position() {
                Some((line, _)) if source.has_lines => write!(f, "{}:{line}: ", source.name)?,
                _ => write!(f, "{}: ", source.name)?,
            }
        }
        if !self.0.key.is_empty() {
            write!(f, "{}: ", self.0.key)?;
        }
        write!(f, "{}", self.0.problem)
    }
}

impl std::error::Error for ScenarioError {}

impl Diagnostic for ScenarioError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.0.problem.help()))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.span.as_ref()?;
        self.0
            .source
            .as_ref()
            .map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.0.span.clone()?;
        let label = LabeledSpan::new_primary_with_span(Some("here".to_owned()), span);
        Some(Box::new(std::iter::once(label)))
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text: &str = &self.text;
        let inner = text.read_span(span, context_lines_before, context_lines_after)?;
        Ok(Box::new(miette::MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}

/// "the nearest is ...", or what can be chosen when nothing is near.
fn suggest(nearest: Option<&str>, known: &[String]) -> String {
    match nearest {
        Some(nearest) => format!("the nearest is {nearest:?}"),
        None if known.is_empty() => "nothing is expected here".to_owned(),
        None => format!("expected {}", one_of(known)),
    }
}

/// "a", "a or b", "a, b or c".
pub(super) fn one_of<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The candidate most like `word`, if any is like it: few edits away for a
/// slip of the finger, or with a common beginning for a forgotten ending.
pub(super) fn nearest<S: AsRef<str>>(word: &str, candidates: &[S]) -> Option<String> {
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .iter()
        .map(|candidate| {
            let candidate = candidate.as_ref();
            let other = candidate.to_lowercase();
            let edits = strsim::damerau_levenshtein(&lower, &other);
            (edits, strsim::jaro_winkler(word, candidate), candidate)
        })
        .filter(|(edits, likeness, _)| *edits <= allowed || *likeness > 0.85)
        .min_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)))
        .map(|(_, _, candidate)| candidate.to_owned())
}
