//! What the columns of a table hold, told by their headers or by flags.
//!
//! A header names a quantity and a unit in any of the usual ways: `t (s)`,
//! `V [mV]`, `I/nA`, `current_nA`, or the name in one row and the unit in the
//! next. The unit decides; a name alone tells the quantity, and then the unit
//! has to be given. A frequency may stand in a header (`Sine 5 mHz`) or in a
//! column of its own (`f (Hz)`). From left to right, each voltage and current
//! make a recording, with the time beside them or the one that all share.

use super::cells::{Cells, Row};
use super::trace::Trace;
use super::{MeasuredError, Reading};
use crate::scenario::quantity::Quantity;

/// A column, and how to take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnChoice {
    /// Its header, or its number from 1.
    pub column: String,
    /// Its unit; the one in the header if it is not given.
    pub unit: Option<String>,
}

impl std::str::FromStr for ColumnChoice {
    type Err = String;

    /// `COLUMN` or `COLUMN:UNIT`, such as `3:nA` or `Ewe:V`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (column, unit) = match text.rsplit_once(':') {
            Some((column, unit)) => (column, Some(unit.trim().to_owned())),
            None => (text, None),
        };
        let column = column.trim().to_owned();
        if column.is_empty() || unit.as_ref().is_some_and(String::is_empty) {
            return Err("expected COLUMN or COLUMN:UNIT, such as 3:nA or Ewe:V".to_owned());
        }
        Ok(Self { column, unit })
    }
}

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Time,
    Voltage,
    Current,
    Frequency,
}

impl Role {
    const ALL: [Self; 4] = [Self::Time, Self::Voltage, Self::Current, Self::Frequency];

    fn si_unit(self) -> &'static str {
        match self {
            Self::Time => "s",
            Self::Voltage => "V",
            Self::Current => "A",
            Self::Frequency => "Hz",
        }
    }

    /// Its name with an article, a unit for it, and the flag that chooses it.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Time => ("a time", "s", "--time"),
            Self::Voltage => ("a voltage", "mV", "--voltage"),
            Self::Current => ("a current", "nA", "--current"),
            Self::Frequency => ("a frequency", "Hz", "--frequency"),
        }
    }

    /// The quantity that goes by `name`.
    fn named(name: &str) -> Option<Self> {
        let lower = name.to_lowercase();
        match lower.as_str() {
            _ if name == "T" => None,
            "t" | "time" => Some(Self::Time),
            "v" | "u" | "e" | "voltage" | "potential" | "bias" | "ewe" => Some(Self::Voltage),
            "i" | "current" => Some(Self::Current),
            "f" | "freq" | "frequency" => Some(Self::Frequency),
            _ => None,
        }
    }

    /// The quantity that `unit` measures, and the SI value of one of it.
    fn of_unit(unit: &str) -> Option<(Self, f64)> {
        let one = Quantity::parse(&format!("1 {unit}"), None).ok()?;
        let found = Self::ALL
            .into_iter()
            .map(|role| (role, one.in_unit(role.si_unit())));
        found
            .into_iter()
            .find_map(|(role, si)| si.map(|si| (role, si)))
    }
}

/// A column that was understood.
#[derive(Clone, Copy, Debug)]
struct Column {
    index: usize,
    role: Role,
    /// SI value of one of its unit; nothing if the header states none.
    unit: Option<f64>,
}

/// Columns that make a recording.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    time: Option<Column>,
    voltage: Option<Column>,
    current: Option<Column>,
    frequency: Option<Column>,
}

impl Group {
    fn slot(&mut self, role: Role) -> &mut Option<Column> {
        match role {
            Role::Time => &mut self.time,
            Role::Voltage => &mut self.voltage,
            Role::Current => &mut self.current,
            Role::Frequency => &mut self.frequency,
        }
    }

    fn columns(&self) -> impl Iterator<Item = Column> {
        [self.time, self.voltage, self.current, self.frequency]
            .into_iter()
            .flatten()
    }
}

