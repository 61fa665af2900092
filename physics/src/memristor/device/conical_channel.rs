//! The conical channel: salt drawn into its tip, or out of it.

use super::{DeviceModel, Kinetics, Law, MEMORY_TIME, Number, POSITIVE, Parameter, Scales};

/// τ dG/dt = G_∞(V) - G,  I = G V,  with the steady conductance of a cone
///
/// ```text
/// G_∞/G_0 = 1 + Δ ∫₀¹ [ x ρ/R(x) - (e^{P x ρ²/R(x)} - 1)/(e^{P ρ} - 1) ] dx
/// R(x) = 1 - (1 - ρ) x,   P = p V
/// ```
///
/// ρ is the radius of the tip over that of the base, R(x) the radius over that
/// of the base, p the Péclet number of a volt (1/V), Δ the amplitude (from the
/// surface charge; negative for the sign of p of the source). V = 0 is a
/// removable singularity, where the bracket is zero.
///
/// Kamsma et al., Phys. Rev. Lett. 130, 268401 (2023),
/// <https://doi.org/10.1103/PhysRevLett.130.268401>. Valid for channels much
/// longer than wide with thin double layers; there τ = L²/(12 D).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConicalChannel;

/// Abscissae and weights of Gauss and Legendre's rule of ten points on [-1, 1],
/// positive half (Abramowitz & Stegun, table 25.4).
const GAUSS: [(f64, f64); 5] = [
    (0.148_874_338_981_631_2, 0.295_524_224_714_752_9),
    (0.433_395_394_129_247_2, 0.269_266_719_309_996_4),
    (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
    (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
    (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
];

/// Enough for |P| up to 66, where the salt stands in the last hundredth.
const PANELS: usize = 3;

impl ConicalChannel {
    /// The integral, by Gauss and Legendre in a few panels.
    fn profile<N: Number>(ratio: &N, peclet: &N) -> N {
        let (reaches, weights): (Vec<N>, Vec<f64>) = points()
            .map(|(x, weight)| (reach(ratio, x), weight))
            .unzip();
        let shares = (peclet.clone() * ratio.clone()).exponential_shares(reaches.clone());
        let brackets = reaches.into_iter().zip(shares).map(|(r, share)| r - share);
        let parts = brackets.zip(weights).map(|(b, w)| N::from(w) * b);
        parts.fold(N::from(0.0), |sum, part| sum + part)
    }
}

/// Abscissae and weights of the integral.
fn points() -> impl Iterator<Item = (f64, f64)> {
    let width = 1.0 / PANELS as f64;
    (0..PANELS).flat_map(move |panel| {
        let centre = (panel as f64 + 0.5) * width;
        let pair = move |(x, weight): (f64, f64)| {
            [-x, x].map(|x| (centre + 0.5 * width * x, 0.5 * width * weight))
        };
        GAUSS.into_iter().flat_map(pair)
    })
}

/// x ρ/R(x).
fn reach<N: Number>(ratio: &N, x: f64) -> N {
    let one = || N::from(1.0);
    N::from(x) * ratio.clone() / (one() - (one() - ratio.clone()) * N::from(x))
}

impl Law for ConicalChannel {
    fn kinetics<N: Number>(&self, values: &[N], _: &[N], _: usize, voltage: N) -> Kinetics<N> {
        let peclet = values[2].clone() * voltage;
        let drawn = values[1].clone() * Self::profile(&values[3], &peclet);
        Kinetics::relaxation(N::from(1.0) + drawn, values[4].clone())
    }

    fn conductance<N: Number>(&self, values: &[N], x: &[N], _: N) -> N {
        values[0].clone() * x[0].clone().positive()
    }
}

impl DeviceModel for ConicalChannel {
    fn name(&self) -> &'static str {
        "conical-channel"
    }

    fn equation(&self) -> &'static str {
        "I = G V, tau dG/dt = G_inf(V) - G, G_inf/G_0 = 1 + Delta int_0^1 [x rho/R - \
         (exp(P x rho^2/R) - 1)/(exp(P rho) - 1)] dx, R = 1 - (1 - rho) x, P = p V"
    }

    fn source(&self) -> &'static str {
        "https://doi.org/10.1103/PhysRevLett.130.268401"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            Parameter {
                name: "rest_conductance",
                unit: "S",
                meaning: "conductance at rest, G_0",
                bounds: POSITIVE,
                measurement: "a loop of small amplitude",
            },
            Parameter {
                name: "amplitude",
                unit: "1",
                meaning: "strength of the salt's response, Delta",
                bounds: (-100.0, 100.0),
                measurement: "a loop of larger amplitude, through both signs of the voltage",
            },
            Parameter {
                name: "peclet",
                unit: "1/V",
                meaning: "Peclet number of a volt, p",
                bounds: POSITIVE,
                measurement: "a loop of larger amplitude, up to where the conductance saturates",
            },
            Parameter {
                name: "radius_ratio",
                unit: "1",
                meaning: "radius of the tip over that of the base, rho",
                bounds: (0.0, 1.0),
                measurement: "the two radii under a microscope, given with --fix radius_ratio=...",
            },
            MEMORY_TIME,
        ]
    }

    fn memories(&self) -> usize {
        1
    }

    fn first_guess(&self, scales: &Scales) -> Vec<f64> {
        vec![
            scales.conductance,
            -2.0,
            5.0 / scales.voltage,
            0.25,
            scales.time(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G_∞/G_0 of the published channel (R_b = 200 nm, R_t = 50 nm, Δ = -3.59,
    /// p = 16.5/V), as computed from the published formula by an independent
    /// quadrature, to the digits stated there.
    #[test]
    fn steady_conductance_of_the_published_channel() {
        let values = [4.20e-12, -3.59, 16.5, 0.25, 4.76e-3];
        for (voltage, expected, digit) in [
            (-2.0, 2.49, 0.005),
            (-0.5, 1.52, 0.005),
            (0.1, 0.900, 0.0005),
            (0.5, 0.56, 0.005),
        ] {
            let found = ConicalChannel.rest(&values, voltage)[0];
            assert!((found - expected).abs() <= digit, "{voltage} V: {found}");
        }
    }

    /// V = 0 is removable: 1 there, and smooth through it.
    #[test]
    fn zero_voltage_is_no_singularity() {
        let values = [1.0, -3.59, 16.5, 0.25, 1.0];
        let at = |v: f64| ConicalChannel.rest(&values, v)[0];
        assert_eq!(at(0.0), 1.0);
        let slope = (at(1e-3) - at(-1e-3)) / 2e-3;
        assert!((at(1e-6) - 1.0 - slope * 1e-6).abs() < 1e-9);
    }

    /// Against the midpoint rule of 4000 intervals (good to 2e-7), up to
    /// P = 66: 4 V across the published channel.
    #[test]
    fn quadrature_has_converged() {
        for peclet in [-66.0, -10.0, 3.0, 66.0] {
            let fine = 4000;
            let middle = |k: usize| {
                let reach = reach(&0.25, (k as f64 + 0.5) / f64::from(fine));
                reach - (0.25 * peclet).exponential_shares(vec![reach])[0]
            };
            let reference: f64 = (0..fine as usize).map(middle).sum::<f64>() / f64::from(fine);
            let found = ConicalChannel::profile(&0.25, &peclet);
            assert!(
                (found - reference).abs() < 2e-6,
                "{peclet}: {found} {reference}"
            );
        }
    }
}
