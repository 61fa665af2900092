//! Circuits whose solution is known, and neurons whose spikes are.
//!
//! Steps are held to a relative error of 1e-6; over some tens of steps that adds
//! up to less than 1e-5 of the largest voltage, which is what is asserted.

use super::membrane::{Firing, FitzHughNagumo, Izhikevich, PotassiumChannel, SodiumChannel};
use super::*;
use crate::drive::Drive;
use crate::memristor::device::{self, Start, Sweep, respond};

/// Nodes are numbered as they come; `gnd` is ground.
struct Bench(Netlist);

impl Bench {
    fn new() -> Self {
        Self(Netlist {
            nodes: vec!["gnd".to_owned()],
            elements: Vec::new(),
        })
    }

    fn with(mut self, name: &str, between: [&str; 2], part: Part) -> Self {
        let nodes = between.map(|node| {
            let known = self.0.nodes.iter().position(|n| n == node);
            known.unwrap_or_else(|| {
                self.0.nodes.push(node.to_owned());
                self.0.nodes.len() - 1
            })
        });
        self.0.elements.push(Element {
            name: name.to_owned(),
            nodes,
            part,
        });
        self
    }

    fn device(self, name: &str, between: [&str; 2], device: impl OnePort + 'static) -> Self {
        let device = Box::new(device);
        let start = super::Start::AtRest;
        self.with(name, between, Part::OnePort { device, start })
    }

    fn run(self, duration: f64, sample: f64) -> (Vec<Row>, Course) {
        let system = System::new(self.0).unwrap();
        let settings = Settings {
            duration,
            sample,
            tolerance: 1e-6,
            held: 0.0,
            seed: None,
        };
        let mut rows = Vec::new();
        let course = integrate(&system, &settings, &mut |row| {
            rows.push(row);
            true
        });
        (rows, course.unwrap())
    }
}

fn capacitor(capacitance: f64, initial_voltage: f64) -> Part {
    Part::Capacitor {
        capacitance,
        initial_voltage,
    }
}

fn constant(value: f64) -> Drive {
    Drive::Constant { value }
}

fn ohms(resistance: f64) -> Resistor {
    Resistor {
        conductance: 1.0 / resistance,
        reversal: 0.0,
    }
}

/// v = v_0 e^{-t/RC}, and the resistor turns all of C v_0²/2 into heat.
#[test]
fn a_capacitor_discharges_through_a_resistor() {
    let (rows, course) = Bench::new()
        .with("C", ["a", "gnd"], capacitor(1e-9, 2.0))
        .device("R", ["a", "gnd"], ohms(1e6))
        .run(5e-3, 1e-4);
    assert_eq!(rows.len(), 51);
    for row in &rows {
        let expected = 2.0 * (-row.time / 1e-3).exp();
        assert!((row.voltages[1] - expected).abs() < 2e-5, "{row:?}");
        assert!((row.power - expected * expected / 1e6).abs() < 2e-11);
    }
    assert_eq!((course.end, course.effort.starts), (5e-3, 1));
}

/// A node between two resistors has no capacitor: v = 2/3 of what is above it.
/// Above it a capacitor in series with a battery: v_C relaxes with R C.
#[test]
fn nodes_without_capacitors_and_batteries_in_series() {
    let (rows, _) = Bench::new()
        .with("battery", ["b", "gnd"], Part::VoltageSource(constant(3.0)))
        .with("C", ["a", "b"], capacitor(1e-6, 0.0))
        .device("upper", ["a", "m"], ohms(1e3))
        .device("lower", ["m", "gnd"], ohms(2e3))
        .run(6e-3, 1e-3);
    for row in &rows {
        let expected = 3.0 * (-row.time / 3e-3).exp();
        let [_, b, a, m] = row.voltages[..] else {
            panic!("four nodes")
        };
        assert_eq!(b, 3.0);
        assert!((a - expected).abs() < 3e-5, "{row:?}");
        assert!((m - 2.0 / 3.0 * expected).abs() < 3e-5, "{row:?}");
    }
}

