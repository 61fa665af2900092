//! Two memories, one of which fades faster: does one time describe the device?

use super::{
    ANY, DeviceModel, Kinetics, Law, Number, POSITIVE, Parameter, REST_CONDUCTANCE, Scales,
};

/// The mixed volatile memristor with a fast and a slow part:
///
/// ```text
/// I = G_0 [1 + (1 - s) x_1 + s x_2] V
/// τ_k dx_k/dt = a V² + b V - x_k,   τ_1 < τ_2
/// ```
///
/// s is the share of the slow part. With τ_1 = τ_2 it is [`super::Volatile`],
/// and then s means nothing. Valid as that is;
/// measured slits have memories from seconds to minutes in one device: Robin
/// et al., Science 379, 161 (2023), <https://doi.org/10.1126/science.adc9931>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoTimes;

impl Law for TwoTimes {
    fn kinetics<N: Number>(&self, values: &[N], _: &[N], memory: usize, voltage: N) -> Kinetics<N> {
        let (quadratic, linear) = (values[1].clone(), values[2].clone());
        let target = (quadratic * voltage.clone() + linear) * voltage;
        Kinetics::relaxation(target, values[3 + memory].clone())
    }

    fn conductance<N: Number>(&self, values: &[N], x: &[N], _: N) -> N {
        let share = || values[5].clone();
        let one = || N::from(1.0);
        let grown = one() + (one() - share()) * x[0].clone() + share() * x[1].clone();
        values[0].clone() * grown.positive()
    }
}

impl DeviceModel for TwoTimes {
    fn name(&self) -> &'static str {
        "two-times"
    }

    fn equation(&self) -> &'static str {
        "I = G_0 (1 + (1 - s) x_1 + s x_2) V, tau_k dx_k/dt = a V^2 + b V - x_k"
    }

    fn source(&self) -> &'static str {
        "https://doi.org/10.1126/science.adc9931"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const LOOPS: &str = "loops over a wider range of frequencies, or a longer relaxation";
        &[
            REST_CONDUCTANCE,
            Parameter {
                name: "quadratic",
                unit: "1/V^2",
                meaning: "growth of the conductance with the voltage squared, a",
                bounds: ANY,
                measurement: "a loop of larger amplitude",
            },
            Parameter {
                name: "linear",
                unit: "1/V",
                meaning: "growth of the conductance with the voltage, b",
                bounds: ANY,
                measurement: "a loop of larger amplitude, through both signs of the voltage",
            },
            Parameter {
                name: "fast_time",
                unit: "s",
                meaning: "memory time of the fast part, tau_1",
                bounds: POSITIVE,
                measurement: LOOPS,
            },
            Parameter {
                name: "slow_time",
                unit: "s",
                meaning: "memory time of the slow part, tau_2",
                bounds: POSITIVE,
                measurement: LOOPS,
            },
            Parameter {
                name: "slow_share",
                unit: "1",
                meaning: "share of the slow part, s",
                bounds: (0.0, 1.0),
                measurement: LOOPS,
            },
        ]
    }

    fn memories(&self) -> usize {
        2
    }

    fn first_guess(&self, scales: &Scales) -> Vec<f64> {
        vec![
            scales.conductance,
            0.5 / scales.voltage.powi(2),
            0.1 / scales.voltage,
            0.3 * scales.time(),
            3.0 * scales.time(),
            0.5,
        ]
    }

    /// The fast part first.
    fn arrange(&self, values: &mut [f64]) {
        if values[3] > values[4] {
            values.swap(3, 4);
            values[5] = 1.0 - values[5];
        }
    }
}
