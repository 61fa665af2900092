//! Neurons whose answers are known.

mod pulses;

use super::*;
use crate::circuit::membrane::Firing as IntegrateAndFire;
use crate::circuit::membrane::{FitzHughNagumo, PotassiumChannel, SodiumChannel};
use crate::circuit::{Clamp, Element, Netlist, OnePort, Part, Resistor, Settings, Start, System};
use crate::drive::Drive;
use crate::neuron::SpikeRule;
use std::f64::consts::TAU;
use std::sync::atomic::{AtomicBool, AtomicU64};

static GO_ON: AtomicBool = AtomicBool::new(false);
static TRIALS: AtomicU64 = AtomicU64::new(0);

/// A membrane: `capacitance` (F) at `voltage` (V), a source (A) and one-ports.
fn membrane(capacitance: f64, voltage: f64, source: f64, ports: Vec<Box<dyn OnePort>>) -> System {
    driven(
        capacitance,
        voltage,
        Drive::Constant { value: source },
        ports,
    )
}

/// The same under any course of the source.
fn driven(capacitance: f64, voltage: f64, source: Drive, ports: Vec<Box<dyn OnePort>>) -> System {
    let element = |name: &str, nodes, part| Element {
        name: name.to_owned(),
        nodes,
        part,
    };
    let capacitor = Part::Capacitor {
        capacitance,
        initial_voltage: voltage,
    };
    let source = Part::CurrentSource(source);
    let mut elements = vec![
        element("membrane", [1, 0], capacitor),
        element("stimulus", [0, 1], source),
    ];
    elements.extend(ports.into_iter().map(|device| {
        let start = Start::AtRest;
        element("port", [1, 0], Part::OnePort { device, start })
    }));
    let nodes = vec!["ground".to_owned(), "inside".to_owned()];
    System::new(Netlist { nodes, elements }).unwrap()
}

/// τ = 10 ms, R = 100 MΩ, threshold 15 mV above rest and reset to rest.
fn integrate_and_fire(source: f64) -> System {
    leaky(source, 1e-8)
}

fn leaky(source: f64, conductance: f64) -> System {
    let leak = Resistor {
        conductance,
        reversal: -65e-3,
    };
    let fire = IntegrateAndFire {
        threshold: -50e-3,
        reset: -65e-3,
    };
    membrane(1e-10, -65e-3, source, vec![Box::new(leak), Box::new(fire)])
}

/// 1/(τ ln[(R I)/(R I - 15 mV)]), zero below 150 pA.
fn rate_of_integrate_and_fire(source: f64, conductance: f64) -> f64 {
    let drop = source / conductance;
    let time = 1e-10 / conductance;
    if drop <= 15e-3 {
        return 0.0;
    }
    1.0 / (time * (drop / (drop - 15e-3)).ln())
}

fn protocol(duration: f64, sample: f64, threshold: f64, prominence: f64) -> Protocol<'static> {
    Protocol {
        settings: Settings {
            duration,
            sample,
            tolerance: 1e-6,
            held: 0.0,
            seed: None,
        },
        node: 1,
        spikes: SpikeRule {
            threshold,
            prominence,
            minimum_interval: 0.0,
        },
        discard: 0.4 * duration,
        stop: &GO_ON,
        trials: &TRIALS,
    }
}

/// The f–I curve of the leaky integrate-and-fire neuron is known, and so is its
/// rheobase, (threshold - rest)/R = 150 pA: in a trial of 0.6 s kept it needs three
/// spikes, that is a source above 150 pA/(1 - e^{-30}). Errors: the threshold is
/// located to the tolerance, the rise through -55 mV lies on a chord of 20 µs.
#[test]
fn integrate_and_fire_has_its_curve_and_its_rheobase() {
    let sources: Vec<f64> = (1..=8).map(|k| 40e-12 * f64::from(k)).collect();
    let found = curve(&CurveRequest {
        circuit: &integrate_and_fire,
        sources: &sources,
        resolution: 1e-14,
        firing: &integrate_and_fire(200e-12),
        protocol: protocol(1.0, 2e-5, -55e-3, 3e-3),
    })
    .unwrap();
    for point in &found.points {
        let expected = rate_of_integrate_and_fire(point.source, 1e-8);
        for firing in [point.from_start, point.from_spiking] {
            assert!(
                (firing.rate - expected).abs() <= 1e-4 * expected,
                "{point:?} {expected}"
            );
            assert!(firing.error <= 2e-4 * firing.rate, "{point:?}");
        }
        // Below threshold it rests at E + R I, and small changes fade in τ.
        if expected == 0.0 {
            let off = point.rest + 65e-3 - 1e8 * point.source;
            assert!(off.abs() < 1e-9, "{off} {point:?}");
            assert!((point.growth + 100.0).abs() < 1e-3, "{point:?}");
        } else {
            assert!(point.rest.is_nan());
        }
    }
    let rheobase = found.rheobase.unwrap();
    assert!(rheobase.error <= 5e-15);
    assert!((rheobase.source - 150e-12).abs() < 1e-14, "{rheobase:?}");
    let lost = found.rest_lost.unwrap();
    assert!((lost.source - 150e-12).abs() < 1e-17, "{lost:?}");
    assert_eq!(lost.rate, 0.0);
}

