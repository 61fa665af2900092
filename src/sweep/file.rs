//! The sweep file.

use super::SweepError;
use super::axes::{Axis, Dimension, RangeError, Spacing, sampled};
use crate::scenario::{Scenario, builtin};
use miette::NamedSource;
use serde::Deserialize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::{Spanned, Table, Value};

/// What is asked for, checked.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The name of the file, without extension.
    pub name: String,
    /// One line on what it is.
    pub title: String,
    /// The scenario of every point: a built-in name, or a path.
    pub scenario: String,
    /// What all points change in it: dotted keys and TOML values.
    pub set: Vec<(String, String)>,
    /// The seed that those of the points are derived from.
    pub seed: u64,
    /// How many seeds for each point.
    pub replicas: u64,
    /// The grid.
    pub dimensions: Vec<Dimension>,
    /// How jobs are submitted.
    pub slurm: SlurmTable,
    /// The file itself, for the record.
    pub text: String,
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SweepTable {
    title: Option<String>,
    scenario: String,
    seed: Option<u64>,
    replicas: Option<Spanned<u64>>,
    #[serde(default)]
    set: Table,
    #[serde(default)]
    axis: Vec<Spanned<AxisTable>>,
    sample: Option<Spanned<SampleTable>>,
    #[serde(default)]
    slurm: SlurmTable,
}

/// `[[axis]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AxisTable {
    key: Spanned<String>,
    name: Option<String>,
    values: Option<Vec<Value>>,
    from: Option<Value>,
    to: Option<Value>,
    points: Option<u64>,
    #[serde(default)]
    spacing: Spacing,
    zip: Option<String>,
}

/// `[sample]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleTable {
    method: Method,
    points: u64,
}

/// How samples are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Method {
    /// Every range is cut into as many parts as there are points; each part of
    /// each range holds one.
    LatinHypercube,
    /// Independent and uniform.
    Random,
}

/// `[slurm]`: what a site asks for. Times and memory as Slurm writes them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlurmTable {
    /// `--account`.
    pub account: Option<String>,
    /// `--partition`.
    pub partition: Option<String>,
    /// `--time` of a task; estimated if absent.
    pub time: Option<String>,
    /// `--mem` of a task; estimated if absent.
    pub memory: Option<String>,
    /// How many tasks may run at once.
    pub throttle: Option<u32>,
    /// `--cpus-per-task`; 1 if absent.
    pub cpus: Option<u32>,
    /// Hours that the short points of a task are to take together; 1 if absent.
    pub task_hours: Option<f64>,
    /// Other options of `sbatch`, such as `"--constraint=avx512"`.
    #[serde(default)]
    pub options: Vec<String>,
    /// Shell lines before the run, such as `"module load gcc"`.
    #[serde(default)]
    pub setup: Vec<String>,
}

impl Sweep {
    /// Reads and checks the sweep file at `path`.
    ///
    /// # Errors
    /// [`SweepError`]: the first mistake found, with its line.
    pub fn read(path: &Path) -> Result<Self, SweepError> {
        let text = std::fs::read_to_string(path).map_err(|error| SweepError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        let source = Source { path, text: &text };
        let table: SweepTable = toml::from_str(&text).map_err(|error| {
            let help = "a sweep has scenario, [set], [[axis]] (key with values, or with from, to and \
                        points), replicas, seed, [sample] and [slurm]";
            source.mistake(error.span(), error.message().to_owned(), help)
        })?;
        let scenario = scenario_path(&table.scenario, path);
        let mut set = Vec::new();
        flatten("", &table.set, &mut set);
        let changes: Vec<_> = set
            .iter()
            .map(|(key, value)| ("[set]", &**key, &**value))
            .collect();
        let base = Scenario::load_with(&scenario, &changes)?;
        let seed = table.seed.unwrap_or(base.seed);
        let replicas = match &table.replicas {
            Some(replicas) if *replicas.as_ref() == 0 => {
                let message = "replicas: 0 is too few".to_owned();
                return Err(source.mistake(Some(replicas.span()), message, "write replicas = 1"));
            }
            Some(replicas) => *replicas.as_ref(),
            None => 1,
        };
        let dimensions = dimensions(&table, &source, &base, seed)?;
        let name = path.file_stem().unwrap_or(path.as_os_str());
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            title: table.title.unwrap_or(base.title),
            scenario,
            set,
            seed,
            replicas,
            dimensions,
            slurm: table.slurm,
            text,
        })
    }
}

/// A path is relative to the sweep file.
fn scenario_path(scenario: &str, sweep: &Path) -> String {
    if builtin().iter().any(|one| one.name == scenario) {
        return scenario.to_owned();
    }
    let folder = sweep.parent().unwrap_or(Path::new(""));
    let path: PathBuf = folder.join(scenario);
    path.to_string_lossy().into_owned()
}

/// Dotted keys and TOML values of nested tables.
fn flatten(prefix: &str, table: &Table, into: &mut Vec<(String, String)>) {
    for (key, value) in table {
        let key = match prefix {
            "" => key.clone(),
            _ => format!("{prefix}.{key}"),
        };
        match value {
            Value::Table(inner) => flatten(&key, inner, into),
            _ => into.push((key, value.to_string())),
        }
    }
}

