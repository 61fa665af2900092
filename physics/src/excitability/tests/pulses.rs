//! Thresholds that are known.

use super::*;

/// A pulse from the start on, over nothing.
fn pulse(Pulse { amplitude, width }: Pulse) -> Drive {
    let width = width * 1e12;
    Drive::Pulses {
        base: 0.0,
        amplitude,
        start: 0.0,
        width,
        period: width,
        count: 1,
    }
}

/// τ = 10 ms, R = 100 MΩ, rest at 0; it fires at 15 mV, whereupon it is at -30 mV.
fn pulsed_leaky(of: Pulse) -> System {
    let leak = Resistor {
        conductance: 1e-8,
        reversal: 0.0,
    };
    let fire = IntegrateAndFire {
        threshold: 15e-3,
        reset: -30e-3,
    };
    driven(1e-10, 0.0, pulse(of), vec![Box::new(leak), Box::new(fire)])
}

fn pulsed<'c>(
    circuit: &'c (dyn Fn(Pulse) -> System + Sync),
    trial: Protocol<'static>,
) -> Pulsed<'c> {
    let trial = Protocol {
        discard: 0.0,
        ..trial
    };
    Pulsed {
        circuit,
        resting: trial,
        trial,
        largest: 1e-8,
        precision: 1e-6,
    }
}

/// Integrate-and-fire under a pulse: (15 mV/R)/(1 - e^{-w/τ}), and so a chronaxie of τ ln 2
/// where the longest pulse is long beside τ. Voltages from 10 µV below the threshold on
/// count as spikes, 1 in 1500; between widths lies a chord. All or none: V reaches 15 mV
/// or the share of it that the amplitude has of the threshold.
#[test]
fn integrate_and_fire_has_its_strength_duration_curve() {
    let trial = protocol(0.3, 2e-5, 14.99e-3, 1e-3);
    let widths: Vec<f64> = (0..13)
        .map(|k| 1e-3 * 10_f64.powf(f64::from(k) / 6.0))
        .collect();
    let found = strength_duration(&pulsed(&pulsed_leaky, trial), &widths).unwrap();
    let exact = |width: f64| 150e-12 / (1.0 - (-width / 1e-2).exp());
    for (width, threshold) in widths.iter().zip(&found.thresholds) {
        let off = threshold.amplitude / exact(*width) - 1.0;
        assert!(off.abs() < 1e-3, "{width}: {off}");
        assert!(threshold.error <= 1e-6 * threshold.amplitude);
    }
    assert_eq!(found.rheobase, found.thresholds[12].amplitude);
    let chronaxie = found.chronaxie.unwrap();
    assert!(
        (chronaxie / (1e-2 * 2_f64.ln()) - 1.0).abs() < 0.01,
        "{chronaxie}"
    );
    for (amplitude, highest) in &found.response {
        let share = (amplitude / exact(widths[6])).min(1.0);
        assert!(
            (highest - 15e-3 * share).abs() < 2e-5,
            "{amplitude} {highest}"
        );
    }
}

/// The reset is forgotten with τ. A first pulse of width w and twice the threshold θ, that
/// is R I = 2θ/(1 - e^{-w/τ}), fires at t = -τ ln[1 - (1 - e^{-w/τ})/2] and leaves a voltage u
/// when it ends. A second one at a delay d then needs 1 - (u/θ) e^{-d/τ} of the threshold, and
/// none is refused.
#[test]
fn integrate_and_fire_forgets_its_reset() {
    let width = 1e-3;
    let delays: Vec<f64> = (2..=40).map(|k| 1e-3 * f64::from(k)).collect();
    let request = RefractoryRequest {
        width,
        first: 2.0,
        delays: &delays,
    };
    let trial = protocol(0.1, 2e-5, 14.99e-3, 1e-3);
    let found = refractory(&pulsed(&pulsed_leaky, trial), &request).unwrap();
    let fades = |time: f64| (-time / 1e-2_f64).exp();
    let spike = -1e-2 * (1.0 - 0.5 * (1.0 - fades(width))).ln();
    assert!((found.peak - spike).abs() < 4e-5, "{} {spike}", found.peak);
    // In mV.
    let (height, after) = (30.0 / (1.0 - fades(width)), fades(width - spike));
    let left = height * (1.0 - after) - 30.0 * after;
    for (delay, threshold) in found.delays.iter().zip(&found.thresholds) {
        let ratio = threshold.amplitude / found.rest.amplitude;
        let expected = 1.0 - left / 15.0 * fades(*delay);
        assert!(
            (ratio - expected).abs() < 3e-3,
            "{delay}: {ratio} {expected}"
        );
    }
    assert_eq!(found.absolute, None, "no delay is refused");
    let (end, error) = found.relative.unwrap();
    let expected = 1e-2 * (-left / 1.5).ln();
    assert!((end - expected).abs() <= error, "{end} {error} {expected}");
}

