//! `bjerrum fit --loops`: what loops show by themselves.
//!
//! Data by the closed forms of volatile memristors, so that areas, directions
//! and memory time are known.

use assert_cmd::Command;
use predicates::prelude::*;
use std::f64::consts::TAU;
use std::fmt::Write;
use tempfile::TempDir;

const MEMORY_TIME: f64 = 12.0;
const AMPLITUDE: f64 = 0.5;

/// G/G_0 under V_0 sin ωt, exactly: G_0 (1 + 0.8/V V), late by τ.
fn bipolar(phase: f64, lag: f64) -> f64 {
    1.0 + 0.8 * AMPLITUDE * (phase.sin() - lag * phase.cos()) / (1.0 + lag * lag)
}

/// The same for G_0 (1 + 3/V² V²), whose square goes at twice the frequency.
fn unipolar(phase: f64, lag: f64) -> f64 {
    let (sine, cosine) = (2.0 * phase).sin_cos();
    let late = (cosine + 2.0 * lag * sine) / (1.0 + 4.0 * lag * lag);
    1.0 + 1.5 * AMPLITUDE * AMPLITUDE * (1.0 - late)
}

/// One file a frequency (mHz), `0.csv` and so on; what `bjerrum fit --loops` says.
fn measured(folder: &TempDir, device: fn(f64, f64) -> f64, frequencies: &[f64]) -> String {
    let mut command = Command::cargo_bin("bjerrum").expect("the program is built");
    command.current_dir(folder).args(["fit", "--loops"]);
    for (k, frequency) in frequencies.iter().enumerate() {
        let omega = TAU * 1e-3 * frequency;
        let mut text = "t (s),V (V),I (nA)\n".to_owned();
        for sample in 0..400 {
            let phase = TAU * f64::from(sample) / 400.0;
            let voltage = AMPLITUDE * phase.sin();
            let current = 200.0 * device(phase, omega * MEMORY_TIME) * voltage;
            let _ = writeln!(text, "{},{voltage},{current}", phase / omega);
        }
        let name = format!("{k}.csv");
        std::fs::write(folder.path().join(&name), text).expect("a file for the test");
        command.arg(name);
    }
    let said = command.assert().success();
    String::from_utf8_lossy(&said.get_output().stdout).into_owned()
}

/// The number after `memory time`, s.
fn memory_time(said: &str) -> f64 {
    let after = said.split("memory time").nth(1).expect("a memory time");
    let number = after.split_whitespace().next().expect("a number");
    number.parse().expect("a number")
}

/// Lobes of a bipolar memristor cross, turn opposite ways, and obey the law
/// with the memory time itself. (Polygons of 400 points miss 1e-3 of an area.)
#[test]
fn bipolar_loops_cross_and_tell_their_memory_time() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let said = measured(&folder, bipolar, &[2.0, 8.0, 20.0, 80.0]);
    assert!(
        (memory_time(&said) / MEMORY_TIME - 1.0).abs() < 0.01,
        "{said}"
    );
    assert!(said.contains("4 of 4 loops cross themselves"), "{said}");
    assert_eq!(said.matches(" ccw").count(), 4, "{said}");
    assert_eq!(said.matches("  cw").count(), 4, "{said}");
    assert!(!folder.path().join("device.toml").exists());
}

/// Lobes of a unipolar memristor touch, turn the same way, and obey the law
/// with twice the memory time: half of it is told, and why.
#[test]
fn unipolar_loops_touch_and_the_law_is_halved() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let said = measured(&folder, unipolar, &[1.0, 4.0, 10.0, 40.0]);
    assert!(
        (memory_time(&said) / MEMORY_TIME - 1.0).abs() < 0.01,
        "{said}"
    );
    assert!(said.contains("the law returns 2 tau"), "{said}");
    assert!(said.contains("4 of 4 loops do not cross"), "{said}");
    assert_eq!(said.matches(" ccw").count(), 8, "{said}");
}

#[test]
fn what_the_areas_cannot_tell_is_said() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let said = measured(&folder, bipolar, &[2.0, 8.0]);
    assert!(said.contains("2 loops are too few"), "{said}");
    let said = measured(&folder, bipolar, &[100.0, 200.0, 400.0, 800.0]);
    assert!(said.contains("leave the memory time open"), "{said}");
}

#[test]
fn a_decay_is_no_loop() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut text = "t (s),V (V),I (nA)\n".to_owned();
    for k in 0..50 {
        let voltage = if k < 10 { 0.5 } else { 0.1 };
        let _ = writeln!(text, "{k},{voltage},{}", 200.0 * voltage);
    }
    std::fs::write(folder.path().join("decay.csv"), text).expect("a file for the test");
    let mut command = Command::cargo_bin("bjerrum").expect("the program is built");
    command
        .current_dir(&folder)
        .args(["fit", "--loops", "decay.csv"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("none of the recordings is a loop"));
}
