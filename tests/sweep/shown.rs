//! A collected sweep as it is shown, drawn and reported.

use super::{CONTACTS, FIELDS, SMALL, bjerrum, files, folder_with, told};
use bjerrum::results::RunFile;
use bjerrum::sweep::Sweep;
use predicates::prelude::*;
use predicates::str::contains;
use std::collections::BTreeSet;
use std::fs;
use tempfile::TempDir;

/// 3 x 2 points with two seeds, of which that of number `missing` is not there.
fn collected(missing: Option<usize>) -> (TempDir, Sweep) {
    let folder = folder_with(&["replicas = 2\n", SMALL, FIELDS, CONTACTS]);
    bjerrum(&folder)
        .args(["sweep", "wien.toml"])
        .assert()
        .success();
    let sweep = Sweep::read(&folder.path().join("wien.toml")).expect("a sweep");
    if let Some(index) = missing {
        let digest = sweep.point(index).expect("a point").digest;
        let file = folder.path().join(format!("wien.sweep/{digest}.h5"));
        fs::remove_file(file).expect("a file");
    }
    bjerrum(&folder)
        .args(["collect", "wien.toml"])
        .assert()
        .success();
    (folder, sweep)
}

/// I/I_free and its error in the file of a point.
fn ratio(folder: &TempDir, sweep: &Sweep, index: usize) -> (f64, f64) {
    let digest = sweep.point(index).expect("a point").digest;
    let file = RunFile::open(folder.path().join(format!("wien.sweep/{digest}.h5")));
    let tables = file.and_then(|file| file.tables()).expect("tables");
    (
        tables[0].column("ratio")[0],
        tables[0].column("ratio_error")[0],
    )
}

/// Every line is the mean of its seeds, with the error of a mean of independent values.
#[test]
fn a_sweep_is_shown_as_a_table() {
    let (folder, sweep) = collected(Some(5));
    let assert = bjerrum(&folder)
        .args(["show", "wien.h5"])
        .assert()
        .success();
    let text = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(
        text.starts_with("wien.h5  (a sweep, 11 of 12 points)\n"),
        "{text}"
    );
    let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = text.lines().map(squeezed).collect();
    for line in [
        "field 3 values, 0.1 to 0.4 kT/(e*angstrom) drive.amplitude",
        "interaction.contact 2 values, 1 to 4 angstrom interaction.contact",
        "replica 2 seeds the tables below are means over them",
        "field = 0.2 kT/(e*angstrom), interaction.contact = 1 angstrom, replica 1",
    ] {
        assert!(lines.iter().any(|l| l == line), "{line}: {text}");
    }
    let value = |value: f64, error: f64| {
        let decimals = (1.0 - error.log10().floor()).max(0.0) as usize;
        format!("{value:.decimals$} ± {error:.decimals$}")
    };
    for (place, axes) in ["0.1 1", "0.1 4", "0.2 1", "0.2 4", "0.4 1", "0.4 4"]
        .into_iter()
        .enumerate()
    {
        let (a, da) = ratio(&folder, &sweep, 2 * place);
        let (seeds, words) = if place == 2 {
            ("1 of 2", value(a, da))
        } else {
            let (b, db) = ratio(&folder, &sweep, 2 * place + 1);
            ("2 of 2", value((a + b) / 2.0, da.hypot(db) / 2.0))
        };
        let field = &axes[..3];
        let expected = format!("{axes} {seeds} {field} {words}");
        assert!(
            lines.iter().any(|l| l.starts_with(&expected)),
            "{expected}: {text}"
        );
    }
}

/// A place whose seeds are all missing is in the table, and crossed out on the map.
#[test]
fn what_is_missing_is_shown_and_drawn() {
    let folder = folder_with(&[SMALL, FIELDS, CONTACTS]);
    bjerrum(&folder)
        .args(["sweep", "wien.toml"])
        .assert()
        .success();
    fs::remove_file(&files(&folder)[0].0).expect("a file");
    bjerrum(&folder)
        .args(["collect", "wien.toml"])
        .assert()
        .success();
    bjerrum(&folder)
        .args(["show", "wien.h5"])
        .assert()
        .success()
        .stdout(contains("(a sweep, 5 of 6 points)").and(contains("  missing  ")));
    bjerrum(&folder)
        .args(["plot", "wien.h5", "--format", "svg"])
        .assert()
        .success()
        .stdout("wien.svg\n");
    let lines = fs::read_to_string(folder.path().join("wien.svg")).expect("a figure");
    for words in [
        "1 of 6 points missing",
        "interaction.contact = 1 Å",
        "field (kT/(e·Å))",
    ] {
        assert!(lines.contains(words), "{words}");
    }
    let against = "--against=field,interaction.contact";
    bjerrum(&folder)
        .args([
            "plot",
            "wien.h5",
            "--format",
            "svg",
            against,
            "--result",
            "steady/ratio",
        ])
        .assert()
        .success();
    let map = fs::read_to_string(folder.path().join("wien.svg")).expect("a figure");
    assert!(map.contains("crossed out: no value"));
    // The ends of the colours, each in a cell and at an end of the bar.
    for color in ["#440154", "#FDE725"] {
        assert!(map.matches(color).count() >= 1, "{color}");
    }
}

