//! A text file as cells: header rows, then rows of numbers.

use super::MeasuredError;
use csv::{ReaderBuilder, Trim};
use std::path::{Path, PathBuf};

/// A row and its place in the file.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
}

impl Row {
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// A file, cut up.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    pub(super) path: PathBuf,
    /// The rows above the first number.
    pub(super) header: Vec<Row>,
    /// The rows from there on, empty ones left out.
    pub(super) rows: Vec<Row>,
    /// Whether a comma is a decimal point.
    decimal_comma: bool,
}

impl Cells {
    pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Self, MeasuredError> {
        let text = decode(bytes);
        let delimiter = delimiter(&text);
        let wrong = |reason: String| MeasuredError::NoTable {
            path: path.to_owned(),
            reason,
        };
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(Trim::All)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| wrong(error.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(Row { line, cells });
            }
        }
        let mut cells = Self {
            path: path.to_owned(),
            header: Vec::new(),
            rows,
            decimal_comma: delimiter != b',',
        };
        let is_data = |row: &Row| row.cells.iter().any(|cell| cells.number(cell).is_some());
        let first = cells.rows.iter().position(is_data);
        let first = first.ok_or_else(|| wrong("it holds no row with a number".to_owned()))?;
        let data = cells.rows.split_off(first);
        cells.header = std::mem::replace(&mut cells.rows, data);
        Ok(cells)
    }

    /// The number in `cell`, if it is one and finite.
    pub(super) fn number(&self, cell: &str) -> Option<f64> {
        let number = match self.decimal_comma {
            true => cell.replacen(',', ".", 1).parse::<f64>(),
            false => cell.parse::<f64>(),
        };
        number.ok().filter(|n| n.is_finite())
    }

    /// Columns of the widest row.
    pub(super) fn width(&self) -> usize {
        let all = self.header.iter().chain(&self.rows);
        all.map(|row| row.cells.len()).max().unwrap_or(0)
    }

    /// What stands above `column`, from the top.
    pub(super) fn heading(&self, column: usize) -> Vec<&str> {
        let cells = self.header.iter().map(|row| row.cell(column));
        cells.filter(|cell| !cell.is_empty()).collect()
    }

    /// What to call `column`: all that stands above it.
    pub(super) fn name(&self, column: usize) -> String {
        match self.heading(column).join(", ") {
            empty if empty.is_empty() => "no header".to_owned(),
            name => name,
        }
    }
}

/// UTF-8, or else Latin-1, in which instruments write their µ. A byte order
/// mark is dropped.
fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// A tab or a semicolon wherever there is one, for commas may then be decimal
/// points.
fn delimiter(text: &str) -> u8 {
    let lines = || text.lines().filter(|line| !line.starts_with('#'));
    let holds = |character: char| lines().any(|line| line.contains(character));
    match (holds('\t'), holds(';')) {
        (true, _) => b'\t',
        (_, true) => b';',
        _ => b',',
    }
}