/// The squid axon at rest, 1 cm², under a pulse.
fn pulsed_squid(of: Pulse) -> System {
    driven(1e-6, -65e-3, pulse(of), squid_channels())
}

/// Hodgkin & Huxley 1952, Fig. 12: put 7 mV above its rest at once the axon fires, after
/// a while; put 6 mV above it does not. Short pulses must bring that charge, 6 to 7 nC,
/// whatever their length. (The figure is quoted from memory.) The response is all or
/// none: within 2 % of the threshold it leaps by 50 mV or more.
#[test]
fn the_squid_axon_fires_at_seven_millivolts() {
    let trial = Protocol {
        discard: 0.0,
        ..protocol(0.04, 2e-5, 0.0, 30e-3)
    };
    let neuron = Pulsed {
        circuit: &pulsed_squid,
        resting: trial,
        trial,
        largest: 5e-3,
        precision: 1e-3,
    };
    let widths = [1e-5, 2e-5, 1e-4];
    let found = strength_duration(&neuron, &widths).unwrap();
    for (width, threshold) in widths.iter().zip(&found.thresholds) {
        let charge = width * threshold.amplitude;
        assert!(charge > 6e-9 && charge < 7e-9, "{width}: {charge}");
    }
    let leap = found.response.windows(2).map(|pair| pair[1].1 - pair[0].1);
    assert!(leap.fold(0.0, f64::max) > 50e-3, "{:?}", found.response);

    let delays: Vec<f64> = (1..=20).map(|k| 1e-3 * f64::from(k)).collect();
    let request = RefractoryRequest {
        width: 5e-4,
        first: 1.5,
        delays: &delays,
    };
    let neuron = Pulsed {
        largest: 2e-4,
        ..neuron
    };
    let found = refractory(&neuron, &request).unwrap();
    let (absolute, _) = found.absolute.unwrap();
    let (relative, _) = found.relative.unwrap();
    assert!(found.peak < absolute && absolute < relative, "{found:?}");
    let ratios = found.thresholds.iter().filter(|t| !t.amplitude.is_nan());
    let ratios: Vec<f64> = ratios.map(|t| t.amplitude / found.rest.amplitude).collect();
    assert!(ratios[0] > 2.0, "it recovers from above: {ratios:?}");
}

/// Without rest there is no threshold, and without a pulse that does no refractoriness.
#[test]
fn thresholds_need_rest_and_a_pulse_that_does() {
    let trial = protocol(0.1, 2e-5, 0.0, 30e-3);
    let fires = |_: Pulse| squid(10e-6);
    let asked = strength_duration(&pulsed(&fires, trial), &[1e-3]);
    assert_eq!(asked.unwrap_err(), ExcitabilityError::Restless);
    let weak = pulsed(&pulsed_squid, trial);
    let found = strength_duration(&weak, &[1e-3]).unwrap();
    assert!(
        found.thresholds[0].amplitude.is_nan(),
        "10 nA is not enough"
    );
    assert!(found.response.is_empty());
    let request = RefractoryRequest {
        width: 1e-3,
        first: 1.5,
        delays: &[5e-3],
    };
    let asked = refractory(&weak, &request);
    assert_eq!(asked.unwrap_err(), ExcitabilityError::NoThreshold);
}
