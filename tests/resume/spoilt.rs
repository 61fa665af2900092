//! Checkpoints and files that are damaged or lost, and disks that are full.

use super::alone::alone;
use super::common::SmallDisk;
use super::{
    CIRCUIT, arguments, bjerrum, checkpoint, datasets, run_until, scenario, stopped_twice, told,
};
use bjerrum::results::RunFile;
use bjerrum::run::{Course, Destination, RunError, run};
use predicates::str::contains;
use std::fs;
use std::path::Path;

#[test]
fn of_a_spoilt_checkpoint_the_one_before_is_taken() {
    let _alone = alone();
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

/// The rows come from the checkpoint, the frames of trajectories do not.
#[test]
fn a_lost_result_file_is_made_again() {
    let _alone = alone();
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
fn a_run_that_filled_the_disk_goes_on_when_there_is_space() {
    let _alone = alone();
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
