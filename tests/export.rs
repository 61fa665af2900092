//! `bjerrum export` as a circuit designer meets it: every device runs in
//! ngspice as it runs here, and what cannot be exported is said why.

use assert_cmd::Command;
use bjerrum_physics::memristor::device::{DeviceModel, Start, Sweep, model, models, respond};
use std::f64::consts::TAU;
use std::fmt::Write;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;

/// A device of each model: values, amplitude (V) and period (s) of its drive.
fn devices() -> [(&'static str, &'static [f64], f64, f64); 10] {
    [
        ("resistor", &[2e-7], 0.5, 1.0),
        ("volatile-unipolar", &[2e-7, 3.0, 12.0], 0.5, 100.0),
        ("volatile-bipolar", &[2e-7, 0.8, 12.0], 0.5, 100.0),
        ("volatile-mixed", &[2e-7, 3.0, 0.8, 12.0], 0.5, 100.0),
        ("wien-power", &[3e-11, 1.2e-13, 1.4, 2e-6], 100.0, 2e-5),
        ("wien-pairs", &[5.16e-11, 1e-5, 40.0, 5.5], 100.0, 6e-5),
        ("wien-pairs-swept", &[3e-7, 8.0, 0.25, 3.0, 0.4], 0.5, 30.0),
        (
            "segregated-pairs",
            &[5.16e-11, 1e-5, 36.0, 5.8, 32.0, 8e-7, 2.4e-8],
            60.0,
            6e-5,
        ),
        (
            "conical-channel",
            &[4.2e-12, -3.59, 16.5, 0.25, 4.76e-3],
            2.0,
            0.03,
        ),
        ("two-times", &[2e-7, 3.0, 0.8, 1.0, 30.0, 0.4], 0.5, 40.0),
    ]
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn put(folder: &TempDir, name: &str, text: &str) {
    std::fs::write(folder.path().join(name), text).expect("a file for the test");
}

/// A folder with the device file of `model`, exported.
fn exported(model: &dyn DeviceModel, values: &[f64], amplitude: f64, format: &str) -> TempDir {
    let folder = folder();
    put(
        &folder,
        "device.toml",
        &device_file(model, values, amplitude),
    );
    export(&folder, &["device.toml", "--format", format]).success();
    folder
}

/// A device file such as a fit writes, with an error of 1 % on every value.
fn device_file(model: &dyn DeviceModel, values: &[f64], amplitude: f64) -> String {
    let mut text = format!(
        "model = \"{}\"\nequation = \"{}\"\nsource = \"{}\"\nversion = \"0.1.0\"\n\
         git_revision = \"unknown\"\nverdict = [\"made up for a test\"]\ndata = []\n",
        model.name(),
        model.equation(),
        model.source()
    );
    for (parameter, value) in model.parameters().iter().zip(values) {
        let _ = write!(
            text,
            "[parameters.{}]\nvalue = {value:?}\nunit = \"{}\"\nstandard_error = {:?}\n\
             interval = [{:?}, {:?}]\nmethod = \"quadratic\"\nmeaning = \"{}\"\n",
            parameter.name,
            parameter.unit,
            0.01 * value.abs(),
            value - 0.02 * value.abs(),
            value + 0.02 * value.abs(),
            parameter.meaning
        );
    }
    text + &format!(
        "[range]\nvoltage_v = [{:?}, {amplitude:?}]\ntime_s = [0.01, 100.0]\n[quality]\n\
         points = 100\nresidual_a = 1e-9\nresidual_relative = 0.01\ncorrelation = 1.0\n\
         searches = [4, 4]\n",
        -amplitude
    )
}

fn export(folder: &TempDir, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("bjerrum").expect("the program is built");
    command
        .current_dir(folder)
        .arg("export")
        .args(arguments)
        .assert()
}

/// Whether `program` can be started; says so if it cannot.
fn there_is(program: &str, arguments: &[&str]) -> bool {
    let status = std::process::Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let there = status.is_ok_and(|status| status.success());
    if !there {
        println!(
            "skipped: `{program} {}` does not work here",
            arguments.join(" ")
        );
    }
    there
}

/// Runs a netlist that writes `out.txt`, and reads that: columns of numbers.
fn simulate(folder: &TempDir, netlist: &str) -> Vec<Vec<f64>> {
    put(folder, "test.cir", netlist);
    let done = std::process::Command::new("ngspice")
        .current_dir(folder)
        .args(["-b", "test.cir"])
        .output()
        .expect("ngspice runs");
    let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    let rows = std::fs::read_to_string(folder.path().join("out.txt"))
        .unwrap_or_else(|error| panic!("{error}: {said}\n{netlist}"));
    let row = |line: &str| -> Vec<f64> {
        let cells = line.split_whitespace();
        cells.map(|cell| cell.parse().expect("a number")).collect()
    };
    rows.lines().map(row).collect()
}

/// The value at `time` of what is sampled evenly in steps of `step`, from 0.
fn between(samples: &[f64], step: f64, time: f64) -> f64 {
    let k = ((time / step) as usize).min(samples.len() - 2);
    let way = time / step - k as f64;
    samples[k] + way * (samples[k + 1] - samples[k])
}

/// Two periods of a sine, from rest: the current in ngspice within 0.5 % of the
/// largest of that of our own integration in 4000 samples a period (whose
/// chords miss the sine by 2e-7).
#[test]
fn every_device_in_ngspice_carries_the_current_that_it_carries_here() {
    if !there_is("ngspice", &["--version"]) {
        return;
    }
    assert_eq!(devices().map(|d| d.0).len(), models().len());
    for (name, values, amplitude, period) in devices() {
        let model = model(name).expect("a model");
        let folder = exported(model, values, amplitude, "spice");
        let found = simulate(
            &folder,
            &format!(
                "* a loop\n.include device.sub\nVdrive a 0 SIN(0 {amplitude} {})\n\
                 Xslit a 0 device\n.tran {} {} 0 {}\n.control\nrun\nwrdata out.txt i(Vdrive)\n\
                 quit\n.endc\n.end\n",
                1.0 / period,
                period / 500.0,
                2.0 * period,
                period / 500.0
            ),
        );
        let step = period / 4000.0;
        let time: Vec<f64> = (0..=8000).map(|k| step * f64::from(k)).collect();
        let voltage: Vec<f64> = time
            .iter()
            .map(|t| amplitude * (TAU * t / period).sin())
            .collect();
        let sweep = Sweep {
            time: &time,
            voltage: &voltage,
            start: Start::Steady(0.0),
        };
        let ours = respond(model, values, &sweep);
        let largest = ours.iter().copied().fold(0.0, |a, i| i.abs().max(a));
        let worst = found
            .iter()
            .map(|row| (-row[1] - between(&ours, step, row[0])).abs() / largest)
            .fold(0.0, f64::max);
        println!(
            "{name}: {} points, off by {:.1e} of the largest",
            found.len(),
            worst
        );
        assert!(found.len() > 900, "{name}: {} points", found.len());
        assert!(worst < 5e-3, "{name}: {worst}");
    }
}

/// The slits of the neuron: G_inf of 4000 + 4000 divalent ions over 2 µm; the
/// narrow one is fast and hard to open, the wide one slow and easy to.
const SODIUM: [f64; 4] = [5.16e-11, 5e-8, 100.0, 5.5];
const POTASSIUM: [f64; 4] = [5.16e-11, 1e-5, 40.0, 5.5];
const BATTERY: f64 = 102.7;
const CAPACITANCE: f64 = 1e-16;
const SOURCE: f64 = 2e-9;
const START: [f64; 3] = [10.0, 0.05, 0.2];

/// Times and heights of the maxima above `threshold`, each from the parabola
/// through three points.
fn peaks(time: &[f64], voltage: &[f64], threshold: f64) -> Vec<(f64, f64)> {
    let top = |k: &usize| {
        let (a, b, c) = (voltage[k - 1], voltage[*k], voltage[k + 1]);
        b > threshold && a < b && b >= c
    };
    let at = |k: usize| {
        let (t, v) = (&time[k - 1..=k + 1], &voltage[k - 1..=k + 1]);
        let (left, right) = ((v[1] - v[0]) / (t[1] - t[0]), (v[2] - v[1]) / (t[2] - t[1]));
        let share = left / (left - right);
        (0.5 * (t[0] + t[1]) + share * 0.5 * (t[2] - t[0]), v[1])
    };
    (1..time.len() - 1).filter(top).map(at).collect()
}

/// C dV/dt = I_app - 5 G_Na (V - E_Na) - G_K (V - E_K), the memories driven by
/// V: the published topology (Robin, Kavokine & Bocquet, Science 373, 687
/// (2021), Fig. 4), by the classical Runge–Kutta scheme with the rates that
/// the models themselves state.
fn our_neuron(duration: f64, step: f64) -> (Vec<f64>, Vec<f64>) {
    let pairs = model("wien-pairs").expect("a model");
    let rates = |y: [f64; 3]| {
        let [v, sodium, potassium] = y;
        let current =
            5.0 * SODIUM[0] * sodium * (v - BATTERY) + POTASSIUM[0] * potassium * (v + BATTERY);
        [
            (SOURCE - current) / CAPACITANCE,
            pairs.kinetics(&SODIUM, &[], 0, v).rate(sodium),
            pairs.kinetics(&POTASSIUM, &[], 0, v).rate(potassium),
        ]
    };
    let ahead = |y: [f64; 3], k: [f64; 3], h: f64| [0, 1, 2].map(|i| y[i] + h * k[i]);
    let (mut y, mut time, mut voltage) = (START, vec![0.0], vec![START[0]]);
    for n in 1..=(duration / step) as usize {
        let a = rates(y);
        let b = rates(ahead(y, a, 0.5 * step));
        let c = rates(ahead(y, b, 0.5 * step));
        let d = rates(ahead(y, c, step));
        y = [0, 1, 2].map(|i| y[i] + step / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
        time.push(n as f64 * step);
        voltage.push(y[0]);
    }
    (time, voltage)
}

/// Two exported slits, two batteries, a capacitor and a source in ngspice spike
/// when our own integration of the same circuit does: each spike within 1 % of
/// its time. (Runge–Kutta with steps of 1 and 2 ns agree to 1e-6.)
#[test]
fn two_exported_slits_spike_in_ngspice_as_they_do_here() {
    if !there_is("ngspice", &["--version"]) {
        return;
    }
    let pairs = model("wien-pairs").expect("a model");
    let folder = folder();
    for (name, values) in [("sodium", SODIUM), ("potassium", POTASSIUM)] {
        put(
            &folder,
            &format!("{name}.toml"),
            &device_file(pairs, &values, 100.0),
        );
        export(&folder, &[&format!("{name}.toml"), "--format", "spice"]).success();
    }
    let [v, sodium, potassium] = START;
    let rows = simulate(
        &folder,
        &format!(
            "* the ionic neuron\n.include sodium.sub\n.include potassium.sub\n\
             Cmembrane v 0 {CAPACITANCE:?} IC={v}\nIapp 0 v {SOURCE:?}\n\
             Vna ena 0 {BATTERY}\nVk ek 0 -{BATTERY}\n\
             Xna v ena v 0 sodium_driven free_conductance={:?} x1_start={sodium}\n\
             Xk v ek v 0 potassium_driven x1_start={potassium}\n\
             .options chgtol=1e-20 abstol=1e-15 reltol=1e-4\n.tran 20n 150u 0 20n uic\n\
             .control\nrun\nwrdata out.txt v(v)\nquit\n.endc\n.end\n",
            5.0 * SODIUM[0]
        ),
    );
    let (time, voltage): (Vec<f64>, Vec<f64>) = rows.iter().map(|row| (row[0], row[1])).unzip();
    let found = peaks(&time, &voltage, 30.0);
    let (time, voltage) = our_neuron(150e-6, 2e-9);
    let expected = peaks(&time, &voltage, 30.0);
    println!("ngspice {found:?}\nours    {expected:?}");
    assert!(expected.len() >= 4, "{expected:?}");
    assert_eq!(found.len(), expected.len(), "{found:?} {expected:?}");
    for ((t, v), (time, peak)) in found.iter().zip(&expected) {
        assert!((t / time - 1.0).abs() < 0.01, "{t} {time}");
        assert!((v / peak - 1.0).abs() < 0.01, "{v} {peak}");
    }
}

/// Python, unless the environment names another.
fn python() -> String {
    std::env::var("BJERRUM_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// The lines that a script prints.
fn lines_of(folder: &TempDir, script: &str) -> Vec<Vec<f64>> {
    let done = std::process::Command::new(python())
        .current_dir(folder)
        .args(["-c", script])
        .output()
        .expect("Python runs");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let numbers = |line: &str| {
        line.split_whitespace()
            .map(|n| n.parse().expect("a number"))
            .collect()
    };
    String::from_utf8_lossy(&done.stdout)
        .lines()
        .map(numbers)
        .collect()
}

/// Voltages, in units of the amplitude, and memories at which equations are compared.
const STATES: [(f64, f64); 6] = [
    (-1.0, 0.9),
    (-0.4, 0.02),
    (-0.01, 0.5),
    (0.03, 1.3),
    (0.5, 0.3),
    (1.0, 0.7),
];

/// Conductance and rates of a model at a state, all memories alike.
fn expected(model: &dyn DeviceModel, values: &[f64], voltage: f64, x: f64) -> Vec<f64> {
    let memories = 0..model.memories();
    let alike = vec![x; model.memories()];
    let rate = |memory| model.kinetics(values, &alike, memory, voltage).rate(x);
    let mut all = vec![model.conductance(values, &alike, voltage)];
    all.extend(memories.map(rate));
    all
}

/// Every line holds what the model says at its state, to `tolerance` of the
/// conductance, and of the fastest of the rates.
fn hold(name: &str, values: &[f64], amplitude: f64, lines: &[Vec<f64>], tolerance: f64) {
    let model = model(name).expect("a model");
    let wanted: Vec<Vec<f64>> = STATES
        .iter()
        .map(|(v, x)| expected(model, values, v * amplitude, *x))
        .collect();
    assert_eq!(lines.len(), wanted.len(), "{name}");
    let fastest = wanted
        .iter()
        .flat_map(|w| &w[1..])
        .fold(0.0, |a: f64, r| a.max(r.abs()));
    for (found, wanted) in lines.iter().zip(&wanted) {
        assert_eq!(found.len(), wanted.len(), "{name}");
        assert!(
            (found[0] / wanted[0] - 1.0).abs() < tolerance,
            "{name}: {found:?} {wanted:?}"
        );
        for (found, wanted) in found.iter().zip(wanted).skip(1) {
            assert!(
                (found - wanted).abs() < tolerance * fastest,
                "{name}: {found} {wanted}"
            );
        }
    }
}

/// The expressions of the JSON are Python, and say what the model computes.
#[test]
fn the_equations_in_the_json_are_those_of_the_models() {
    if !there_is(&python(), &["--version"]) {
        return;
    }
    for (name, values, amplitude, _) in devices() {
        let model = model(name).expect("a model");
        let folder = exported(model, values, amplitude, "json");
        let script = format!(
            "import json, math\nd = json.load(open('device.json'))\n\
             assert d['schema'] == 'bjerrum-device/1'\n\
             def share(q, s): return math.expm1(q*s)/math.expm1(q) if q else s\n\
             names = {{p['name']: p['value'] for p in d['parameters']}}\n\
             e = d['expressions']\n\
             for v, x in {STATES:?}:\n    \
             names.update({{f'x{{k}}': x for k in range(1, 10)}}, V=v*{amplitude:?}, share=share)\n    \
             print(*[eval(t, None, names) for t in [e['conductance_s'], *e['rates_per_s'].values()]])\n"
        );
        hold(name, values, amplitude, &lines_of(&folder, &script), 1e-9);
    }
}

/// OpenVAF, the compiler behind verilogae, takes every module, and what it
/// compiled computes what the model does (to 1e-4 of it: |V| and G are rounded).
#[test]
fn the_verilog_a_compiles_and_computes_what_the_models_do() {
    if !there_is(&python(), &["-c", "import verilogae"]) {
        return;
    }
    for (name, values, amplitude, _) in devices() {
        let model = model(name).expect("a model");
        let folder = exported(model, values, amplitude, "verilog-a");
        let path = folder.path().join("device.va");
        let text = std::fs::read_to_string(&path).expect("a module");
        let text = text.replace("  real device_", "  (* retrieve *) real device_");
        put(
            &folder,
            "device.va",
            &text.replace("  real rate_", "  (* retrieve *) real rate_"),
        );
        let script = format!(
            "import verilogae, re\nm = verilogae.load('device.va')\n\
             names = ['device_conductance', *sorted(k for k in m.functions if k.startswith('rate'))]\n\
             card = {{k: float(v) for k, v in re.findall(r'parameter real (\\w+) = (\\S+) from', open('device.va').read())}}\n\
             for v, x in {STATES:?}:\n    \
             at = lambda b: v*{amplitude:?} if b == 'br_pn' else x\n    \
             each = []\n    \
             for f in [m.functions[n] for n in names]:\n        \
             u = {{b: at(b) for b in f.voltages}}\n        \
             each.append(f.eval(temperature=300.0, voltages=u, **{{k: card[k] for k in f.parameters}}))\n    \
             print(*map(float, each))\n"
        );
        hold(name, values, amplitude, &lines_of(&folder, &script), 1e-4);
    }
}

/// ADMS, the other reader of Verilog-A in Debian, takes every module.
#[test]
fn adms_reads_the_verilog_a() {
    if !there_is("admsXml", &["--version"]) {
        return;
    }
    for (name, values, amplitude, _) in devices() {
        let folder = folder();
        let model = model(name).expect("a model");
        put(
            &folder,
            "device.toml",
            &device_file(model, values, amplitude),
        );
        export(&folder, &["device.toml", "--format", "verilog-a"]).success();
        let read = std::process::Command::new("admsXml")
            .current_dir(&folder)
            .arg("device.va")
            .output()
            .expect("admsXml runs");
        let said = String::from_utf8_lossy(&read.stdout) + String::from_utf8_lossy(&read.stderr);
        assert!(
            read.status.success() && !said.contains("[fatal"),
            "{name}: {said}"
        );
    }
}

/// What the fit knows of a parameter goes along.
#[test]
fn errors_units_and_range_stand_in_the_comments() {
    let folder = folder();
    let (name, values, amplitude, _) = devices()[2];
    let model = model(name).expect("a model");
    put(
        &folder,
        "my slit.toml",
        &device_file(model, values, amplitude),
    );
    for (format, file) in [("spice", "my slit.sub"), ("verilog-a", "my slit.va")] {
        export(&folder, &["my slit.toml", "--format", format]).success();
        let text = std::fs::read_to_string(folder.path().join(file)).expect("the export");
        for words in [
            "memory_time = 12 s: memory time, tau",
            "standard error 0.12, 95 % interval 11.76 to 12.24 (quadratic)",
            "Fitted from -0.5 V to 0.5 V, and from 0.01 s to 100 s",
            "tau dG/dt = G_0 (1 + b V) - G",
            "my_slit",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}

/// Each of these is refused with exit code 2 and one message; nothing is written.
#[test]
fn what_cannot_be_exported_is_said_why() {
    let (name, values, amplitude, _) = devices()[2];
    let good = device_file(model(name).expect("a model"), values, amplitude);
    let cases: [(&str, String, &[&str]); 8] = [
        (
            "csv",
            "t (s),V (V)\n0,1\n".to_owned(),
            &["bad.toml: line 1", "`bjerrum fit`"],
        ),
        (
            "scenario",
            "title = \"x\"\n".to_owned(),
            &["bad.toml", "missing field `model`"],
        ),
        (
            "model",
            good.replace("volatile-bipolar", "volatile-bipolr"),
            &[
                "unknown model",
                "volatile-bipolr",
                "Did you mean",
                "volatile-bipolar",
            ],
        ),
        (
            "missing",
            good.replace("[parameters.memory_time]", "[parameters.memory]"),
            &[
                "parameters.memory_time is missing",
                "memory time, tau",
                "in s",
            ],
        ),
        (
            "another",
            good.clone()
                + &good[good.find("[parameters.linear]").expect("a section")
                    ..good.find("[parameters.memory_time]").expect("a section")]
                    .replace("linear", "linaer"),
            &[
                "parameters.linaer",
                "no such parameter",
                "Did you mean",
                "linear",
            ],
        ),
        (
            "unit",
            good.replace("unit = \"s\"", "unit = \"ms\""),
            &[
                "parameters.memory_time",
                "found 12 ms",
                "expected a value in s",
            ],
        ),
        (
            "bounds",
            good.replace("value = 12.0", "value = -12.0"),
            &["parameters.memory_time", "found -12 s", "between 0 and inf"],
        ),
        (
            "number",
            good.replace("value = 12.0", "value = \"12\""),
            &["bad.toml: line", "expected a number"],
        ),
    ];
    for (what, text, words) in cases {
        let folder = folder();
        put(&folder, "bad.toml", &text);
        let refused = export(&folder, &["bad.toml", "--format", "spice"]).code(2);
        let said = flat(&refused.get_output().stderr);
        for word in words {
            assert!(
                said.contains(&word.replace(' ', "")),
                "{what}: {word:?} in {said}"
            );
        }
        assert!(!folder.path().join("bad.sub").exists(), "{what}");
    }
}

#[test]
fn files_names_and_formats_are_checked() {
    let folder = folder();
    let (name, values, amplitude, _) = devices()[2];
    let good = device_file(model(name).expect("a model"), values, amplitude);
    put(&folder, "device.toml", &good);
    let refused = |arguments: &[&str], words: &[&str]| {
        let said = export(&folder, arguments).code(2);
        let said = flat(&said.get_output().stderr);
        for word in words {
            assert!(said.contains(&word.replace(' ', "")), "{word:?} in {said}");
        }
    };
    refused(&["nothing.toml", "--format", "spice"], &["nothing.toml"]);
    refused(
        &["device.toml", "--format", "pspice"],
        &["spice", "verilog-a", "json"],
    );
    refused(&["device.toml"], &["--format"]);
    refused(
        &["device.toml", "--format", "json", "--name", "2 slits"],
        &["--name 2 slits", "letter"],
    );
    export(&folder, &["device.toml", "--format", "spice"]).success();
    refused(
        &["device.toml", "--format", "spice"],
        &["device.sub exists already", "--force"],
    );
    export(&folder, &["device.toml", "--format", "spice", "--force"]).success();
    export(
        &folder,
        &[
            "device.toml",
            "--format",
            "spice",
            "--name",
            "k_slit",
            "--out",
            "k.lib",
        ],
    )
    .success();
    let text = std::fs::read_to_string(folder.path().join("k.lib")).expect("the export");
    assert!(text.contains(".subckt k_slit p n"), "{text}");
    // The device file itself is never in the way.
    refused(
        &["device.toml", "--format", "json", "--out", "device.toml"],
        &["exists already"],
    );
    assert!(Path::new(&folder.path().join("device.toml")).exists());
}

/// A text without spaces, line breaks and the frame around a message.
fn flat(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '│')
        .collect()
}
