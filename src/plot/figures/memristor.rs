//! A memristor: the pinched loop, and the conduction on its two branches.

use super::super::figure::{Axis, Figure, Marker, Panel, Scale, Style, Trace};
use super::super::palette;
use super::{Binned, Caption, FIELD_UNIT, Published, RATIO, binned, prefixed};

/// What the figure of a memristor is made from.
#[derive(Clone, Debug, Default)]
pub struct Memristor {
    /// The words around the figure.
    pub caption: Caption,
    /// The applied field in the order of time, in kT/(e·Å).
    pub field: Vec<f64>,
    /// The current at the same times, in amperes.
    pub current: Vec<f64>,
    /// Whether the loop shows the magnitude of the current in place of its sign.
    pub magnitude: bool,
    /// I/I_free while the magnitude of the field grows, against that magnitude.
    pub rising: Vec<Binned>,
    /// I/I_free while the magnitude of the field falls.
    pub falling: Vec<Binned>,
    /// The scale of I/I_free; a logarithmic one shows how far the branches part at low fields.
    pub ratio_scale: Scale,
    /// Published values of the rising branch.
    pub published_rising: Published,
    /// Published values of the falling branch.
    pub published_falling: Published,
}

impl Memristor {
    /// The loop on the left, its branches on the right.
    pub fn figure(&self) -> Figure {
        let panels = vec![self.loop_panel(), self.branch_panel()];
        Figure {
            columns: 2,
            ..self.caption.figure(panels)
        }
    }

    fn loop_panel(&self) -> Panel {
        let (factor, unit) = prefixed(&[&self.current], "A");
        let symbol = if self.magnitude {
            "|Current|"
        } else {
            "Current"
        };
        let x = Axis::new(format!("Field ({FIELD_UNIT})"));
        let mut panel = Panel::new(x, Axis::new(format!("{symbol} ({unit})")));
        let current = self
            .current
            .iter()
            .map(|i| if self.magnitude { i.abs() } else { *i });
        let points: Vec<(f64, f64)> = self
            .field
            .iter()
            .copied()
            .zip(current.map(|i| i * factor))
            .collect();
        panel.traces = vec![
            Trace::line("|E| rising", palette::RISING, branch(&points, true)),
            Trace::line("|E| falling", palette::FALLING, branch(&points, false)),
        ];
        panel.height = 300.0;
        panel
    }

    fn branch_panel(&self) -> Panel {
        let x = Axis::new(format!("|Field| ({FIELD_UNIT})")).with_zero();
        let mut panel = Panel::new(x, Axis::new(RATIO).with_zero().scaled(self.ratio_scale));
        panel.traces = vec![
            binned("|E| rising", palette::RISING, &self.rising),
            binned("|E| falling", palette::FALLING, &self.falling),
        ];
        // Joined, so that the eye can follow each branch to where they cross.
        for trace in &mut panel.traces {
            trace.style = Style::Points {
                marker: Marker::Circle,
                filled: true,
                joined: true,
            };
        }
        let published = [
            (&self.published_rising, Marker::Triangle, "rising"),
            (&self.published_falling, Marker::TriangleDown, "falling"),
        ];
        for (values, marker, branch) in published {
            if !values.points.is_empty() {
                let label = format!("{}, {branch}", values.source);
                panel
                    .traces
                    .push(Trace::published(label, marker, values.points.clone()));
            }
        }
        panel.height = 300.0;
        panel
    }
}

/// The steps of a loop on which |x| grows (or falls), with a gap after each unbroken stretch.
fn branch(points: &[(f64, f64)], rising: bool) -> Vec<(f64, f64)> {
    let grows = |ends: &&[(f64, f64)]| (ends[1].0.abs() >= ends[0].0.abs()) == rising;
    let mut stretches = Vec::new();
    let mut start = 0;
    let steps: Vec<bool> = points.windows(2).map(|ends| grows(&ends)).collect();
    for run in steps.chunk_by(|a, b| a == b) {
        if run[0] {
            stretches.extend_from_slice(&points[start..=start + run.len()]);
            stretches.push((f64::NAN, f64::NAN));
        }
        start += run.len();
    }
    stretches
}