/// The axes as dimensions of a grid: those that are zipped together are one, and
/// so are all that are sampled.
fn dimensions(
    table: &SweepTable,
    source: &Source<'_>,
    base: &Scenario,
    seed: u64,
) -> Result<Vec<Dimension>, SweepError> {
    let mut dimensions: Vec<Dimension> = Vec::new();
    let mut ranges = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let words = table
        .axis
        .iter()
        .filter_map(|axis| axis.as_ref().zip.clone());
    // An axis may not bear the word of a dimension either.
    let mut names: Vec<String> = words.collect();
    for spanned in &table.axis {
        let (axis, span) = (spanned.as_ref(), spanned.span());
        let key: &str = axis.key.as_ref();
        let mistake = |message: String, help: &str| {
            Err(source.mistake(
                Some(axis.key.span()),
                format!("axis {key}: {message}"),
                help,
            ))
        };
        if key == "seed" {
            return mistake(
                "a seed is no axis".to_owned(),
                "write replicas = 5 at the top: each point then runs with so many seeds",
            );
        }
        if seen.contains(&key) {
            return mistake("it is there twice".to_owned(), "remove one of the two");
        }
        seen.push(key);
        let name = axis.name.clone().unwrap_or_else(|| key.to_owned());
        if let Some(name) = [Some(&name), axis.zip.as_ref()]
            .into_iter()
            .flatten()
            .find(|n| unusable(n))
        {
            return mistake(
                format!("{name:?} cannot be a name"),
                "in the collected file groups stand between slashes, and dimensions are called row and \
                 replica: take another name",
            );
        }
        if names.contains(&name) {
            return mistake(
                format!("the name {name:?} is taken"),
                "axes and the words they are zipped under need names of their own: results are found by \
                 them in the collected file",
            );
        }
        names.push(name.clone());
        if table.sample.is_some() && axis.values.is_none() && axis.points.is_none() {
            let range = range(axis, base);
            ranges.push((
                name,
                range.map_err(|error| source.range(&span, key, &error))?,
            ));
            continue;
        }
        let read = match &axis.values {
            Some(values) => listed(axis, values),
            None => range(axis, base).and_then(|range| range.grid(axis.points)),
        };
        let values = read.map_err(|error| source.range(&span, key, &error))?;
        let axis_read = Axis::new(key, name, values, base.temperature);
        let zipped = axis.zip.as_ref();
        let partner = dimensions
            .iter_mut()
            .find(|dimension| zipped.is_some() && dimension.zip.as_ref() == zipped);
        match partner {
            Some(partner) if partner.length() != axis_read.values.len() => {
                let message = format!(
                    "{} values, zipped with the {} of {}",
                    axis_read.values.len(),
                    partner.length(),
                    partner.axes[0].key
                );
                return mistake(message, "axes that are zipped need equally many values");
            }
            Some(partner) => partner.axes.push(axis_read),
            None => dimensions.push(Dimension {
                zip: zipped.cloned(),
                axes: vec![axis_read],
            }),
        }
    }
    match &table.sample {
        Some(sample) if ranges.is_empty() || sample.as_ref().points == 0 => {
            let message = "[sample]: there is nothing to sample".to_owned();
            let help = "give points = 20, and an [[axis]] with from and to, without points";
            Err(source.mistake(Some(sample.span()), message, help))
        }
        Some(sample) => {
            let SampleTable { method, points } = *sample.as_ref();
            let axes = sampled(&ranges, method, points as usize, seed, base.temperature);
            dimensions.push(Dimension { zip: None, axes });
            Ok(dimensions)
        }
        None => Ok(dimensions),
    }
}

/// Whether the collected file cannot have an axis of that name.
fn unusable(name: &str) -> bool {
    name.is_empty() || name.contains('/') || ["row", "replica", "."].contains(&name)
}

fn listed(axis: &AxisTable, values: &[Value]) -> Result<Vec<String>, RangeError> {
    if axis.from.is_some() || axis.to.is_some() || axis.points.is_some() {
        return Err(RangeError("it has values, and a range too".to_owned()));
    }
    if values.is_empty() {
        return Err(RangeError("it has no values".to_owned()));
    }
    Ok(values.iter().map(Value::to_string).collect())
}

fn range(axis: &AxisTable, base: &Scenario) -> Result<super::axes::Span, RangeError> {
    match (&axis.from, &axis.to) {
        (Some(from), Some(to)) => {
            let key: &str = axis.key.as_ref();
            super::axes::Span::new(key, from, to, axis.spacing, base.temperature)
        }
        _ => Err(RangeError(
            "it has neither values nor from and to".to_owned(),
        )),
    }
}

/// The text and its name, for messages.
struct Source<'t> {
    path: &'t Path,
    text: &'t str,
}

impl Source<'_> {
    fn mistake(&self, span: Option<Range<usize>>, message: String, help: &str) -> SweepError {
        let span = span.unwrap_or(0..0);
        let name = self.path.display().to_string();
        let before = &self.text[..span.start.min(self.text.len())];
        SweepError::File {
            line: before.matches('\n').count() + 1,
            message,
            help: help.to_owned(),
            text: Arc::new(NamedSource::new(&name, self.text.to_owned())),
            name,
            span: span.into(),
        }
    }

    fn range(&self, span: &Range<usize>, key: &str, error: &RangeError) -> SweepError {
        let help = "an axis has values = [...], or from, to and points (and spacing = \"linear\" or \
                    \"logarithmic\"); with a [sample] from and to alone";
        self.mistake(Some(span.clone()), format!("axis {key}: {}", error.0), help)
    }
}
