//! A drive from a table of samples: a CSV file, or the same text in place.
//!
//! ```csv
//! time (us), field (kT/(e*angstrom))
//! 0,         0.00
//! 5,         0.25
//! ```
//!
//! The second column is a `field` or a `voltage`, in a circuit of devices a
//! `voltage` or a `current`. Empty lines and lines that
//! begin with `#` are skipped. The resolved scenario holds the text itself, so
//! that a result file does not depend on another.

use std::path::Path;

use bjerrum_physics::drive::Drive;

use super::error::{Problem, ScenarioError, Source};
use super::library::unreadable;
use super::quantity::{Kind, Quantity};
use super::section::Section;

/// The drive of `file` or `samples`, exactly one of them; its values are of one
/// of `kinds`.
pub(super) fn read(
    section: &mut Section<'_>,
    kinds: &[Kind],
    directory: &Path,
) -> Result<(Kind, Drive), ScenarioError> {
    let expected = "the name of a CSV file, such as file = \"drive.csv\"";
    let source = match (section.has("file"), section.has("samples")) {
        (true, true) => {
            return Err(section.unphysical(
                "samples",
                "there are two sources of samples, file and samples",
                "remove one of the two",
            ));
        }
        (false, false) => return Err(section.missing(&["file", "samples"], expected)),
        (true, false) => {
            let path = directory.join(section.unrecorded_text("file", expected)?);
            let text = std::fs::read_to_string(&path).map_err(|error| {
                let mend = "the path is relative to the scenario file".to_owned();
                section.error("file", unreadable(&path, &error, mend))
            })?;
            Source::file(&path.display().to_string(), &text)
        }
        (false, true) => {
            let expected = "the text of a table with the columns time and field or voltage";
            let text = section.unrecorded_text("samples", expected)?;
            Source::file(&section.path_of("samples"), &text)
        }
    };
    let table = Table { source: &source };
    let drive = table.read(kinds, section.temperature())?;
    let text: String = table.lines().map(|line| format!("{line}\n")).collect();
    section.record_lines("samples", &text);
    Ok(drive)
}

/// A CSV text being read.
struct Table<'s> {
    source: &'s Source,
}

impl Table<'_> {
    fn read(
        &self,
        kinds: &[Kind],
        temperature: Option<f64>,
    ) -> Result<(Kind, Drive), ScenarioError> {
        let mut lines = self.lines();
        let header_text = lines.next().unwrap_or(&self.source.text[..0]);
        let [time_header, value_header] = self.columns(header_text)?;
        let (_, time_unit) = self.header(time_header, &[("time", Kind::Time)])?;
        let known = [
            ("field", Kind::Field),
            ("voltage", Kind::Voltage),
            ("current", Kind::Current),
        ];
        let kinds: Vec<(&str, Kind)> = known
            .into_iter()
            .filter(|(_, kind)| kinds.contains(kind))
            .collect();
        let (kind, value_unit) = self.header(value_header, &kinds)?;

        let (mut time, mut value) = (Vec::new(), Vec::new());
        for line in lines {
            let [time_cell, value_cell] = self.columns(line)?;
            let next = self.cell(time_cell, time_unit, Kind::Time, temperature)?;
            if time.last().is_some_and(|last| *last >= next) {
                let reason = "times must increase from line to line";
                return Err(self.unphysical(time_cell, reason, "sort the lines by time"));
            }
            time.push(next);
            value.push(self.cell(value_cell, value_unit, kind, temperature)?);
        }
        if time.is_empty() {
            let mend = "add lines of a time and a value below the header";
            return Err(self.unphysical(header_text, "there are no samples", mend));
        }
        Ok((kind, Drive::Sampled { time, value }))
    }

    /// The lines that hold something.
    fn lines(&self) -> impl Iterator<Item = &str> {
        let lines = self.source.text.lines();
        lines.filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
    }

    fn columns<'t>(&self, line: &'t str) -> Result<[&'t str; 2], ScenarioError> {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        <[&str; 2]>::try_from(cells).map_err(|_| {
            let expected = "two columns separated by a comma".to_owned();
            let found = format!("the line {line:?}");
            self.error(line, Problem::WrongType { found, expected })
        })
    }

    /// `name (unit)`, the name being one of `kinds`.
    fn header<'t>(
        &self,
        cell: &'t str,
        kinds: &[(&str, Kind)],
    ) -> Result<(Kind, &'t str), ScenarioError> {
        let parts = cell.split_once('(').and_then(|(name, rest)| {
            let kind = kinds.iter().find(|(known, _)| *known == name.trim())?.1;
            Some((kind, rest.strip_suffix(')')?))
        });
        parts.ok_or_else(|| {
            let forms = kinds
                .iter()
                .map(|(name, kind)| format!("\"{name} ({})\"", kind.internal_unit()));
            let forms: Vec<String> = forms.collect();
            let found = format!("the column header {cell:?}");
            let expected = super::error::one_of(&forms);
            self.error(cell, Problem::WrongType { found, expected })
        })
    }

    /// A number in `unit`, in internal units.
    fn cell(
        &self,
        cell: &str,
        unit: &str,
        kind: Kind,
        temperature: Option<f64>,
    ) -> Result<f64, ScenarioError> {
        let text = format!("{cell} {unit}");
        let expected = || kind.name().to_owned();
        if cell.parse::<f64>().is_err() {
            let found = format!("{cell:?}");
            let expected = "a plain number, its unit being in the header".to_owned();
            return Err(self.error(cell, Problem::WrongType { found, expected }));
        }
        let quantity = Quantity::parse(&text, temperature).map_err(|fault| {
            let (text, expected) = (text.clone(), expected());
            self.error(
                cell,
                Problem::NotAQuantity {
                    text,
                    fault,
                    expected,
                },
            )
        })?;
        quantity.to(kind).ok_or_else(|| {
            let dimension = quantity.dimension().describe();
            let (text, expected) = (text.clone(), expected());
            self.error(
                cell,
                Problem::WrongDimension {
                    text,
                    dimension,
                    expected,
                },
            )
        })
    }

    fn unphysical(&self, part: &str, reason: &str, mend: &str) -> ScenarioError {
        self.error(part, Problem::unphysical(reason, mend))
    }

    /// A mistake in `part`, which is a slice of the text.
    fn error(&self, part: &str, problem: Problem) -> ScenarioError {
        let text: &str = &self.source.text;
        let start = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        let span = (start <= text.len()).then(|| start..start + part.len());
        ScenarioError::at(self.source, span, "", problem)
    }
}
