//! Tells the program which revision it is built from.

use std::process::Command;

fn main() {
    let revision = git(&["describe", "--always", "--dirty", "--abbrev=12"]);
    let revision = revision.unwrap_or_else(|| "unknown".to_owned());
    println!("cargo:rustc-env=BJERRUM_GIT_REVISION={revision}");
    // Elsewhere than in .git where this is one of several worktrees.
    for name in ["HEAD", "index"] {
        if let Some(path) = git(&["rev-parse", "--git-path", name]) {
            println!("cargo:rerun-if-changed={path}");
        }
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}
