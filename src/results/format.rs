//! Numbers, units and tables as text for a terminal of 100 columns.

use std::fmt::Write as _;

/// Widest line.
pub(crate) const WIDTH: usize = 100;

pub(crate) fn section(title: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{title}\n");
    for line in lines {
        let _ = writeln!(text, "{}", format!("  {line}").trim_end());
    }
    text
}

/// Pads the cells of a table into columns; those in `right` end flush, the others start so. The
/// last column is wrapped to what the line leaves it.
pub(crate) fn align(cells: &[Vec<String>], right: &[usize]) -> Vec<String> {
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            cells
                .iter()
                .filter_map(|row| row.get(column))
                .map(|c| length(c))
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut lines = Vec::new();
    for row in cells {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let padding = " ".repeat(widths[column] - length(cell));
            if right.contains(&column) {
                line += &format!("{padding}{cell}  ");
            } else if column + 1 < columns {
                line += &format!("{cell}{padding}  ");
            } else {
                let start = length(&line);
                let room = (WIDTH - 2).saturating_sub(start).max(24);
                line += &wrap(cell, room).join(&format!("\n  {}", " ".repeat(start)));
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Breaks a text at its spaces into lines of at most `width` characters.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Characters, not bytes: names hold µ and Å.
pub(crate) fn length(text: &str) -> usize {
    text.chars().count()
}

pub(crate) fn longest(cells: &[String]) -> usize {
    cells.iter().map(|cell| length(cell)).max().unwrap_or(0)
}

/// A pure number has the H5MD unit `1`, which nobody wants to read, and for the
/// elementary charge H5MD has no symbol.
pub(crate) fn plain_unit(unit: &str) -> String {
    match unit {
        "1" => String::new(),
        _ => unit
            .replace("1.602176634e-19 C", "e")
            .replace("2.566969967e-38 C+2", "e+2"),
    }
}

pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, _) => format!("{} s", number(seconds)),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// A number with its unit, under an SI prefix where the unit takes one.
pub(crate) fn quantity(value: f64, unit: &str) -> String {
    let (factor, prefix) = si_prefix(value.abs(), unit);
    format!("{} {prefix}{}", number(value / factor), plain_unit(unit))
        .trim_end()
        .to_owned()
}

/// The SI prefix that brings `magnitude` to between 1 and 1000, for the units that take one alone.
pub(crate) fn si_prefix(magnitude: f64, unit: &str) -> (f64, &'static str) {
    const PREFIXABLE: [&str; 10] = ["A", "S", "V", "s", "m", "J", "W", "F", "C", "Hz"];
    const PREFIXES: [(f64, &str); 11] = [
        (1e9, "G"),
        (1e6, "M"),
        (1e3, "k"),
        (1.0, ""),
        (1e-3, "m"),
        (1e-6, "µ"),
        (1e-9, "n"),
        (1e-12, "p"),
        (1e-15, "f"),
        (1e-18, "a"),
        (1e-21, "z"),
    ];
    if !PREFIXABLE.contains(&unit) || !magnitude.is_finite() || magnitude < 1e-24 {
        return (1.0, "");
    }
    // A hair below the step, so that 999.9996 is not printed as "1000 n".
    let reached = |&&(factor, _): &&(f64, &str)| magnitude >= 0.99995 * factor;
    PREFIXES
        .iter()
        .find(reached)
        .copied()
        .unwrap_or((1e-21, "z"))
}

/// Four significant digits.
pub(crate) fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return value.to_string();
    }
    let rounded = format!("{value:.3e}");
    let exponent: i32 = rounded
        .split_once('e')
        .map_or(0, |(_, e)| e.parse().unwrap_or(0));
    if !(-3..6).contains(&exponent) {
        return rounded;
    }
    let decimals = usize::try_from(3 - exponent).unwrap_or(0);
    let fixed = format!("{value:.decimals$}");
    if fixed.contains('.') {
        fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        fixed
    }
}

/// A value with its standard error: the error to two digits, the value to as many decimals. A
/// value whose error is not known stands alone.
pub(crate) fn with_error(value: f64, error: f64) -> String {
    if !value.is_finite() || !error.is_finite() || error <= 0.0 {
        return number(value);
    }
    let decimals = 1 - error.log10().floor() as i32;
    if decimals > 6 {
        let power = value.abs().max(error).log10().floor() as i32;
        let factor = 10f64.powi(-power);
        let decimals = usize::try_from(decimals + power).unwrap_or(0);
        return format!(
            "({:.decimals$} ± {:.decimals$})e{power}",
            value * factor,
            error * factor
        );
    }
    let decimals = usize::try_from(decimals).unwrap_or(0);
    format!("{value:.decimals$} ± {error:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_four_digits() {
        let cases = [
            (0.0, "0"),
            (1.0, "1"),
            (-0.123_456, "-0.1235"),
            (999.96, "1000"),
            (123_456.7, "123457"),
            (1.5e-7, "1.500e-7"),
            (2.0e9, "2.000e9"),
            (f64::NAN, "NaN"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn quantities_take_si_prefixes() {
        let cases = [
            (3.2e-9, "A", "3.2 nA"),
            (-1.0e-12, "S", "-1 pS"),
            (9.9999e-7, "s", "1 µs"),
            (0.25, "1", "0.25"),
            (1.5e-10, "kg m s-2", "1.500e-10 kg m s-2"),
            (4.0e-21, "J", "4 zJ"),
        ];
        for (value, unit, expected) in cases {
            assert_eq!(quantity(value, unit), expected);
        }
    }

    #[test]
    fn durations_read_like_a_clock() {
        assert_eq!(duration(0.5), "0.5 s");
        assert_eq!(duration(61.2), "1 min 1 s");
        assert_eq!(duration(7_322.0), "2 h 2 min");
    }

    #[test]
    fn errors_keep_two_digits_and_values_as_many_decimals() {
        let cases = [
            (0.482_31, 0.001_63, "0.4823 ± 0.0016"),
            (2098.2, 283.4, "2098 ± 283"),
            (0.5, f64::NAN, "0.5"),
            (0.5, 0.0, "0.5"),
            (1.2342e-9, 2.4e-11, "(1.234 ± 0.024)e-9"),
            (f64::NAN, 1.0, "NaN"),
        ];
        for (value, error, expected) in cases {
            assert_eq!(with_error(value, error), expected);
        }
    }
}
