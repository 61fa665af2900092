//! Whole circuits as netlists: they run in ngspice as they run here, and what
//! cannot be exported is said why.

use assert_cmd::Command;
use bjerrum::scenario::{CircuitScenario, Plan};
use bjerrum_physics::circuit::{Settings, System, integrate};
use std::process::Stdio;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn export(folder: &TempDir, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("bjerrum").expect("the program is built");
    let command = command.current_dir(folder).arg("export");
    command.args(arguments).assert()
}

fn circuit(name: &str) -> CircuitScenario {
    match Plan::load(name, &[], None) {
        Ok(Plan::Circuits(mut circuits)) => circuits.circuits.remove(0),
        other => panic!("{name} is no circuit: {other:?}"),
    }
}

/// Whether ngspice is here; says so if it is not.
fn there_is_ngspice() -> bool {
    let mut command = std::process::Command::new("ngspice");
    let command = command.arg("--version");
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = status.is_ok_and(|status| status.success());
    if !there {
        println!("skipped: there is no ngspice");
    }
    there
}

/// Times and voltages of node number `node`.
type Trace = (Vec<f64>, Vec<f64>);

/// The exported netlist in ngspice, as its own head says to run it.
fn in_ngspice(folder: &TempDir, name: &str, node: usize) -> Trace {
    let done = std::process::Command::new("ngspice")
        .current_dir(folder)
        .args(["-b", &format!("{name}.cir")])
        .output()
        .expect("ngspice runs");
    let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    let text = std::fs::read_to_string(folder.path().join(format!("{name}.txt")));
    let text = text.unwrap_or_else(|error| panic!("{error}: {said}"));
    let row = |line: &str| {
        let cells: Vec<f64> = line
            .split_whitespace()
            .map(|c| c.parse().unwrap())
            .collect();
        (cells[0], cells[2 * node - 1])
    };
    text.lines().map(row).unzip()
}

/// The same circuit, integrated here.
fn here(circuit: &CircuitScenario, node: usize) -> Trace {
    let system = System::new(circuit.netlist()).unwrap();
    let mut trace = (Vec::new(), Vec::new());
    // What is exported has no noise, and begins when the elements are connected.
    let held = circuit.settings.held;
    let settings = Settings {
        seed: None,
        ..circuit.settings
    };
    integrate(&system, &settings, &mut |row| {
        if row.time >= held {
            trace.0.push(row.time - held);
            trace.1.push(row.voltages[node]);
        }
        true
    })
    .unwrap();
    trace
}

/// Times at which the voltage crosses `level` upwards, linear between points.
fn crossings((time, voltage): &Trace, level: f64) -> Vec<f64> {
    let upward = |k: &usize| voltage[k - 1] < level && voltage[*k] >= level;
    let at = |k: usize| {
        let way = (level - voltage[k - 1]) / (voltage[k] - voltage[k - 1]);
        time[k - 1] + way * (time[k] - time[k - 1])
    };
    (1..time.len()).filter(upward).map(at).collect()
}

/// Every spike within 1 % of its time, over the whole of the built-in scenarios.
#[test]
fn exported_neurons_spike_in_ngspice_as_they_do_here() {
    if !there_is_ngspice() {
        return;
    }
    for (name, level, least) in [
        ("reduced-neuron", 28.2, 10),
        ("pairs-neuron", 28.2, 10),
        ("hodgkin-huxley", 0.0, 6),
        ("fitzhugh-nagumo", 0.5, 4),
    ] {
        let folder = folder();
        export(&folder, &[name, "--format", "spice"]).success();
        let found = crossings(&in_ngspice(&folder, name, 1), level);
        let expected = crossings(&here(&circuit(name), 1), level);
        assert!(expected.len() >= least, "{name}: {expected:?}");
        assert_eq!(
            found.len(),
            expected.len(),
            "{name}: {found:?} {expected:?}"
        );
        let off = found
            .iter()
            .zip(&expected)
            .map(|(a, b)| (a / b - 1.0).abs());
        let worst = off.fold(0.0, f64::max);
        println!("{name}: {} spikes, off by {worst:.1e}", found.len());
        assert!(worst < 0.01, "{name}: {found:?} {expected:?}");
    }
}

/// A memristor with a battery behind a resistor, beside a capacitor that floats, and
/// a resistor with a battery.
const DRIVEN: &str = r#"
title = "A driven slit"

[elements.Source]
kind = "voltage-source"
between = ["in", "ground"]
WAVEFORM

[elements.series]
kind = "resistor"
between = ["in", "Slit 1"]
resistance = "2 Mohm"

[elements.across]
kind = "capacitor"
between = ["in", "Slit 1"]
capacitance = "200 nF"
initial_voltage = "0.1 V"

[elements.leak]
kind = "resistor"
between = ["Slit 1", "ground"]
resistance = "50 Mohm"
reversal = "0.2 V"

[elements.memristor]
kind = "device"
between = ["Slit 1", "ground"]
model = "volatile-bipolar"
multiplier = 2
reversal = "-0.1 V"
held_at = "0.3 V"

