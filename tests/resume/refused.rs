//! What is refused with its reason, and what signals do.

use super::alone::alone;
use super::{arguments, bjerrum, checkpoint, start, stopped_twice, told, wait_for};
use bjerrum::results::RunFile;
use predicates::str::contains;
use std::fs;
use std::time::Duration;

#[test]
fn what_cannot_be_gone_on_with_is_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = stopped_twice(&folder);
    let refuse = |more: &[&str], message: &str| {
        let assert = bjerrum(&folder)
            .args(&arguments)
            .args(more)
            .assert()
            .code(2);
        let told = told(&assert);
        assert!(told.contains(message), "{message}: {told}");
    };
    refuse(
        &["--resume", "--seed", "7"],
        "`seed = 2021` where this one has `seed = 7`",
    );
    refuse(
        &["--resume", "--set", "drive.amplitude=0.4 kT/(e*angstrom)"],
        "amplitude",
    );
    refuse(&["--resume", "--out", "other.h5"], "nothing to resume");
    refuse(&["--resume", "--force"], "cannot be used with");
    refuse(&[], "memristor.h5 exists already");
    bjerrum(&folder)
        .args(["run", "memristor", "--checkpoint", "soon"])
        .assert()
        .code(2)
        .stderr(contains("expected a time such as \"5 min\", or never"));

    // The scenario of a complete file, too.
    let file = folder.path().join("memristor.h5");
    bjerrum(&folder)
        .args(&arguments)
        .arg("--resume")
        .assert()
        .success();
    refuse(&["--resume", "--seed", "7"], "`seed = 2021`");
    // A file by somebody else is not touched.
    fs::write(&file, "precious").expect("a file");
    refuse(&["--resume"], "is not an HDF5 file");
    assert_eq!(fs::read_to_string(&file).expect("a file"), "precious");
    // A checkpoint alone is not overwritten either, and does where no frames are kept.
    fs::remove_file(&file).expect("a file");
    fs::write(checkpoint(&folder), "precious").expect("a file");
    refuse(&[], "memristor.h5.checkpoint exists already");
}

#[test]
fn two_runs_do_not_write_one_file() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = arguments(1000);
    let mut first = start(&folder, &arguments);
    wait_for("a checkpoint", || checkpoint(&folder).exists());
    for way in ["--force", "--resume"] {
        let mut second = bjerrum(&folder);
        second
            .args(&arguments)
            .arg(way)
            .assert()
            .code(2)
            .stderr(contains(format!(
                "is being written by process {}",
                first.id()
            )));
    }
    first.kill().expect("a process to kill");
    first.wait().expect("an end");
    // The lock that it left behind is not in the way.
    assert!(folder.path().join("memristor.h5.lock").exists());
    let mut third = start(
        &folder,
        &[&arguments[..], &["--resume".to_owned()]].concat(),
    );
    let file = folder.path().join("memristor.h5");
    let rows = || {
        let series =
            RunFile::open(&file).and_then(|f| f.series("observables/slit-copy0", "current"));
        series.map_or(0, |series| series.step.len())
    };
    let before = rows();
    wait_for("more rows", || rows() > before);
    third.kill().expect("a process to kill");
    third.wait().expect("an end");
}

#[cfg(unix)]
#[test]
fn signals_save_and_stop() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let mut arguments = arguments(1000);
    arguments.extend(["--checkpoint".to_owned(), "never".to_owned()]);
    // The option was given twice.
    arguments.drain(2..4);
    let child = start(&folder, &arguments);
    let send = |signal: &str| {
        let id = child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args([signal, &id])
            .status();
        assert!(sent.is_ok_and(|status| status.success()));
    };
    wait_for("a file", || folder.path().join("memristor.h5").exists());
    std::thread::sleep(Duration::from_millis(300));
    assert!(!checkpoint(&folder).exists());
    send("-USR1");
    wait_for("a checkpoint", || checkpoint(&folder).exists());
    send("-TERM");
    let mut child = child;
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    let file = RunFile::open(folder.path().join("memristor.h5")).expect("a file");
    assert_eq!(file.status().expect("a status"), "interrupted");
    assert!(
        folder
            .path()
            .join("memristor.h5.checkpoint.previous")
            .exists()
    );
}

/// A circuit that runs away after its first windows: the last good state is named.
#[test]
fn a_run_that_fails_names_its_last_good_checkpoint() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = bjerrum(&folder);
    command.args(["run", "ionic-neuron", "--checkpoint", "0 s"]);
    for set in [
        "scale=0.01",
        "dynamics.window=5 ns",
        "circuit.relaxation=10 ns",
        "run.duration=50 ns",
        "circuit.source=1 mA",
    ] {
        command.args(["--set", set]);
    }
    let told = told(&command.assert().code(1));
    assert!(
        told.contains("slit Na: after step 3000 the field of"),
        "{told}"
    );
    assert!(
        told.contains("the last state that was good is in ionic-neuron.h5.checkpoint"),
        "{told}"
    );
}
