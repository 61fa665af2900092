//! Pairs and clusters from a scenario file to tables and figures.

use std::path::Path;

use assert_cmd::Command;
use bjerrum::results::{RunFile, Table};
use predicates::prelude::*;
use tempfile::TempDir;

/// Two fields, 60 + 60 ions, twenty windows.
const SMALL: [&str; 18] = [
    "--set",
    "slits.slit.ions={cation=60, anion=60}",
    "--set",
    "slits.slit.width=50 nm",
    "--set",
    "dynamics.window=5 ns",
    "--set",
    "drive.amplitude=[\"0.1 kT/(e*angstrom)\", \"0.5 kT/(e*angstrom)\"]",
    "--set",
    "run.duration=100 ns",
    "--set",
    "run.replicas=2",
    "--set",
    "observe.trajectory=100 ns",
    "--set",
    "analysis.clusters.discard=50 ns",
    "--set",
    "analysis.clusters.interval=0.5 ns",
];

fn bjerrum(folder: &TempDir) -> Command {
    let mut command = Command::cargo_bin("bjerrum").expect("the program is built");
    command.current_dir(folder);
    command
}

fn run_small(folder: &TempDir) -> assert_cmd::assert::Assert {
    bjerrum(folder)
        .args(["run", "cluster-elongation", "--out", "run.h5"])
        .args(SMALL)
        .assert()
        .success()
}

fn table(file: &RunFile, name: &str) -> Table {
    let tables = file.tables().expect("results");
    let found = tables.into_iter().find(|table| table.name == name);
    found.unwrap_or_else(|| panic!("there is no /results/{name}"))
}

fn values(file: &RunFile, group: &str, name: &str) -> Vec<f64> {
    file.series(group, name).expect("a series").values
}

fn is_one(sum: f64) -> bool {
    (sum - 1.0).abs() < 1e-12
}

/// What is stored adds up: fractions to 1, averages to those of the series of both
/// copies after the discarded half, curves from the curves of single copies.
#[test]
fn distributions_and_averages_agree() {
    let folder = tempfile::tempdir().expect("a folder");
    run_small(&folder)
        .stdout(predicate::str::contains("elongation along the field"))
        .stdout(predicate::str::contains("run-ions.png"));
    let file = RunFile::open(folder.path().join("run.h5")).expect("a result file");
    let averages = table(&file, "cluster_averages");
    assert_eq!(averages.column("field"), [0.1, 0.5]);

    for (row, drive) in ["slit-field0", "slit-field1"].iter().enumerate() {
        for name in [
            "single_fraction",
            "pair_fraction",
            "cluster_fraction",
            "largest_cluster",
        ] {
            let copies = [0, 1].map(|copy| {
                let group = format!("observables/{drive}-copy{copy}");
                let late = values(&file, &group, name).split_off(10);
                late.iter().sum::<f64>() / late.len() as f64
            });
            let found = averages.column(name)[row];
            let expected = 0.5 * (copies[0] + copies[1]);
            assert!(
                (found - expected).abs() < 1e-12,
                "{name}: {found} {expected}"
            );
            assert!(averages.column(&format!("{name}_error"))[row] > 0.0);
        }
        for copy in 0..2 {
            let curves = table(&file, &format!("clusters/{drive}-copy{copy}"));
            for part in ["ion_fraction", "cluster_fraction", "charge_fraction"] {
                assert!(is_one(curves.column(part).iter().sum()), "{part}");
            }
            let survival = curves.column("survival");
            assert!(!survival.is_empty() && survival.is_sorted_by(|a, b| a > b));
            assert_eq!(curves.column("r").len(), 100);
            assert!(curves.columns.iter().all(|c| !c.long_name.is_empty()));
        }
    }
    // Pairs are bound: ions of opposite sign are much closer than those of one sign.
    let curves = table(&file, "clusters/slit-field0-copy0");
    assert!(curves.column("g_unlike")[2] > 20.0 * curves.column("g_like")[2].max(1.0));

    bjerrum(&folder)
        .args(["show", "run.h5"])
        .assert()
        .success()
        .stdout(predicate::str::contains("/results/cluster_averages"))
        .stdout(predicate::str::contains("(4 tables)"))
        .stdout(predicate::str::contains("Kaplan-Meier"));
    for picture in ["run.png", "run-ions.png"] {
        let bytes = std::fs::metadata(folder.path().join(picture))
            .expect(picture)
            .len();
        assert!(bytes > 20_000, "{picture} has only {bytes} bytes");
    }
    bjerrum(&folder)
        .args(["plot", "run.h5", "--format", "svg"])
        .assert()
        .success();
    let svg = std::fs::read_to_string(folder.path().join("run-ions.svg")).expect("a figure");
    assert!(svg.contains("12 or more") && svg.contains("bar: ") && !svg.contains("NaN"));
}

/// Who watches does not disturb: currents with and without `[analysis.clusters]`
/// are the same to the bit.
#[test]
fn watching_changes_no_byte_of_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |out: &str, extra: &[&str]| {
        bjerrum(&folder)
            .args(["run", "iv-curve", "--out", out])
            .args(&SMALL[..12])
            .args(["--set", "analysis.steady.discard=50 ns"])
            .args(extra)
            .assert()
            .success();
    };
    run("alone.h5", &[]);
    run(
        "watched.h5",
        &["--set", "analysis.clusters.cutoff=40 angstrom"],
    );
    let open = |name: &str| RunFile::open(Path::new(&folder.path().join(name))).expect("a file");
    let (alone, watched) = (open("alone.h5"), open("watched.h5"));
    let names = alone.series_names().expect("series");
    assert!(names.len() >= 24, "{names:?}");
    for (group, name) in names {
        let bits = |file: &RunFile| -> Vec<u64> {
            values(file, &group, &name)
                .iter()
                .map(|v| v.to_bits())
                .collect()
        };
        assert_eq!(bits(&alone), bits(&watched), "{group}/{name}");
    }
}
