//! The memory of a slit, from how the area of its loops depends on their frequency.

use super::super::figure::{Axis, Figure, Legend, Panel, Rule, Scale, Trace};
use super::super::palette;
use super::{Caption, Measured};
use std::f64::consts::TAU;

/// What the figure of loop areas is made from.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// The words around the figure.
    pub caption: Caption,
    /// Area of the loop at each frequency (Hz).
    pub areas: Vec<Measured>,
    /// The fitted law, against the frequency.
    pub law: Vec<(f64, f64)>,
    /// The memory time by it, s.
    pub memory_time: Option<f64>,
    /// The memory time of a decay, s.
    pub decay_time: Option<f64>,
}

impl Memory {
    /// One panel.
    pub fn figure(&self) -> Figure {
        let x = Axis::new("Frequency (kHz)").scaled(Scale::Log);
        let y = Axis::new("Area / (peak field × free-ion current)").with_zero();
        let mut panel = Panel::new(x, y);
        let kilo = |hertz: f64| 1e-3 * hertz;
        let points = self.areas.iter().map(|at| (kilo(at.x), at.value)).collect();
        let errors = self.areas.iter().map(|at| at.error).collect();
        let measured = Trace::points("loops", palette::VOLTAGE, points);
        panel.traces.push(measured.with_error(errors));
        let law: Vec<(f64, f64)> = self.law.iter().map(|(f, area)| (kilo(*f), *area)).collect();
        if !law.is_empty() {
            panel
                .traces
                .push(Trace::dashed("area law, fitted", palette::FIT, law));
        }
        // Loops of a slit that is the same both ways are largest at ω = 1/(2 memory time).
        for (time, label, color) in [
            (self.memory_time, "largest by the law", palette::FIT),
            (
                self.decay_time,
                "largest by the memory time of the decay",
                palette::SPIKE,
            ),
        ] {
            panel.rules.extend(time.map(|time| Rule {
                label: label.to_owned(),
                at: kilo(1.0 / (2.0 * TAU * time)),
                vertical: true,
                color,
            }));
        }
        panel.legend = Legend::Above;
        panel.height = 300.0;
        self.caption.figure(vec![panel])
    }
}
