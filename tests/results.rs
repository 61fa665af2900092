//! Result files from the outside: written, refused, killed, on a full disk, and read back.

mod alone;
mod common;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use alone::alone;
use bjerrum::results::{
    Column, Layout, Provenance, ResultsError, RunFile, RunWriter, Scalar, SeriesSpec, Table,
    TrajectorySpec, describe,
};
use common::SmallDisk;

const SCENARIO: &str = "name = \"test-slit\"\ntitle = \"Na⁺ in a 7 Å slit\"\nseed = 7\n";
const IONS: usize = 6;

fn series(group: &str, name: &str, unit: &str, columns: &[&str]) -> SeriesSpec {
    SeriesSpec {
        group: group.to_owned(),
        name: name.to_owned(),
        unit: unit.to_owned(),
        long_name: format!("{name} of the test"),
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
    }
}

fn layout() -> Layout {
    Layout {
        series: vec![
            series("observables/Na", "current", "A", &[]),
            series(
                "observables/circuit",
                "voltage",
                "V",
                &["membrane", "battery"],
            ),
        ],
        trajectories: vec![TrajectorySpec {
            group: "Na".to_owned(),
            box_edges: [200.0, 100.0, 7.0],
            periodic: [true, true, false],
            species_names: vec!["Na".to_owned(), "Cl".to_owned()],
            species: vec![0, 1, 0, 1, 0, 1],
            charge: vec![1.0, -1.0, 1.0, -1.0, 1.0, -1.0],
        }],
    }
}

fn provenance() -> Provenance {
    Provenance {
        author: "A. Tester".to_owned(),
        version: "0.1.0".to_owned(),
        git_revision: "0123abc".to_owned(),
        seed: u64::MAX,
        engine: "brownian".to_owned(),
        preset: "published".to_owned(),
        threads: 2,
        host: "bench".to_owned(),
        start: "2025-01-02T03:04:05Z".to_owned(),
        extra: vec![("command".to_owned(), "bjerrum run test-slit".to_owned())],
    }
}

fn tables() -> Vec<Table> {
    let column = |name: &str, unit: &str, values: Vec<f64>| Column {
        name: name.to_owned(),
        unit: unit.to_owned(),
        long_name: format!("{name} of the loop"),
        values,
    };
    vec![
        Table {
            name: "loop".to_owned(),
            title: "Hysteresis loop".to_owned(),
            columns: vec![
                column(
                    "voltage",
                    "V",
                    (0..20).map(|i| f64::from(i) * 0.05).collect(),
                ),
                column(
                    "rising",
                    "A",
                    (0..20).map(|i| f64::from(i) * 1.3e-11).collect(),
                ),
                column("empty", "1", vec![]),
            ],
            scalars: vec![Scalar {
                name: "area".to_owned(),
                unit: "W".to_owned(),
                long_name: "area enclosed by the loop".to_owned(),
                value: 2.5e-13,
            }],
            notes: vec![("verdict".to_owned(), "the loop is pinched".to_owned())],
        },
        Table {
            name: "alone".to_owned(),
            title: "Nothing in it".to_owned(),
            ..Table::default()
        },
    ]
}

fn create(path: &Path, overwrite: bool) -> Result<RunWriter, ResultsError> {
    RunWriter::create(path, overwrite, SCENARIO, &provenance(), &layout())
}

fn current(row: u64) -> f64 {
    (row as f64 * 0.37).sin() * 1e-9
}

fn append_rows(run: &mut RunWriter, rows: std::ops::Range<u64>) -> Result<(), ResultsError> {
    for row in rows {
        let time = row as f64 * 0.5;
        run.append(0, row * 10, time, &[current(row)])?;
        run.append(1, row * 10, time, &[time, -time])?;
        if row % 100 == 0 {
            let positions: Vec<[f64; 2]> = (0..IONS).map(|i| [i as f64, time]).collect();
            run.append_frame(0, row * 10, time, &positions)?;
        }
    }
    Ok(())
}

