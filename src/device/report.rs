//! A device file as text for a terminal.

use super::file::{AreaLawRow, DeviceFile, LoopRow, Tried};
use super::loops::area_law;
use crate::plot::si_prefix;
use crate::scenario::rounded;
use std::fmt::Write;

/// Parameters, loops, the models that were tried, and the verdict.
#[must_use]
pub fn report(file: &DeviceFile) -> String {
    let mut text = format!("{}  {}\n\n", file.model, file.equation);
    text += &aligned(&parameters(file));
    if !file.loops.is_empty() {
        text.push('\n');
        text += &loop_report(&file.loops);
    }
    if !file.tried.is_empty() {
        text.push('\n');
        text += &aligned(&tried(&file.tried));
        for reason in file.tried.iter().filter_map(|t| t.refused.as_ref()) {
            let _ = writeln!(text, "refused  {reason}");
        }
    }
    text.push('\n');
    for line in &file.verdict {
        let _ = writeln!(text, "verdict  {line}");
    }
    let [low, high] = file.range.voltage_v;
    let [shortest, longest] = file.range.time_s;
    let _ = write!(
        text,
        "range    {low:.4} to {high:.4} V, {} to {}; {} points, residual {:.2} % of the rms current",
        si(shortest, "s"),
        si(longest, "s"),
        file.quality.points,
        100.0 * file.quality.residual_relative
    );
    text
}

fn parameters(file: &DeviceFile) -> Vec<Vec<String>> {
    let head = ["parameter", "value", "95 % interval", "", "what it is"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (name, p) in &file.parameters {
        let interval = p.interval.map_or(String::new(), |[low, high]| {
            format!("{} to {}", si(low, &p.unit), si(high, &p.unit))
        });
        rows.push(vec![
            name.clone(),
            with_error(p.value, p.standard_error, &p.unit),
            interval,
            p.method.clone(),
            p.meaning.clone(),
        ]);
    }
    rows
}

/// What the loops show, and the memory time from their areas.
#[must_use]
pub fn loop_report(rows: &[LoopRow]) -> String {
    let mut text = aligned(&loops(rows));
    text += "ccw: counter-clockwise, the voltage raises the conductance; cw: it lowers it. on/off: \
             the larger\nconductance over the smaller at half the amplitude. gap: of the branches at \
             the pinch, over the range.\n";
    if rows.len() > 1 {
        text.push('\n');
        text += &match area_law(rows) {
            Ok(law) => memory_time(&law),
            Err(reason) => format!("memory time  not from the areas: {reason}\n"),
        };
    }
    text
}

fn loops(rows: &[LoopRow]) -> Vec<Vec<String>> {
    let head = [
        "loop",
        "enclosed",
        "lobe V > 0",
        "lobe V < 0",
        "crosses",
        "pinch",
        "gap",
        "on/off",
        "rectification",
    ];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    let largest = rows.iter().map(|r| r.enclosed_va).fold(0.0, f64::max);
    let (factor, prefix) = si_prefix(largest);
    let area = |va: f64| format!("{:.3} V {prefix}A", va * factor);
    let lobe = |va: f64, turn: &str| {
        let turn = match turn {
            "counter-clockwise" => "ccw",
            "clockwise" => " cw",
            _ => "  -",
        };
        format!("{} {turn}", area(va))
    };
    for row in rows {
        table.push(vec![
            si(row.frequency_hz, "Hz"),
            area(row.enclosed_va),
            lobe(row.positive_lobe_va, &row.positive_turn),
            lobe(row.negative_lobe_va, &row.negative_turn),
            if row.crosses_itself { "yes" } else { "no" }.to_owned(),
            si(row.pinch_v, "V"),
            format!("{:.1} %", 100.0 * row.gap),
            format!("{:.2}", row.on_off),
            format!("{:.2}", row.rectification),
        ]);
    }
    table
}

/// The law is that of lobes that cross; others obey it with twice the memory time.
fn memory_time(law: &AreaLawRow) -> String {
    let [crossing, all] = law.crossing;
    let kind = if 2 * crossing > all {
        format!("t itself, as for bipolar memory: {crossing} of {all} loops cross themselves")
    } else {
        format!(
            "t/2, as for unipolar memory, for which the law returns 2 tau: {} of {all} loops do not \
             cross\n             themselves",
            all - crossing
        )
    };
    format!(
        "memory time  {} from the areas: {kind}\n             (K wt/(1 + (wt)^2) + A_0 with t = {})\n",
        with_error(law.memory_time_s, law.memory_time_error_s, "s"),
        with_error(law.time_s, law.time_error_s, "s"),
    )
}

fn tried(rows: &[Tried]) -> Vec<Vec<String>> {
    let head = ["tried", "parameters", "AICc", "BIC", "residual", "left out"];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    for row in rows {
        let above = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:+.1}"));
        let missed = |value: Option<f64>| value.map_or("-".to_owned(), |v| si(v, "A"));
        table.push(vec![
            row.model.clone(),
            row.parameters.to_string(),
            above(row.aicc),
            above(row.bic),
            missed(row.residual_a),
            match row.refused {
                Some(_) => "refused".to_owned(),
                None => missed(row.left_out_a),
            },
        ]);
    }
    table
}

/// Four digits and a prefix, where the unit takes one.
pub(super) fn si(value: f64, unit: &str) -> String {
    match unit {
        "1" => rounded(value, 4).to_string(),
        "S" | "s" | "V" | "A" | "Hz" => {
            let (factor, prefix) = si_prefix(value.abs());
            format!("{} {prefix}{unit}", rounded(value * factor, 4))
        }
        _ => format!("{} {unit}", rounded(value, 4)),
    }
}

/// The error to two digits, the value to as many decimals.
fn with_error(value: f64, error: f64, unit: &str) -> String {
    let (factor, unit) = match unit {
        "1" => (1.0, String::new()),
        "S" | "s" | "V" => {
            let (factor, prefix) = si_prefix(value.abs());
            (factor, format!(" {prefix}{unit}"))
        }
        _ => (1.0, format!(" {unit}")),
    };
    let (value, error) = (value * factor, error * factor);
    if error > 0.0 {
        let decimals = (1.0 - error.log10().floor()).clamp(0.0, 9.0) as usize;
        format!("{value:.decimals$} ± {error:.decimals$}{unit}")
    } else {
        format!("{value}{unit}")
    }
}

/// Words to the left, numbers (what begins with a digit or a sign) to the
/// right, headings as what they stand above.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |k: usize| rows.iter().map(|row| row[k].chars().count()).max();
    let number = |cell: &String| cell.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c));
    let right = |k: usize| rows[1..].iter().any(|row| number(&row[k]));
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().enumerate().take(columns).map(|(k, cell)| {
            let width = width(k).unwrap_or(0);
            if right(k) {
                format!("{cell:>width$}")
            } else {
                format!("{cell:width$}")
            }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
