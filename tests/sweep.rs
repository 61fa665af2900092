//! Sweeps as a person meets them: planned, run, stopped, extended, collected.

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use bjerrum::results::RunFile;
use bjerrum::sweep::Sweep;
use predicates::prelude::*;
use predicates::str::contains;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

/// Points of a few milliseconds: 20 + 20 ions for ten short windows.
const SMALL: &str = r#"
scenario = "iv-curve"

[set]
slits.slit.ions = { cation = 20, anion = 20 }
dynamics.window = "1 ns"
run.duration = "10 ns"
analysis.steady.discard = "2 ns"
"#;

const FIELDS: &str = r#"
[[axis]]
key = "drive.amplitude"
name = "field"
from = "0.1 kT/(e*angstrom)"
to = "0.4 kT/(e*angstrom)"
points = 3
spacing = "logarithmic"
"#;

const CONTACTS: &str = r#"
[[axis]]
key = "interaction.contact"
values = ["1 angstrom", "0.4 nm"]
"#;

fn bjerrum(folder: &TempDir) -> Command {
    let mut command = Command::cargo_bin("bjerrum").expect("the program is built");
    command.current_dir(folder);
    command
}

/// A folder with a sweep file of these parts; `replicas` stands before all tables.
fn folder_with(parts: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("wien.toml"), parts.concat()).expect("a file");
    folder
}

/// What was said on stderr, as one line: messages are wrapped to the terminal.
fn told(assert: &Assert) -> String {
    let told = String::from_utf8_lossy(&assert.get_output().stderr);
    let words: Vec<&str> = told.split_whitespace().filter(|w| *w != "│").collect();
    words.join(" ")
}

/// The files of complete points, and when they were written.
fn files(folder: &TempDir) -> Vec<(PathBuf, SystemTime)> {
    let entries = fs::read_dir(folder.path().join("wien.sweep")).expect("a folder");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".h5"))
        .map(|path| {
            let written = fs::metadata(&path).and_then(|m| m.modified());
            (path, written.expect("a time"))
        })
        .collect();
    files.sort();
    files
}