[elements.memristor.parameters]
rest_conductance = "200 nS"
linear = "0.8 1/V"
memory_time = "12 s"

[run]
duration = "60 s"
sample = "20 ms"
"#;

/// The voltage of the slit within 0.5 % of its largest, for every waveform.
#[test]
fn driven_circuits_follow_their_sources_in_ngspice() {
    if !there_is_ngspice() {
        return;
    }
    for (waveform, keys) in [
        ("constant", ""),
        (
            "sine",
            "frequency = \"50 mHz\"\nphase = \"30 deg\"\noffset = \"0.2 V\"\n",
        ),
        ("triangle", "frequency = \"50 mHz\"\n"),
        ("square", "frequency = \"50 mHz\"\n"),
        (
            "pulses",
            "base = \"0.1 V\"\nstart = \"5 s\"\nwidth = \"7 s\"\nperiod = \"20 s\"\ncount = 2\n",
        ),
    ] {
        let folder = folder();
        let lines = format!("waveform = \"{waveform}\"\namplitude = \"0.5 V\"\n{keys}");
        let path = folder.path().join("driven.toml");
        std::fs::write(&path, DRIVEN.replace("WAVEFORM", &lines)).unwrap();
        export(&folder, &["driven.toml", "--format", "spice"]).success();
        let (time, voltage) = here(&circuit(path.to_str().unwrap()), 2);
        let largest = voltage.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let (their_time, theirs) = in_ngspice(&folder, "driven", 2);
        // A sample beside a jump is on one side of it here, and on the other there.
        let jumps: Vec<f64> = match waveform {
            "square" => (1..6).map(|k| 10.0 * f64::from(k)).collect(),
            "pulses" => vec![5.0, 12.0, 25.0, 32.0],
            _ => Vec::new(),
        };
        let mut worst = 0.0_f64;
        for (t, v) in their_time.iter().zip(&theirs) {
            let k = ((t / 0.02) as usize).min(time.len() - 2);
            let way = t / 0.02 - k as f64;
            let ours = voltage[k] + way * (voltage[k + 1] - voltage[k]);
            if jumps.iter().all(|jump| (t - jump).abs() > 0.03) {
                worst = worst.max((v - ours).abs() / largest);
            }
        }
        println!("{waveform}: {} points, off by {worst:.1e}", theirs.len());
        assert!(theirs.len() > 1000, "{waveform}: {}", theirs.len());
        assert!(worst < 5e-3, "{waveform}: {worst}");
    }
}

/// Each is refused with exit code 2 and one message; nothing is written.
#[test]
fn what_is_no_netlist_is_said_why() {
    let folder = folder();
    let refused = |arguments: &[&str], words: &[&str]| {
        let done = export(&folder, arguments).failure().code(2);
        let said = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
        let plain: String = said
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '│')
            .collect();
        for word in words {
            assert!(plain.contains(&word.replace(' ', "")), "{word:?} in {said}");
        }
        assert!(said.matches('×').count() == 1, "{said}");
    };
    for (name, element) in [("izhikevich", "channel"), ("integrate-and-fire", "fire")] {
        refused(
            &[name, "--format", "spice"],
            &[
                &format!("elements.{element}: it fires"),
                "SPICE has no element",
            ],
        );
    }
    refused(
        &["ionic-neuron", "--format", "spice"],
        &["ionic-neuron is of ions in slits", "[elements.NAME]"],
    );
    refused(
        &["compare-neurons", "--format", "spice"],
        &["compares several circuits"],
    );
    refused(
        &["hodgkin-huxley", "--format", "verilog-a"],
        &["hodgkin-huxley is a circuit: --format verilog-a is for single devices"],
    );
    refused(
        &["hodgkin-huxley", "--format", "spice", "--name", "squid"],
        &["--name is for single devices"],
    );
    let fast = "waveform = \"square\"\namplitude = \"0.5 V\"\nfrequency = \"10 kHz\"\n";
    std::fs::write(
        folder.path().join("fast.toml"),
        DRIVEN.replace("WAVEFORM", fast),
    )
    .unwrap();
    refused(
        &["fast.toml", "--format", "spice"],
        &["elements.Source: 600000 periods of its waveform"],
    );
    let misspelt = DRIVEN.replace("WAVEFORM", "waveform = \"sqare\"");
    std::fs::write(folder.path().join("bad.toml"), misspelt).unwrap();
    refused(
        &["bad.toml", "--format", "spice"],
        &["bad.toml:7: elements.Source.waveform"],
    );
    let files = std::fs::read_dir(&folder).unwrap();
    let written = files.filter(|f| f.as_ref().unwrap().path().extension() == Some("cir".as_ref()));
    assert_eq!(written.count(), 0);
    export(&folder, &["hodgkin-huxley", "--format", "spice"]).success();
    refused(
        &["hodgkin-huxley", "--format", "spice"],
        &["hodgkin-huxley.cir exists already", "--force"],
    );
    export(&folder, &["hodgkin-huxley", "--format", "spice", "--force"]).success();
}