/// d ln f/d ln I = (R I/θ - 1)⁻¹/L with L = ln[R I/(R I - θ)], and
/// d ln f/d ln g = 1 - the same, since f/g hangs on I/g alone.
#[test]
fn integrate_and_fire_has_its_sensitivities() {
    let protocol = protocol(1.0, 2e-5, -55e-3, 3e-3);
    let (drop, threshold): (f64, f64) = (20e-3, 15e-3);
    let by_source = 1.0 / ((drop / threshold - 1.0) * (drop / (drop - threshold)).ln());
    let current = sensitivity(&|k| integrate_and_fire(k * 200e-12), 0.02, &protocol).unwrap();
    let leak = sensitivity(&|k| leaky(200e-12, k * 1e-8), 0.02, &protocol).unwrap();
    for (found, expected) in [(current, by_source), (leak, 1.0 - by_source)] {
        let off = (found.value - expected).abs();
        assert!(off < 5e-3, "{found:?} {expected}");
        assert!(
            off < 3.0 * found.error && found.error < 0.05,
            "{found:?} {expected}"
        );
    }
    let silent = sensitivity(&|k| integrate_and_fire(k * 150e-12), 0.02, &protocol).unwrap();
    assert!(silent.value.is_nan());
}

/// a 0.7, b 0.8, τ 12.5 ms, 1 V, 1 mS, 1 µF.
fn fitzhugh_nagumo(source: f64) -> System {
    let channel = FitzHughNagumo {
        a: 0.7,
        b: 0.8,
        recovery_time: 12.5e-3,
        conductance: 1e-3,
        unit: 1.0,
    };
    membrane(1e-6, -1.2, source, vec![Box::new(channel)])
}

/// Rest loses its stability where the trace vanishes, 1 - v² - b/τ = 0: at v = -√(1 -
/// 0.8/12.5), I = w - v + v³/3 with w = (v + 0.7)/0.8. The frequency there is that of
/// the determinant, √((1 - b (1 - v²))/τ)/2π per ms.
#[test]
fn fitzhugh_nagumo_has_its_hopf_point() {
    let sources: Vec<f64> = (0..=10).map(|k| 1e-4 * f64::from(k)).collect();
    let found = curve(&CurveRequest {
        circuit: &fitzhugh_nagumo,
        sources: &sources,
        resolution: 1e-6,
        firing: &fitzhugh_nagumo(0.5e-3),
        protocol: protocol(0.4, 1e-4, 0.5, 1.0),
    })
    .unwrap();
    let v = -(1.0_f64 - 0.8 / 12.5).sqrt();
    let expected = 1e-3 * ((v + 0.7) / 0.8 - v + v.powi(3) / 3.0);
    let determinant = (1.0 - 0.8 * (1.0 - v * v)) / 12.5;
    let frequency = 1e3 * determinant.sqrt() / TAU;
    let lost = found.rest_lost.unwrap();
    assert!(
        (lost.source / expected - 1.0).abs() < 1e-5,
        "{lost:?} {expected}"
    );
    assert!(
        (lost.rate / frequency - 1.0).abs() < 1e-3,
        "{lost:?} {frequency}"
    );
    // The Hopf point is subcritical by a hair: it fires within some per cent of it.
    let rheobase = found.rheobase.unwrap();
    assert!(
        (rheobase.source / expected - 1.0).abs() < 0.05,
        "{rheobase:?}"
    );
    assert!(rheobase.error <= 0.5e-6);
}

/// The nullclines are w = v - v³/3 + I and w = (v + 0.7)/0.8, and they meet at the
/// one equilibrium.
#[test]
fn fitzhugh_nagumo_has_its_nullclines() {
    let request = PlaneRequest {
        slow: 0,
        fast: Vec::new(),
    };
    let protocol = protocol(0.4, 1e-4, 0.5, 1.0);
    let found = plane(&fitzhugh_nagumo(0.5e-3), &request, &protocol).unwrap();
    for (v, w) in &found.voltage_nullcline {
        assert!((w - (v - v.powi(3) / 3.0 + 0.5)).abs() < 1e-9, "{v} {w}");
    }
    for (v, w) in &found.slow_nullcline {
        assert!((w - (v + 0.7) / 0.8).abs() < 1e-12, "{v} {w}");
    }
    let [only] = &found.equilibria[..] else {
        panic!("{:?}", found.equilibria)
    };
    let net = only.voltage - only.voltage.powi(3) / 3.0 + 0.5 - only.memories[0];
    assert!(net.abs() < 1e-9 && !only.is_stable(), "{only:?}");
    // The cycle closes to a sample, and goes around the equilibrium.
    let (first, last) = (found.cycle[0], found.cycle[found.cycle.len() - 1]);
    assert!((first.1 - last.1).abs() < 0.02, "{first:?} {last:?}");
    let length = found.cycle.len() as f64 * 1e-4;
    assert!((length / found.period - 1.0).abs() < 0.01);
    assert!(found.bound.is_empty());
}

