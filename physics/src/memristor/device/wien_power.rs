//! Wien's second effect as a power law with a memory.

use super::{DeviceModel, Kinetics, MEMORY_TIME, POSITIVE, Parameter, REST_CONDUCTANCE, Scales};

/// I = G V,  τ dG/dt = G_0 (1 + |V/V_1|^α) - G.
///
/// A field frees ions in proportion to a power of itself; V_1 is the voltage
/// that doubles the conductance. For a logarithmic interaction of coupling Γ
/// the exponent is α = Γ/2; the dielectric confinement lowers it. Valid below
/// the voltage at which most ions are free (the law does not saturate).
/// Robin, Kavokine & Bocquet, Science 373, 687 (2021),
/// <https://doi.org/10.1126/science.abf7923>; Toquer, Bocquet & Robin (2024),
/// <https://doi.org/10.48550/arXiv.2410.03316>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WienPower;

impl DeviceModel for WienPower {
    fn name(&self) -> &'static str {
        "wien-power"
    }

    fn equation(&self) -> &'static str {
        "I = G V, tau dG/dt = G_0 (1 + |V/V_1|^alpha) - G"
    }

    fn source(&self) -> &'static str {
        "https://doi.org/10.1126/science.abf7923"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            REST_CONDUCTANCE,
            Parameter {
                name: "doubling_voltage",
                unit: "V",
                meaning: "voltage that doubles the conductance, V_1",
                bounds: POSITIVE,
                measurement: "a loop of small amplitude and one of larger amplitude",
            },
            Parameter {
                name: "exponent",
                unit: "1",
                meaning: "exponent of the voltage, alpha",
                bounds: (0.0, 20.0),
                measurement: "a loop of larger amplitude",
            },
            MEMORY_TIME,
        ]
    }

    fn memories(&self) -> usize {
        1
    }

    fn kinetics(&self, values: &[f64], _: usize, voltage: f64) -> Kinetics {
        let freed = (voltage / values[1]).abs().powf(values[2]);
        Kinetics::relaxation(1.0 + freed, values[3])
    }

    fn conductance(&self, values: &[f64], x: &[f64], _: f64) -> f64 {
        values[0] * x[0]
    }

    fn first_guess(&self, scales: &Scales) -> Vec<f64> {
        vec![scales.conductance, scales.voltage, 2.0, scales.time()]
    }
}