#[test]
fn axes_and_results_that_are_not_there_are_told() {
    let (folder, _) = collected(None);
    for (arguments, message) in [
        (
            &["wien.h5", "--against", "fields"][..],
            "Axes: field, interaction.contact.",
        ),
        (
            &["wien.h5", "--against", "field,field"],
            "--against takes one axis",
        ),
        (
            &["wien.h5", "--result", "steady/ratios"],
            "steady/field, steady/ratio, steady/free_fraction",
        ),
    ] {
        let assert = bjerrum(&folder)
            .arg("plot")
            .args(arguments)
            .assert()
            .code(2);
        assert!(told(&assert).contains(message), "{}", told(&assert));
    }
    let run = &files(&folder)[0].0;
    let assert = bjerrum(&folder)
        .arg("plot")
        .arg(run)
        .args(["--against", "field"])
        .assert()
        .code(2);
    assert!(told(&assert).contains("is the file of one run"));
    fs::write(folder.path().join("text.h5"), "no HDF5").expect("a file");
    for command in ["show", "plot", "report"] {
        let assert = bjerrum(&folder).args([command, "text.h5"]).assert().code(2);
        assert!(told(&assert).contains("text.h5 is not an HDF5 file"));
    }
}

/// The page needs nothing but itself, and every link in it leads somewhere.
#[test]
fn a_sweep_is_reported_on_one_page() {
    let (folder, sweep) = collected(Some(3));
    bjerrum(&folder)
        .args(["report", "wien.h5"])
        .assert()
        .success()
        .stdout("wrote    wien.html\n");
    let page = fs::read_to_string(folder.path().join("wien.html")).expect("a page");
    for part in ["src=", "<script", "<link", "@import", "url("] {
        assert!(!page.contains(part), "{part}");
    }
    for part in [
        "prefers-color-scheme: dark",
        "<svg",
        "12 points, 1 of them missing",
        "Missing.",
        "replicas = 2",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let quoted = |before: &str| -> BTreeSet<String> {
        let parts = page.split(before).skip(1);
        parts
            .filter_map(|part| part.split('"').next())
            .map(str::to_owned)
            .collect()
    };
    let targets = quoted("<h3 id=\"");
    let links: BTreeSet<String> = quoted("<a href=\"#");
    let digests = (0..12).map(|k| sweep.point(k).expect("a point").digest);
    assert_eq!(targets, digests.collect());
    assert_eq!(links, targets, "every run is linked to");

    let assert = bjerrum(&folder)
        .args(["report", "wien.h5"])
        .assert()
        .code(2);
    assert!(told(&assert).contains("--force"));
}

#[test]
fn a_run_is_reported_on_one_page() {
    let (folder, _) = collected(None);
    let run = files(&folder)[0].0.clone();
    bjerrum(&folder)
        .arg("report")
        .arg(&run)
        .args(["--out", "run.html"])
        .assert()
        .success();
    let page = fs::read_to_string(folder.path().join("run.html")).expect("a page");
    let tables = RunFile::open(&run)
        .and_then(|file| file.tables())
        .expect("tables");
    let error = tables[0].column("ratio_error")[0];
    let decimals = (1.0 - error.log10().floor()).max(0.0) as usize;
    let value = format!(
        "<td>{:.decimals$}\u{a0}±\u{a0}{error:.decimals$}</td>",
        tables[0].column("ratio")[0]
    );
    for part in [
        value.as_str(),
        "<svg",
        "Provenance",
        "[slits.slit]",
        "git revision",
    ] {
        assert!(page.contains(part), "{part}");
    }
}
