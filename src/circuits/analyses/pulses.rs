//! Thresholds of pulses, as tables.

use super::Subject;
use crate::results::Table;
use crate::run::analysis::{column, scalar};
use crate::scenario::{PulseSpec, RefractorySpec, ThresholdSpec};
use bjerrum_physics::circuit::{Settings, System};
use bjerrum_physics::excitability::{
    ExcitabilityError, Protocol, Pulse, Pulsed, RELATIVE, RefractoryRequest, Threshold, refractory,
    strength_duration,
};

impl Subject<'_> {
    /// Asks `question` of the neuron under pulses.
    fn pulsed<T>(&self, spec: &PulseSpec, question: impl FnOnce(&Pulsed<'_>) -> T) -> T {
        let circuit = |pulse: Pulse| {
            let Pulse { amplitude, width } = pulse;
            let changed = self.circuit.with_pulse(&spec.source, amplitude, width);
            System::new(changed.netlist()).unwrap_or_else(|fault| unreachable!("{fault}"))
        };
        question(&Pulsed {
            circuit: &circuit,
            resting: self.protocol,
            trial: Protocol {
                settings: Settings {
                    duration: spec.wait,
                    ..self.protocol.settings
                },
                discard: 0.0,
                ..self.protocol
            },
            largest: spec.largest,
            precision: spec.precision,
        })
    }

    /// Strength against duration, and response against strength.
    pub(super) fn threshold(&self, spec: &ThresholdSpec) -> Result<[Table; 2], ExcitabilityError> {
        let found = self.pulsed(&spec.pulse, |neuron| {
            strength_duration(neuron, &spec.widths)
        })?;
        let (values, errors) = amplitudes(&found.thresholds);
        let charges = values.iter().zip(&spec.widths).map(|(i, t)| i * t);
        let strength = Table {
            title: "Threshold: the least pulse that makes it fire, against its length".to_owned(),
            columns: vec![
                column("width", "s", "length of the pulse", spec.widths.clone()),
                column("charge", "C", "threshold times length", charges.collect()),
                column(
                    "threshold",
                    "A",
                    "least amplitude, on top of the source",
                    values,
                ),
                column("error", "A", "half the interval in which it lies", errors),
            ],
            scalars: vec![
                scalar(
                    "rheobase",
                    "A",
                    "threshold of the longest pulse",
                    found.rheobase,
                ),
                scalar(
                    "chronaxie",
                    "s",
                    "length of a pulse of twice the rheobase",
                    found.chronaxie.unwrap_or(f64::NAN),
                ),
            ],
            notes: vec![("source".to_owned(), spec.pulse.source.name.clone())],
            ..Table::default()
        };
        let (amplitude, highest) = found.response.iter().copied().unzip();
        let response = Table {
            title: "All or none: highest voltage against the amplitude of the pulse".to_owned(),
            columns: vec![
                column("amplitude", "A", "amplitude of the pulse", amplitude),
                column("highest", "V", "highest voltage from its start on", highest),
            ],
            scalars: vec![scalar(
                "width",
                "s",
                "length of the pulse",
                spec.widths[spec.widths.len() / 2],
            )],
            ..Table::default()
        };
        Ok([strength, response])
    }

    /// The threshold of a second pulse.
    pub(super) fn refractory(&self, spec: &RefractorySpec) -> Result<Table, ExcitabilityError> {
        let request = RefractoryRequest {
            width: spec.width,
            first: spec.first,
            delays: &spec.delays,
        };
        let found = self.pulsed(&spec.pulse, |neuron| refractory(neuron, &request))?;
        let (values, errors) = amplitudes(&found.thresholds);
        let at_rest = found.rest.amplitude;
        let end = |name: &str, what: String, of: Option<(f64, f64)>| {
            let (value, error) = of.unwrap_or((f64::NAN, f64::NAN));
            let half = "half the distance of two delays";
            [
                scalar(name, "s", &what, value),
                scalar(&format!("{name}_error"), "s", half, error),
            ]
        };
        let mut scalars = vec![
            scalar("rest_threshold", "A", "threshold at rest", at_rest),
            scalar("width", "s", "length of both pulses", spec.width),
            scalar(
                "peak",
                "s",
                "peak of the first spike after its pulse began",
                found.peak,
            ),
        ];
        scalars.extend(end(
            "absolute",
            format!(
                "until then no pulse up to {:e} A makes it fire",
                spec.pulse.largest
            ),
            found.absolute,
        ));
        scalars.extend(end(
            "relative",
            format!("from then on the threshold is below {RELATIVE} of that at rest"),
            found.relative,
        ));
        Ok(Table {
            title: "Refractoriness: threshold of a second pulse against its delay".to_owned(),
            columns: vec![
                column(
                    "delay",
                    "s",
                    "from the beginning of the first pulse to that of the second",
                    found.delays,
                ),
                column("ratio", "1", "threshold over that at rest", {
                    values.iter().map(|value| value / at_rest).collect()
                }),
                column(
                    "threshold",
                    "A",
                    "least amplitude of the second pulse",
                    values,
                ),
                column("error", "A", "half the interval in which it lies", errors),
            ],
            scalars,
            notes: vec![("source".to_owned(), spec.pulse.source.name.clone())],
            ..Table::default()
        })
    }
}

fn amplitudes(thresholds: &[Threshold]) -> (Vec<f64>, Vec<f64>) {
    thresholds.iter().map(|t| (t.amplitude, t.error)).unzip()
}
