//! `bjerrum fit` as a person meets it: what it reads, writes and refuses.
//!
//! All data are made here, by the closed forms of a volatile memristor, so that
//! what should come out is known.

use assert_cmd::Command;
use bjerrum::device::DeviceFile;
use bjerrum_physics::noise::Stream;
use predicates::prelude::*;
use std::f64::consts::TAU;
use std::fmt::Write;
use std::path::Path;
use tempfile::TempDir;

/// The made-up device: G_0 = 200 nS, b = 0.8/V, τ = 12 s, under 0.5 V.
const CONDUCTANCE: f64 = 200e-9;
const LINEAR: f64 = 0.8;
const MEMORY_TIME: f64 = 12.0;
const AMPLITUDE: f64 = 0.5;

/// Voltage (V) and current (A) of the bipolar memristor in its periodic state,
/// G = G_0 [1 + b V_0 (sin ωt - ωτ cos ωt)/(1 + ω²τ²)], exactly.
fn device(frequency: f64, time: f64) -> (f64, f64) {
    let (sine, cosine) = (TAU * frequency * time).sin_cos();
    let phase = TAU * frequency * MEMORY_TIME;
    let swing = LINEAR * AMPLITUDE * (sine - phase * cosine) / (1.0 + phase * phase);
    let voltage = AMPLITUDE * sine;
    (voltage, CONDUCTANCE * (1.0 + swing) * voltage)
}

/// Rows of time (s), voltage (V) and current (nA), with 1 nA of noise: 1 % of
/// the largest current.
fn rows(frequency: f64, samples: usize) -> Vec<(f64, f64, f64)> {
    let mut stream = Stream::named(1, "tests of fit", samples as u64);
    let mut at = |k: usize| {
        let time = k as f64 / samples as f64 / frequency;
        let (voltage, current) = device(frequency, time);
        (time, voltage, 1e9 * current + stream.normal())
    };
    (0..samples).map(&mut at).collect()
}

/// A file of one loop, as a careful person writes it.
fn csv(frequency: f64) -> String {
    let mut text = "t (s),V (V),I (nA)\n".to_owned();
    for (time, voltage, current) in rows(frequency, 100) {
        let _ = writeln!(text, "{time},{voltage},{current}");
    }
    text
}

/// A wide export: several header rows, a pair of columns a frequency, blank
/// rows, no times, loops of different length.
fn wide(frequencies: &[(f64, usize)]) -> String {
    let columns: Vec<_> = frequencies.iter().map(|(f, n)| rows(*f, *n)).collect();
    let all = |cells: &dyn Fn(usize) -> String| -> String {
        let cells: Vec<String> = (0..columns.len()).map(cells).collect();
        cells.join("\t") + "\r\n"
    };
    let mut text = all(&|_| "E\tI".to_owned());
    text += &all(&|_| "V\tnA".to_owned());
    text += &all(&|k| format!("\tSine {} mHz", 1e3 * frequencies[k].0));
    for row in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
        text += &all(&|k| match columns[k].get(row) {
            Some((_, voltage, current)) => format!("{voltage}\t{current}"),
            None => "\t".to_owned(),
        });
        text += &all(&|_| "\t".to_owned());
    }
    text
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn put(folder: &TempDir, name: &str, text: &str) {
    std::fs::write(folder.path().join(name), text).expect("a file for the test");
}

fn fit(folder: &TempDir, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("bjerrum").expect("the program is built");
    command
        .current_dir(folder)
        .arg("fit")
        .args(arguments)
        .assert()
}

fn written(path: &Path) -> DeviceFile {
    DeviceFile::read(path).expect("a device file")
}

/// Every value is within four standard errors of the truth, and these are below
/// a tenth of it.
fn holds_the_truth(file: &DeviceFile) {
    for (name, truth) in [
        ("rest_conductance", CONDUCTANCE),
        ("linear", LINEAR),
        ("memory_time", MEMORY_TIME),
    ] {
        let found = &file.parameters[name];
        let off = (found.value - truth).abs() / found.standard_error;
        assert!(off < 4.0, "{name}: {found:?}");
        assert!(found.standard_error < 0.1 * truth, "{name}: {found:?}");
        let [low, high] = found.interval.expect("a fitted parameter");
        assert!(low < found.value && found.value < high, "{name}: {found:?}");
    }
}

