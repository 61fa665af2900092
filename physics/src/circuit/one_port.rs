//! Anything with two ends that carries a current: its equation and memories.

use crate::memristor::device::{DeviceModel, Fluctuations};

/// An element between two nodes whose current follows from the voltage across
/// it and from memories of its own:
///
/// ```text
/// i = i(v, x),   dx/dt = f(v, x)
/// ```
///
/// v is the voltage of its first node over its second (V), i the current from
/// the first to the second through it (A). The equations hold no time: what
/// changes with time is a source.
pub trait OnePort: std::fmt::Debug + Send + Sync {
    /// Names of its memories; none for a resistor.
    fn memories(&self) -> &[&'static str];

    /// Current (A) under `voltage` (V) with the memories `x`; dx/dt goes to
    /// `rates` (1/s times the unit of the memory).
    fn respond(&self, voltage: f64, x: &[f64], rates: &mut [f64]) -> f64;

    /// The memories after `voltage` (V) had been held for long.
    fn rest(&self, voltage: f64) -> Vec<f64>;

    /// Size of each memory in use: errors are measured by it.
    fn scales(&self) -> Vec<f64>;

    /// Voltage E (V) of the battery in it, so that i (v - E) is what it turns
    /// into heat; nothing where the equation has no such meaning.
    fn battery(&self) -> Option<f64>;

    /// Conductance (S) as the memories `x` leave it, i/(v - E), where there is
    /// such a thing.
    fn conductance(&self, _voltage: f64, _x: &[f64]) -> Option<f64> {
        None
    }

    /// The noise of its memories, if it has any.
    fn fluctuations(&self) -> Option<Fluctuations<'_>> {
        None
    }

    /// Voltage (V) at which it fires, if it does.
    fn threshold(&self) -> Option<f64> {
        None
    }

    /// What firing does to its memories; returns the voltage (V) afterwards.
    fn fire(&self, _x: &mut [f64]) -> f64 {
        unreachable!("only what has a threshold fires")
    }
}

/// i = G (v - E): Ohm's law, with a battery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resistor {
    /// Conductance G, S.
    pub conductance: f64,
    /// Reversal voltage E, V.
    pub reversal: f64,
}

impl OnePort for Resistor {
    fn memories(&self) -> &[&'static str] {
        &[]
    }

    fn respond(&self, voltage: f64, _: &[f64], _: &mut [f64]) -> f64 {
        self.conductance * (voltage - self.reversal)
    }

    fn rest(&self, _: f64) -> Vec<f64> {
        Vec::new()
    }

    fn scales(&self) -> Vec<f64> {
        Vec::new()
    }

    fn battery(&self) -> Option<f64> {
        Some(self.reversal)
    }

    fn conductance(&self, _: f64, _: &[f64]) -> Option<f64> {
        Some(self.conductance)
    }
}

/// A device model in a circuit:
///
/// ```text
/// i = m G(x, v) (v - E),   dx/dt = f(x, v)
/// ```
///
/// m such devices stand in parallel, and do the same at any time: noise of a finite
/// number of ions is that of one of them, times m. The memory feels the whole voltage v and
/// the battery E enters the current alone, as in the published ionic neuron
/// (Robin, Kavokine & Bocquet, Science 373, 687 (2021),
/// <https://doi.org/10.1126/science.abf7923>, Fig. 4). A battery in series with
/// the device itself, which the memory feels too, is an element of its own.
#[derive(Clone)]
pub struct Memristor {
    /// The model.
    pub model: &'static dyn DeviceModel,
    /// Values of its parameters, in the model's order.
    pub values: Vec<f64>,
    /// Number m of devices in parallel.
    pub multiplier: f64,
    /// Reversal voltage E, V.
    pub reversal: f64,
    /// Number of ions in a device, if their noise is wanted of a model that knows pairs.
    pub ions: Option<f64>,
}

impl std::fmt::Debug for Memristor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memristor")
            .field("model", &self.model.name())
            .field("values", &self.values)
            .field("multiplier", &self.multiplier)
            .field("reversal", &self.reversal)
            .field("ions", &self.ions)
            .finish()
    }
}

/// Names of the memories of a device.
const MEMORIES: [&str; 9] = [
    "memory",
    "second_memory",
    "third_memory",
    "fourth_memory",
    "fifth_memory",
    "sixth_memory",
    "seventh_memory",
    "eighth_memory",
    "ninth_memory",
];

impl OnePort for Memristor {
    fn memories(&self) -> &[&'static str] {
        &MEMORIES[..self.model.memories()]
    }

    fn respond(&self, voltage: f64, x: &[f64], rates: &mut [f64]) -> f64 {
        for (memory, rate) in rates.iter_mut().enumerate() {
            let kinetics = self.model.kinetics(&self.values, x, memory, voltage);
            *rate = kinetics.rate(x[memory]);
        }
        self.multiplier
            * self.model.conductance(&self.values, x, voltage)
            * (voltage - self.reversal)
    }

    fn rest(&self, voltage: f64) -> Vec<f64> {
        self.model.rest(&self.values, voltage)
    }

    fn scales(&self) -> Vec<f64> {
        // A fraction, a ratio, or a conductance, which is not zero at rest.
        let size = |rest: f64| if rest == 0.0 { 1.0 } else { rest.abs() };
        self.rest(0.0).into_iter().map(size).collect()
    }

    fn battery(&self) -> Option<f64> {
        Some(self.reversal)
    }

    fn conductance(&self, voltage: f64, x: &[f64]) -> Option<f64> {
        Some(self.multiplier * self.model.conductance(&self.values, x, voltage))
    }

    fn fluctuations(&self) -> Option<Fluctuations<'_>> {
        self.model.dissociation(&self.values, 0.0)?;
        Some(Fluctuations {
            model: self.model,
            values: &self.values,
            ions: self.ions?,
        })
    }
}
