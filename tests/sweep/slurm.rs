//! Job arrays; tests/slurm.sh runs them on a real Slurm.

use super::{CONTACTS, FIELDS, SMALL, bjerrum, folder_with, told};
use predicates::str::contains;
use std::fs;
use std::process::Stdio;

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

/// Without Slurm, and with one that refuses: its own words, and the way on.
#[cfg(unix)]
#[test]
fn a_queue_that_is_not_there_or_refuses_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder_with(&[SMALL, FIELDS]);
    let submit = ["sweep", "wien.toml", "--backend", "slurm"];
    let refused = || {
        let mut command = bjerrum(&folder);
        let command = command.env("PATH", folder.path()).args(submit);
        told(&command.assert().code(1))
    };
    let words = refused();
    assert!(
        words.contains("sbatch cannot be started: No such file"),
        "{words}"
    );
    assert!(words.contains("leave out --backend slurm"), "{words}");

    let sbatch = folder.path().join("sbatch");
    let refuses =
        "#!/bin/sh\necho 'sbatch: error: Invalid account or account/partition' >&2; exit 1\n";
    fs::write(&sbatch, refuses).expect("a file");
    fs::set_permissions(&sbatch, fs::Permissions::from_mode(0o755)).expect("a program");
    let words = refused();
    assert!(
        words.contains("Invalid account or account/partition"),
        "{words}"
    );
}