#[test]
fn a_loop_gives_a_device_file_and_a_picture() {
    let folder = folder();
    put(&folder, "loop.csv", &csv(0.01));
    fit(&folder, &["loop.csv", "--model", "volatile-bipolar"])
        .success()
        .stdout(predicate::str::contains("memory_time"))
        .stdout(predicate::str::contains("wrote    device.toml, device.png"));
    let file = written(&folder.path().join("device.toml"));
    holds_the_truth(&file);
    assert_eq!(file.data[0].file, "loop.csv");
    assert!((file.range.voltage_v[1] - AMPLITUDE).abs() < 1e-3);
    assert!(
        (file.range.time_s[1] / 100.0 - 1.0).abs() < 1e-3,
        "{:?}",
        file.range
    );
    // Each lobe is (2/3) G_0 b V_0³ ωτ/(1 + ω²τ²); the loop crosses itself.
    let phase = TAU * 0.01 * MEMORY_TIME;
    let lobe = 2.0 / 3.0 * CONDUCTANCE * LINEAR * 0.125 * phase / (1.0 + phase * phase);
    let found = &file.loops[0];
    assert!(
        (found.positive_lobe_va / lobe - 1.0).abs() < 0.02,
        "{found:?}"
    );
    assert!(found.crosses_itself, "{found:?}");
    assert!(folder.path().join("device.png").exists());
}

/// Intervals from resampled residuals, by a seed, near those of the profile.
#[test]
fn intervals_by_the_bootstrap() {
    let folder = folder();
    put(&folder, "loop.csv", &csv(0.01));
    let time = |more: &[&str]| {
        let mut arguments = vec!["loop.csv", "--model", "volatile-bipolar", "--force"];
        arguments.extend(more);
        fit(&folder, &arguments).success();
        let file = written(&folder.path().join("device.toml"));
        holds_the_truth(&file);
        file.parameters["memory_time"].clone()
    };
    let profile = time(&[]);
    let resampled = time(&[
        "--intervals",
        "bootstrap",
        "--replicas",
        "200",
        "--seed",
        "1",
    ]);
    assert_eq!(resampled.method, "bootstrap");
    assert_eq!(resampled.value, profile.value);
    // 200 replicas know a standard deviation to 5 %, 100 residuals to 7 %.
    let ratio = resampled.standard_error / profile.standard_error;
    assert!((ratio - 1.0).abs() < 0.3, "{ratio}");
    let again = time(&[
        "--intervals",
        "bootstrap",
        "--replicas",
        "200",
        "--seed",
        "1",
    ]);
    assert_eq!(again, resampled);
    let other = time(&[
        "--intervals",
        "bootstrap",
        "--replicas",
        "200",
        "--seed",
        "2",
    ]);
    assert_ne!(other.interval, resampled.interval);
}

/// Without --model the right one is found among all, and no second time.
#[test]
fn the_right_model_is_chosen_and_the_choice_explained() {
    let folder = folder();
    put(&folder, "slow.csv", &csv(0.005));
    put(&folder, "fast.csv", &csv(0.03));
    fit(&folder, &["slow.csv", "fast.csv"])
        .success()
        .stdout(predicate::str::contains(
            "volatile-bipolar was chosen of 9 models",
        ))
        .stdout(predicate::str::contains(
            "do not support a second memory time",
        ));
    let file = written(&folder.path().join("device.toml"));
    holds_the_truth(&file);
    assert_eq!(file.data.len(), 2);
    assert_eq!(file.tried.len(), 9);
}

/// Several header rows, a pair a frequency, no times: the lab's own export. The
/// areas obey K ωτ/(1 + ω²τ²) exactly, and so give τ.
#[test]
fn a_wide_export_without_times_is_read() {
    let folder = folder();
    let frequencies = [(0.002, 101), (0.01, 101), (0.02, 81), (0.1, 61)];
    put(&folder, "wide.txt", &wide(&frequencies));
    fit(&folder, &["wide.txt", "--model", "volatile-bipolar"]).success();
    let file = written(&folder.path().join("device.toml"));
    holds_the_truth(&file);
    let found: Vec<f64> = file.data.iter().filter_map(|d| d.frequency_hz).collect();
    assert_eq!(found, [0.002, 0.01, 0.02, 0.1]);
    let law = file.area_law.expect("four loops");
    assert!((law.time_s / MEMORY_TIME - 1.0).abs() < 0.1, "{law:?}");
    assert_eq!((law.memory_time_s, law.crossing), (law.time_s, [4, 4]));
}

/// Any order of columns, units by flags, a semicolon and a decimal comma.
#[test]
fn columns_and_units_by_flags() {
    let folder = folder();
    let mut text = "run;sense;force;clock\n".to_owned();
    for (time, voltage, current) in rows(0.01, 100) {
        let line = format!("7;{current};{};{time}\n", 1e3 * voltage);
        text += &line.replace('.', ",");
    }
    put(&folder, "odd.csv", &text);
    let columns = [
        "--time",
        "4:s",
        "--voltage",
        "force:mV",
        "--current",
        "sense:nA",
    ];
    let mut arguments = vec!["odd.csv", "--model", "volatile-bipolar"];
    arguments.extend(columns);
    fit(&folder, &arguments).success();
    holds_the_truth(&written(&folder.path().join("device.toml")));
}

