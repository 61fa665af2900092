//! Reference neurons: membranes whose equations are classical.
//!
//! Each is a [`OnePort`] between the inside of a cell and ground, to be put
//! beside a capacitor and a current source. [`SodiumChannel`],
//! [`PotassiumChannel`] and a [`super::Resistor`] make the squid axon;
//! [`FitzHughNagumo`] and [`Izhikevich`] are whole membranes; [`Firing`] with a
//! resistor is the leaky integrate-and-fire neuron.

use super::OnePort;

/// Millivolts in a volt, and 1/s in 1/ms: the units of the published rates.
const PER_MILLI: f64 = 1e3;

/// x/(e^x - 1), which is 1 at the removable singularity x = 0.
fn bernoulli(x: f64) -> f64 {
    if x.abs() < 1e-8 {
        1.0 - 0.5 * x
    } else {
        x / x.exp_m1()
    }
}

/// Opening and closing rates of a gate, 1/s.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Gate {
    opening: f64,
    closing: f64,
}

impl Gate {
    /// From rates in 1/ms.
    fn per_millisecond(opening: f64, closing: f64) -> Self {
        Self {
            opening: opening * PER_MILLI,
            closing: closing * PER_MILLI,
        }
    }

    /// dx/dt = α (1 - x) - β x, 1/s.
    fn rate(self, x: f64) -> f64 {
        self.opening * (1.0 - x) - self.closing * x
    }

    /// α/(α + β).
    fn rest(self) -> f64 {
        self.opening / (self.opening + self.closing)
    }
}

/// The sodium channel of the squid axon, i = g m³ h (v - E), with
///
/// ```text
/// α_m = 0.1 (u + 40)/(1 - e^{-(u + 40)/10})    β_m = 4 e^{-(u + 65)/18}
/// α_h = 0.07 e^{-(u + 65)/20}                  β_h = 1/(1 + e^{-(u + 35)/10})
/// ```
///
/// in 1/ms, u being v in mV: the rates of 1952 at 6.3 °C, with depolarisation
/// positive and rest at -65 mV. Hodgkin & Huxley, J. Physiol. 117, 500 (1952),
/// <https://doi.org/10.1113/jphysiol.1952.sp004764>, equations 20, 21, 23, 24.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SodiumChannel {
    /// Conductance with all gates open g, S.
    pub conductance: f64,
    /// Reversal voltage E, V.
    pub reversal: f64,
}

impl SodiumChannel {
    fn gates(voltage: f64) -> [Gate; 2] {
        let u = PER_MILLI * voltage;
        [
            Gate::per_millisecond(
                bernoulli(-(u + 40.0) / 10.0),
                4.0 * (-(u + 65.0) / 18.0).exp(),
            ),
            Gate::per_millisecond(
                0.07 * (-(u + 65.0) / 20.0).exp(),
                1.0 / (1.0 + (-(u + 35.0) / 10.0).exp()),
            ),
        ]
    }
}

impl OnePort for SodiumChannel {
    fn memories(&self) -> &[&'static str] {
        &["m", "h"]
    }

    fn respond(&self, voltage: f64, x: &[f64], rates: &mut [f64]) -> f64 {
        for (rate, (gate, x)) in rates.iter_mut().zip(Self::gates(voltage).iter().zip(x)) {
            *rate = gate.rate(*x);
        }
        self.conductance * x[0].powi(3) * x[1] * (voltage - self.reversal)
    }

    fn rest(&self, voltage: f64) -> Vec<f64> {
        Self::gates(voltage).map(Gate::rest).to_vec()
    }

    fn scales(&self) -> Vec<f64> {
        vec![1.0; 2]
    }

    fn battery(&self) -> Option<f64> {
        Some(self.reversal)
    }

    fn conductance(&self, _: f64, x: &[f64]) -> Option<f64> {
        Some(self.conductance * x[0].powi(3) * x[1])
    }
}

/// The potassium channel of the squid axon, i = g n⁴ (v - E), with
///
/// ```text
/// α_n = 0.01 (u + 55)/(1 - e^{-(u + 55)/10})   β_n = 0.125 e^{-(u + 65)/80}
/// ```
///
/// in 1/ms, u being v in mV. Hodgkin & Huxley, as for [`SodiumChannel`],
/// equations 12 and 13.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PotassiumChannel {
    /// Conductance with all gates open g, S.
    pub conductance: f64,
    /// Reversal voltage E, V.
    pub reversal: f64,
}

impl PotassiumChannel {
    fn gate(voltage: f64) -> Gate {
        let u = PER_MILLI * voltage;
        Gate::per_millisecond(
            0.1 * bernoulli(-(u + 55.0) / 10.0),
            0.125 * (-(u + 65.0) / 80.0).exp(),
        )
    }
}

impl OnePort for PotassiumChannel {
    fn memories(&self) -> &[&'static str] {
        &["n"]
    }

    fn respond(&self, voltage: f64, x: &[f64], rates: &mut [f64]) -> f64 {
        rates[0] = Self::gate(voltage).rate(x[0]);
        self.conductance * x[0].powi(4) * (voltage - self.reversal)
    }

    fn rest(&self, voltage: f64) -> Vec<f64> {
        vec![Self::gate(voltage).rest()]
    }

