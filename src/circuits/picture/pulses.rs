//! Thresholds of pulses: strength against duration, all or none, refractoriness.

use super::analyses::{Find, pairs, points_style, scaled};
use crate::plot::figures::prefixed;
use crate::plot::palette::{self, Color};
use crate::plot::{Axis, Legend, Panel, Rule, Scale, Trace};
use crate::results::Table;

/// Times `values` and a name for an axis, in a handy unit.
fn told(name: &str, values: &[f64], unit: &str) -> (f64, Axis) {
    let (factor, unit) = prefixed(&[values], unit);
    (factor, Axis::new(format!("{name} ({unit})")))
}

fn rule(label: &str, at: Option<f64>, vertical: bool, color: Color) -> Option<Rule> {
    let at = at.filter(|at| at.is_finite())?;
    Some(Rule {
        label: label.to_owned(),
        at,
        vertical,
        color,
    })
}

/// Finite ones only: what the largest pulse does not reach is not drawn.
fn line(label: &str, color: Color, x: &[f64], y: &[f64]) -> Trace {
    let mut trace = Trace::points(label, color, pairs(x, y));
    trace.points.retain(|point| point.1.is_finite());
    trace.style = points_style(true, true);
    trace
}

/// Threshold against the length of the pulse.
pub(super) fn strength(find: &Find<'_>) -> Option<Panel> {
    let table = find.table("threshold")?;
    let (width, threshold) = (table.column("width"), table.column("threshold"));
    let (seconds, x) = told("Length of the pulse", &width, "s");
    let (amperes, y) = told("Threshold", &threshold, "A");
    let mut panel = Panel::new(x.scaled(Scale::Log), y.scaled(Scale::Log));
    let (width, threshold) = (scaled(&width, seconds), scaled(&threshold, amperes));
    panel.traces = vec![line("threshold", palette::VOLTAGE, &width, &threshold)];
    let get = |name: &str, factor: f64| table.scalar(name).map(|value| value * factor);
    let rheobase = get("rheobase", amperes);
    panel.rules = [
        rule("rheobase", rheobase, false, palette::REFERENCE),
        rule("chronaxie", get("chronaxie", seconds), true, palette::SPIKE),
    ]
    .into_iter()
    .flatten()
    .collect();
    panel.legend = Legend::Above;
    Some(panel)
}

/// Highest voltage against the amplitude of the pulse.
pub(super) fn response(find: &Find<'_>) -> Option<Panel> {
    let table = find.table("all-or-none")?;
    let (amplitude, highest) = (table.column("amplitude"), table.column("highest"));
    if amplitude.is_empty() {
        return None;
    }
    let (amperes, x) = told(&pulse_of(table), &amplitude, "A");
    let (volts, y) = told("Highest voltage", &highest, "V");
    let mut panel = Panel::new(x, y);
    let (amplitude, highest) = (scaled(&amplitude, amperes), scaled(&highest, volts));
    let course = Trace::line("", palette::VOLTAGE, pairs(&amplitude, &highest));
    panel.traces = vec![course];
    panel.legend = Legend::Hidden;
    Some(panel)
}

/// "Pulse of 0.5 ms".
fn pulse_of(table: &Table) -> String {
    let width = table.scalar("width").unwrap_or(f64::NAN);
    let (factor, unit) = prefixed(&[&[width]], "s");
    let digits = format!("{:.3}", width * factor);
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("Pulse of {digits} {unit}")
}

/// Threshold of a second pulse over that at rest, against its delay.
pub(super) fn refractory(find: &Find<'_>) -> Option<Panel> {
    let table = find.table("refractory")?;
    let (delay, ratio) = (table.column("delay"), table.column("ratio"));
    let (seconds, x) = told("Delay of the second pulse", &delay, "s");
    let mut panel = Panel::new(x, Axis::new("Threshold over that at rest"));
    panel.traces = vec![line("", palette::VOLTAGE, &scaled(&delay, seconds), &ratio)];
    let get = |name: &str| table.scalar(name).map(|value| value * seconds);
    panel.rules = [
        rule("", Some(1.0), false, palette::REFERENCE),
        rule("absolute until", get("absolute"), true, palette::SPIKE),
        rule("relative until", get("relative"), true, palette::FIT),
    ]
    .into_iter()
    .flatten()
    .collect();
    panel.legend = Legend::Above;
    Some(panel)
}
