//! Conduction against a constant field, and the fraction of ions that are free.

use super::super::figure::{Axis, Figure, Marker, Panel, Scale, Trace};
use super::super::palette;
use super::{Binned, Caption, FIELD_UNIT, Published, RATIO, binned};

/// What the figure of conduction at constant fields is made from.
#[derive(Clone, Debug, Default)]
pub struct IvCurve {
    /// The words around the figure.
    pub caption: Caption,
    /// I/I_free at each field.
    pub ratio: Vec<Binned>,
    /// Published values of I/I_free.
    pub published_ratio: Published,
    /// The fraction of ions without a partner at each field; a second panel when not empty.
    pub free_fraction: Vec<Binned>,
    /// Published values of that fraction.
    pub published_free_fraction: Published,
    /// The scale of all axes; a power law is straight on [`Scale::Log`].
    pub scale: Scale,
}

impl IvCurve {
    /// One panel, or two side by side when free fractions are known.
    pub fn figure(&self) -> Figure {
        let ratio = self.panel(RATIO, &self.ratio, &self.published_ratio);
        let known =
            !self.free_fraction.is_empty() || !self.published_free_fraction.points.is_empty();
        let free = known.then(|| {
            self.panel(
                "Fraction of free ions",
                &self.free_fraction,
                &self.published_free_fraction,
            )
        });
        let panels: Vec<Panel> = [Some(ratio), free].into_iter().flatten().collect();
        Figure {
            columns: panels.len(),
            ..self.caption.figure(panels)
        }
    }

    fn panel(&self, y_label: &str, bins: &[Binned], published: &Published) -> Panel {
        let x = Axis::new(format!("Field ({FIELD_UNIT})"))
            .with_zero()
            .scaled(self.scale);
        let mut panel = Panel::new(x, Axis::new(y_label).with_zero().scaled(self.scale));
        let measured = binned("this run", palette::VOLTAGE, bins);
        panel.traces.push(measured);
        if !published.points.is_empty() {
            let points = published.points.clone();
            let label = published.source.as_str();
            panel
                .traces
                .push(Trace::published(label, Marker::Square, points));
        }
        panel.height = 300.0;
        panel
    }
}
