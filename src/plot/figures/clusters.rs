//! Pairs and clusters: how large, how far from each other, of what shape and for how long.

use super::super::figure::{Axis, Figure, Legend, Marker, Panel, Rule, Scale, Style, Trace};
use super::super::palette::{self, Color};
use super::{Binned, Caption, FIELD_UNIT, binned};

/// What the figure of pairs and clusters is made from.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    /// The words around the figure.
    pub caption: Caption,
    /// The curves of each slit, or of one slit at each field.
    pub curves: Vec<ClusterCurves>,
    /// Elongation along the field, at each field; panels against the field are drawn for two
    /// fields or more.
    pub elongation: Vec<Binned>,
    /// ⟨cos 2θ⟩ of the longer axis against the field.
    pub orientation: Vec<Binned>,
    /// ⟨cos φ⟩ of the dipoles of bound pairs against the field.
    pub alignment: Vec<Binned>,
}

/// What was found of one slit.
#[derive(Clone, Debug, Default)]
pub struct ClusterCurves {
    /// Its name in the legend.
    pub name: String,
    /// Fraction of ions in clusters of one size, against the size.
    pub sizes: Vec<Measured>,
    /// g(r) of ions of opposite sign; r in Å.
    pub unlike: Vec<Measured>,
    /// g(r) of ions of the same sign.
    pub like: Vec<Measured>,
    /// Fraction of pairs that live longer than a time (s).
    pub survival: Vec<Measured>,
    /// Elongation along the field, against the size.
    pub elongation: Vec<Measured>,
}

/// A measured value at x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Where.
    pub x: f64,
    /// The mean.
    pub value: f64,
    /// Its standard error; 0 or NaN when it is not known.
    pub error: f64,
}

/// The most slits that colours can tell apart.
const MOST: usize = palette::CYCLE.len();

/// The largest relative error of an elongation that is shown by size.
const MOST_ERROR: f64 = 0.1;

impl Clusters {
    /// Panels in two columns.
    pub fn figure(&self) -> Figure {
        let mut panels = vec![self.sizes(), self.correlation()];
        if self.elongation.len() > 1 {
            panels.extend([self.shape_against_field(), self.direction_against_field()]);
        }
        panels.extend([self.elongation_by_size(), self.survival()]);
        Figure {
            columns: 2,
            ..self.caption.figure(panels)
        }
    }

    /// Each slit with its colour.
    fn colored(&self) -> impl Iterator<Item = (&ClusterCurves, Color)> {
        self.curves.iter().take(MOST).zip(palette::CYCLE)
    }

    fn sizes(&self) -> Panel {
        let mut panel = panel(
            Axis::new("Ions in the cluster").scaled(Scale::Log),
            Axis::new("Fraction of ions").scaled(Scale::Log),
        );
        for (curves, color) in self.colored() {
            panel
                .traces
                .push(joined(&curves.name, color, &curves.sizes));
        }
        panel.legend = Legend::Above;
        panel
    }

    fn correlation(&self) -> Panel {
        let mut panel = panel(
            Axis::new("Distance (Å)").with_zero(),
            Axis::new("Pair correlation g(r)").scaled(Scale::Log),
        );
        for (index, (curves, color)) in self.colored().enumerate() {
            let [unlike, like] = match index {
                0 => ["opposite sign", "same sign"],
                _ => ["", ""],
            };
            panel
                .traces
                .push(Trace::line(unlike, color, points(&curves.unlike)));
            panel
                .traces
                .push(Trace::dashed(like, color, points(&curves.like)));
        }
        panel.rules.push(rule("", 1.0));
        panel.legend = Legend::Above;
        panel
    }

    fn shape_against_field(&self) -> Panel {
        let mut panel = panel(field_axis(), Axis::new("Elongation along the field"));
        let label = "clusters of 3 ions or more";
        panel
            .traces
            .push(binned(label, palette::SODIUM, &self.elongation));
        panel.rules.push(rule("isotropic", 1.0));
        panel.legend = Legend::Above;
        panel
    }

    fn direction_against_field(&self) -> Panel {
        let mut panel = panel(field_axis(), Axis::new("Mean cosine"));
        let label = "cos 2θ, clusters";
        panel
            .traces
            .push(binned(label, palette::SODIUM, &self.orientation));
        let pairs = binned(
            "cos φ, dipoles of pairs",
            palette::POTASSIUM,
            &self.alignment,
        );
        panel.traces.push(Trace {
            style: square(),
            ..pairs
        });
        panel.rules.push(rule("isotropic", 0.0));
        panel.legend = Legend::Above;
        panel
    }

    /// Only sizes of which enough was seen.
    fn elongation_by_size(&self) -> Panel {
        let mut panel = panel(
            Axis::new("Ions in the cluster").scaled(Scale::Log),
            Axis::new("Elongation along the field"),
        );
        for (curves, color) in self.colored() {
            let known = |m: &&Measured| m.error < MOST_ERROR * m.value;
            let known: Vec<Measured> = curves.elongation.iter().filter(known).copied().collect();
            panel.traces.push(joined("", color, &known));
        }
        panel.rules.push(rule("isotropic", 1.0));
        panel.legend = Legend::Above;
        panel.title = format!("errors below {:.0} %", 100.0 * MOST_ERROR);
        panel
    }

    fn survival(&self) -> Panel {
        let mut panel = panel(
            Axis::new("Age of a pair (ns)").scaled(Scale::Log),
            Axis::new("Fraction that lives longer").with_zero(),
        );
        for (curves, color) in self.colored() {
            let nanoseconds = |m: &Measured| Measured { x: 1e9 * m.x, ..*m };
            let curve: Vec<Measured> = curves.survival.iter().map(nanoseconds).collect();
            let errors = curve.iter().map(|m| m.error).collect();
            let line = Trace::line("", color, points(&curve));
            let style = Style::Band;
            panel.traces.push(
                Trace {
                    style,
                    ..line.clone()
                }
                .with_error(errors),
            );
            panel.traces.push(line);
        }
        panel
    }
}

fn panel(x: Axis, y: Axis) -> Panel {
    Panel {
        height: 220.0,
        ..Panel::new(x, y)
    }
}

fn field_axis() -> Axis {
    Axis::new(format!("Field ({FIELD_UNIT})")).with_zero()
}

fn rule(label: &str, at: f64) -> Rule {
    Rule {
        label: label.into(),
        at,
        vertical: false,
        color: palette::REFERENCE,
    }
}

fn square() -> Style {
    Style::Points {
        marker: Marker::Square,
        filled: false,
        joined: false,
    }
}

fn points(curve: &[Measured]) -> Vec<(f64, f64)> {
    curve.iter().map(|m| (m.x, m.value)).collect()
}

/// Small markers with error bars, joined by a line.
fn joined(label: &str, color: Color, curve: &[Measured]) -> Trace {
    let style = Style::Points {
        marker: Marker::Circle,
        filled: true,
        joined: true,
    };
    let errors = curve.iter().map(|m| m.error).collect();
    let line = Trace::line(label, color, points(curve));
    Trace { style, ..line }.with_error(errors)
}
