//! Data, fit and residuals.

use super::Study;
use super::report::si;
use crate::measured::Recorded;
use crate::plot::figures::prefixed;
use crate::plot::{Axis, Figure, Legend, Panel, Rule, Style, Trace, palette, si_prefix};
use bjerrum_physics::memristor::device::Start;

/// Data points of a loop that are drawn, at most: more hide the fit.
const POINTS: usize = 80;
/// Recordings that are drawn, at most.
const ROWS: usize = 8;

/// A row for each recording: current and fit on the left, residuals on the
/// right.
#[must_use]
pub fn figure(study: &Study, recorded: &[Recorded]) -> Figure {
    let rows = recorded.iter().take(ROWS);
    let panels = rows.flat_map(|r| panels(study, r)).collect();
    let file = &study.file;
    let more = match recorded.len().saturating_sub(ROWS) {
        0 => String::new(),
        more => format!(", and {more} recordings more"),
    };
    let files: Vec<&str> = file.data.iter().map(|d| d.file.as_str()).collect();
    let mut names = files.clone();
    names.dedup();
    Figure {
        columns: 2,
        subtitle: format!("{}. {}", file.equation, file.verdict.join(". ")),
        footer: format!("bjerrum {}; {}{more}", file.version, names.join(", ")),
        ..Figure::new(format!("{}: data, fit and residuals", file.model), panels)
    }
}

fn panels(study: &Study, recorded: &Recorded) -> [Panel; 2] {
    let recording = &recorded.recording;
    let current = study.fit.current(recording);
    let (factor, unit) = prefixed(&[&recording.current], "A");
    let (time_factor, prefix) = si_prefix(recording.span());
    let seconds = recording.time.iter().map(|t| t * time_factor);
    let is_loop = matches!(recording.start, Start::Periodic(_));
    let (x, x_label): (Vec<f64>, String) = match is_loop {
        true => (recording.voltage.clone(), "Voltage (V)".to_owned()),
        false => (seconds.clone().collect(), format!("Time ({prefix}s)")),
    };
    let pairs = |y: &mut dyn Iterator<Item = f64>| x.iter().copied().zip(y).collect::<Vec<_>>();
    let every = recording.current.len().div_ceil(POINTS);
    let data = pairs(&mut recording.current.iter().map(|i| i * factor));
    let data = data.into_iter().step_by(every).collect();
    let mut fitted = pairs(&mut current.iter().map(|i| i * factor));
    if is_loop {
        fitted.extend(fitted.first().copied());
    }
    let mut left = Panel::new(Axis::new(x_label), Axis::new(format!("Current ({unit})")));
    left.title = title(recorded);
    left.traces = vec![
        Trace::points("data", palette::VOLTAGE, data),
        Trace {
            style: Style::Line {
                width: 1.8,
                dashed: false,
            },
            ..Trace::line("fit", palette::FIT, fitted)
        },
    ];
    left.height = 200.0;

    let missed: Vec<f64> = recording
        .current
        .iter()
        .zip(&current)
        .map(|(data, i)| data - i)
        .collect();
    let (factor, unit) = prefixed(&[&missed], "A");
    let residuals = seconds.zip(missed.iter().map(|r| r * factor));
    let residuals = residuals.step_by(every).collect();
    let y = Axis::new(format!("Data - fit ({unit})")).with_zero();
    let mut right = Panel::new(Axis::new(format!("Time ({prefix}s)")), y);
    right.traces = vec![Trace::points("", palette::VOLTAGE, residuals)];
    right.rules = vec![Rule {
        label: String::new(),
        at: 0.0,
        vertical: false,
        color: palette::FIT,
    }];
    right.legend = Legend::Hidden;
    right.height = 200.0;
    [left, right]
}

fn title(recorded: &Recorded) -> String {
    match recorded.frequency {
        Some(frequency) => si(frequency, "Hz"),
        None => recorded.recording.name.clone(),
    }
}
