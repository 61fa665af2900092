//! All points in one file: every result on the grid of the axes.
//!
//! ```text
//! /axes/<name>                  values of an axis, with `unit`, `key` and `dimension`
//! /results/<table>/<column>     as in a run's file, on [dimension, ..., row]; NaN where a point
//!                               is missing or has fewer rows
//! /results/<table>/<scalar>     on [dimension, ...]
//! /points/...                   provenance on [dimension, ...]: status, digest, seed, wall_seconds, ...
//! /runs/<digest>                the whole file of a point, by an external link
//! /parameters/sweep             the sweep file
//! ```
//!
//! The attribute `dimensions` of every dataset on the grid names its axes, in order; `axes`,
//! `tables`, `columns` and `scalars` of the groups list what is in them, in order.

use super::{Folder, Plan, State, Sweep, SweepError};
use crate::results::{RunFile, Table, set_meaning, set_text, set_texts, text};
use hdf5::types::VarLenUnicode;
use hdf5::{File, Group};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What was collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Points in the file.
    pub complete: usize,
    /// Points in all.
    pub points: usize,
    /// Revisions of the program that made them, each with how many.
    pub revisions: BTreeMap<String, usize>,
    /// If points are missing: files in the folder that other versions made, in words.
    pub of_other_versions: Option<String>,
}

/// Collects the complete points of `sweep` into `out`.
///
/// # Errors
/// [`SweepError::Exists`] unless `overwrite`; [`SweepError::Nothing`] if no point is
/// complete; [`SweepError::Results`] if one cannot be read.
pub fn collect(
    sweep: &Sweep,
    plan: &Plan,
    folder: &Folder,
    out: &Path,
    overwrite: bool,
) -> Result<Collected, SweepError> {
    if out.exists() && !overwrite {
        return Err(SweepError::Exists {
            path: out.to_owned(),
        });
    }
    let read = |digest: &String| match folder.state(digest) {
        State::Complete => Contribution::read(&folder.file(digest)).map(Some),
        _ => Ok(None),
    };
    let points: Vec<Option<Contribution>> = plan
        .points
        .iter()
        .map(|point| read(&point.digest))
        .collect::<Result<_, SweepError>>()?;
    let complete = points.iter().flatten().count();
    let of_other_versions = match complete < points.len() {
        true => of_other_versions(plan, folder),
        false => None,
    };
    if complete == 0 {
        return Err(SweepError::Nothing {
            folder: folder.path().to_owned(),
            points: plan.points.len(),
            hint: of_other_versions
                .unwrap_or_else(|| "`bjerrum status` tells how far they are.".to_owned()),
        });
    }
    let mut revisions = BTreeMap::new();
    for point in points.iter().flatten() {
        let revision = point.provenance.get("git_revision");
        *revisions
            .entry(revision.cloned().unwrap_or_default())
            .or_insert(0) += 1;
    }
    let mut unfinished = out.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let failed = |reason: String| SweepError::Folder {
        what: "writing",
        path: out.to_owned(),
        reason,
    };
    let grid = Grid {
        sweep,
        plan,
        folder,
        points: &points,
    };
    let written = grid
        .write(&unfinished, out)
        .map_err(|error| failed(error.to_string()));
    let placed = written
        .and_then(|()| fs::rename(&unfinished, out).map_err(|error| failed(error.to_string())));
    if let Err(error) = placed {
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    Ok(Collected {
        complete,
        points: plan.points.len(),
        revisions,
        of_other_versions,
    })
}

/// Files of the folder that are none of the sweep's points and were made by another
/// version of the program. Its numbers may differ, so they are not put beside ours.
fn of_other_versions(plan: &Plan, folder: &Folder) -> Option<String> {
    let ours = env!("CARGO_PKG_VERSION");
    let points: HashSet<PathBuf> = plan
        .points
        .iter()
        .flat_map(|point| [folder.file(&point.digest), folder.running(&point.digest)])
        .collect();
    let entries = fs::read_dir(folder.path()).ok()?;
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|end| end != "h5") || points.contains(&path) {
            continue;
        }
        let provenance = RunFile::open(&path).and_then(|file| file.provenance());
        let version = provenance
            .ok()?
            .into_iter()
            .find(|(name, _)| name == "version");
        let version = version.map(|(_, version)| version).filter(|v| v != ours);
        if let Some(version) = version {
            *versions.entry(version).or_insert(0) += 1;
        }
    }
    let found: Vec<String> = versions
        .iter()
        .map(|(version, count)| format!("{count} of bjerrum {version}"))
        .collect();
    (!found.is_empty()).then(|| {
        format!(
            "the folder holds files of other versions ({}), which are not put beside those of this one, \
             {ours}: run the sweep again, or collect with that version",
            found.join(", ")
        )
    })
}

