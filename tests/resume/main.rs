//! Runs that are stopped, killed, spoilt or run twice, and gone on with: the same
//! numbers to the bit, or a refusal that says why.

mod exact;
mod refused;
mod spoilt;

#[path = "../alone/mod.rs"]
mod alone;
#[path = "../common/mod.rs"]
mod common;

use assert_cmd::Command;
use bjerrum::run::{Course, Destination, Ending, Progress, Signals, run};
use bjerrum::scenario::Scenario;
use hdf5::types::VarLenUnicode;
use std::collections::BTreeMap;
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

/// A run of 1885 windows, stopped at 700 and at 1200, and what goes on with it.
fn stopped_twice(folder: &TempDir) -> Vec<String> {
    let arguments = arguments(1);
    let scenario = scenario("memristor", &DRIVEN);
    let file = folder.path().join("memristor.h5");
    run_until(&scenario, &file, false, 700);
    run_until(&scenario, &file, true, 1200);
    arguments
}
