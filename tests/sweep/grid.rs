//! A grid that is run once, extended, and collected.

use super::{CONTACTS, FIELDS, SMALL, bjerrum, current, files, folder_with};
use bjerrum::results::RunFile;
use bjerrum::sweep::Sweep;
use predicates::prelude::*;
use predicates::str::contains;
use std::fs;
use tempfile::TempDir;

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
