//! The same numbers as a run at a stretch, to the bit.

use super::alone::alone;
use super::{
    CIRCUIT, DRIVEN, arguments, bjerrum, checkpoint, datasets, run_until, scenario, start,
};
use bjerrum::results::RunFile;
use bjerrum::run::Ending;
use bjerrum_physics::noise::Stream;
use predicates::str::contains;
use std::fs;
use std::time::Duration;

/// Interrupted at three random windows and gone on with, against a run at a stretch.
fn interrupted_is_uninterrupted(name: &str, sets: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = scenario(name, sets);
    let (whole, parts) = (
        folder.path().join("whole.h5"),
        folder.path().join("parts.h5"),
    );
    let windows = scenario.run.windows;
    assert_eq!(
        run_until(&scenario, &whole, false, windows),
        Ending::Complete
    );

    let clock = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .expect("a clock");
    let mut random = Stream::named(clock.as_nanos() as u64, "interruptions", 0);
    let mut stops = [0; 3].map(|_| 1 + (random.uniform() * (windows - 1) as f64) as u64);
    stops.sort_unstable();
    println!("{name} {sets:?}: stopped at {stops:?} of {windows}");
    let mut done = 0;
    for stop in stops {
        let ending = run_until(&scenario, &parts, done > 0, stop);
        done = stop.max(done + 1);
        if done == windows {
            break;
        }
        assert_eq!(ending, Ending::Interrupted { windows: done });
    }
    if done < windows {
        let ending = run_until(&scenario, &parts, true, windows);
        assert_eq!(ending, Ending::Complete);
    }
    assert_eq!(datasets(&parts), datasets(&whole));
    let file = RunFile::open(&parts).expect("a result file");
    assert_eq!(file.status().expect("a status"), "complete");
    let provenance = file.provenance().expect("provenance");
    assert!(provenance.iter().any(|(name, _)| name == "resumed"));
    let left: Vec<_> = fs::read_dir(&folder).expect("a folder").collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_driven_slit_goes_on_to_the_bit() {
    let _alone = alone();
    for engine in ["dynamics.engine=fast", "dynamics.engine=plain"] {
        for preset in ["dynamics.preset=published", "dynamics.preset=physical"] {
            interrupted_is_uninterrupted("memristor", &[&DRIVEN[..], &[engine, preset]].concat());
        }
    }
}

/// The forces from beyond the cut-off are held for many steps, but not from window to
/// window.
#[test]
fn a_slit_with_long_range_forces_goes_on_to_the_bit() {
    let _alone = alone();
    for engine in ["dynamics.engine=fast", "dynamics.engine=plain"] {
        let sets = [
            &DRIVEN[..],
            &[
                engine,
                "dynamics.preset=physical",
                "interaction.long_range=mesh",
            ],
        ];
        interrupted_is_uninterrupted("memristor", &sets.concat());
    }
}

#[test]
fn a_circuit_goes_on_to_the_bit() {
    let _alone = alone();
    for engine in ["dynamics.engine=fast", "dynamics.engine=plain"] {
        for (preset, coupling, far) in [
            (
                "dynamics.preset=published",
                "circuit.coupling=published",
                "interaction.long_range=none",
            ),
            (
                "dynamics.preset=physical",
                "circuit.coupling=mobile-charge",
                "interaction.long_range=mesh",
            ),
        ] {
            let sets = [&CIRCUIT[..], &[engine, preset, coupling, far]].concat();
            interrupted_is_uninterrupted("ionic-neuron", &sets);
        }
    }
}

#[test]
fn a_run_that_is_killed_ten_times_goes_on_to_the_bit() {
    let _alone = alone();
    killed_is_undisturbed(10);
}

/// `cargo test --release --test resume -- --ignored hundred --nocapture`
#[test]
#[ignore = "a hundred kills take a minute or two: for the full tier"]
fn a_run_that_is_killed_a_hundred_times_goes_on_to_the_bit() {
    let _alone = alone();
    killed_is_undisturbed(100);
}

/// Killed with SIGKILL until so many processes are gone, at random moments; the last
/// ones may finish. After each, the file can be read.
fn killed_is_undisturbed(processes: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = arguments(4 * processes / 10);
    bjerrum(&folder)
        .args(&arguments)
        .args(["--out", "whole.h5"])
        .assert()
        .success();

    let mut random = Stream::named(7, "kills", 0);
    let (mut kills, mut unreadable) = (0, 0);
    for round in 0..processes {
        let way = match checkpoint(&folder).exists() {
            true => "--resume",
            false => "--force",
        };
        let threads = format!("--threads={}", 1 + round % 3);
        let rest = [way.to_owned(), threads];
        let mut child = start(&folder, &[&arguments[..], &rest].concat());
        std::thread::sleep(Duration::from_secs_f64(0.1 + 0.3 * random.uniform()));
        child.kill().expect("a process to kill");
        kills += u32::from(!child.wait().expect("an end").success());
        let readable = RunFile::open(folder.path().join("memristor.h5")).is_ok();
        unreadable += u32::from(!readable && checkpoint(&folder).exists());
    }
    println!(
        "{kills} kills, {unreadable} files that could not be read, checkpoint: {}",
        checkpoint(&folder).exists()
    );
    assert!(
        kills >= processes / 2,
        "{kills} processes were killed in time"
    );
    let way = match checkpoint(&folder).exists() {
        true => "--resume",
        false => "--force",
    };
    bjerrum(&folder)
        .args(&arguments)
        .arg(way)
        .assert()
        .success();
    let of = |name: &str| datasets(&folder.path().join(name));
    assert_eq!(of("memristor.h5"), of("whole.h5"));

    // And a run that is complete is left as it is.
    let before = fs::read(folder.path().join("memristor.h5")).expect("a file");
    bjerrum(&folder)
        .args(&arguments)
        .arg("--resume")
        .assert()
        .success()
        .stdout(contains("memristor.h5 is complete: nothing to resume"));
    let after = fs::read(folder.path().join("memristor.h5")).expect("a file");
    assert!(before == after);
}