    fn scales(&self) -> Vec<f64> {
        vec![1.0]
    }

    fn battery(&self) -> Option<f64> {
        Some(self.reversal)
    }

    fn conductance(&self, _: f64, x: &[f64]) -> Option<f64> {
        Some(self.conductance * x[0].powi(4))
    }
}

/// The membrane of FitzHugh and Nagumo: a cubic conductor and a slow recovery.
///
/// ```text
/// i = g [v³/(3 u²) - v + w],   τ dw/dt = v + a u - b w
/// ```
///
/// Beside a capacitor C and a source I it is the usual form, time in C/g,
/// voltages in u and currents in g u. FitzHugh, Biophys. J. 1, 445 (1961),
/// <https://doi.org/10.1016/S0006-3495(61)86902-6>; Nagumo, Arimoto &
/// Yoshizawa, Proc. IRE 50, 2061 (1962),
/// <https://doi.org/10.1109/JRPROC.1962.288235>.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitzHughNagumo {
    /// a; 0.7 as published.
    pub a: f64,
    /// b; 0.8 as published.
    pub b: f64,
    /// τ, s; 12.5 C/g as published.
    pub recovery_time: f64,
    /// g, S.
    pub conductance: f64,
    /// u, V.
    pub unit: f64,
}

impl OnePort for FitzHughNagumo {
    fn memories(&self) -> &[&'static str] {
        &["recovery"]
    }

    fn respond(&self, voltage: f64, x: &[f64], rates: &mut [f64]) -> f64 {
        rates[0] = (voltage + self.a * self.unit - self.b * x[0]) / self.recovery_time;
        let cubic = voltage.powi(3) / (3.0 * self.unit * self.unit);
        self.conductance * (cubic - voltage + x[0])
    }

    fn rest(&self, voltage: f64) -> Vec<f64> {
        vec![(voltage + self.a * self.unit) / self.b]
    }

    fn scales(&self) -> Vec<f64> {
        vec![self.unit]
    }

    fn battery(&self) -> Option<f64> {
        None
    }
}

/// The membrane of Izhikevich: quadratic, with a recovery and a reset.
///
/// ```text
/// i = s (-0.04 v² - 5 v - 140 + u),   du/dt = a (b v - u)
/// v ≥ 30: v ← c, u ← u + d
/// ```
///
/// v is in mV, t in ms, and i in s, the strength of one unit of current: beside
/// a capacitor of s ms/mV the equations are those published. Izhikevich, IEEE
/// Trans. Neural Netw. 14, 1569 (2003), <https://doi.org/10.1109/TNN.2003.820440>.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Izhikevich {
    /// a, rate of the recovery, 1/ms.
    pub a: f64,
    /// b, how much it goes with the voltage, 1/mV.
    pub b: f64,
    /// c, voltage after a spike, mV.
    pub c: f64,
    /// d, what a spike adds to the recovery.
    pub d: f64,
    /// s, one unit of current, A.
    pub strength: f64,
}

impl OnePort for Izhikevich {
    fn memories(&self) -> &[&'static str] {
        &["recovery"]
    }

    fn respond(&self, voltage: f64, x: &[f64], rates: &mut [f64]) -> f64 {
        let v = PER_MILLI * voltage;
        rates[0] = PER_MILLI * self.a * (self.b * v - x[0]);
        self.strength * (x[0] - (0.04 * v + 5.0) * v - 140.0)
    }

    fn rest(&self, voltage: f64) -> Vec<f64> {
        vec![self.b * PER_MILLI * voltage]
    }

    fn scales(&self) -> Vec<f64> {
        vec![10.0]
    }

    fn battery(&self) -> Option<f64> {
        None
    }

    fn threshold(&self) -> Option<f64> {
        Some(30.0 / PER_MILLI)
    }

    fn fire(&self, x: &mut [f64]) -> f64 {
        x[0] += self.d;
        self.c / PER_MILLI
    }
}

/// What makes an integrate-and-fire neuron of a capacitor: it carries nothing,
/// and at its threshold puts the voltage back.
///
/// With a leak R = τ/C to a battery E and a source I the intervals are
/// τ ln[(E + R I - reset)/(E + R I - threshold)]. Lapicque (1907), in English:
/// Brunel & van Rossum, Biol. Cybern. 97, 337 (2007),
/// <https://doi.org/10.1007/s00422-007-0189-6>.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Firing {
    /// Voltage at which it fires, V.
    pub threshold: f64,
    /// Voltage afterwards, V.
    pub reset: f64,
}

impl OnePort for Firing {
    fn memories(&self) -> &[&'static str] {
        &[]
    }

    fn respond(&self, _: f64, _: &[f64], _: &mut [f64]) -> f64 {
        0.0
    }

    fn rest(&self, _: f64) -> Vec<f64> {
        Vec::new()
    }

    fn scales(&self) -> Vec<f64> {
        Vec::new()
    }

    /// It carries nothing, and heats nothing.
    fn battery(&self) -> Option<f64> {
        Some(0.0)
    }

    fn threshold(&self) -> Option<f64> {
        Some(self.threshold)
    }

    fn fire(&self, _: &mut [f64]) -> f64 {
        self.reset
    }
}