fn write_whole(path: &Path, rows: u64) {
    let mut run = create(path, false).unwrap();
    append_rows(&mut run, 0..rows).unwrap();
    run.finish(&tables(), 12.5, "complete").unwrap();
}

#[test]
fn what_is_written_is_read_back() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    write_whole(&path, 5000);

    let run = RunFile::open(&path).unwrap();
    assert_eq!(run.scenario_toml().unwrap(), SCENARIO);
    assert_eq!(run.status().unwrap(), "complete");
    assert_eq!(run.tables().unwrap(), tables());
    let entries = run.provenance().unwrap();
    let entry = |name: &str| entries.iter().find(|(n, _)| n == name).unwrap().1.as_str();
    assert_eq!(entry("seed"), u64::MAX.to_string());
    assert_eq!(entry("command"), "bjerrum run test-slit");
    assert_eq!(entry("wall_seconds"), "12.5");

    let current_read = run.series("observables/Na", "current").unwrap();
    assert_eq!(
        (current_read.unit.as_str(), current_read.long_name.as_str()),
        ("A", "current of the test")
    );
    assert_eq!(
        current_read.step,
        (0..5000).map(|row| row * 10).collect::<Vec<_>>()
    );
    assert_eq!(
        current_read.values,
        (0..5000).map(current).collect::<Vec<_>>()
    );
    let voltage = run.series("observables/circuit", "voltage").unwrap();
    assert_eq!(voltage.columns, ["membrane", "battery"]);
    assert_eq!(voltage.rows().len(), 5000);
    assert_eq!(voltage.rows().nth(4321).unwrap(), [2160.5, -2160.5]);
    assert_eq!(voltage.column(1)[3], -1.5);

    let [trajectory] = run.trajectory_list().unwrap().try_into().unwrap();
    assert_eq!((trajectory.ions, trajectory.frames), (IONS, 50));
    assert_eq!(trajectory.span, Some((0.0, 2450.0)));
}

#[test]
fn flushes_do_not_change_what_is_stored() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let (once, often) = (
        folder.path().join("once.h5"),
        folder.path().join("often.h5"),
    );
    write_whole(&once, 3000);
    let mut run = create(&often, false).unwrap();
    for start in (0..3000).step_by(30) {
        append_rows(&mut run, start..start + 30).unwrap();
        run.flush().unwrap();
    }
    run.finish(&tables(), 12.5, "complete").unwrap();

    let (once, often) = (RunFile::open(once).unwrap(), RunFile::open(often).unwrap());
    for (group, name) in once.series_names().unwrap() {
        assert_eq!(
            once.series(&group, &name).unwrap(),
            often.series(&group, &name).unwrap()
        );
    }
}

#[test]
fn frequent_flushes_do_not_bloat_the_file() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut run = create(&path, false).unwrap();
    let before = fs::metadata(&path).unwrap().len();
    for row in 0..4000 {
        append_rows(&mut run, row..row + 1).unwrap();
        run.flush().unwrap();
    }
    let grown = fs::metadata(&path).unwrap().len() - before;
    println!("4000 flushes of one row: {grown} bytes");
    // Two series and a trajectory; with chunks of 16 KiB it was 28 MB.
    assert!(grown < 4000 * 4096, "{grown} bytes for 4000 flushes");

    run.finish(&tables(), 12.5, "complete").unwrap();
    let once = folder.path().join("once.h5");
    write_whole(&once, 4000);
    let [often, once] = [path, once].map(|path| fs::metadata(path).unwrap().len());
    println!("finished: {often} bytes, flushed once {once}");
    assert_eq!(often, once, "nothing of the flushes is left at the end");
}