/// The recordings in a table.
pub(super) fn traces(cells: &Cells, reading: &Reading) -> Result<Vec<Trace>, MeasuredError> {
    let groups = match chosen(cells, reading)? {
        Some(group) => vec![group],
        None => groups(cells),
    };
    for (what, role) in [("voltages", Role::Voltage), ("currents", Role::Current)] {
        if groups
            .iter()
            .any(|group| group.columns().all(|c| c.role != role))
            || groups.is_empty()
        {
            return Err(no_column(cells, what, role));
        }
    }
    let several = groups.len() > 1;
    let mut traces = Vec::new();
    for group in &groups {
        traces.extend(group_traces(cells, group, several)?);
    }
    Ok(traces)
}

fn no_column(cells: &Cells, what: &'static str, role: Role) -> MeasuredError {
    let headers = (0..cells.width()).map(|k| format!("{} ({})", k + 1, cells.name(k)));
    let (_, unit, flag) = role.words();
    MeasuredError::NoColumn {
        path: cells.path.clone(),
        what,
        found: headers.collect::<Vec<_>>().join(", "),
        mend: format!("Name it in the header, or choose it: {flag} COLUMN:{unit}"),
    }
}

/// The columns that flags choose, if any do; what they leave open is taken from
/// the first recording that the headers give.
fn chosen(cells: &Cells, reading: &Reading) -> Result<Option<Group>, MeasuredError> {
    let choices = [
        (Role::Time, &reading.time),
        (Role::Voltage, &reading.voltage),
        (Role::Current, &reading.current),
    ];
    if choices.iter().all(|(_, choice)| choice.is_none()) {
        return Ok(None);
    }
    let mut group = groups(cells).first().copied().unwrap_or_default();
    for (role, choice) in choices {
        let Some(choice) = choice else { continue };
        let index = find(cells, &choice.column).ok_or_else(|| {
            let what = match role {
                Role::Time => "times",
                Role::Voltage => "voltages",
                _ => "currents",
            };
            no_column(cells, what, role)
        })?;
        let stated = understand(cells, index).filter(|c| c.role == role);
        let unit = match &choice.unit {
            Some(unit) => Some(unit_of(role, unit)?),
            None => stated.and_then(|column| column.unit),
        };
        *group.slot(role) = Some(Column { index, role, unit });
    }
    Ok(Some(group))
}

fn unit_of(role: Role, unit: &str) -> Result<f64, MeasuredError> {
    match Role::of_unit(unit) {
        Some((found, si)) if found == role => Ok(si),
        _ => {
            let (what, example, _) = role.words();
            Err(MeasuredError::WrongUnit {
                what,
                unit: unit.to_owned(),
                example,
            })
        }
    }
}

/// The column that `text` means: a number from 1, a whole header cell or the
/// name it begins with.
fn find(cells: &Cells, text: &str) -> Option<usize> {
    let width = cells.width();
    if let Ok(number) = text.parse::<usize>() {
        return (1..=width).contains(&number).then(|| number - 1);
    }
    let same = |cell: &str| cell.eq_ignore_ascii_case(text);
    (0..width).find(|&k| {
        let heading = cells.heading(k);
        heading.iter().any(|cell| same(cell))
            || heading
                .first()
                .is_some_and(|cell| words(cell).first().is_some_and(|w| same(w)))
    })
}

/// Recordings from left to right; a new one begins where a quantity comes again.
fn groups(cells: &Cells) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut current = Group::default();
    let columns = (0..cells.width()).filter_map(|k| understand(cells, k));
    for column in columns {
        if current.slot(column.role).is_some() {
            groups.push(std::mem::take(&mut current));
        }
        *current.slot(column.role) = Some(column);
    }
    if current.columns().next().is_some() {
        groups.push(current);
    }
    // What stands once at the left is shared by all: the time, and in a table
    // of several currents the voltage.
    let first = groups.first().copied().unwrap_or_default();
    for group in &mut groups {
        group.time = group.time.or(first.time);
        group.frequency = group.frequency.or(first.frequency);
        if group.current.is_some() {
            group.voltage = group.voltage.or(first.voltage);
        }
    }
    groups.retain(|group| group.voltage.is_some() || group.current.is_some());
    groups
}

