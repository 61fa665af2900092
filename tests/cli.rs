//! The program as a person meets it: what it prints, writes and refuses.

use assert_cmd::Command;
use bjerrum::results::RunFile;
use bjerrum::scenario::Plan;
use predicates::prelude::*;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A run of a tenth of a second: 20 + 20 ions for ten short windows.
const SMALL: [&str; 8] = [
    "--set",
    "slits.slit.ions={cation=20, anion=20}",
    "--set",
    "dynamics.window=1 ns",
    "--set",
    "run.duration=10 ns",
    "--set",
    "analysis.steady.discard=2 ns",
];

fn bjerrum(folder: &TempDir) -> Command {
    let mut command = Command::cargo_bin("bjerrum").expect("the program is built");
    command.current_dir(folder);
    command
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn run_small(folder: &TempDir, arguments: &[&str]) {
    bjerrum(folder)
        .args(["run", "iv-curve"])
        .args(SMALL)
        .args(arguments)
        .assert()
        .success();
}

/// Every series of the file, to the bit.
fn bits(path: &Path) -> Vec<(String, Vec<u64>)> {
    let file = RunFile::open(path).expect("a result file");
    let names = file.series_names().expect("series");
    names
        .into_iter()
        .map(|(group, name)| {
            let series = file.series(&group, &name).expect("a series");
            (
                format!("{group}/{name}"),
                series.values.iter().map(|v| v.to_bits()).collect(),
            )
        })
        .collect()
}

#[test]
fn list_names_every_built_in_scenario() {
    let mut assert = bjerrum(&folder()).arg("list").assert().success();
    for scenario in bjerrum::scenario::builtin() {
        assert = assert.stdout(predicate::str::contains(scenario.name));
    }
}

#[test]
fn a_run_writes_a_file_and_a_figure_and_says_so() {
    let folder = folder();
    bjerrum(&folder)
        .args(["run", "iv-curve"])
        .args(SMALL)
        .assert()
        .success()
        .stdout(predicate::str::contains("I/I_free at E = 0.500"))
        .stdout(predicate::str::contains("0.959 ± 0.001"))
        .stdout(predicate::str::contains(
            "wrote    iv-curve.h5, iv-curve.png",
        ));
    assert!(folder.path().join("iv-curve.png").exists());
    bjerrum(&folder)
        .args(["show", "iv-curve.h5"])
        .assert()
        .success()
        .stdout(predicate::str::contains("(complete)"))
        .stdout(predicate::str::contains("ξ    138.3 angstrom"));
    bjerrum(&folder)
        .args(["plot", "iv-curve.h5", "--format", "svg"])
        .assert()
        .success();
    assert!(folder.path().join("iv-curve.svg").exists());
}

#[test]
fn same_seed_same_bytes_at_any_number_of_threads() {
    let folder = folder();
    run_small(&folder, &["--out", "one.h5", "--threads", "1"]);
    run_small(&folder, &["--out", "three.h5", "--threads", "3"]);
    run_small(&folder, &["--out", "other.h5", "--seed", "7"]);
    let of = |name: &str| bits(&folder.path().join(name));
    assert_eq!(of("one.h5"), of("three.h5"));
    assert_ne!(of("one.h5"), of("other.h5"));
}

/// The scenario stored in a file, run again, gives the same file.
#[test]
fn the_stored_scenario_reproduces_the_run() {
    let folder = folder();
    run_small(&folder, &["--out", "first.h5", "--seed", "11"]);
    let file = RunFile::open(folder.path().join("first.h5")).expect("a result file");
    let text = file.scenario_toml().expect("its scenario");
    std::fs::write(folder.path().join("again.toml"), text).expect("a scenario file");
    bjerrum(&folder)
        .args(["run", "again.toml"])
        .assert()
        .success();
    let of = |name: &str| bits(&folder.path().join(name));
    assert_eq!(of("first.h5"), of("again.h5"));
}

/// What `show` prints of a scenario is the scenario, with what follows from it.
#[test]
fn a_scenario_is_shown_as_it_would_run() {
    let folder = folder();
    for scenario in bjerrum::scenario::builtin() {
        let set = ["--set", "title=Another title"];
        let shown = bjerrum(&folder)
            .args(["show", scenario.name])
            .args(set)
            .output()
            .expect("it starts");
        assert!(shown.status.success(), "{shown:?}");
        let text = String::from_utf8(shown.stdout).expect("text");
        let path = folder.path().join(format!("{}.toml", scenario.name));
        std::fs::write(&path, &text).expect("a scenario file");
        let set = [("title".to_owned(), "Another title".to_owned())];
        let asked = Plan::load(scenario.name, &set, None).expect("a scenario");
        let again = Plan::load(&path.display().to_string(), &[], None).expect("a scenario");
        assert_eq!(asked, again);
    }
    bjerrum(&folder)
        .args(["show", "memristor"])
        .assert()
        .success()
        .stdout(predicate::str::contains("#   ξ = 138.3 angstrom"));
}

#[test]
fn an_output_that_exists_is_kept() {
    let folder = folder();
    let path = folder.path().join("iv-curve.h5");
    std::fs::write(&path, "precious").expect("a file");
    bjerrum(&folder)
        .args(["run", "iv-curve"])
        .args(SMALL)
        .assert()
        .code(2)
        .stderr(predicate::str::contains("iv-curve.h5 exists already"))
        .stderr(predicate::str::contains("--force"));
    assert_eq!(
        std::fs::read_to_string(&path).expect("still there"),
        "precious"
    );
    run_small(&folder, &["--force"]);
    assert!(RunFile::open(&path).is_ok());
}

#[test]
fn wrong_input_exits_with_two() {
    let folder = folder();
    for (arguments, message) in [
        (&["run", "ionic-neurn"][..], "ionic-neuron"),
        (
            &["run", "iv-curve", "--set", "run.duratoin=1 us"][..],
            "the nearest is \"duration\"",
        ),
        (
            &["run", "iv-curve", "--set", "run.duration"][..],
            "KEY=VALUE",
        ),
        (
            &["run", "iv-curve", "--out", "no/such/folder.h5"][..],
            "folder.h5",
        ),
        (&["show", "missing.h5"][..], "missing.h5"),
        (&["show", "ionic-neurn"][..], "ionic-neuron"),
        (
            &["show", "missing.h5", "--set", "seed=7"][..],
            "no scenario",
        ),
        (&["plot", "missing.h5"][..], "missing.h5"),
    ] {
        bjerrum(&folder)
            .args(arguments)
            .assert()
            .code(2)
            .stderr(predicate::str::contains(message));
    }
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("the folder")
        .collect();
    assert!(left.is_empty(), "something was written: {left:?}");
}

/// Errors of a few per cent, in a second: the steps matter, the verdict not.
const QUICK: [&str; 7] = [
    "convergence",
    "memristor",
    "--set",
    "dynamics.preset=physical",
    "--effort",
    "0.02",
    "--tolerance",
];

/// The table of a study, name and bits of every column.
fn study(path: &Path) -> Vec<(String, Vec<u64>)> {
    let file = RunFile::open(path).expect("a result file");
    let mut tables = file.tables().expect("tables");
    assert_eq!(tables.len(), 1);
    let columns = tables.remove(0).columns.into_iter();
    let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect();
    columns.map(|c| (c.name, bits(c.values))).collect()
}

#[test]
fn convergence_measures_draws_and_judges() {
    let folder = folder();
    bjerrum(&folder)
        .args(QUICK)
        .arg("20")
        .assert()
        .success()
        .stdout(predicate::str::contains("Euler, 0.1 ps"))
        .stdout(predicate::str::contains("<- this scenario"))
        .stdout(predicate::str::contains("limit of short steps"))
        .stdout(predicate::str::contains("verdict  "))
        .stdout(predicate::str::contains(
            "wrote    memristor-convergence.h5, memristor-convergence.png",
        ));
    assert!(folder.path().join("memristor-convergence.png").exists());
    let table = study(&folder.path().join("memristor-convergence.h5"));
    let column = |name: &str| -> Vec<f64> {
        let found = table.iter().find(|(column, _)| column == name);
        let (_, bits) = found.expect("a column");
        bits.iter().map(|&bits| f64::from_bits(bits)).collect()
    };
    let (step, evaluations) = (column("step"), column("evaluations"));
    let (value, used) = (column("value"), column("used"));
    assert_eq!(evaluations[8], 10.0);
    assert_eq!(used.iter().sum::<f64>(), used[8]);
    // At E = 0.5 a pair takes 1.25 ns (1.19 ns with Euler steps of 5 ps).
    let others = step.iter().zip(&evaluations).zip(&value);
    for ((step, evaluations), value) in others {
        let expected = if step * 2.0 / evaluations > 3.0 {
            1.21e3
        } else {
            1.24e3
        };
        assert!((value / expected - 1.0).abs() < 0.2, "{step}: {value}");
    }
}

#[test]
fn convergence_has_the_same_bytes_at_any_number_of_threads() {
    let folder = folder();
    for arguments in [
        ["one.h5", "--threads", "1"],
        ["three.h5", "--threads", "3"],
        ["other.h5", "--seed", "7"],
    ] {
        let mut command = bjerrum(&folder);
        command.args(QUICK).args(["50", "--out"]).args(arguments);
        command.assert().success();
    }
    let of = |name: &str| study(&folder.path().join(name));
    assert_eq!(of("one.h5"), of("three.h5"));
    assert_ne!(of("one.h5"), of("other.h5"));
}

#[test]
fn convergence_keeps_what_exists_and_refuses_what_it_cannot_measure() {
    let folder = folder();
    let path = folder.path().join("memristor-convergence.h5");
    std::fs::write(&path, "precious").expect("a file");
    for (arguments, message) in [
        (&["2"][..], "memristor-convergence.h5 exists already"),
        (&["none"], "expected per cent"),
        (
            &["2", "--out", "a.h5", "--field", "3 V"],
            "a field with its unit",
        ),
        (
            &["2", "--out", "a.h5", "--field", "1 MV/nm"],
            "farther than the cut-off",
        ),
        (
            &["2", "--out", "a.h5", "--field", "0 kT/(e*angstrom)"],
            "lives too long to be waited for",
        ),
        (
            &[
                "2",
                "--out",
                "a.h5",
                "--observable",
                "current",
                "--field",
                "0 V/m",
            ],
            "the field is zero",
        ),
    ] {
        let mut command = bjerrum(&folder);
        command.args(QUICK).args(arguments).assert().code(2).stderr(
            // Messages are wrapped to the width of the terminal.
            predicate::function(|text: &str| {
                let words: Vec<&str> = text.split_whitespace().filter(|w| *w != "│").collect();
                words.join(" ").contains(message)
            }),
        );
    }
    let kept = std::fs::read_to_string(&path).expect("still there");
    assert_eq!(kept, "precious");
    assert!(!folder.path().join("a.h5").exists());
}

/// I/I_free of a small slit, with Euler steps of 5, 2.5, 1 and 0.5 ps.
#[test]
fn convergence_of_a_current() {
    let folder = folder();
    bjerrum(&folder)
        .args(["convergence", "iv-curve", "--observable", "current"])
        .args(&SMALL[..6])
        .args(["--set", "analysis.steady.discard=2 ns", "--effort", "0.2"])
        .assert()
        .success()
        .stdout(predicate::str::contains("current over that of free ions"))
        .stdout(predicate::str::contains("Euler, 0.5 ps"));
    let table = study(&folder.path().join("iv-curve-convergence.h5"));
    assert_eq!(table[0].1.len(), 4);
}

/// A claim is measured, shown on a page, and found again; what another revision found is
/// measured again, unless it is asked for.
#[test]
fn a_validation_is_kept() {
    let folder = folder();
    let validate_claim = |claim: &str, more: &[&str]| {
        bjerrum(&folder)
            .args(["validate", "--claim", claim, "--report", "kept"])
            .args(more)
            .assert()
            .success()
            .stdout(predicate::str::contains("1 passed, 0 failed"))
    };
    let validate = |more| validate_claim("force", more);
    let found = predicate::str::contains("force              found, of ");
    validate(&[]).stderr(predicate::str::contains("wrote kept/REPORT.md"));
    let page = std::fs::read_to_string(folder.path().join("kept/REPORT.md")).expect("a page");
    assert!(page.contains("\nThe claim holds.\n"), "{page}");
    assert!(
        page.contains("Of this tier, not here: free-ions,"),
        "{page}"
    );
    validate(&[]).stderr(found.clone());

    // The page tells of both, whichever was asked for last.
    validate_claim("free-ions", &[]);
    validate(&[]).stderr(found.clone());
    let page = std::fs::read_to_string(folder.path().join("kept/REPORT.md")).expect("a page");
    assert!(page.contains("\nAll 2 claims hold.\n"), "{page}");

    let finding = folder.path().join("kept/findings/force.json");
    let text = std::fs::read_to_string(&finding).expect("a finding");
    let (before, after) = text.split_once("\"revision\": \"").expect("a revision");
    let older = format!("{before}\"revision\": \"older-{after}");
    std::fs::write(&finding, older).expect("room");
    validate(&["--any-revision"]).stderr(found.clone());
    let page = std::fs::read_to_string(folder.path().join("kept/REPORT.md")).expect("a page");
    assert!(page.contains("| older-"), "{page}");
    validate(&[]).stderr(found.not());
}

#[test]
fn completions_for_the_shell() {
    bjerrum(&folder())
        .args(["completions", "bash"])
        .assert()
        .success()
        .stdout(predicate::str::contains("_bjerrum"));
}

/// Ctrl-C: the window is finished, the file closed, what was saved is told.
#[cfg(unix)]
#[test]
fn an_interrupted_run_is_saved_and_exits_with_130() {
    let folder = folder();
    let child = std::process::Command::new(assert_cmd::cargo::cargo_bin("bjerrum"))
        .current_dir(&folder)
        .args(["run", "iv-curve"])
        .args(&SMALL[..4])
        .args([
            "--set",
            "run.duration=1 ms",
            "--set",
            "analysis.steady.discard=2 ns",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let path = folder.path().join("iv-curve.h5");
    let deadline = Instant::now() + Duration::from_secs(60);
    while !path.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    let id = child.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(killed.is_ok_and(|status| status.success()));
    let output = child.wait_with_output().expect("the program ends");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(
        told.contains("interrupted: ") && told.contains("are saved in iv-curve.h5"),
        "{told}"
    );
    let file = RunFile::open(&path).expect("the file is closed and readable");
    assert_eq!(file.status().expect("a status"), "interrupted");
    let rows = file
        .series("observables/slit-field0", "current")
        .expect("a series")
        .values
        .len();
    assert!(
        told.contains(&format!("{rows} of ")),
        "{rows} rows, but: {told}"
    );
}