/// A jump of a source is shared by two capacitors in series at once, and a
/// resistor then moves charge between them: at the middle v = e C_1/(C_1 + C_2)
/// after the jump, falling with R (C_1 + C_2).
#[test]
fn a_jump_is_shared_by_capacitors() {
    let step = Drive::Pulses {
        base: 0.0,
        amplitude: 1.0,
        start: 1e9,
        width: 1e15,
        period: 1e15,
        count: 1,
    };
    let (rows, course) = Bench::new()
        .with("source", ["top", "gnd"], Part::VoltageSource(step))
        .with("C1", ["top", "mid"], capacitor(3e-9, 0.0))
        .with("C2", ["mid", "gnd"], capacitor(1e-9, 0.0))
        .device("R", ["mid", "gnd"], ohms(1e6))
        .run(9e-3, 5e-4);
    assert_eq!(course.effort.starts, 2, "anew at the jump");
    for row in rows {
        let since = row.time - 1e-3;
        // At the jump itself the drive has not yet jumped, or just has.
        if since.abs() > 1e-9 {
            let after = 0.75 * (-since / 4e-3).exp();
            let expected = if since < 0.0 { 0.0 } else { after };
            assert!((row.voltages[2] - expected).abs() < 1e-5, "{row:?}");
        }
    }
}

/// Two capacitors that only a resistor joins, nowhere tied to ground but by it:
/// a group of islands with a root.
#[test]
fn a_floating_capacitor_keeps_its_charge() {
    let (rows, _) = Bench::new()
        .with("C", ["p", "q"], capacitor(1e-6, 5.0))
        .device("R1", ["p", "q"], ohms(1e3))
        .device("R2", ["q", "gnd"], ohms(1e3))
        .run(2e-3, 5e-4);
    for row in rows {
        let expected = 5.0 * (-row.time / 1e-3).exp();
        assert!((row.voltages[1] - expected).abs() < 5e-5, "{row:?}");
        // No current flows to ground, so q is at 0.
        assert!(row.voltages[2].abs() < 1e-6, "{row:?}");
    }
}

/// A source straight on a device gives the current that the device's own
/// integration gives, for every model: loops are those that were fitted.
#[test]
fn driven_devices_answer_as_when_they_were_fitted() {
    let scales = device::Scales {
        conductance: 2e-7,
        voltage: 0.4,
        shortest: 0.1,
        longest: 100.0,
    };
    let sine = Drive::Sine {
        amplitude: 0.4,
        frequency: 0.05e-12,
        phase: 0.3,
        offset: 0.0,
    };
    let count = 2001;
    for model in device::models().into_iter().filter(|m| m.memories() > 0) {
        let values = model.first_guess(&scales);
        let memristor = Memristor {
            model,
            values: values.clone(),
            multiplier: 3.0,
            reversal: 0.0,
            ions: None,
        };
        let (rows, _) = Bench::new()
            .with("V", ["a", "gnd"], Part::VoltageSource(sine.clone()))
            .device("M", ["a", "gnd"], memristor)
            .run(20.0, 0.01);
        let time: Vec<f64> = (0..count).map(|k| 0.01 * f64::from(k)).collect();
        let voltage: Vec<f64> = time.iter().map(|t| sine.at(t * 1e12)).collect();
        let sweep = Sweep {
            time: &time,
            voltage: &voltage,
            start: Start::Steady(voltage[0]),
        };
        let expected = respond(model, &values, &sweep);
        let largest = expected.iter().fold(0.0_f64, |m, i| m.max(i.abs()));
        assert_eq!(rows.len(), expected.len());
        for (row, i) in rows.iter().zip(expected) {
            // The chord between samples misses 1e-6 of the voltage, the steps
            // of either less than that.
            let missed = (row.currents[0] / 3.0 - i).abs() / largest;
            assert!(missed < 2e-5, "{}: {missed} at {}", model.name(), row.time);
        }
    }
}

