//! The scenarios that are compiled into the program, and where others are.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::error::{Problem, ScenarioError, Source, nearest};

/// A scenario that needs no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// Its name: `memristor`.
    pub name: &'static str,
    /// Its title, on one line.
    pub title: &'static str,
    /// Its TOML text.
    pub text: &'static str,
}

static BUILTIN: LazyLock<Vec<Builtin>> = LazyLock::new(|| {
    [
        (
            "ionic-neuron",
            include_str!("../../scenarios/ionic-neuron.toml"),
        ),
        (
            "ionic-neuron-published",
            include_str!("../../scenarios/ionic-neuron-published.toml"),
        ),
        ("memristor", include_str!("../../scenarios/memristor.toml")),
        (
            "memristor-published",
            include_str!("../../scenarios/memristor-published.toml"),
        ),
        ("iv-curve", include_str!("../../scenarios/iv-curve.toml")),
        (
            "relaxation",
            include_str!("../../scenarios/relaxation.toml"),
        ),
        (
            "wall-screening",
            include_str!("../../scenarios/wall-screening.toml"),
        ),
        (
            "cluster-elongation",
            include_str!("../../scenarios/cluster-elongation.toml"),
        ),
        (
            "wien-effect",
            include_str!("../../scenarios/wien-effect.toml"),
        ),
        (
            "pairing-transition",
            include_str!("../../scenarios/pairing-transition.toml"),
        ),
        (
            "memory-time",
            include_str!("../../scenarios/memory-time.toml"),
        ),
        ("slit-loop", include_str!("../../scenarios/slit-loop.toml")),
        (
            "reduced-neuron",
            include_str!("../../scenarios/reduced-neuron.toml"),
        ),
        (
            "pairs-neuron",
            include_str!("../../scenarios/pairs-neuron.toml"),
        ),
        (
            "hodgkin-huxley",
            include_str!("../../scenarios/hodgkin-huxley.toml"),
        ),
        (
            "fitzhugh-nagumo",
            include_str!("../../scenarios/fitzhugh-nagumo.toml"),
        ),
        (
            "izhikevich",
            include_str!("../../scenarios/izhikevich.toml"),
        ),
        (
            "izhikevich-patterns",
            include_str!("../../scenarios/izhikevich-patterns.toml"),
        ),
        (
            "integrate-and-fire",
            include_str!("../../scenarios/integrate-and-fire.toml"),
        ),
        (
            "compare-neurons",
            include_str!("../../scenarios/compare-neurons.toml"),
        ),
        (
            "neuron-excitability",
            include_str!("../../scenarios/neuron-excitability.toml"),
        ),
    ]
    .map(|(name, text)| Builtin {
        name,
        title: title_of(text),
        text,
    })
    .to_vec()
});

/// Every built-in scenario.
#[must_use]
pub fn builtin() -> &'static [Builtin] {
    &BUILTIN
}

/// The title as it stands in the text; the built-in ones hold no escapes.
fn title_of(text: &'static str) -> &'static str {
    let line = text.lines().find_map(|line| line.strip_prefix("title = "));
    line.unwrap_or_default().trim_matches('"')
}

/// A scenario text, its name, and the folder that its file names refer to.
pub(super) struct Found {
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) directory: PathBuf,
}

/// Finds a scenario: a built-in name, else a file.
pub(super) fn find(name_or_path: &str) -> Result<Found, ScenarioError> {
    find_from(name_or_path, Path::new(""))
}

/// The same, a path being relative to `directory`.
pub(super) fn find_from(name_or_path: &str, directory: &Path) -> Result<Found, ScenarioError> {
    if let Some(scenario) = builtin().iter().find(|s| s.name == name_or_path) {
        return Ok(Found {
            name: scenario.name.to_owned(),
            source: Source::file(&format!("{}.toml", scenario.name), scenario.text),
            directory: PathBuf::new(),
        });
    }
    let path = &directory.join(name_or_path);
    let given = Path::new(name_or_path);
    let is_path = given.components().count() > 1 || given.extension().is_some() || path.exists();
    if !is_path {
        return Err(unknown(name_or_path));
    }
    let text = read_file(path)?;
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    Ok(Found {
        name: stem.to_string_lossy().into_owned(),
        source: Source::file(&path.display().to_string(), &text),
        directory: path.parent().unwrap_or(Path::new("")).to_owned(),
    })
}

fn unknown(name: &str) -> ScenarioError {
    let known: Vec<String> = builtin().iter().map(|s| s.name.to_owned()).collect();
    ScenarioError::nowhere(Problem::UnknownScenario {
        name: name.to_owned(),
        nearest: nearest(name, &known),
        known,
    })
}

/// Reads a scenario file; what goes wrong is said in plain words.
fn read_file(path: &Path) -> Result<String, ScenarioError> {
    std::fs::read_to_string(path).map_err(|error| {
        let known: Vec<&str> = builtin().iter().map(|s| s.name).collect();
        let mend = match path.file_stem().and_then(|stem| stem.to_str()) {
            Some(stem) if known.contains(&stem) => {
                format!("{stem:?} without a folder and ending is a built-in scenario")
            }
            _ => format!(
                "give the path of a TOML file, or a built-in scenario: {}",
                known.join(", ")
            ),
        };
        ScenarioError::nowhere(unreadable(path, &error, mend))
    })
}

/// The problem of a file that cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error, mend: String) -> Problem {
    let reason = match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    };
    Problem::Unreadable {
        path: path.display().to_string(),
        reason,
        mend,
    }
}
