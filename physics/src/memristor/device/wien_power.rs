//! Wien's second effect as a power law with a memory.

use super::{
    DeviceModel, Kinetics, Law, MEMORY_TIME, Number, POSITIVE, Parameter, REST_CONDUCTANCE, Scales,
};

/// I = G V,  τ dG/dt = G_0 + G_1 |V/V_1|^α - G,  V_1 = 1 V.
///
/// A field frees ions in proportion to a power of itself; the memory is
/// G/G_0. For a logarithmic interaction of coupling Γ the exponent is α = Γ/2; the dielectric confinement lowers it. Valid below
/// the voltage at which most ions are free (the law does not saturate).
/// Robin, Kavokine & Bocquet, Science 373, 687 (2021),
/// <https://doi.org/10.1126/science.abf7923>; Toquer, Bocquet & Robin (2024),
/// <https://doi.org/10.48550/arXiv.2410.03316>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WienPower;

impl Law for WienPower {
    fn kinetics<N: Number>(&self, values: &[N], _: &[N], _: usize, voltage: N) -> Kinetics<N> {
        let [rest, volt, exponent, time] = values else {
            unreachable!("four values")
        };
        let freed = volt.clone() * voltage.abs().powf(exponent.clone());
        Kinetics::relaxation(N::from(1.0) + freed / rest.clone(), time.clone())
    }

    fn conductance<N: Number>(&self, values: &[N], x: &[N], _: N) -> N {
        values[0].clone() * x[0].clone().positive()
    }
}

impl DeviceModel for WienPower {
    fn name(&self) -> &'static str {
        "wien-power"
    }

    fn equation(&self) -> &'static str {
        "I = G V, tau dG/dt = G_0 + G_1 |V/1 V|^alpha - G"
    }

    fn source(&self) -> &'static str {
        "https://doi.org/10.1126/science.abf7923"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            REST_CONDUCTANCE,
            Parameter {
                name: "volt_conductance",
                unit: "S",
                meaning: "what the law adds at 1 V, G_1",
                bounds: POSITIVE,
                measurement: "a loop of larger amplitude",
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

    fn first_guess(&self, scales: &Scales) -> Vec<f64> {
        let at_a_volt = scales.conductance / scales.voltage.powi(2);
        vec![0.5 * scales.conductance, at_a_volt, 2.0, scales.time()]
    }
}