/// Ten periods: averaged into one, with the noise from their scatter.
#[test]
fn many_periods_are_averaged_and_tell_their_noise() {
    let folder = folder();
    let mut text = "I/nA,V/V,t/s\n".to_owned();
    let mut stream = Stream::named(2, "tests of fit", 0);
    for k in 0..1000 {
        let time = f64::from(k);
        let (voltage, current) = device(0.01, time);
        let _ = writeln!(text, "{},{voltage},{time}", 1e9 * current + stream.normal());
    }
    put(&folder, "long.csv", &text);
    fit(&folder, &["long.csv", "--model", "volatile-bipolar"]).success();
    let file = written(&folder.path().join("device.toml"));
    holds_the_truth(&file);
    assert!(file.data[0].periods >= 9, "{:?}", file.data);
    let ratio = file
        .quality
        .residual_over_noise
        .expect("the noise is known");
    assert!((0.8..1.25).contains(&ratio), "{ratio}");
}

#[test]
fn a_result_file_of_ours_is_read() {
    let folder = folder();
    let sets = [
        "slits.slit.ions={cation=20, anion=20}",
        "dynamics.window=20 ns",
        "drive.frequency=1 MHz",
        "run.duration=5 us",
        "analysis.loop.discard=0.5 us",
    ];
    let mut run = Command::cargo_bin("bjerrum").expect("the program is built");
    run.current_dir(&folder)
        .args(["run", "memristor", "--out", "run.h5"]);
    run.args(sets.iter().flat_map(|set| ["--set", set]))
        .assert()
        .success();
    fit(&folder, &["run.h5", "--model", "resistor"]).success();
    let file = written(&folder.path().join("device.toml"));
    // 0.5 kT/(e Å) over 2 µm is 256.8 V at 298 K.
    assert!(
        (file.range.voltage_v[1] / 256.8 - 1.0).abs() < 0.02,
        "{:?}",
        file.range
    );
    assert!((file.data[0].frequency_hz.expect("a sine") / 1e6 - 1.0).abs() < 0.01);
    // 20 + 20 free divalent ions carry z² e² D N/(kT L²) = 6.4 fS... more than half
    // of them are free at these fields.
    let free = 40.0 * 4.0 * 0.10341 / 4e8 * 1.602_176_634e-19 / 1e-12 / 0.025_680;
    let found = file.parameters["conductance"].value / free;
    assert!((0.3..1.05).contains(&found), "{found}");
}

#[test]
fn an_existing_file_is_not_replaced_without_force() {
    let folder = folder();
    put(&folder, "loop.csv", &csv(0.01));
    let arguments = [
        "loop.csv",
        "--model",
        "volatile-bipolar",
        "--out",
        "mine.toml",
    ];
    fit(&folder, &arguments).success();
    fit(&folder, &arguments)
        .code(2)
        .stderr(predicate::str::contains("mine.toml exists already"))
        .stderr(predicate::str::contains("--force"));
    let mut forced = arguments.to_vec();
    forced.push("--force");
    fit(&folder, &forced).success();
}

/// A model that the data do not bear is refused, with the parameter, what is
/// known of it, and the measurement that would settle it.
#[test]
fn what_cannot_be_determined_is_refused_by_name() {
    let folder = folder();
    let mut text = "t (s),V (V),I (nA)\n".to_owned();
    let mut stream = Stream::named(3, "tests of fit", 0);
    for (time, voltage, _) in rows(0.01, 100) {
        let current = 200.0 * voltage + stream.normal();
        let _ = writeln!(text, "{time},{voltage},{current}");
    }
    put(&folder, "resistor.csv", &text);
    fit(&folder, &["resistor.csv", "--model", "volatile-bipolar"])
        .code(2)
        .stderr(predicate::str::contains("do not determine"))
        .stderr(predicate::str::contains("linear (growth"))
        .stderr(predicate::str::contains("memory_time (memory"))
        .stderr(predicate::str::contains("frequencies"));
    assert!(!folder.path().join("device.toml").exists());
    fit(&folder, &["resistor.csv"])
        .success()
        .stdout(predicate::str::contains("resistor was chosen"))
        .stdout(predicate::str::contains("the data show no memory"));
}

#[test]
fn a_known_value_is_fixed() {
    let folder = folder();
    put(&folder, "loop.csv", &csv(0.01));
    let fixed = |value: &str| {
        let given = format!("memory_time={value}");
        fit(
            &folder,
            &[
                "loop.csv",
                "--model",
                "volatile-bipolar",
                "--fix",
                &given,
                "--force",
            ],
        )
    };
    fixed("12 s").success();
    let file = written(&folder.path().join("device.toml"));
    assert_eq!(file.parameters["memory_time"].method, "given");
    assert_eq!(file.parameters["memory_time"].value, 12.0);
    fixed("12 V")
        .code(2)
        .stderr(predicate::str::contains("expected a value in s"));
    fit(
        &folder,
        &[
            "loop.csv", "--model", "resistor", "--fix", "tau=1 s", "--force",
        ],
    )
    .code(2)
    .stderr(predicate::str::contains("no such parameter"));
}