fn current(path: &Path) -> Vec<u64> {
    let file = RunFile::open(path).expect("a result file");
    let series = file
        .series("observables/slit", "current")
        .expect("a series");
    series.values.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn a_grid_is_run_once_extended_and_collected() {
    let folder = folder_with(&["replicas = 2\n", SMALL, FIELDS, CONTACTS]);
    let points = 3 * 2 * 2;
    bjerrum(&folder)
        .args(["sweep", "wien.toml", "--dry-run"])
        .assert()
        .success()
        .stdout(contains(
            "drive.amplitude: 3 values, 0.1 kT/(e*angstrom) to 0.4",
        ))
        .stdout(contains("points    12 in wien.sweep/, 0 complete"));
    assert!(!folder.path().join("wien.sweep").exists());
    bjerrum(&folder)
        .args(["sweep", "wien.toml"])
        .assert()
        .success()
        .stdout(contains("12 of 12 points are complete in wien.sweep/"));
    let before = files(&folder);
    assert_eq!(before.len(), points);
    let entries = fs::read_dir(folder.path().join("wien.sweep")).expect("a folder");
    assert_eq!(entries.count(), points, "files and nothing else");

    // A point is what `run` makes of the same scenario.
    let sweep = Sweep::read(&folder.path().join("wien.toml")).expect("a sweep");
    let point = sweep.point(5).expect("a point");
    assert_eq!(
        point.words(),
        "drive.amplitude = 0.2 kT/(e*angstrom), interaction.contact = 1 angstrom, replica 1"
    );
    fs::write(folder.path().join("one.toml"), &point.scenario.resolved).expect("a file");
    bjerrum(&folder)
        .args(["run", "one.toml"])
        .assert()
        .success();
    let file = folder
        .path()
        .join(format!("wien.sweep/{}.h5", point.digest));
    assert_eq!(current(&file), current(&folder.path().join("one.h5")));

    // Again: nothing is done. One lost: that one is.
    bjerrum(&folder)
        .args(["sweep", "wien.toml"])
        .assert()
        .success();
    assert_eq!(files(&folder), before);
    fs::remove_file(&file).expect("a file");
    bjerrum(&folder)
        .args(["status", "wien.toml"])
        .assert()
        .success()
        .stdout(contains("complete        11\n").and(contains("waiting          1\n")));
    bjerrum(&folder)
        .args(["collect", "wien.toml", "--out", "partial.h5"])
        .assert()
        .success()
        .stdout(contains("11 of 12 points"))
        .stderr(contains("missing  1 (NaN in the results"));
    bjerrum(&folder)
        .args(["sweep", "wien.toml", "--threads", "3"])
        .assert()
        .success();
    let after = files(&folder);
    let redone = before.iter().zip(&after).filter(|(b, a)| b != a).count();
    assert_eq!((after.len(), redone), (points, 1));

    bjerrum(&folder)
        .args(["collect", "wien.toml"])
        .assert()
        .success();
    check_collected(&folder, &sweep);

    // More values: what is done stays done.
    let more = FIELDS.replace("points = 3", "points = 5");
    let parts = ["replicas = 2\n", SMALL, &more, CONTACTS];
    fs::write(folder.path().join("wien.toml"), parts.concat()).expect("a file");
    bjerrum(&folder)
        .args(["status", "wien.toml"])
        .assert()
        .stdout(contains("complete        12\n").and(contains("waiting          8\n")));
}

fn check_collected(folder: &TempDir, sweep: &Sweep) {
    let read = |name: &str, what: &str| {
        let file = hdf5::File::open(folder.path().join(name)).expect("a collected file");
        let dataset = file.dataset(what).expect("a dataset");
        (dataset.shape(), dataset.read_raw::<f64>().expect("numbers"))
    };
    let (shape, fields) = read("wien.h5", "axes/field");
    assert_eq!(shape, [3]);
    assert_eq!(fields, [0.1, 0.2, 0.4]);
    // In the unit of the first.
    assert_eq!(read("wien.h5", "axes/interaction.contact").1, [1.0, 4.0]);
    let (shape, ratio) = read("wien.h5", "results/steady/ratio");
    assert_eq!(shape, [3, 2, 2, 1]);
    for (index, &ratio) in ratio.iter().enumerate() {
        let point = sweep.point(index).expect("a point");
        let file = folder
            .path()
            .join(format!("wien.sweep/{}.h5", point.digest));
        let tables = RunFile::open(file)
            .and_then(|file| file.tables())
            .expect("tables");
        assert_eq!(ratio, tables[0].column("ratio")[0]);
    }
    let (_, partial) = read("partial.h5", "results/steady/ratio");
    assert!(partial[5].is_nan());
    assert_eq!(partial.iter().filter(|r| r.is_nan()).count(), 1);

    let file = hdf5::File::open(folder.path().join("wien.h5")).expect("a collected file");
    let ratio = file.dataset("results/steady/ratio").expect("a dataset");
    let names = ratio.attr("dimensions").expect("dimensions");
    let names = names
        .read_raw::<hdf5::types::VarLenUnicode>()
        .expect("names");
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    assert_eq!(names, ["field", "interaction.contact", "replica", "row"]);
    let digest = sweep.point(5).expect("a point").digest;
    let linked = format!("runs/{digest}/observables/slit/current/value");
    assert_eq!(
        file.dataset(&linked)
            .expect("a link that leads somewhere")
            .shape(),
        [10]
    );
    let status = file.dataset("points/status").expect("a dataset");
    let status = status
        .read_raw::<hdf5::types::VarLenUnicode>()
        .expect("words");
    assert!(status.iter().all(|s| s.as_str() == "complete"));
}

/// What a point is does not depend on the others.
#[test]
fn seeds_belong_to_points() {
    let read = |parts: &[&str]| {
        let folder = folder_with(parts);
        Sweep::read(&folder.path().join("wien.toml")).expect("a sweep")
    };
    let small = read(&[SMALL, FIELDS]);
    let larger = read(&[
        "replicas = 3\n",
        SMALL,
        &FIELDS.replace("points = 3", "points = 5"),
    ]);
    let digests: Vec<String> = (0..15)
        .map(|k| larger.point(k).expect("a point").digest)
        .collect();
    for (index, other) in [(0, 0), (1, 6), (2, 12)] {
        assert_eq!(small.point(index).expect("a point").digest, digests[other]);
    }
    let seeds: Vec<u64> = (0..15)
        .map(|k| larger.point(k).expect("a point").scenario.seed)
        .collect();
    let mut distinct = seeds.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), 15);
    let other = read(&["seed = 5\n", SMALL, FIELDS]);
    assert!(!seeds.contains(&other.point(0).expect("a point").scenario.seed));
}

