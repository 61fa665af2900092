//! `bjerrum show`.

use super::Failure;
use super::run::key_value;
use bjerrum::results::{self, RunFile};
use bjerrum::scenario::{Plan, builtin};
use bjerrum::sweep::{CollectedFile, collected};
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The result file, a collected sweep, or a scenario
    #[arg(value_name = "FILE|SCENARIO")]
    file: PathBuf,
    /// Change a value of the scenario, by its dotted key; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    sets: Vec<(String, String)>,
}

/// `--set` for what was run already.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("{} is no scenario: --set has nothing to change in it", file.display())]
#[diagnostic(
    code(bjerrum::show::has_run),
    help("Give a built-in scenario (see `bjerrum list`) or a TOML file, or leave --set out.")
)]
struct HasRun {
    file: PathBuf,
}

/// Prints what is in a file, or what a scenario says.
pub(super) fn show(arguments: &ShowArguments) -> Result<(), Failure> {
    let file = &arguments.file;
    if names_scenario(file) {
        return scenario(&file.to_string_lossy(), &arguments.sets);
    }
    if !arguments.sets.is_empty() {
        return Err(Failure::input(HasRun { file: file.clone() }));
    }
    match CollectedFile::open(file).map_err(Failure::input)? {
        Some(sweep) => print!("{}", collected::describe(&sweep)),
        None => {
            let file = RunFile::open(file).map_err(Failure::input)?;
            print!("{}", results::describe(&file).map_err(Failure::input)?);
        }
    }
    Ok(())
}

/// Whether it is a built-in name or a TOML file, or a plain word that names nothing here:
/// a name misspelt.
fn names_scenario(file: &Path) -> bool {
    let is_word = file.extension().is_none() && file.components().count() == 1;
    file.extension().is_some_and(|ending| ending == "toml")
        || is_word && (!file.exists() || builtin().iter().any(|one| Path::new(one.name) == file))
}

/// The scenario with every default written out and, below it, what follows from it: TOML
/// that runs.
fn scenario(name: &str, sets: &[(String, String)]) -> Result<(), Failure> {
    match Plan::load(name, sets, None).map_err(Failure::input)? {
        Plan::Ions(scenario) => {
            for warning in &scenario.warnings {
                tracing::warn!("{warning}");
            }
            print!("{}", scenario.resolved);
        }
        Plan::Circuits(circuits) => print!("{}", circuits.resolved),
    }
    Ok(())
}
