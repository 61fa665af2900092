//! Conduction against a constant field, and the fraction of ions that are free.

use super::super::figure::{Axis, Figure, Legend, Marker, Panel, Rule, Scale, Trace};
use super::super::palette::{self, Color};
use super::{Binned, Caption, FIELD_UNIT, Published, RATIO, binned};

/// What the figure of conduction at constant fields is made from.
#[derive(Clone, Debug, Default)]
pub struct IvCurve {
    /// The words around the figure.
    pub caption: Caption,
    /// What was measured in each slit.
    pub curves: Vec<Conduction>,
    /// Published values of I/I_free.
    pub published_ratio: Published,
    /// Published values of the fraction of free ions.
    pub published_free_fraction: Published,
    /// What the lines of theory are of; names them in the legend.
    pub theory: String,
    /// The scale of all axes; a power law is straight on [`Scale::Log`].
    pub scale: Scale,
}

/// One slit at several fields, and lines that theory predicts for it.
#[derive(Clone, Debug, Default)]
pub struct Conduction {
    /// Its name in the legend.
    pub label: String,
    /// I/I_free at each field.
    pub ratio: Vec<Binned>,
    /// The fraction of ions without a partner at each field; a second panel when there is one.
    pub free_fraction: Vec<Binned>,
    /// d ln I/d ln E between fields; a panel of its own in place of free fractions.
    pub exponent: Vec<Binned>,
    /// I/I_free by theory, against the field.
    pub theory_ratio: Vec<(f64, f64)>,
    /// d ln I/d ln E by theory.
    pub theory_exponent: Vec<(f64, f64)>,
    /// The exponent that a pure logarithm would have, if it is to be shown.
    pub pure_logarithm: Option<f64>,
}

impl IvCurve {
    /// One panel, or two side by side when free fractions or exponents are known.
    pub fn figure(&self) -> Figure {
        let mut panels = vec![self.ratio()];
        if self.curves.iter().any(|curve| !curve.exponent.is_empty()) {
            panels.push(self.exponents());
        } else if self
            .curves
            .iter()
            .any(|curve| !curve.free_fraction.is_empty())
            || !self.published_free_fraction.points.is_empty()
        {
            panels.push(self.free_fractions());
        }
        Figure {
            columns: panels.len(),
            ..self.caption.figure(panels)
        }
    }

    fn ratio(&self) -> Panel {
        let mut panel = self.panel(Axis::new(RATIO).with_zero().scaled(self.scale));
        for (curve, color) in self.colored() {
            panel.traces.push(binned(&curve.label, color, &curve.ratio));
        }
        self.add_theory(&mut panel, |curve| &curve.theory_ratio);
        add_published(&mut panel, &self.published_ratio);
        panel
    }

    fn free_fractions(&self) -> Panel {
        let y = Axis::new("Fraction of free ions").with_zero();
        let mut panel = self.panel(y.scaled(self.scale));
        for (curve, color) in self.colored() {
            panel
                .traces
                .push(binned(&curve.label, color, &curve.free_fraction));
        }
        add_published(&mut panel, &self.published_free_fraction);
        panel
    }

    fn exponents(&self) -> Panel {
        let mut panel = self.panel(Axis::new("d ln I / d ln E").with_zero());
        let mut label = "pure logarithm, 1 + Γ/2";
        for (curve, color) in self.colored() {
            panel
                .traces
                .push(binned(&curve.label, color, &curve.exponent));
            panel.rules.extend(curve.pure_logarithm.map(|at| Rule {
                label: std::mem::take(&mut label).to_owned(),
                at,
                vertical: false,
                color,
            }));
        }
        self.add_theory(&mut panel, |curve| &curve.theory_exponent);
        panel.legend = Legend::Above;
        panel
    }

    /// A dashed line for each curve that has one; the first names them all.
    fn add_theory(&self, panel: &mut Panel, of: fn(&Conduction) -> &Vec<(f64, f64)>) {
        let mut label = self.theory.as_str();
        for (curve, color) in self.colored().filter(|(curve, _)| !of(curve).is_empty()) {
            let line = Trace::dashed(std::mem::take(&mut label), color, of(curve).clone());
            panel.traces.push(line);
        }
    }

    /// Each curve with its colour; one that stands alone is a measured quantity.
    fn colored(&self) -> impl Iterator<Item = (&Conduction, Color)> {
        let alone = (self.curves.len() == 1).then_some(palette::VOLTAGE);
        let colors = alone.into_iter().chain(palette::CYCLE);
        self.curves.iter().zip(colors.cycle())
    }

    fn panel(&self, y: Axis) -> Panel {
        let x = Axis::new(format!("Field ({FIELD_UNIT})"))
            .with_zero()
            .scaled(self.scale);
        Panel {
            height: 300.0,
            ..Panel::new(x, y)
        }
    }
}

fn add_published(panel: &mut Panel, published: &Published) {
    if !published.points.is_empty() {
        let points = published.points.clone();
        let label = published.source.as_str();
        panel
            .traces
            .push(Trace::published(label, Marker::Square, points));
    }
}
