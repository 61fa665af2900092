//! How many ions are free, against the temperature.

use super::super::figure::{Axis, Figure, Legend, Panel, Rule, Scale, Trace};
use super::super::palette;
use super::{Caption, Measured};

/// What the figure of pairing is made from.
#[derive(Clone, Debug, Default)]
pub struct Pairing {
    /// The words around the figure.
    pub caption: Caption,
    /// One curve a density.
    pub curves: Vec<PairingCurve>,
}

/// Free ions at one density.
#[derive(Clone, Debug, Default)]
pub struct PairingCurve {
    /// Its name in the legend.
    pub label: String,
    /// Fraction of ions alone, against T*.
    pub free: Vec<Measured>,
    /// The same of an ideal mixture of ions and pairs.
    pub ideal: Vec<(f64, f64)>,
    /// The same with free ions that screen.
    pub screened: Vec<(f64, f64)>,
}

impl Pairing {
    /// One panel.
    pub fn figure(&self) -> Figure {
        let x = Axis::new("Reduced temperature T* = 1/Γ");
        let y = Axis::new("Fraction of ions alone").scaled(Scale::Log);
        let mut panel = Panel::new(x, y);
        let mut labels = ["association", "with screening"];
        let colored = || self.curves.iter().zip(palette::CYCLE.iter().cycle());
        for (curve, color) in colored() {
            let points = curve.free.iter().map(|at| (at.x, at.value)).collect();
            let errors = curve.free.iter().map(|at| at.error).collect();
            let measured = Trace::points(curve.label.as_str(), *color, points);
            panel.traces.push(measured.with_error(errors));
        }
        for (curve, color) in colored() {
            let [ideal, screened] = std::mem::take(&mut labels);
            panel
                .traces
                .push(Trace::line(ideal, *color, curve.ideal.clone()));
            panel
                .traces
                .push(Trace::dashed(screened, *color, curve.screened.clone()));
        }
        panel.rules.push(Rule {
            label: "Kosterlitz–Thouless, dilute".to_owned(),
            at: 0.25,
            vertical: true,
            color: palette::REFERENCE,
        });
        panel.legend = Legend::Above;
        panel.height = 330.0;
        self.caption.figure(vec![panel])
    }
}