/// The squid axon, 1 cm², from rest at -65 mV.
fn squid(source: f64) -> System {
    membrane(1e-6, -65e-3, source, squid_channels())
}

fn squid_channels() -> Vec<Box<dyn OnePort>> {
    let sodium = SodiumChannel {
        conductance: 0.12,
        reversal: 50e-3,
    };
    let potassium = PotassiumChannel {
        conductance: 0.036,
        reversal: -77e-3,
    };
    let leak = Resistor {
        conductance: 3e-4,
        reversal: -54.4e-3,
    };
    vec![Box::new(sodium), Box::new(potassium), Box::new(leak)]
}

/// Rest is lost in a Hopf point at 9.775_437_995 µA/cm², with 0.586_233_813 rad/ms, and
/// spiking goes on down to the fold of the periodic solutions at 6.260_321: Hendrick,
/// *Hopf Bifurcations and Bistability in the Hodgkin–Huxley Equations*
/// (<https://github.com/ChaseHendrick/hh-dynamics>), the first by a computer-assisted
/// proof, the second numerically; both for a leak that reverses 10.613 mV above rest, and
/// both higher by 0.3 mS/cm² × 0.013 mV for the 10.6 mV here. In between both are stable
/// (Rinzel & Miller, Math. Biosci. 49, 27 (1980),
/// <https://doi.org/10.1016/0025-5564(80)90109-1>).
#[test]
fn the_squid_axon_is_bistable_below_its_hopf_point() {
    let sources: Vec<f64> = (5..=11).map(|k| 1e-6 * f64::from(k)).collect();
    let protocol = protocol(0.2, 2e-5, 0.0, 30e-3);
    let found = curve(&CurveRequest {
        circuit: &squid,
        sources: &sources,
        resolution: 0.02e-6,
        firing: &squid(10e-6),
        protocol,
    })
    .unwrap();
    let lost = found.rest_lost.unwrap();
    assert!((lost.source / 9.779_338e-6 - 1.0).abs() < 1e-6, "{lost:?}");
    let rate = 586.233_813 / TAU;
    assert!((lost.rate / rate - 1.0).abs() < 1e-5, "{lost:?}");
    let least = found.least_sustaining.unwrap();
    // Found to the resolution.
    assert!((least.source - 6.264_221e-6).abs() < 0.02e-6, "{least:?}");
    let rheobase = found.rheobase.unwrap();
    assert!(
        rheobase.source >= least.source - 0.02e-6,
        "{rheobase:?} {least:?}"
    );
    assert!(rheobase.source < 6.6e-6, "{rheobase:?}");

    let regimes = map(&MapRequest {
        circuit: &|source, _| squid(source),
        first: &[5e-6, 8e-6, 12e-6],
        second: &[0.0],
        firing: &squid(10e-6),
        protocol,
    })
    .unwrap();
    let expected = [Regime::Silent, Regime::Bistable, Regime::Spiking];
    assert_eq!(regimes.regimes, expected);
    assert!(regimes.rates[0] == 0.0 && regimes.rates[1] > 40.0);
}

/// A state told by a row is the state: what starts there does the same. (Where V
/// rises by 400 V/s, 0.1 mV are 0.25 µs.)
#[test]
fn a_trial_goes_on_from_a_state_as_it_would_have() {
    let protocol = protocol(0.06, 1e-5, 0.0, 30e-3);
    let whole = protocol.run(&squid(10e-6)).unwrap();
    let from = &whole.rows[2000];
    let system = squid(10e-6).starting_at(&from.voltages, &from.memories);
    let rest = protocol.run(&system).unwrap();
    for (a, b) in whole.rows[2000..].iter().zip(&rest.rows).step_by(100) {
        let off = (a.voltages[1] - b.voltages[1]).abs();
        assert!(off < 1e-4, "{} {}: {off}", a.time, b.time);
    }
}

/// Without spikes there is nothing to start from; with two free voltages there is no
/// membrane; asked to stop it stops.
#[test]
fn what_cannot_be_answered_is_said_why() {
    let ask = |firing: &System, protocol: Protocol<'_>| {
        map(&MapRequest {
            circuit: &|source, _| squid(source),
            first: &[5e-6],
            second: &[0.0],
            firing,
            protocol,
        })
    };
    let usual = protocol(0.1, 2e-5, 0.0, 30e-3);
    assert_eq!(ask(&squid(0.0), usual), Err(ExcitabilityError::Silent));
    let stop = AtomicBool::new(true);
    let stopped = Protocol {
        stop: &stop,
        ..usual
    };
    assert_eq!(ask(&squid(10e-6), stopped), Err(ExcitabilityError::Stopped));
    assert!(Clamp::new(&squid(0.0), 0).is_none(), "ground is not free");
}
