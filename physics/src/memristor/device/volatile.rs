//! The volatile memristor: a conductance that follows the voltage late.

use super::{
    ANY, DeviceModel, Kinetics, Law, MEMORY_TIME, Number, Parameter, REST_CONDUCTANCE, Scales,
};

/// How the conductance depends on a voltage that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuasiStatic {
    /// On its magnitude: ions freed by either sign.
    Unipolar,
    /// On its sign: an asymmetric channel that fills or empties.
    Bipolar,
    /// On both.
    Mixed,
}

/// I = G V,  τ dG/dt = G_qs(V) - G,  with
///
/// ```text
/// G_qs = G_0 (1 + a V²)         unipolar
/// G_qs = G_0 (1 + b V)          bipolar
/// G_qs = G_0 (1 + a V² + b V)   mixed
/// ```
///
/// The memory is x = G/G_0. Under V_0 sin ωt each lobe of the loop has the
/// area (π/4) G_0 a V_0⁴ ωτ/(1 + 4ω²τ²) (unipolar: not self-crossing) or
/// (2/3) G_0 b V_0³ ωτ/(1 + ω²τ²) (bipolar: self-crossing).
///
/// Valid where the voltage is so low that higher powers of it do not count, and
/// one time describes the memory. Robin et al., Science 379, 161 (2023),
/// <https://doi.org/10.1126/science.adc9931>, supplement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volatile(pub QuasiStatic);

const QUADRATIC: Parameter = Parameter {
    name: "quadratic",
    unit: "1/V^2",
    meaning: "growth of the conductance with the voltage squared, a",
    bounds: ANY,
    measurement: "a loop of larger amplitude",
};

const LINEAR: Parameter = Parameter {
    name: "linear",
    unit: "1/V",
    meaning: "growth of the conductance with the voltage, b",
    bounds: ANY,
    measurement: "a loop of larger amplitude, through both signs of the voltage",
};

impl Volatile {
    /// (G_0, a, b, τ) from the values.
    fn unpack<N: Number>(self, values: &[N]) -> (N, N, N, N) {
        let of = |number: usize| values[number].clone();
        match self.0 {
            QuasiStatic::Unipolar => (of(0), of(1), N::from(0.0), of(2)),
            QuasiStatic::Bipolar => (of(0), N::from(0.0), of(1), of(2)),
            QuasiStatic::Mixed => (of(0), of(1), of(2), of(3)),
        }
    }
}

impl Law for Volatile {
    fn kinetics<N: Number>(&self, values: &[N], _: &[N], _: usize, voltage: N) -> Kinetics<N> {
        let (_, quadratic, linear, time) = self.unpack(values);
        let growth = (quadratic * voltage.clone() + linear) * voltage;
        Kinetics::relaxation(N::from(1.0) + growth, time)
    }

    fn conductance<N: Number>(&self, values: &[N], x: &[N], _: N) -> N {
        values[0].clone() * x[0].clone().positive()
    }
}

impl DeviceModel for Volatile {
    fn name(&self) -> &'static str {
        match self.0 {
            QuasiStatic::Unipolar => "volatile-unipolar",
            QuasiStatic::Bipolar => "volatile-bipolar",
            QuasiStatic::Mixed => "volatile-mixed",
        }
    }

    fn equation(&self) -> &'static str {
        match self.0 {
            QuasiStatic::Unipolar => "I = G V, tau dG/dt = G_0 (1 + a V^2) - G",
            QuasiStatic::Bipolar => "I = G V, tau dG/dt = G_0 (1 + b V) - G",
            QuasiStatic::Mixed => "I = G V, tau dG/dt = G_0 (1 + a V^2 + b V) - G",
        }
    }

    fn source(&self) -> &'static str {
        "https://doi.org/10.1126/science.adc9931"
    }

    fn parameters(&self) -> &'static [Parameter] {
        match self.0 {
            QuasiStatic::Unipolar => &[REST_CONDUCTANCE, QUADRATIC, MEMORY_TIME],
            QuasiStatic::Bipolar => &[REST_CONDUCTANCE, LINEAR, MEMORY_TIME],
            QuasiStatic::Mixed => &[REST_CONDUCTANCE, QUADRATIC, LINEAR, MEMORY_TIME],
        }
    }

    fn memories(&self) -> usize {
        1
    }

    fn first_guess(&self, scales: &Scales) -> Vec<f64> {
        let quadratic = 0.5 / scales.voltage.powi(2);
        let linear = 0.3 / scales.voltage;
        let (conductance, time) = (scales.conductance, scales.time());
        match self.0 {
            QuasiStatic::Unipolar => vec![conductance, quadratic, time],
            QuasiStatic::Bipolar => vec![conductance, linear, time],
            QuasiStatic::Mixed => vec![conductance, quadratic, linear, time],
        }
    }
}
