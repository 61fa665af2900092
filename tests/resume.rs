//! Runs that are stopped, killed, spoilt or run twice, and gone on with: the same
//! numbers to the bit, or a refusal that says why.

mod common;

use assert_cmd::Command;
use bjerrum::results::RunFile;
use bjerrum::run::{Course, Destination, Ending, Progress, RunError, Signals, run};
use bjerrum::scenario::Scenario;
use bjerrum_physics::noise::Stream;
use common::SmallDisk;
use hdf5::types::VarLenUnicode;
use predicates::str::contains;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A loop of 120 ions, of which positions are kept and clusters watched: 1885 windows in a tenth of a second.
const DRIVEN: [&str; 13] = [
    "slits.slit.ions={cation=30, anion=30}",
    "slits.slit.width=0.05 um",
    "dynamics.window=50 ps",
    "observe.samples_per_window=5",
    "observe.trajectory=2 ns",
    "drive.frequency=1e-7 rad/fs",
    "run.duration=94.25 ns",
    "analysis.loop.discard=31.4 ns",
    "analysis.loop.bin_half_width=0.02 kT/(e*angstrom)",
    "analysis.clusters.cutoff=30 angstrom",
    "analysis.clusters.release=60 angstrom",
    "analysis.clusters.discard=20 ns",
    "run.replicas=2",
];

/// A neuron of 160 ions for 60 windows.
const CIRCUIT: [&str; 5] = [
    "scale=0.01",
    "dynamics.window=5 ns",
    "circuit.relaxation=50 ns",
    "run.duration=300 ns",
    "observe.trajectory=30 ns",
];

fn scenario(name: &str, sets: &[&str]) -> Scenario {
    let sets = sets.iter().map(|set| {
        let (key, value) = set.split_once('=').expect("a key and a value");
        (key.to_owned(), value.to_owned())
    });
    Scenario::load(name, &sets.collect::<Vec<_>>(), None).expect("a scenario")
}

/// Every dataset of a file, to the byte: its shape and what is in it.
fn datasets(path: &Path) -> BTreeMap<String, (Vec<usize>, Vec<u64>)> {
    fn visit(group: &hdf5::Group, into: &mut BTreeMap<String, (Vec<usize>, Vec<u64>)>) {
        for group in group.groups().expect("groups") {
            visit(&group, into);
        }
        for dataset in group.datasets().expect("datasets") {
            let kind = dataset.dtype().expect("a type");
            let words = if kind.is::<f64>() {
                let numbers = dataset.read_raw::<f64>().expect("numbers");
                numbers.into_iter().map(f64::to_bits).collect()
            } else if kind.is::<u64>() {
                dataset.read_raw::<u64>().expect("numbers")
            } else if kind.is::<i32>() {
                let numbers = dataset.read_raw::<i32>().expect("numbers");
                numbers.into_iter().map(|n| n as u64).collect()
            } else {
                let text = dataset.read_scalar::<VarLenUnicode>().expect("a text");
                text.bytes().map(u64::from).collect()
            };
            into.insert(dataset.name(), (dataset.shape(), words));
        }
    }
    let file = hdf5::File::open(path).expect("a file that is closed");
    let mut found = BTreeMap::new();
    visit(&file, &mut found);
    assert!(found.len() > 10, "{} datasets", found.len());
    found
}

/// Asks to stop after some window.
struct StopAfter {
    window: u64,
    stop: Arc<AtomicBool>,
}

impl Progress for StopAfter {
    fn advanced(&mut self, windows: u64) {
        self.stop.store(windows >= self.window, Ordering::Relaxed);
    }
}

/// Runs, or goes on, until `window`.
fn run_until(scenario: &Scenario, file: &Path, resume: bool, window: u64) -> Ending {
    let signals = Signals::default();
    let mut progress = StopAfter {
        window,
        stop: Arc::clone(&signals.stop),
    };
    let course = Course {
        resume,
        checkpoint_every: None,
        signals,
    };
    let destination = Destination {
        file: file.to_owned(),
        overwrite: false,
    };
    run(scenario, &destination, &course, &mut progress).expect("a run")
}

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
    for engine in ["dynamics.engine=fast", "dynamics.engine=plain"] {
        for preset in ["dynamics.preset=published", "dynamics.preset=physical"] {
            interrupted_is_uninterrupted("memristor", &[&DRIVEN[..], &[engine, preset]].concat());
        }
    }
}