/// A device behind a resistor, under a square: between them there is no
/// capacitor, so at every jump the node's voltage is found anew, from
/// (e - v)/R = G n v with n unchanged. The node is checked at every sample.
#[test]
fn a_device_behind_a_resistor_divides_the_voltage() {
    let pairs = Memristor {
        model: &device::WienPairs(device::Association::Swept),
        values: vec![5e-12, 1.3e-6, 53.0, 5.9, 5.8],
        multiplier: 1.0,
        reversal: 0.0,
        ions: None,
    };
    let square = Drive::Square {
        amplitude: 40.0,
        frequency: 2e-8,
    };
    let (rows, course) = Bench::new()
        .with("V", ["in", "gnd"], Part::VoltageSource(square))
        .device("R", ["in", "slit"], ohms(1e11))
        .device("M", ["slit", "gnd"], pairs)
        .run(110e-6, 1e-6);
    assert_eq!(course.effort.starts, 5, "anew at each of four jumps");
    let highest = rows
        .iter()
        .fold(0.0_f64, |most, row| most.max(row.memories[0]));
    assert!(highest > 0.1, "the device conducts: {highest}");
    for row in rows {
        let divided = row.voltages[1] / (1.0 + 1e11 * 5e-12 * row.memories[0]);
        assert!((row.voltages[2] - divided).abs() < 40e-5, "{row:?}");
    }
}

/// The derivatives of the assembled equations against central differences.
#[test]
fn the_jacobian_is_that_of_the_rates() {
    let wien = Memristor {
        model: &device::WienPairs(device::Association::Swept),
        values: vec![2e-7, 1e-3, 0.1, 4.0, 0.2],
        multiplier: 2.0,
        reversal: 0.1,
        ions: None,
    };
    let system = System::new(
        Bench::new()
            .with("C", ["a", "gnd"], capacitor(1e-9, 0.05))
            .device("M", ["a", "m"], wien)
            .device("R", ["m", "gnd"], ohms(1e7))
            .with("float", ["m", "f"], capacitor(1e-10, 0.0))
            .device("R2", ["f", "gnd"], ohms(1e6))
            .0,
    )
    .unwrap();
    let now = assembly::Now {
        time: 0.0,
        phase: (0.0, 1.0),
    };
    let y = [0.07, 0.03, 0.02, 0.4];
    assert_eq!(system.size(), y.len());
    let rates = |y: &[f64]| {
        let mut out = vec![0.0; y.len()];
        system.rates(now, y, &mut out, &mut [0.0; 3]);
        out
    };
    let jacobian = system.jacobian(now, &y);
    for column in 0..y.len() {
        let step = 1e-6;
        let (mut up, mut down) = (y, y);
        up[column] += step;
        down[column] -= step;
        let (up, down) = (rates(&up), rates(&down));
        for row in 0..y.len() {
            let expected = (up[row] - down[row]) / (2.0 * step);
            let largest = (0..y.len()).fold(0.0_f64, |m, k| m.max(jacobian[(row, k)].abs()));
            let missed = (jacobian[(row, column)] - expected).abs();
            assert!(
                missed <= 1e-5 * largest,
                "{row} {column}: {missed} of {largest}"
            );
        }
    }
}

/// Leaky integrate-and-fire: T = τ ln[(R I - reset)/(R I - threshold)] with
/// τ = 10 ms, voltages from rest; every interval to 1e-5 of it.
#[test]
fn integrate_and_fire_has_exact_intervals() {
    let (_, course) = Bench::new()
        .with("C", ["v", "gnd"], capacitor(1e-10, 0.0))
        .device("leak", ["v", "gnd"], ohms(1e8))
        .device(
            "fire",
            ["v", "gnd"],
            Firing {
                threshold: 0.015,
                reset: -0.002,
            },
        )
        .with("I", ["gnd", "v"], Part::CurrentSource(constant(0.2e-9)))
        .run(0.2, 1e-4);
    let drive = 0.02_f64;
    let first = 0.01 * (drive / (drive - 0.015)).ln();
    let interval = 0.01 * ((drive + 0.002) / (drive - 0.015)).ln();
    assert_eq!(course.resets.len(), 13);
    for (k, reset) in course.resets.iter().enumerate() {
        let expected = first + k as f64 * interval;
        let allowed = 1e-5 * (k + 1) as f64 * interval;
        assert!(
            (reset.time - expected).abs() < allowed,
            "{k}: {} {expected}",
            reset.time
        );
    }
}

