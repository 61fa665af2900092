//! Ions that bind into pairs and are torn apart: the slit's own kinetics.

use super::{DeviceModel, Kinetics, Law, Number, POSITIVE, Parameter, Scales};

/// How free ions find each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Association {
    /// At a constant rate.
    Constant,
    /// Faster in a field, which sweeps ions past each other.
    Swept,
}

/// n is the fraction of free ions:
///
/// ```text
/// dn/dt = k_d (1 - n) - k_a n²,   I = G_∞ n V
/// k_d = |V/V_d|^α / τ_a           pairs torn apart by the field
/// k_a = 1/τ_a                     constant association
/// k_a = (1 + |V|/V_a) / τ_a       swept association
/// ```
///
/// τ_a is the time in which half of all ions, set free at V = 0, would bind;
/// V_d the voltage at which dissociation is as fast. α is Γ/2 for a purely
/// logarithmic interaction, 5.3 to 5.6 as measured from escape times at
/// Γ = 9.22. In two dimensions free ions meet by diffusion at a rate that
/// depends on their density by a logarithm only, and drift adds one
/// proportional to |V|; what neither form holds is the excess of one sign that
/// finds no partner ([`super::SegregatedPairs`]). At V = 0 pairs never part: valid where spontaneous dissociation is
/// slower than anything measured.
///
/// After Robin et al., Science 379, 161 (2023),
/// <https://doi.org/10.1126/science.adc9931>, S35 and S36, with rates that
/// depend on the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WienPairs(pub Association);

pub(super) const FREE_CONDUCTANCE: Parameter = Parameter {
    name: "free_conductance",
    unit: "S",
    meaning: "conductance with all ions free, G_inf",
    bounds: POSITIVE,
    measurement: "a loop of larger amplitude, up to where the conductance saturates",
};
pub(super) const ASSOCIATION_TIME: Parameter = Parameter {
    name: "association_time",
    unit: "s",
    meaning: "time in which half of all ions bind at V = 0, tau_a",
    bounds: POSITIVE,
    measurement: "loops at other frequencies, or a relaxation after a pulse",
};
pub(super) const DISSOCIATION_VOLTAGE: Parameter = Parameter {
    name: "dissociation_voltage",
    unit: "V",
    meaning: "voltage at which pairs part at the rate 1/tau_a, V_d",
    bounds: POSITIVE,
    measurement: "a loop of larger amplitude",
};
pub(super) const EXPONENT: Parameter = Parameter {
    name: "exponent",
    unit: "1",
    meaning: "exponent of the dissociation rate, alpha",
    bounds: (0.0, 20.0),
    measurement: "a loop of larger amplitude, or constant voltages",
};
const SWEEPING_VOLTAGE: Parameter = Parameter {
    name: "sweeping_voltage",
    unit: "V",
    meaning: "voltage at which drift doubles the rate of association, V_a",
    bounds: POSITIVE,
    measurement: "relaxations at several voltages other than zero",
};

/// k_d = |V/V_d|^α/τ_a, the second to fourth value being τ_a, V_d and α.
pub(super) fn dissociation<N: Number>(values: &[N], voltage: N) -> N {
    let ratio = voltage.abs() / values[2].clone();
    ratio.powf(values[3].clone()) / values[1].clone()
}

impl Law for WienPairs {
    fn kinetics<N: Number>(&self, values: &[N], _: &[N], _: usize, voltage: N) -> Kinetics<N> {
        let [_, time, _, _, rest @ ..] = values else {
            unreachable!("four values at least")
        };
        let part = dissociation(values, voltage.clone());
        let bind = match rest {
            [] => N::from(1.0),
            [sweeping, ..] => N::from(1.0) + voltage.abs() / sweeping.clone(),
        };
        Kinetics {
            source: part.clone(),
            linear: -part,
            quadratic: -bind / time.clone(),
        }
    }

    fn conductance<N: Number>(&self, values: &[N], x: &[N], _: N) -> N {
        values[0].clone() * x[0].clone().positive()
    }
}

impl DeviceModel for WienPairs {
    fn name(&self) -> &'static str {
        match self.0 {
            Association::Constant => "wien-pairs",
            Association::Swept => "wien-pairs-swept",
        }
    }

    fn equation(&self) -> &'static str {
        match self.0 {
            Association::Constant => "I = G_inf n V, tau_a dn/dt = |V/V_d|^alpha (1 - n) - n^2",
            Association::Swept => {
                "I = G_inf n V, tau_a dn/dt = |V/V_d|^alpha (1 - n) - (1 + |V|/V_a) n^2"
            }
        }
    }

    fn source(&self) -> &'static str {
        "https://doi.org/10.1126/science.adc9931"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const ALL: &[Parameter] = &[
            FREE_CONDUCTANCE,
            ASSOCIATION_TIME,
            DISSOCIATION_VOLTAGE,
            EXPONENT,
            SWEEPING_VOLTAGE,
        ];
        match self.0 {
            Association::Constant => &ALL[..4],
            Association::Swept => ALL,
        }
    }

    fn memories(&self) -> usize {
        1
    }

    fn all_free(&self) -> Option<f64> {
        Some(1.0)
    }

    fn dissociation(&self, values: &[f64], voltage: f64) -> Option<f64> {
        Some(dissociation(values, voltage))
    }

    fn first_guess(&self, scales: &Scales) -> Vec<f64> {
        let mut guess = vec![
            2.0 * scales.conductance,
            scales.time(),
            0.5 * scales.voltage,
            3.0,
            scales.voltage,
        ];
        guess.truncate(self.parameters().len());
        guess
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Start, Sweep, respond};
    use super::*;

    /// Without a field dn/dt = -n²/τ_a: n(t) = n_0/(1 + n_0 t/τ_a), exactly.
    #[test]
    fn without_a_field_ions_bind_at_second_order() {
        let values = [2e-7, 10.0, 0.1, 4.0];
        let time: Vec<f64> = (0..400).map(|k| 0.1 * f64::from(k)).collect();
        // 0.2 V until the memory is steady, then a tiny voltage to read with.
        let voltage: Vec<f64> = time
            .iter()
            .map(|t| if *t < 10.0 { 0.2 } else { 1e-4 })
            .collect();
        let sweep = Sweep {
            time: &time,
            voltage: &voltage,
            start: Start::Steady(0.2),
        };
        let model = WienPairs(Association::Constant);
        let current = respond(&model, &values, &sweep);
        let n: Vec<f64> = (0..400).map(|k| current[k] / (2e-7 * voltage[k])).collect();
        let start = 2.0 / (1.0 + (1.0 + 4.0 / 16.0_f64).sqrt());
        assert!((n[99] - start).abs() < 1e-12, "{} {start}", n[99]);
        for k in [150, 250, 399] {
            let elapsed = time[k] - time[100];
            let expected = n[100] / (1.0 + n[100] * elapsed / 10.0);
            assert!((n[k] / expected - 1.0).abs() < 1e-6, "{} {expected}", n[k]);
        }
    }
}