#[test]
fn a_circuit_goes_on_to_the_bit() {
    for engine in ["dynamics.engine=fast", "dynamics.engine=plain"] {
        for (preset, coupling) in [
            ("dynamics.preset=published", "circuit.coupling=published"),
            ("dynamics.preset=physical", "circuit.coupling=mobile-charge"),
        ] {
            let sets = [&CIRCUIT[..], &[engine, preset, coupling]].concat();
            interrupted_is_uninterrupted("ionic-neuron", &sets);
        }
    }
}

fn bjerrum(folder: impl AsRef<Path>) -> Command {
    let mut command = Command::cargo_bin("bjerrum").expect("the program is built");
    command.current_dir(folder);
    command
}

/// Arguments of the driven run, so much longer, with a checkpoint every 20 ms.
fn arguments(times: u32) -> Vec<String> {
    let mut arguments = vec!["run".to_owned(), "memristor".to_owned()];
    arguments.extend(["--checkpoint".to_owned(), "20 ms".to_owned()]);
    let duration = format!("run.duration={} ns", 94.25 * f64::from(times));
    for set in DRIVEN.into_iter().chain([duration.as_str()]) {
        arguments.extend(["--set".to_owned(), set.to_owned()]);
    }
    arguments
}

/// What was said on stderr, as one line: messages are wrapped to the terminal.
fn told(assert: &assert_cmd::assert::Assert) -> String {
    let told = String::from_utf8_lossy(&assert.get_output().stderr);
    let words: Vec<&str> = told.split_whitespace().filter(|w| *w != "│").collect();
    words.join(" ")
}

fn start(folder: &TempDir, arguments: &[String]) -> Child {
    std::process::Command::new(assert_cmd::cargo::cargo_bin("bjerrum"))
        .current_dir(folder)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < deadline, "waited a minute for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn checkpoint(folder: impl AsRef<Path>) -> PathBuf {
    folder.as_ref().join("memristor.h5.checkpoint")
}

/// Killed with SIGKILL until ten processes are gone, at random moments; the last one
/// may finish.
#[test]
fn a_run_that_is_killed_ten_times_goes_on_to_the_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = arguments(4);
    bjerrum(&folder)
        .args(&arguments)
        .args(["--out", "whole.h5"])
        .assert()
        .success();

    let mut random = Stream::named(7, "kills", 0);
    let mut kills = 0;
    for round in 0..10 {
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
    }
    println!(
        "{kills} kills, checkpoint: {}",
        checkpoint(&folder).exists()
    );
    assert!(kills >= 5, "{kills} processes were killed in time");
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

/// A run of 1885 windows, stopped at 700 and at 1200, and what goes on with it.
fn stopped_twice(folder: &TempDir) -> Vec<String> {
    let arguments = arguments(1);
    let scenario = scenario("memristor", &DRIVEN);
    let file = folder.path().join("memristor.h5");
    run_until(&scenario, &file, false, 700);
    run_until(&scenario, &file, true, 1200);
    arguments
}