/// A membrane of 1 cm²; times of the upward crossings of 0 mV, in ms.
fn hodgkin_huxley(current: f64) -> Vec<f64> {
    let leak = Resistor {
        conductance: 0.3e-3,
        reversal: -54.4e-3,
    };
    let (rows, _) = Bench::new()
        .with("C", ["v", "gnd"], capacitor(1e-6, -65e-3))
        .device(
            "Na",
            ["v", "gnd"],
            SodiumChannel {
                conductance: 120e-3,
                reversal: 50e-3,
            },
        )
        .device(
            "K",
            ["v", "gnd"],
            PotassiumChannel {
                conductance: 36e-3,
                reversal: -77e-3,
            },
        )
        .device("leak", ["v", "gnd"], leak)
        .with("I", ["gnd", "v"], Part::CurrentSource(constant(current)))
        .run(0.1, 1e-5);
    let crossed = rows.windows(2).filter_map(|pair| {
        let (low, high) = (pair[0].voltages[1], pair[1].voltages[1]);
        let way = -low / (high - low);
        (low < 0.0 && high >= 0.0).then_some(1e3 * (pair[0].time + way * 1e-5))
    });
    crossed.collect()
}

/// Spikes of the squid axon against NEURON 9.0.2 (PyPI), whose variable-step
/// integrator ran with an absolute tolerance of 1e-10; the whole script:
///
/// ```python
/// from neuron import h
/// h.load_file("stdrun.hoc"); h.celsius = 6.3; h.usetable_hh = 0
/// s = h.Section(); s.L = s.diam = 100/3.141592653589793**0.5; s.cm = 1
/// s.insert("hh"); s.ena = 50; s.ek = -77; s.el_hh = -54.4
/// c = h.IClamp(s(0.5)); c.delay = 0; c.dur = 1e9
/// h.cvode_active(1); h.cvode.atol(1e-10)
/// for density in (5, 10):                       # uA/cm2
///     c.amp = density * s(0.5).area() * 1e-5    # nA
///     t = h.Vector(); n = h.NetCon(s(0.5)._ref_v, None, sec=s)
///     n.threshold = 0; n.record(t)
///     h.finitialize(-65); h.continuerun(100); print(list(t))
/// ```
#[test]
fn the_squid_axon_spikes_as_in_neuron() {
    let one = [2.990_017];
    let train = [
        1.901_847, 16.826_308, 31.477_740, 46.115_677, 60.754_794, 75.393_205, 90.031_465,
    ];
    for (current, expected) in [(5e-6, &one[..]), (10e-6, &train[..])] {
        let found = hodgkin_huxley(current);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 0.01, "{found} {expected}");
        }
    }
}

/// Published: a = 0.7, b = 0.8, τ = 12.5. The fixed point loses stability where
/// 1 - v² = b/τ: at I = 0.2 the membrane rests
/// at v = -1.07, at 0.5 there is only an oscillation.
#[test]
fn fitzhugh_nagumo_rests_and_oscillates() {
    let swing = |current: f64| {
        let membrane = FitzHughNagumo {
            a: 0.7,
            b: 0.8,
            recovery_time: 12.5,
            conductance: 1.0,
            unit: 1.0,
        };
        let (rows, _) = Bench::new()
            .with("C", ["v", "gnd"], capacitor(1.0, -1.2))
            .device("membrane", ["v", "gnd"], membrane)
            .with("I", ["gnd", "v"], Part::CurrentSource(constant(current)))
            .run(400.0, 0.1);
        let late: Vec<f64> = rows[2000..].iter().map(|r| r.voltages[1]).collect();
        let high = late.iter().copied().fold(f64::MIN, f64::max);
        high - late.iter().copied().fold(f64::MAX, f64::min)
    };
    assert!(swing(0.2) < 1e-3, "{}", swing(0.2));
    assert!(swing(0.5) > 3.0, "{}", swing(0.5));
}