#[test]
fn an_existing_file_is_kept_unless_told_otherwise() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    fs::write(&path, "precious").unwrap();
    let error = create(&path, false).unwrap_err();
    assert!(matches!(error, ResultsError::Exists { .. }), "{error:?}");
    assert!(
        error.to_string().ends_with("run.h5 exists already"),
        "{error}"
    );
    assert!(
        miette::Diagnostic::help(&error)
            .unwrap()
            .to_string()
            .contains("--force")
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");

    create(&path, true)
        .unwrap()
        .finish(&[], 0.1, "complete")
        .unwrap();
    assert_eq!(RunFile::open(&path).unwrap().status().unwrap(), "complete");
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent");
    let error = create(&absent.join("run.h5"), false)
        .unwrap_err()
        .to_string();
    assert!(error.contains(&absent.display().to_string()), "{error}");
    assert!(error.contains("No such file or directory"), "{error}");

    // /proc refuses new files to everybody, root included.
    if Path::new("/proc/self").exists() {
        let error = create(Path::new("/proc/run.h5"), false).unwrap_err();
        assert!(matches!(error, ResultsError::Create { .. }), "{error:?}");
        assert!(error.to_string().contains("run.h5 in /proc"), "{error}");
    }
}

#[test]
fn layouts_and_rows_that_cannot_be_are_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let attempt =
        |layout: &Layout| RunWriter::create(&path, false, SCENARIO, &provenance(), layout);
    let mut twice = layout();
    twice.series.push(twice.series[0].clone());
    assert!(
        attempt(&twice)
            .unwrap_err()
            .to_string()
            .contains("`observables/Na/current` is there twice")
    );
    let mut unnamed = layout();
    unnamed.trajectories[0].species[0] = 2;
    assert!(
        attempt(&unnamed)
            .unwrap_err()
            .to_string()
            .contains("species 2")
    );
    let mut odd = layout();
    odd.series[0].name = "a/b//c".to_owned();
    assert!(attempt(&odd).is_err());
    assert!(!path.exists(), "a refused layout leaves no file");

    let mut run = attempt(&layout()).unwrap();
    let error = run.append(1, 0, 0.0, &[1.0]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "observables/circuit/voltage takes 2 values a row, and was given 1"
    );
    assert!(matches!(
        run.append_frame(0, 0, 0.0, &[]),
        Err(ResultsError::Shape { .. })
    ));
    run.append(1, 0, 0.0, &[1.0, 2.0]).unwrap();
    let clash = vec![tables().remove(0), tables().remove(0)];
    assert!(matches!(
        run.finish(&clash, 1.0, "complete"),
        Err(ResultsError::Layout { .. })
    ));
    assert_eq!(RunFile::open(&path).unwrap().status().unwrap(), "running");
}

#[test]
fn a_dropped_writer_keeps_its_rows() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut run = create(&path, false).unwrap();
    append_rows(&mut run, 0..7).unwrap();
    drop(run);
    let run = RunFile::open(&path).unwrap();
    assert_eq!(run.status().unwrap(), "running");
    assert_eq!(
        run.series("observables/Na", "current").unwrap().step.len(),
        7
    );
}

#[test]
fn other_files_are_told_apart() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.h5");
    let error = RunFile::open(&path).unwrap_err().to_string();
    assert!(error.contains("No such file"), "{error}");
    fs::write(&path, "not HDF5 at all").unwrap();
    let error = RunFile::open(&path).unwrap_err().to_string();
    assert!(error.ends_with("other.h5 is not an HDF5 file"), "{error}");

    hdf5::File::create(&path).unwrap().close().unwrap();
    let error = RunFile::open(&path).unwrap_err().to_string();
    assert!(
        error.ends_with("not written by bjerrum: it has no /h5md group"),
        "{error}"
    );

    write_whole(&folder.path().join("run.h5"), 10);
    let bytes = fs::read(folder.path().join("run.h5")).unwrap();
    fs::write(&path, &bytes[..100]).unwrap();
    assert!(matches!(
        RunFile::open(&path),
        Err(ResultsError::Open { .. })
    ));
}

#[test]
fn parts_that_are_not_there_are_named() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    write_whole(&path, 10);
    let error = RunFile::open(&path)
        .unwrap()
        .series("observables/K", "current")
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no readable observables/K/current"),
        "{error}"
    );
}

