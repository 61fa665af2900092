//! Sweeps as a person meets them: planned, run, stopped, extended, collected, shown.

mod grid;
#[cfg(unix)]
mod killed;
mod mistakes;
mod shown;
mod slurm;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use bjerrum::results::RunFile;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
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