/// Each of these is refused with exit code 2 and one message that says where
/// and what.
#[test]
fn bad_input_is_told_where_and_what() {
    let good = csv(0.01);
    let lines: Vec<&str> = good.lines().collect();
    let with_line = |number: usize, line: &str| {
        let mut changed = lines.clone();
        changed[number - 1] = line;
        changed.join("\n")
    };
    let constant: String = "t (s),V (V),I (nA)\n".to_owned()
        + &(0..20)
            .map(|k| format!("{k},0.1,{k}\n"))
            .collect::<String>();
    let mut mixed = "t (s),V (V),I (nA)\n".to_owned();
    for k in 0..800 {
        let time = f64::from(k);
        let frequency = if k < 400 { 0.01 } else { 0.03 };
        let (voltage, current) = device(frequency, time);
        let _ = writeln!(mixed, "{time},{voltage},{}", 1e9 * current);
    }
    let timeless = good.replace("t (s),", "n,");
    let cases: [(&str, String, &[&str]); 10] = [
        (
            "missing",
            with_line(7, "0.06,,3"),
            &["bad.csv:7", "column 2 (V (V)) is empty"],
        ),
        (
            "word",
            with_line(5, "0.04,1,oops"),
            &["bad.csv:5", "column 3 (I (nA))", "oops"],
        ),
        (
            "not finite",
            with_line(5, "0.04,NaN,2"),
            &["bad.csv:5", "column 2", "NaN"],
        ),
        (
            "clock",
            with_line(9, lines[6]),
            &["bad.csv:9", "time goes from", "increase"],
        ),
        (
            "constant",
            constant,
            &["bad.csv", "voltage is 0.1 V throughout"],
        ),
        (
            "mixed",
            mixed,
            &["bad.csv", "two frequencies are mixed", "0.01", "0.03"],
        ),
        ("short", lines[..5].join("\n"), &["bad.csv", "4 points"]),
        (
            "no unit",
            good.replace("I (nA)", "I"),
            &["column 3", "without a unit", "--current 3:nA"],
        ),
        (
            "no current",
            good.replace("I (nA)", "x"),
            &["no column of currents", "--current"],
        ),
        (
            "no time",
            timeless,
            &["no time and no frequency", "--frequency"],
        ),
    ];
    for (what, text, words) in cases {
        let folder = folder();
        put(&folder, "bad.csv", &text);
        let mut refused = fit(&folder, &["bad.csv"]).code(2);
        for word in words {
            // The message may be wrapped anywhere.
            let (found, wanted) = (flat(&refused.get_output().stderr), word.replace(' ', ""));
            assert!(found.contains(&wanted), "{what}: {word:?} in {found}");
            refused = refused.code(2);
        }
        assert!(!folder.path().join("device.toml").exists(), "{what}");
    }
}

/// A text without spaces, line breaks and the frame around a message.
fn flat(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '│')
        .collect()
}

/// Fewer points than the parameters need, in a file that is otherwise fine.
#[test]
fn fewer_points_than_parameters_are_refused() {
    let folder = folder();
    let mut text = "t (s),V (V),I (nA)\n".to_owned();
    for (time, voltage, current) in rows(0.01, 8) {
        let _ = writeln!(text, "{time},{voltage},{current}");
    }
    put(&folder, "few.csv", &text);
    fit(&folder, &["few.csv", "--model", "two-times"])
        .code(2)
        .stderr(predicate::str::contains("8 points cannot fix 6 parameters"));
}

#[test]
fn a_start_from_random_ions_needs_a_model_of_ions() {
    let folder = folder();
    put(&folder, "loop.csv", &csv(0.01));
    let arguments = ["loop.csv", "--start", "random", "--model", "two-times"];
    fit(&folder, &arguments)
        .code(2)
        .stderr(predicate::str::contains("two-times: knows no ions"))
        .stderr(predicate::str::contains("--model segregated-pairs"));
}

#[test]
fn an_unknown_model_or_file_is_refused() {
    let folder = folder();
    put(&folder, "loop.csv", &csv(0.01));
    fit(&folder, &["loop.csv", "--model", "volatile"])
        .code(2)
        .stderr(predicate::str::contains("volatile-bipolar"));
    fit(&folder, &["nothing.csv"])
        .code(2)
        .stderr(predicate::str::contains("nothing.csv"));
    fit(&folder, &["loop.csv", "--frequency", "5 mHz"])
        .code(2)
        .stderr(predicate::str::contains("5 mHz").or(predicate::str::contains("0.005")));
}
