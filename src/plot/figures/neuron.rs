//! A slit neuron: its voltage with the spikes marked, the two conductances, the two currents.

use super::super::figure::{
    Axis, Figure, Legend, Mark, Panel, RightAxis, Rule, Scale, Span, Trace,
};
use super::super::palette;
use super::{Caption, FIELD_UNIT, pairs, prefixed};

/// What the figure of a neuron is made from.
#[derive(Clone, Debug, Default)]
pub struct Neuron {
    /// The words around the figure.
    pub caption: Caption,
    /// The times of all series, in seconds.
    pub time: Vec<f64>,
    /// The membrane voltage, in volts.
    pub voltage: Vec<f64>,
    /// The field in a slit, in kT/(e·Å), for each volt across it; adds a second voltage scale.
    pub field_per_volt: Option<f64>,
    /// The voltage above which a peak counts as a spike, in volts.
    pub threshold: Option<f64>,
    /// When the slits were connected to the capacitor, in seconds.
    pub connected_at: Option<f64>,
    /// The spikes found.
    pub spikes: Vec<Spike>,
    /// The slit with the positive battery.
    pub sodium: SlitTrace,
    /// The slit with the negative battery.
    pub potassium: SlitTrace,
    /// What the conductances are given in.
    pub conductance: Conductance,
}

/// A spike: when, and how high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// The time of the peak, in seconds.
    pub time: f64,
    /// The voltage of the peak, in volts.
    pub peak: f64,
}

/// What one slit did.
#[derive(Clone, Debug, Default)]
pub struct SlitTrace {
    /// Its name in the legend.
    pub name: String,
    /// Its conductance, in siemens or as a fraction.
    pub conductance: Vec<f64>,
    /// Its current, in amperes.
    pub current: Vec<f64>,
}

/// What conductances are given in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conductance {
    /// Siemens.
    #[default]
    Siemens,
    /// The fraction of what the ions of the slit would conduct if all were free.
    FreeIonFraction,
}

impl Neuron {
    /// Three stacked panels on one time axis.
    pub fn figure(&self) -> Figure {
        let panels = vec![
            self.voltage_panel(),
            self.conductance_panel(),
            self.current_panel(),
        ];
        Figure {
            share_x: true,
            ..self.caption.figure(panels)
        }
    }

    fn voltage_panel(&self) -> Panel {
        let mut panel = self.panel("Voltage (V)");
        let time = self.microseconds();
        panel.height = 190.0;
        panel.traces.push(Trace::line(
            "",
            palette::VOLTAGE,
            pairs(&time, self.voltage.iter().copied()),
        ));
        panel.rules.extend(self.threshold.map(|at| Rule {
            label: "spike threshold".into(),
            at,
            vertical: false,
            color: palette::REFERENCE,
        }));
        if let Some(span) = panel.spans.first_mut() {
            span.label = "relaxation before connection".into();
        }
        panel.marks = self.marks();
        panel.right = self.field_per_volt.map(|factor| RightAxis {
            label: format!("V/L ({FIELD_UNIT})"),
            factor,
        });
        panel
    }

    fn conductance_panel(&self) -> Panel {
        let series = [
            &self.sodium.conductance[..],
            &self.potassium.conductance[..],
        ];
        let (factor, label) = match self.conductance {
            Conductance::Siemens => {
                let (factor, unit) = prefixed(&series, "S");
                (factor, format!("Conductance ({unit})"))
            }
            Conductance::FreeIonFraction => (1.0, "Conductance / free-ion value".into()),
        };
        let mut panel = self.panel(&label);
        // It spans decades: ions set free at random at the start, few at rest.
        panel.y = panel.y.scaled(Scale::Log);
        panel.traces = self.slit_traces(factor, |slit| &slit.conductance);
        panel
    }

    fn current_panel(&self) -> Panel {
        let (factor, unit) = prefixed(&[&self.sodium.current, &self.potassium.current], "A");
        let mut panel = self.panel(&format!("Current ({unit})"));
        panel.traces = self.slit_traces(factor, |slit| &slit.current);
        panel
    }

    /// A panel over time, the stretch before connection shaded.
    fn panel(&self, y_label: &str) -> Panel {
        let mut panel = Panel::new(Axis::new("Time (µs)"), Axis::new(y_label));
        panel.legend = Legend::Above;
        let start = self.time.first().copied().unwrap_or(0.0);
        panel.spans.extend(self.connected_at.map(|connected| Span {
            label: String::new(),
            range: (1e6 * start, 1e6 * connected),
            color: palette::SHADE,
        }));
        panel
    }

    /// One line for each slit.
    fn slit_traces(&self, factor: f64, pick: fn(&SlitTrace) -> &Vec<f64>) -> Vec<Trace> {
        let time = self.microseconds();
        [
            (&self.sodium, palette::SODIUM),
            (&self.potassium, palette::POTASSIUM),
        ]
        .map(|(slit, color)| {
            let values = pick(slit).iter().map(|value| value * factor);
            Trace::line(slit.name.as_str(), color, pairs(&time, values))
        })
        .into()
    }

    fn marks(&self) -> Vec<Mark> {
        let numbered = self.spikes.iter().zip(1..);
        numbered
            .map(|(spike, number)| Mark {
                at: (1e6 * spike.time, spike.peak),
                text: number.to_string(),
                color: palette::SPIKE,
            })
            .collect()
    }

    fn microseconds(&self) -> Vec<f64> {
        self.time.iter().map(|t| 1e6 * t).collect()
    }
}