#[test]
fn the_description_fits_a_terminal() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    write_whole(&path, 500);
    let text = describe(&RunFile::open(&path).unwrap()).unwrap();
    println!("{text}");
    let expected = [
        "Na⁺ in a 7 Å slit",
        "12.5 s",
        "\nNa\n",
        "0 to 249.5 ps",
        "250 fW",
        "pA",
        "8 more rows",
    ];
    for words in expected {
        assert!(text.contains(words), "{words} is missing from\n{text}");
    }
    let inside = text.lines().skip(1).map(|line| line.chars().count());
    assert!(inside.max().unwrap() <= 100, "{text}");
}

/// The other half of the next test: a run in a process of its own, until it is killed.
#[test]
#[ignore = "runs only as the child of a_killed_run_stays_readable"]
fn writes_until_killed() {
    let Ok(path) = std::env::var("BJERRUM_TEST_WRITE_UNTIL_KILLED") else {
        return;
    };
    let mut run = create(Path::new(&path), false).unwrap();
    for row in 0.. {
        append_rows(&mut run, row..row + 1).unwrap();
        if row % 250 == 0 {
            run.flush().unwrap();
        }
    }
}

fn start_writer(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "writes_until_killed"])
        .env("BJERRUM_TEST_WRITE_UNTIL_KILLED", path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn rows_seen(path: &Path) -> usize {
    RunFile::open(path)
        .and_then(|run| run.series("observables/Na", "current"))
        .map_or(0, |s| s.step.len())
}

#[test]
fn a_killed_run_stays_readable() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    for round in 0..8 {
        let path = folder.path().join(format!("run{round}.h5"));
        let mut writer = start_writer(&path);
        let patience = Instant::now() + Duration::from_secs(30);
        let mut live = 0;
        while live < 1000 && Instant::now() < patience {
            sleep(Duration::from_millis(5));
            live = rows_seen(&path);
        }
        sleep(Duration::from_millis(round * 7));
        writer.kill().unwrap();
        writer.wait().unwrap();
        assert!(live >= 1000, "a reader saw {live} rows of the live run");

        let run = RunFile::open(&path).unwrap();
        assert_eq!(run.status().unwrap(), "running");
        assert_eq!(run.scenario_toml().unwrap(), SCENARIO);
        let read = run.series("observables/Na", "current").unwrap();
        assert!(
            read.step.len() >= live,
            "{} rows after the kill, {live} before",
            read.step.len()
        );
        for (row, (&step, &value)) in (0..).zip(read.step.iter().zip(&read.values)) {
            assert_eq!(
                (step, value),
                (row * 10, current(row)),
                "row {row} of round {round}"
            );
        }
        let voltage = run.series("observables/circuit", "voltage").unwrap();
        for (row, values) in voltage.rows().enumerate() {
            assert_eq!(values, [row as f64 * 0.5, row as f64 * -0.5]);
        }
        assert!(
            describe(&run)
                .unwrap()
                .contains("running, or stopped before its end")
        );
    }
}

