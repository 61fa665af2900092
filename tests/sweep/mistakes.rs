//! Mistakes in a sweep file, and points that fail.

use super::{CONTACTS, FIELDS, SMALL, bjerrum, files, folder_with, told};
use predicates::str::contains;
use std::fs;
use std::path::Path;

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
        (
            [SMALL, &axis("name = \"a/b\"\nvalues = [\"0.1 V\"]")].concat(),
            "axis drive.amplitude: \"a/b\" cannot be a name",
        ),
        (
            [SMALL, &axis("name = \"row\"\nvalues = [\"0.1 V\"]")].concat(),
            "axis drive.amplitude: \"row\" cannot be a name",
        ),
        (
            [
                SMALL,
                FIELDS,
                &CONTACTS.replace("[[axis]]", "[[axis]]\nname = \"field\""),
            ]
            .concat(),
            "axis interaction.contact: the name \"field\" is taken",
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

/// The files of a program of another version are not put beside ours.
#[test]
fn a_folder_of_two_versions_is_told() {
    let folder = folder_with(&[SMALL, FIELDS]);
    bjerrum(&folder)
        .args(["sweep", "wien.toml"])
        .assert()
        .success();
    let named = |path: &Path, version: &str| {
        let file = hdf5::File::open_rw(path).expect("a file");
        let provenance = file.group("parameters/provenance").expect("a group");
        let text: hdf5::types::VarLenUnicode = version.parse().expect("a text");
        let version = provenance.attr("version").expect("a version");
        version.write_scalar(&text).expect("room");
    };
    // A file of an older program bears another digest.
    let collect = ["collect", "wien.toml"];
    for (k, (path, _)) in files(&folder).iter().enumerate() {
        let other = folder.path().join(format!("wien.sweep/older-{k}.h5"));
        fs::rename(path, &other).expect("a file");
        named(&other, "0.0.9");
        let assert = bjerrum(&folder).args(collect).arg("--force").assert();
        let told = told(&assert);
        let found = format!("files of other versions ({} of bjerrum 0.0.9)", k + 1);
        assert!(told.contains(&found), "{told}");
        match k {
            2 => assert.code(2),
            _ => assert.success(),
        };
    }
}
