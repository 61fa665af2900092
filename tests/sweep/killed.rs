//! A sweep that is killed and stopped.

use super::{FIELDS, SMALL, bjerrum, current, files, folder_with};
use predicates::str::contains;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Killed and stopped, and run on in the same folder: the files of an undisturbed
/// sweep, to the bit.
#[test]
fn a_sweep_that_is_killed_and_stopped_goes_on() {
    let longer = SMALL
        .replace("\"10 ns\"", "\"3 us\"")
        .replace("1 ns", "0.2 ns");
    let longer = longer.replace("[set]", "[set]\nobserve.samples_per_window = 4");
    let folder = folder_with(&[&longer, FIELDS]);
    let run = |more: &[&str]| {
        std::process::Command::new(assert_cmd::cargo::cargo_bin("bjerrum"))
            .current_dir(&folder)
            .args([
                "sweep",
                "wien.toml",
                "--checkpoint",
                "20 ms",
                "--threads",
                "2",
            ])
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts")
    };
    let checkpoint_is_there = || {
        let entries = fs::read_dir(folder.path().join("wien.sweep"));
        entries.is_ok_and(|mut entries| {
            entries.any(|e| e.is_ok_and(|e| e.path().to_string_lossy().ends_with(".checkpoint")))
        })
    };
    for signal in ["-KILL", "-TERM"] {
        let mut child = run(&[]);
        let deadline = Instant::now() + Duration::from_secs(60);
        while !checkpoint_is_there() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(100));
        let id = child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args([signal, &id])
            .status();
        assert!(sent.is_ok_and(|status| status.success()));
        let code = child.wait().expect("an end").code();
        assert!(signal == "-KILL" || code == Some(130), "{code:?}");
    }
    bjerrum(&folder)
        .args(["status", "wien.toml"])
        .assert()
        .stdout(contains("stopped"));
    // Two processes share what is left.
    let mut other = run(&[]);
    bjerrum(&folder)
        .args(["sweep", "wien.toml", "--threads", "1"])
        .assert()
        .success();
    assert!(other.wait().expect("an end").success());
    let parts = files(&folder);
    assert_eq!(parts.len(), 3);
    bjerrum(&folder)
        .args(["sweep", "wien.toml", "--folder", "whole"])
        .assert()
        .success();
    for (part, _) in parts {
        let whole = folder
            .path()
            .join("whole")
            .join(part.file_name().expect("a name"));
        assert_eq!(current(&part), current(&whole));
    }
}