#[test]
fn of_a_spoilt_checkpoint_the_one_before_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = stopped_twice(&folder);
    let path = checkpoint(&folder);
    let whole = fs::read(&path).expect("a checkpoint");
    let spoilt: [(Vec<u8>, &str); 4] = [
        (whole[..whole.len() - 1].to_vec(), "it ends after"),
        (whole[..30].to_vec(), "it ends after"),
        (Vec::new(), "it is none"),
        (flipped(&whole, whole.len() / 2), "does not have its digest"),
    ];
    let backup = tempfile::tempdir().expect("a folder");
    let names = ["memristor.h5", "memristor.h5.checkpoint.previous"];
    for name in names {
        fs::copy(folder.path().join(name), backup.path().join(name)).expect("a copy");
    }
    for (bytes, what) in spoilt {
        for name in names {
            fs::copy(backup.path().join(name), folder.path().join(name)).expect("a copy");
        }
        fs::write(&path, bytes).expect("a file");
        let output = bjerrum(&folder)
            .args(&arguments)
            .arg("--resume")
            .assert()
            .success();
        let told = told(&output);
        assert!(told.contains(what), "{what}: {told}");
        assert!(told.contains("going on from the one before it"), "{told}");
    }
    bjerrum(&folder)
        .args(&arguments)
        .args(["--out", "whole.h5"])
        .assert()
        .success();
    let of = |name: &str| datasets(&folder.path().join(name));
    assert_eq!(of("memristor.h5"), of("whole.h5"));

    // Both spoilt: refused, and nothing is touched.
    for name in names {
        fs::copy(backup.path().join(name), folder.path().join(name)).expect("a copy");
    }
    let previous = folder.path().join(names[1]);
    let bytes = fs::read(&previous).expect("a checkpoint");
    fs::write(&previous, flipped(&bytes, 40)).expect("a file");
    fs::write(&path, flipped(&whole, 40)).expect("a file");
    bjerrum(&folder)
        .args(&arguments)
        .arg("--resume")
        .assert()
        .code(2)
        .stderr(contains("is damaged"))
        .stderr(contains("--force"));
    let kept = RunFile::open(folder.path().join("memristor.h5")).expect("a file");
    assert_eq!(kept.status().expect("a status"), "interrupted");
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 4;
    bytes
}

#[test]
fn what_cannot_be_gone_on_with_is_refused() {
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

/// The rows come from the checkpoint, the frames of trajectories do not.
#[test]
fn a_lost_result_file_is_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = scenario("ionic-neuron", &CIRCUIT[..4]);
    let file = folder.path().join("whole.h5");
    run_until(&whole, &file, false, u64::MAX);
    let parts = folder.path().join("parts.h5");
    run_until(&whole, &parts, false, 25);
    fs::write(&parts, &fs::read(&parts).expect("a file")[..3000]).expect("a torn file");
    run_until(&whole, &parts, true, u64::MAX);
    assert_eq!(datasets(&parts), datasets(&file));

    let frames = scenario("ionic-neuron", &CIRCUIT);
    let parts = folder.path().join("frames.h5");
    run_until(&frames, &parts, false, 25);
    fs::remove_file(&parts).expect("a file");
    let destination = Destination {
        file: parts,
        overwrite: false,
    };
    let course = Course {
        resume: true,
        ..Course::default()
    };
    let error = run(&frames, &destination, &course, &mut ()).expect_err("no frames");
    assert!(matches!(error, RunError::Checkpoint(_)), "{error:?}");
    assert!(
        error.to_string().contains("at window 25, and the frames"),
        "{error}"
    );
}

#[test]
fn two_runs_do_not_write_one_file() {
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

#[test]
fn a_run_that_filled_the_disk_goes_on_when_there_is_space() {
    let Some(disk) = SmallDisk::mount(32) else {
        return;
    };
    let arguments = arguments(2);
    let file = disk.path().join("memristor.h5");
    let hog = disk.path().join("hog");
    fs::write(&hog, vec![0; 32344 << 10]).expect("a file");
    let told = told(&bjerrum(disk.path()).args(&arguments).assert().code(1));
    assert!(told.contains("No space left on device"), "{told}");
    assert!(told.contains("Disk full?"), "{told}");
    let rows = |file: &Path| {
        let file = RunFile::open(file).expect("what was written is readable");
        let series = file.series("observables/slit-copy0", "current");
        series.expect("a series").step.len()
    };
    println!("{} rows, then: {told}", rows(&file));
    assert!(checkpoint(disk.path()).exists());

    // Still full: refused, and nothing is lost.
    let before = rows(&file);
    let _ = fs::write(disk.path().join("more"), vec![0; 32 << 20]);
    bjerrum(disk.path())
        .args(&arguments)
        .arg("--resume")
        .assert()
        .failure();
    assert_eq!(rows(&file), before);

    fs::remove_file(hog).expect("a file");
    fs::remove_file(disk.path().join("more")).expect("a file");
    bjerrum(disk.path())
        .args(&arguments)
        .arg("--resume")
        .assert()
        .success();
    let folder = tempfile::tempdir().expect("a folder");
    bjerrum(&folder).args(&arguments).assert().success();
    assert_eq!(
        datasets(&file),
        datasets(&folder.path().join("memristor.h5"))
    );
}
