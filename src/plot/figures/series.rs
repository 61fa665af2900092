//! Any series against time, for results that have no figure of their own.

use super::super::figure::{Axis, Figure, Panel, Style, Trace};
use super::super::palette::CYCLE;
use super::{Caption, pairs, prefixed, time_prefix};

/// Units that take an SI prefix when their values ask for one.
const PREFIXABLE: [&str; 9] = ["A", "V", "S", "s", "J", "W", "F", "C", "Hz"];

/// What stacked panels of series are made from.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// The words around the figure.
    pub caption: Caption,
    /// The times of all series, in seconds.
    pub time: Vec<f64>,
    /// The panels, from the top.
    pub panels: Vec<SeriesPanel>,
}

/// The series of one panel, which share a unit.
#[derive(Clone, Debug, Default)]
pub struct SeriesPanel {
    /// The quantity, as in "Free fraction".
    pub quantity: String,
    /// Its unit; empty for a plain number.
    pub unit: String,
    /// The series.
    pub lines: Vec<SeriesLine>,
}

/// One series.
#[derive(Clone, Debug, Default)]
pub struct SeriesLine {
    /// Its name in the legend; may be empty when it is the only one.
    pub name: String,
    /// Its values.
    pub values: Vec<f64>,
    /// Their standard errors, shown as a band.
    pub error: Option<Vec<f64>>,
}

impl Series {
    /// The panels, stacked on one time axis.
    pub fn figure(&self) -> Figure {
        let (factor, prefix) = time_prefix(&self.time);
        let time: Vec<f64> = self.time.iter().map(|t| t * factor).collect();
        let axis = Axis::new(format!("Time ({prefix}s)"));
        let panels = self
            .panels
            .iter()
            .map(|panel| panel.drawn(&time, &axis))
            .collect();
        Figure {
            share_x: true,
            ..self.caption.figure(panels)
        }
    }
}

impl SeriesPanel {
    fn drawn(&self, time: &[f64], axis: &Axis) -> Panel {
        let all: Vec<&[f64]> = self
            .lines
            .iter()
            .map(|line| line.values.as_slice())
            .collect();
        let (factor, unit) = match PREFIXABLE.contains(&self.unit.as_str()) {
            true => prefixed(&all, &self.unit),
            false => (1.0, self.unit.clone()),
        };
        let y_label = match unit.as_str() {
            "" => self.quantity.clone(),
            unit => format!("{} ({unit})", self.quantity),
        };
        let mut panel = Panel::new(axis.clone(), Axis::new(y_label));
        for (line, color) in self.lines.iter().zip(CYCLE.iter().cycle()) {
            let points = pairs(time, line.values.iter().map(|v| v * factor));
            let trace = Trace::line(line.name.as_str(), *color, points);
            if let Some(error) = &line.error {
                let band = Trace {
                    style: Style::Band,
                    label: String::new(),
                    ..trace.clone()
                };
                panel
                    .traces
                    .push(band.with_error(error.iter().map(|e| e * factor).collect()));
            }
            panel.traces.push(trace);
        }
        panel
    }
}