/// What `column` holds, if its header tells.
fn understand(cells: &Cells, index: usize) -> Option<Column> {
    let heading = cells.heading(index);
    let words: Vec<&str> = heading
        .iter()
        .filter(|cell| frequency_in(cell).is_none())
        .flat_map(|cell| words(cell))
        .collect();
    let (first, rest) = words.split_first()?;
    let named = Role::named(first);
    let mut units = rest.iter().rev().filter_map(|word| Role::of_unit(word));
    let fits = |role: Role| named.is_none_or(|name| name == role);
    if let Some((role, unit)) = units.find(|(role, _)| fits(*role)) {
        let unit = Some(unit);
        return Some(Column { index, role, unit });
    }
    if let Some(role) = named {
        return Some(Column {
            index,
            role,
            unit: None,
        });
    }
    let (role, unit) = Role::of_unit(first)?;
    let unit = Some(unit);
    Some(Column { index, role, unit })
}

/// The words of a header cell: `I/nA`, `I (nA)` and `I_nA` are the same two.
fn words(cell: &str) -> Vec<&str> {
    let parted = cell.split(|c: char| c.is_whitespace() || "()[]{}/,:=_".contains(c));
    parted.filter(|word| !word.is_empty()).collect()
}

/// The frequency (Hz) that a header cell states: `Sine 5 mHz`, `f=0.1Hz`.
fn frequency_in(cell: &str) -> Option<f64> {
    let words = words(cell);
    let whole = words.iter().map(|word| (*word).to_owned());
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    whole.chain(pairs).find_map(|text| {
        let starts = text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        let quantity = Quantity::parse(&text, None).ok().filter(|_| starts)?;
        quantity.in_unit("Hz").filter(|f| *f > 0.0)
    })
}

/// The recording of one group of columns; several where a column of
/// frequencies changes.
fn group_traces(cells: &Cells, group: &Group, several: bool) -> Result<Vec<Trace>, MeasuredError> {
    let headings = group
        .columns()
        .flat_map(|column| cells.heading(column.index));
    let stated = headings.into_iter().find_map(frequency_in);
    let path = cells.path.display().to_string();
    let blank = |frequency: Option<f64>| Trace {
        file: cells.path.clone(),
        name: match frequency {
            Some(f) => format!("{path}, {f} Hz"),
            None if several => {
                let current = group.current.map_or(0, |column| column.index);
                format!("{path}, column {}", current + 1)
            }
            None => path.clone(),
        },
        frequency,
        lines: Vec::new(),
        time: group.time.map(|_| Vec::new()),
        voltage: Vec::new(),
        current: Vec::new(),
    };
    let mut traces: Vec<Trace> = Vec::new();
    for row in &cells.rows {
        if group
            .columns()
            .all(|column| row.cell(column.index).is_empty())
        {
            continue;
        }
        let value = |column: Option<Column>| column.map(|c| number(cells, row, c)).transpose();
        let frequency = value(group.frequency)?.or(stated);
        if traces.last().is_none_or(|last| last.frequency != frequency) {
            traces.push(blank(frequency));
        }
        let Some(trace) = traces.last_mut() else {
            continue;
        };
        let (Some(voltage), Some(current)) = (value(group.voltage)?, value(group.current)?) else {
            continue;
        };
        if let (Some(times), Some(time)) = (&mut trace.time, value(group.time)?) {
            times.push(time);
        }
        trace.voltage.push(voltage);
        trace.current.push(current);
        trace.lines.push(row.line);
    }
    Ok(traces)
}