#[test]
fn mistakes_are_told_with_their_place() {
    let zipped = |second: &str| {
        format!(
            "{FIELDS}zip = \"a\"\n[[axis]]\nkey = \"interaction.contact\"\nvalues = {second}\nzip = \"a\"\n"
        )
    };
    let axis = |text: &str| format!("[[axis]]\nkey = \"drive.amplitude\"\n{text}\n");
    for (parts, message) in [
        (
            [SMALL, &zipped("[\"1 angstrom\", \"2 angstrom\"]")].concat(),
            "wien.toml:19: axis interaction.contact: 2 values, zipped with the 3 of drive.amplitude",
        ),
        (
            [SMALL, &FIELDS.replace("drive.amplitude", "drive.amplitud")].concat(),
            "the nearest is \"amplitude\"",
        ),
        (
            [SMALL, &axis("values = []")].concat(),
            "axis drive.amplitude: it has no values",
        ),
        (
            [SMALL, &axis("from = \"0.1 V\"")].concat(),
            "it has neither values nor from and to",
        ),
        (
            [SMALL, &axis("from = \"0.1 V\"\nto = \"0.2 V\"")].concat(),
            "points = ... is missing",
        ),
        (
            [SMALL, &axis("values = [1]\npoints = 3")].concat(),
            "it has values, and a range too",
        ),
        (
            [SMALL, &axis("value = [1]")].concat(),
            "unknown field `value`, expected one of",
        ),
        (
            [SMALL, FIELDS, FIELDS].concat(),
            "axis drive.amplitude: it is there twice",
        ),
        (
            [SMALL, "[sample]\nmethod = \"random\"\npoints = 3\n"].concat(),
            "there is nothing to sample",
        ),
        (
            [SMALL, &axis("values = [\"0.1 V\", \"0.1 V\"]")].concat(),
            "points 1 and 2 are the same",
        ),
        (
            [SMALL, &axis("values = [\"0.1 kT/(e*angstrom)\", \"1 K\"]")].concat(),
            "point 2 of 2 (drive.amplitude = 1 K) cannot be run",
        ),
        (
            [SMALL, "[[axis]]\nkey = \"seed\"\nvalues = [1, 2]\n"].concat(),
            "a seed is no axis",
        ),
        (["replicas = 0\n", SMALL].concat(), "0 is too few"),
        (SMALL.replace("iv-curve", "iv-curv"), "iv-curv"),
        (
            SMALL.replace("run.duration", "run.duratoin"),
            "the nearest is \"duration\"",
        ),
        (
            ["replicas = 1000000\n", SMALL].concat(),
            "1000000 points, estimated at",
        ),
        (SMALL.replace("10 ns", "100 s"), "core-hours"),
    ] {
        let folder = folder_with(&[&parts]);
        let assert = bjerrum(&folder)
            .args(["sweep", "wien.toml"])
            .assert()
            .code(2);
        let told = told(&assert);
        assert!(told.contains(message), "{message}: {told}");
        assert!(!folder.path().join("wien.sweep").exists());
    }
    let folder = folder_with(&[SMALL]);
    for (arguments, message) in [
        (["sweep", "absent.toml"], "cannot read absent.toml"),
        (["collect", "wien.toml"], "none of the 1 points is complete"),
    ] {
        let assert = bjerrum(&folder).args(arguments).assert().code(2);
        assert!(told(&assert).contains(message), "{}", told(&assert));
    }
    fs::write(folder.path().join("wien.h5"), "precious").expect("a file");
    bjerrum(&folder)
        .args(["sweep", "wien.toml"])
        .assert()
        .success();
    let assert = bjerrum(&folder)
        .args(["collect", "wien.toml"])
        .assert()
        .code(2);
    assert!(told(&assert).contains("--force"));
    assert_eq!(
        fs::read(folder.path().join("wien.h5")).expect("a file"),
        b"precious"
    );
}