/// Runs `check_h5.py` on a file; `None` where there is no Python with h5py. `BJERRUM_TEST_PYTHON`
/// names another interpreter than `python3`.
fn check_with_h5py(path: &Path) -> Option<Result<String, String>> {
    let python = std::env::var("BJERRUM_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let h5py = Command::new(&python)
        .args(["-c", "import h5py"])
        .stderr(Stdio::null())
        .status();
    if !h5py.is_ok_and(|status| status.success()) {
        println!("skipped: {python} has no h5py");
        return None;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check_h5.py");
    let output = Command::new(&python)
        .arg(script)
        .arg(path)
        .output()
        .unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some(if output.status.success() {
        Ok(said(&output.stdout))
    } else {
        Err(said(&output.stderr))
    })
}

#[test]
fn h5py_reads_a_finished_run() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    write_whole(&path, 5000);
    let Some(said) = check_with_h5py(&path) else {
        return;
    };
    let said = said.unwrap();
    assert!(said.contains("circuit/voltage [V] 5000 rows"), "{said}");

    let file = hdf5::File::open_rw(&path).unwrap();
    file.dataset("observables/Na/current/value")
        .unwrap()
        .delete_attr("unit")
        .unwrap();
    file.close().unwrap();
    let said = check_with_h5py(&path).unwrap().unwrap_err();
    assert!(
        said.contains("/observables/Na/current/value has no unit"),
        "{said}"
    );
}

#[test]
fn h5py_reads_a_live_run_and_a_killed_one() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut writer = start_writer(&path);
    let patience = Instant::now() + Duration::from_secs(30);
    while rows_seen(&path) < 3000 && Instant::now() < patience {
        sleep(Duration::from_millis(5));
    }
    let live = check_with_h5py(&path);
    writer.kill().unwrap();
    writer.wait().unwrap();
    if let (Some(live), Some(killed)) = (live, check_with_h5py(&path)) {
        assert!(live.unwrap().contains(": running"));
        assert!(killed.unwrap().contains(": running"));
    }
}

#[test]
fn a_reader_does_not_keep_a_run_from_ending() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut run = create(&path, false).unwrap();
    append_rows(&mut run, 0..100).unwrap();
    run.flush().unwrap();
    // A reader in another process holds a shared lock, and so does this one.
    let reader = fs::File::open(&path).unwrap();
    reader.lock_shared().unwrap();
    run.finish(&tables(), 1.0, "complete").unwrap();
    assert_eq!(RunFile::open(&path).unwrap().tables().unwrap(), tables());
}

#[test]
fn a_full_disk_ends_the_run_and_keeps_what_was_written() {
    let _alone = alone();
    let Some(disk) = SmallDisk::mount(2) else {
        return;
    };
    let path = disk.path().join("run.h5");
    let mut run = create(&path, false).unwrap();
    let mut row = 0;
    let error = loop {
        match append_rows(&mut run, row..row + 1) {
            Ok(()) => row += 1,
            Err(error) => break error,
        }
    };
    println!("after {row} rows: {error}");
    assert!(matches!(error, ResultsError::Write { .. }), "{error:?}");
    assert!(
        error.to_string().contains("No space left on device"),
        "{error}"
    );
    assert!(
        miette::Diagnostic::help(&error)
            .unwrap()
            .to_string()
            .contains("Disk full?")
    );
    assert!(matches!(
        run.append(0, 0, 0.0, &[0.0]),
        Err(ResultsError::Write { .. })
    ));
    assert!(matches!(
        run.finish(&tables(), 1.0, "complete"),
        Err(ResultsError::Write { .. })
    ));

    let copy = tempfile::tempdir().unwrap();
    let copied = copy.path().join("run.h5");
    fs::copy(&path, &copied).unwrap();
    let read = RunFile::open(&copied)
        .unwrap()
        .series("observables/Na", "current")
        .unwrap();
    assert!(
        read.step.len() as u64 + 2048 > row,
        "{} of {row} rows",
        read.step.len()
    );
    for (row, (&step, &value)) in (0..).zip(read.step.iter().zip(&read.values)) {
        assert_eq!((step, value), (row * 10, current(row)), "row {row}");
    }
}

#[test]
fn a_disk_too_full_for_the_results_says_so() {
    let _alone = alone();
    let Some(disk) = SmallDisk::mount(2) else {
        return;
    };
    let path = disk.path().join("run.h5");
    let mut run = create(&path, false).unwrap();
    append_rows(&mut run, 0..100).unwrap();
    run.flush().unwrap();
    let _ = fs::write(disk.path().join("hog"), vec![0; 4 << 20]);
    let error = run.finish(&tables(), 1.0, "complete").unwrap_err();
    assert!(
        error.to_string().contains("No space left on device"),
        "{error}"
    );
    assert_eq!(rows_seen(&path), 100);
    assert_eq!(
        fs::read_dir(disk.path()).unwrap().count(),
        2,
        "the half-made copy is gone"
    );
}