/// Resets of a membrane of Izhikevich under a constant current, ms.
fn izhikevich(a: f64, b: f64, c: f64, d: f64, current: f64) -> Vec<f64> {
    let membrane = Izhikevich {
        a,
        b,
        c,
        d,
        strength: 1e-6,
    };
    let (_, course) = Bench::new()
        .with("C", ["v", "gnd"], capacitor(1e-6, -65e-3))
        .device("membrane", ["v", "gnd"], membrane)
        .with(
            "I",
            ["gnd", "v"],
            Part::CurrentSource(constant(1e-6 * current)),
        )
        .run(0.5, 1e-3);
    course.resets.iter().map(|r| 1e3 * r.time).collect()
}

/// The published parameters give the published patterns at I = 10: regular
/// spiking adapts, fast spiking does not, chattering comes in bursts, and
/// intrinsic bursting begins with one.
#[test]
fn izhikevich_patterns() {
    let intervals = |times: &[f64]| -> Vec<f64> { times.windows(2).map(|p| p[1] - p[0]).collect() };
    let regular = intervals(&izhikevich(0.02, 0.2, -65.0, 8.0, 10.0));
    assert!(regular[0] < 0.7 * regular[5], "it adapts: {regular:?}");
    let fast = intervals(&izhikevich(0.1, 0.2, -65.0, 2.0, 10.0));
    assert!(fast.len() > 3 * regular.len(), "{fast:?}");
    assert!(
        (fast[10] / fast[3] - 1.0).abs() < 0.05,
        "it does not adapt: {fast:?}"
    );
    let chattering = intervals(&izhikevich(0.02, 0.2, -50.0, 2.0, 10.0));
    let (short, long): (Vec<f64>, Vec<f64>) = chattering.iter().partition(|i| **i < 8.0);
    assert!(
        long.len() > 3 && short.len() > 2 * long.len(),
        "bursts: {chattering:?}"
    );
    let bursting = intervals(&izhikevich(0.02, 0.2, -55.0, 4.0, 10.0));
    assert!(
        bursting[0] < 0.3 * bursting[bursting.len() - 1],
        "a burst first: {bursting:?}"
    );
}

/// Every mistake is found, and told by the name of what is wrong.
#[test]
fn what_is_no_circuit_is_refused() {
    let refused = |bench: Bench| System::new(bench.0).unwrap_err();
    let rc = || {
        Bench::new()
            .with("C", ["a", "gnd"], capacitor(1.0, 0.0))
            .device("R", ["a", "gnd"], ohms(1.0))
    };
    let source = || Part::VoltageSource(constant(1.0));
    let current = || Part::CurrentSource(constant(1.0));
    assert_eq!(
        refused(rc().device("R2", ["a", "b"], ohms(1.0))),
        NetlistError::Dangling {
            node: "b".into(),
            element: "R2".into()
        }
    );
    let floating = rc()
        .with("I1", ["a", "b"], current())
        .with("I2", ["b", "gnd"], current());
    assert_eq!(
        refused(floating),
        NetlistError::Floating { node: "b".into() }
    );
    let sources = rc()
        .with("V1", ["a", "gnd"], source())
        .with("V2", ["gnd", "a"], source());
    assert_eq!(
        refused(sources),
        NetlistError::SourceLoop {
            element: "V2".into()
        }
    );
    let fire = Firing {
        threshold: 1.0,
        reset: 0.0,
    };
    let held = rc()
        .with("V", ["a", "gnd"], source())
        .device("F", ["a", "gnd"], fire);
    assert_eq!(
        refused(held),
        NetlistError::CannotFire {
            element: "F".into()
        }
    );
    let still = Bench::new()
        .with("V", ["a", "gnd"], source())
        .device("R", ["a", "gnd"], ohms(1.0));
    assert_eq!(refused(still), NetlistError::NothingMoves);
}