/// A point that fails does not take the others with it.
#[test]
fn a_point_that_fails_is_named() {
    let folder = folder_with(&[r#"
scenario = "ionic-neuron"
[set]
scale = 0.01
circuit.relaxation = "5 ns"
dynamics.window = "5 ns"
run.duration = "50 ns"
[[axis]]
key = "circuit.source"
values = ["0.25 nA", "1 mA"]
"#]);
    bjerrum(&folder)
        .args(["sweep", "wien.toml"])
        .assert()
        .code(1)
        .stdout(contains("1 of 2 points are complete"))
        .stderr(contains("point 2 failed: slit Na: after step"));
    bjerrum(&folder)
        .args(["status", "wien.toml"])
        .assert()
        .success()
        .stdout(contains("point 2 (circuit.source = 1 mA) failed: slit Na"));
    bjerrum(&folder)
        .args(["collect", "wien.toml"])
        .assert()
        .success();
}

/// Killed and stopped, and run on in the same folder: the files of an undisturbed
/// sweep, to the bit.
#[cfg(unix)]
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

/// The script and the packing of tasks; Slurm itself is not needed.
#[test]
fn a_job_array_packs_short_points() {
    let slurm = "[slurm]\naccount = \"ions\"\nthrottle = 7\ntask_hours = 1e-7\nsetup = [\"module load gcc\"]\n";
    let folder = folder_with(&["replicas = 2\n", SMALL, slurm, FIELDS, CONTACTS]);
    let write = ["sweep", "wien.toml", "--backend", "slurm", "--no-submit"];
    bjerrum(&folder)
        .args(write)
        .assert()
        .success()
        .stdout(contains("not submitted"));
    let read = |name: &str| fs::read_to_string(folder.path().join("wien.sweep").join(name));
    let script = read("slurm.sh").expect("a script");
    let tasks = read("slurm.tasks").expect("tasks");
    let count = tasks.lines().count();
    assert!((2..12).contains(&count), "{tasks}");
    for line in [
        format!("#SBATCH --array=0-{}%7", count - 1),
        "#SBATCH --account=ions".to_owned(),
        "#SBATCH --time=10".to_owned(),
        "#SBATCH --signal=B:TERM@60".to_owned(),
        "module load gcc".to_owned(),
    ] {
        assert!(script.contains(&line), "{line}: {script}");
    }
    let mut numbers: Vec<usize> = tasks
        .split_whitespace()
        .map(|n| n.parse().expect("a number"))
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    // As Slurm would run it.
    let script = folder.path().join("wien.sweep/slurm.sh");
    for task in 0..count {
        let status = std::process::Command::new("bash")
            .arg(&script)
            .env("SLURM_ARRAY_TASK_ID", task.to_string())
            .env("SLURM_CPUS_PER_TASK", "1")
            .stdout(Stdio::null())
            .status();
        // `module` is only known on clusters; the shell goes on without it.
        assert!(status.expect("bash").success());
    }
    bjerrum(&folder)
        .args(write)
        .assert()
        .stdout(contains("all points are complete"));
}

/// The example of the repository.
#[test]
fn the_example_can_be_planned() {
    let folder = tempfile::tempdir().expect("a folder");
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scenarios/sweeps/wien-effect.toml"
    );
    bjerrum(&folder)
        .args(["sweep", example, "--dry-run"])
        .assert()
        .success()
        .stdout(contains("points    30 in wien-effect.sweep/"));
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 0);
}
