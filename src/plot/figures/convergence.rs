//! An observable against the step: where it goes, and how far away a setting is.

use super::super::figure::{
    Axis, Figure, Legend, Mark, Marker, Panel, RightAxis, Scale, Style, Trace,
};
use super::super::palette;
use super::{Caption, prefixed};

/// Values that differ by more than this factor are drawn on a logarithmic axis.
const WIDE: f64 = 8.0;

/// What the figure of a study of convergence is made from.
#[derive(Clone, Debug, Default)]
pub struct Convergence {
    /// The words around the figure.
    pub caption: Caption,
    /// The observable, as in "Mean escape time".
    pub quantity: String,
    /// Its unit; empty for a plain number.
    pub unit: String,
    /// Euler–Maruyama.
    pub euler: Vec<StepValue>,
    /// Steps in several force evaluations.
    pub refined: Vec<StepValue>,
    /// The setting in use, and its name.
    pub used: Option<(StepValue, String)>,
    /// The extrapolation to short steps, if there is one.
    pub limit: Option<ShortStepLimit>,
    /// Largest relative deviation from the limit that passes.
    pub tolerance: f64,
}

/// The observable at one setting.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepValue {
    /// Time between two force evaluations, in ps.
    pub step: f64,
    /// The mean.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// value = limit + slope · step^order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShortStepLimit {
    /// The limit.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// The slope, per ps^order.
    pub slope: f64,
    /// Weak order of the scheme that was fitted.
    pub order: f64,
    /// The longest step fitted, in ps.
    pub longest: f64,
}

impl Convergence {
    /// One panel, its steps on a logarithmic axis.
    pub fn figure(&self) -> Figure {
        let all = || self.euler.iter().chain(&self.refined);
        let values: Vec<f64> = all().map(|rung| rung.value).collect();
        let (factor, unit) = match self.unit.as_str() {
            "" => (1.0, String::new()),
            unit => prefixed(&[&values], unit),
        };
        let label = match unit.as_str() {
            "" => self.quantity.clone(),
            unit => format!("{} ({unit})", self.quantity),
        };
        let wide = spread(&values) > WIDE;
        let scale = if wide { Scale::Log } else { Scale::Linear };
        let shortest = all().map(|rung| rung.step).fold(f64::INFINITY, f64::min);
        let longest = all().map(|rung| rung.step).fold(0.0, f64::max);
        let range = (shortest / 1.5, longest * 1.5);
        let mut x =
            Axis::new("Time between force evaluations of a tight pair (ps)").scaled(Scale::Log);
        x.range = Some(range);
        let mut panel = Panel::new(x, Axis::new(label).scaled(scale));
        panel.height = 330.0;
        panel.legend = Legend::Above;
        if let Some(limit) = &self.limit {
            panel.traces.extend(self.limit_traces(limit, factor, range));
            panel.right = (!wide).then(|| RightAxis {
                label: "Ratio to the limit".to_owned(),
                factor: 1.0 / (limit.value * factor),
            });
        }
        panel.traces.push(rungs(
            "Euler–Maruyama",
            Marker::Circle,
            palette::VOLTAGE,
            &self.euler,
            factor,
        ));
        if !self.refined.is_empty() {
            panel.traces.push(rungs(
                "several evaluations a step",
                Marker::Square,
                palette::POTASSIUM,
                &self.refined,
                factor,
            ));
        }
        panel
            .marks
            .extend(self.used.iter().map(|(rung, name)| Mark {
                at: (rung.step, (rung.value + rung.error) * factor),
                text: name.clone(),
                color: palette::SPIKE,
            }));
        self.caption.figure(vec![panel])
    }

    /// The tolerance and the error as bands about the limit, and the line that
    /// leads there, as far as it was fitted.
    fn limit_traces(&self, limit: &ShortStepLimit, factor: f64, range: (f64, f64)) -> [Trace; 3] {
        let band = |label: String, color, half: f64| Trace {
            style: Style::Band,
            y_error: Some(vec![half * factor; 2]),
            ..Trace::line(
                label,
                color,
                vec![
                    (range.0, limit.value * factor),
                    (range.1, limit.value * factor),
                ],
            )
        };
        const POINTS: usize = 100;
        let fitted = match limit.order {
            1.0 => "straight line",
            _ => "parabola",
        };
        let ratio = limit.longest / range.0;
        let line = (0..=POINTS).map(|k| {
            let step = range.0 * ratio.powf(k as f64 / POINTS as f64);
            (
                step,
                (limit.value + limit.slope * step.powf(limit.order)) * factor,
            )
        });
        [
            band(
                format!("limit ± {} %", (1e5 * self.tolerance).round() / 1e3),
                palette::REFERENCE,
                limit.value * self.tolerance,
            ),
            band("limit ± error".to_owned(), palette::FIT, limit.error),
            Trace::dashed(fitted, palette::FIT, line.collect()),
        ]
    }
}

fn rungs(
    label: &str,
    marker: Marker,
    color: palette::Color,
    rungs: &[StepValue],
    factor: f64,
) -> Trace {
    let points = rungs.iter().map(|r| (r.step, r.value * factor)).collect();
    let errors = rungs.iter().map(|r| r.error * factor).collect();
    Trace {
        style: Style::Points {
            marker,
            filled: true,
            joined: false,
        },
        ..Trace::points(label, color, points).with_error(errors)
    }
}

/// The largest of positive values over the smallest.
fn spread(values: &[f64]) -> f64 {
    let positive = || values.iter().copied().filter(|v| *v > 0.0);
    positive().fold(0.0, f64::max) / positive().fold(f64::INFINITY, f64::min)
}
