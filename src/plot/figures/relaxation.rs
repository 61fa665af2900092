//! The memory of a slit: how its conductance decays after a pulse of field.

use super::super::figure::{Axis, Figure, Legend, Panel, Trace};
use super::super::palette;
use super::{Caption, FIELD_UNIT, pairs, time_prefix};
use crate::plot::si_prefix;

/// What the figure of a relaxation is made from.
#[derive(Clone, Debug, Default)]
pub struct Relaxation {
    /// The words around the figure.
    pub caption: Caption,
    /// The times of both series, in seconds.
    pub time: Vec<f64>,
    /// The applied field, in kT/(e·Å).
    pub field: Vec<f64>,
    /// The conductance, as a fraction of that of free ions.
    pub conductance: Vec<f64>,
    /// The decay fitted to the conductance after the pulse.
    pub decay: Option<Decay>,
}

/// A decay g(t) = rest + jump·exp(-(t - start)/memory_time).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// When the fitted stretch starts, in seconds.
    pub start: f64,
    /// When it ends, in seconds.
    pub end: f64,
    /// What the conductance decays to.
    pub rest: f64,
    /// How far above that it starts.
    pub jump: f64,
    /// The memory time, in seconds.
    pub memory_time: f64,
    /// Its standard error, in seconds; 0 or NaN when it is not known.
    pub memory_time_error: f64,
}

impl Relaxation {
    /// The pulse above, the conductance below.
    pub fn figure(&self) -> Figure {
        let (factor, prefix) = time_prefix(&self.time);
        let time: Vec<f64> = self.time.iter().map(|t| t * factor).collect();
        let time_axis = || Axis::new(format!("Time ({prefix}s)"));

        let mut pulse = Panel::new(
            time_axis(),
            Axis::new(format!("Field ({FIELD_UNIT})")).with_zero(),
        );
        pulse.height = 110.0;
        let field = pairs(&time, self.field.iter().copied());
        pulse.traces.push(Trace::line("", palette::DRIVE, field));

        let y = Axis::new("Conductance / free-ion value").with_zero();
        let mut memory = Panel::new(time_axis(), y);
        memory.height = 250.0;
        memory.legend = Legend::Above;
        let conductance = pairs(&time, self.conductance.iter().copied());
        memory
            .traces
            .push(Trace::line("conductance", palette::VOLTAGE, conductance));
        memory.traces.extend(
            self.decay
                .map(|decay| Trace::dashed(decay.label(), palette::FIT, decay.curve(factor))),
        );
        Figure {
            share_x: true,
            ..self.caption.figure(vec![pulse, memory])
        }
    }
}

impl Decay {
    fn label(&self) -> String {
        let (factor, prefix) = si_prefix(self.memory_time.abs());
        let time = self.memory_time * factor;
        if self.memory_time_error > 0.0 {
            // The error to two digits, the time to as many decimals.
            let error = self.memory_time_error * factor;
            let decimals = (1.0 - error.log10().floor()).clamp(0.0, 6.0) as usize;
            format!("exponential fit, memory time {time:.decimals$} ± {error:.decimals$} {prefix}s")
        } else {
            format!("exponential fit, memory time {time:.3} {prefix}s")
        }
    }

    /// The decay at enough times to look smooth, in the unit of time that `factor` leads to.
    fn curve(&self, factor: f64) -> Vec<(f64, f64)> {
        const STEPS: usize = 200;
        (0..=STEPS)
            .map(|step| {
                let since = (self.end - self.start) * step as f64 / STEPS as f64;
                let value = self.rest + self.jump * (-since / self.memory_time).exp();
                ((self.start + since) * factor, value)
            })
            .collect()
    }
}