/// The number of a cell, in SI units.
fn number(cells: &Cells, row: &Row, column: Column) -> Result<f64, MeasuredError> {
    let cell = row.cell(column.index);
    let (path, line) = (cells.path.clone(), row.line);
    let name = cells.name(column.index);
    let (what, example, flag) = column.role.words();
    let number = column.index + 1;
    if cell.is_empty() {
        return Err(MeasuredError::MissingCell {
            path,
            line,
            column: number,
            name,
        });
    }
    let value = cells
        .number(cell)
        .ok_or_else(|| MeasuredError::NotANumber {
            path: path.clone(),
            line,
            column: number,
            name: name.clone(),
            found: cell.to_owned(),
        })?;
    let unit = column.unit.ok_or_else(|| MeasuredError::NoUnit {
        path,
        column: number,
        name,
        what,
        mend: format!("Write it in the header, or give it: {flag} {number}:{example}"),
    })?;
    Ok(value * unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn cells(text: &str) -> Cells {
        Cells::read(Path::new("lab.csv"), text.as_bytes()).expect("a table")
    }

    #[test]
    fn headers_in_many_ways() {
        for (header, role, unit) in [
            ("t (s)", Role::Time, Some(1.0)),
            ("Time/ms", Role::Time, Some(1e-3)),
            ("V [mV]", Role::Voltage, Some(1e-3)),
            ("I/nA", Role::Current, Some(1e-9)),
            ("current_pA", Role::Current, Some(1e-12)),
            ("Ewe/V", Role::Voltage, Some(1.0)),
            ("nA", Role::Current, Some(1e-9)),
            ("channel 2 (µA)", Role::Current, Some(1e-6)),
            ("E", Role::Voltage, None),
            ("I", Role::Current, None),
            ("f (mHz)", Role::Frequency, Some(1e-3)),
        ] {
            let cells = cells(&format!("{header}\n1\n"));
            let column = understand(&cells, 0).unwrap_or_else(|| panic!("{header}"));
            assert_eq!(column.role, role, "{header}");
            match (column.unit, unit) {
                (Some(found), Some(unit)) => assert!((found / unit - 1.0).abs() < 1e-12),
                (found, unit) => assert_eq!(found, unit, "{header}"),
            }
        }
        assert!(understand(&cells("cycle\n1\n"), 0).is_none());
        assert!(understand(&cells("T\n1\n"), 0).is_none());
    }

    #[test]
    fn frequencies_in_headers() {
        assert_eq!(frequency_in("Sine 5 mHz"), Some(5e-3));
        assert_eq!(frequency_in("f=0.1Hz"), Some(0.1));
        assert_eq!(frequency_in("f (Hz)"), None);
        assert_eq!(frequency_in("3 M KCl"), None);
    }

    #[test]
    fn columns_are_chosen_by_name_number_and_unit() {
        let choice: ColumnChoice = "Ewe:V".parse().expect("a choice");
        assert_eq!(
            (choice.column.as_str(), choice.unit.as_deref()),
            ("Ewe", Some("V"))
        );
        assert_eq!("3".parse::<ColumnChoice>().expect("a choice").unit, None);
        assert!(":nA".parse::<ColumnChoice>().is_err());
        assert!("3:".parse::<ColumnChoice>().is_err());
        let cells = cells("Ewe,<I>\n1,2\n");
        assert_eq!(find(&cells, "ewe"), Some(0));
        assert_eq!(find(&cells, "2"), Some(1));
        assert_eq!(find(&cells, "3"), None);
    }

    /// Several header rows, a pair a frequency, blank rows, columns of unequal
    /// length, and a decimal comma.
    #[test]
    fn a_wide_export() {
        let text = "E\tI\tE\tI\nV\tnA\tV\tnA\n\tSine 1 mHz\t\tSine 5 mHz\n\
                    0,1\t1\t0.2\t2\n\t\t\t\n0.3\t3\t\t\n";
        let traces = traces(&cells(text), &Reading::default()).expect("two recordings");
        assert_eq!(traces.len(), 2);
        assert_eq!(traces[0].frequency, Some(1e-3));
        assert_eq!(traces[0].voltage, [0.1, 0.3]);
        assert_eq!(traces[0].lines, [4, 6]);
        assert_eq!(traces[1].frequency, Some(5e-3));
        assert_eq!(traces[1].voltage, [0.2]);
        assert!(traces[1].time.is_none());
    }

    #[test]
    fn a_time_is_shared_and_a_column_of_frequencies_parts() {
        let text = "t (s),V (V),I (nA),I (nA)\n0,1,2,3\n1,2,3,4\n";
        let shared = traces(&cells(text), &Reading::default()).expect("two recordings");
        assert_eq!(shared[1].time, Some(vec![0.0, 1.0]));
        assert_eq!(shared[1].voltage, [1.0, 2.0]);
        let text = "f (Hz),V (V),I (A)\n1,1,2\n1,2,3\n4,5,6\n";
        let parted = traces(&cells(text), &Reading::default()).expect("two recordings");
        assert_eq!(parted[0].voltage, [1.0, 2.0]);
        assert_eq!(parted[1].frequency, Some(4.0));
    }
}