/// What a point adds.
struct Contribution {
    tables: Vec<Table>,
    provenance: BTreeMap<String, String>,
}

impl Contribution {
    fn read(path: &Path) -> Result<Self, SweepError> {
        let file = RunFile::open(path)?;
        Ok(Self {
            tables: file.tables()?,
            provenance: file.provenance()?.into_iter().collect(),
        })
    }

    fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

struct Grid<'a> {
    sweep: &'a Sweep,
    plan: &'a Plan,
    folder: &'a Folder,
    points: &'a [Option<Contribution>],
}

impl Grid<'_> {
    fn write(&self, path: &Path, out: &Path) -> hdf5::Result<()> {
        let file = File::create(path)?;
        let parameters = file.create_group("parameters")?;
        let sweep = parameters.new_dataset::<VarLenUnicode>().create("sweep")?;
        sweep.write_scalar(&text(&self.sweep.text)?)?;
        set_meaning(&sweep, "1", "the sweep file (TOML)")?;
        set_text(&parameters, "title", &self.sweep.title)?;
        set_text(&parameters, "version", env!("CARGO_PKG_VERSION"))?;
        self.write_axes(&file.create_group("axes")?)?;
        let results = file.create_group("results")?;
        let names = self.table_names();
        for name in &names {
            self.write_table(&results, name)?;
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        set_texts(&results, "tables", &names)?;
        self.write_points(&file.create_group("points")?)?;
        self.link_runs(&file.create_group("runs")?, out)?;
        file.close()
    }

    fn write_axes(&self, group: &Group) -> hdf5::Result<()> {
        for dimension in &self.sweep.dimensions {
            for axis in &dimension.axes {
                let name = axis.name.as_str();
                let dataset = match &axis.numbers {
                    Some(numbers) => group
                        .new_dataset_builder()
                        .with_data(numbers)
                        .create(name)?,
                    None => {
                        let values = axis.values.iter().map(|v| text(v.trim_matches('"')));
                        let values = values.collect::<hdf5::Result<Vec<_>>>()?;
                        group
                            .new_dataset_builder()
                            .with_data(&values)
                            .create(name)?
                    }
                };
                set_meaning(&dataset, &axis.unit, &axis.key)?;
                set_text(&dataset, "key", &axis.key)?;
                set_text(&dataset, "dimension", dimension.name())?;
            }
        }
        let axes = self.sweep.dimensions.iter().flat_map(|d| &d.axes);
        let names: Vec<&str> = axes.map(|axis| axis.name.as_str()).collect();
        set_texts(group, "axes", &names)
    }

    /// Tables of any point, in the order in which they are met.
    fn table_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for table in self.points.iter().flatten().flat_map(|point| &point.tables) {
            if !names.contains(&table.name) {
                names.push(table.name.clone());
            }
        }
        names
    }

    fn write_table(&self, results: &Group, name: &str) -> hdf5::Result<()> {
        let tables: Vec<Option<&Table>> = self
            .points
            .iter()
            .map(|point| point.as_ref().and_then(|point| point.table(name)))
            .collect();
        // Which columns there are follows from what was asked to be worked out, and
        // a sweep may change that: so all points are looked at.
        let mut columns: Vec<(&str, &str, &str)> = Vec::new();
        let mut scalars: Vec<(&str, &str, &str)> = Vec::new();
        for table in tables.iter().flatten() {
            let of_columns = table
                .columns
                .iter()
                .map(|c| (&*c.name, &*c.unit, &*c.long_name));
            let of_scalars = table
                .scalars
                .iter()
                .map(|s| (&*s.name, &*s.unit, &*s.long_name));
            add_new(&mut columns, of_columns);
            add_new(&mut scalars, of_scalars);
        }
        let group = results.create_group(name)?;
        if let Some(table) = tables.iter().flatten().next() {
            set_text(&group, "title", &table.title)?;
        }
        for (kind, members) in [("columns", &columns), ("scalars", &scalars)] {
            let names: Vec<&str> = members.iter().map(|member| member.0).collect();
            set_texts(&group, kind, &names)?;
        }
        for (column, unit, long_name) in columns {
            let values: Vec<Vec<f64>> = tables
                .iter()
                .map(|table| table.map_or_else(Vec::new, |table| table.column(column)))
                .collect();
            let rows = values.iter().map(Vec::len).max().unwrap_or(0).max(1);
            let padded = values.into_iter().flat_map(|mut values| {
                values.resize(rows, f64::NAN);
                values
            });
            let numbers: Vec<f64> = padded.collect();
            self.write_numbers(&group, column, &numbers, Some(rows), (unit, long_name))?;
        }
        for (scalar, unit, long_name) in scalars {
            let of = |table: &Option<&Table>| table.and_then(|table| table.scalar(scalar));
            let numbers: Vec<f64> = tables.iter().map(|t| of(t).unwrap_or(f64::NAN)).collect();
            self.write_numbers(&group, scalar, &numbers, None, (unit, long_name))?;
        }
        Ok(())
    }

    /// Numbers on the grid, `rows` at each point.
    fn write_numbers(
        &self,
        group: &Group,
        name: &str,
        numbers: &[f64],
        rows: Option<usize>,
        (unit, long_name): (&str, &str),
    ) -> hdf5::Result<()> {
        let mut shape = self.sweep.shape();
        shape.extend(rows);
        let dataset = group.new_dataset::<f64>().shape(shape).create(name)?;
        dataset.write_raw(numbers)?;
        set_meaning(&dataset, unit, long_name)?;
        self.name_dimensions(&dataset, rows.is_some())
    }

    fn name_dimensions(&self, dataset: &hdf5::Dataset, rows: bool) -> hdf5::Result<()> {
        let mut names = self.sweep.dimension_names();
        names.extend(rows.then(|| "row".to_owned()));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        set_texts(dataset, "dimensions", &names)
    }

    /// Where each point comes from.
    fn write_points(&self, group: &Group) -> hdf5::Result<()> {
        let digests = self.plan.points.iter().map(|point| point.digest.clone());
        self.write_words(group, "digest", "name of the point's file", digests)?;
        let status = self.points.iter().map(|point| match point {
            Some(_) => "complete".to_owned(),
            None => "missing".to_owned(),
        });
        self.write_words(group, "status", "complete, or missing", status)?;
        for (name, long_name) in [
            ("git_revision", "revision of the program"),
            ("engine", "engine that moved the ions"),
            ("preset", "preset of the engine"),
            ("host", "machine it ran on"),
            ("start", "when it started, or was gone on with (UTC)"),
        ] {
            let words = self.provenance(name).map(Option::unwrap_or_default);
            self.write_words(group, name, long_name, words)?;
        }
        // A seed has more digits than a double: it is kept as a text.
        let seeds = self.provenance("seed").map(Option::unwrap_or_default);
        self.write_words(group, "seed", "seed of the point", seeds)?;
        let seconds = self.provenance("wall_seconds");
        let seconds: Vec<f64> = seconds
            .map(|seconds| seconds.and_then(|s| s.parse().ok()).unwrap_or(f64::NAN))
            .collect();
        self.write_numbers(group, "wall_seconds", &seconds, None, ("s", "time it took"))
    }

    fn provenance(&self, name: &str) -> impl Iterator<Item = Option<String>> {
        let of = move |point: &Option<Contribution>| point.as_ref()?.provenance.get(name).cloned();
        self.points.iter().map(of)
    }

    fn write_words(
        &self,
        group: &Group,
        name: &str,
        long_name: &str,
        words: impl Iterator<Item = String>,
    ) -> hdf5::Result<()> {
        let words = words
            .map(|word| text(&word))
            .collect::<hdf5::Result<Vec<_>>>()?;
        let shape = self.sweep.shape();
        let dataset = group
            .new_dataset::<VarLenUnicode>()
            .shape(shape)
            .create(name)?;
        dataset.write_raw(&words)?;
        set_meaning(&dataset, "1", long_name)?;
        self.name_dimensions(&dataset, false)
    }

    /// HDF5 looks for the files beginning at the folder of the file with the link.
    fn link_runs(&self, group: &Group, out: &Path) -> hdf5::Result<()> {
        let folder = fs::canonicalize(self.folder.path()).map_err(|error| error.to_string())?;
        let beside = out.parent().filter(|parent| !parent.as_os_str().is_empty());
        let beside = fs::canonicalize(beside.unwrap_or(Path::new(".")));
        let beside = beside.map_err(|error| error.to_string())?;
        let place = folder.strip_prefix(&beside).unwrap_or(&folder);
        for (planned, point) in self.plan.points.iter().zip(self.points) {
            if point.is_some() {
                let file = place.join(format!("{}.h5", planned.digest));
                group.link_external(&file.to_string_lossy(), "/", &planned.digest)?;
            }
        }
        Ok(())
    }
}

/// Adds those that are not there yet.
fn add_new<'t>(
    known: &mut Vec<(&'t str, &'t str, &'t str)>,
    found: impl Iterator<Item = (&'t str, &'t str, &'t str)>,
) {
    for one in found {
        if !known.iter().any(|(name, ..)| *name == one.0) {
            known.push(one);
        }
    }
}
