//! Reading a result file: of a run that ended, that goes on, or that was killed.

mod frame;

pub use frame::Frame;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File, Group, OpenMode};

use super::error::reason;
use super::text::{get_any, get_text, get_texts};
use super::{Column, ResultsError, Scalar, Table};

/// The first bytes of every HDF5 file.
const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";
/// Where the superblock that follows keeps its consistency flags (versions 2 and 3).
const FLAGS: usize = 11;
/// The flag of a file in single-writer, multiple-readers mode.
const FLAG_SWMR: u8 = 0x04;
/// How often a reader tries again when it meets metadata that a writer is changing. HDF5 waits
/// 1 ns, 2 ns, 4 ns, ... between the tries and makes a hundred, which on a damaged file is forever;
/// these add up to 0.1 s.
const READ_ATTEMPTS: u32 = 26;

/// A result file, open for reading.
#[derive(Debug)]
pub struct RunFile {
    path: PathBuf,
    file: File,
}

/// A quantity over time, as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Unit of the values (H5MD unit string).
    pub unit: String,
    /// What the values are.
    pub long_name: String,
    /// Names of the columns; empty for a single number a row.
    pub columns: Vec<String>,
    /// Time step of each row.
    pub step: Vec<u64>,
    /// Time of each row (ps).
    pub time: Vec<f64>,
    /// The values, row after row.
    pub values: Vec<f64>,
}

impl Series {
    /// Numbers a row.
    pub fn width(&self) -> usize {
        self.columns.len().max(1)
    }

    /// The rows, in order of time.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.width())
    }

    /// One column over time.
    pub fn column(&self, index: usize) -> Vec<f64> {
        self.rows().map(|row| row[index]).collect()
    }
}

/// What a series is, without its values.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesInfo {
    /// Group in the file, such as `observables/Na`.
    pub group: String,
    /// Name in its group.
    pub name: String,
    /// Unit of the values.
    pub unit: String,
    /// What the values are.
    pub long_name: String,
    /// Names of the columns; empty for a single number a row.
    pub columns: Vec<String>,
    /// Rows recorded so far.
    pub rows: usize,
    /// Times of the first and the last row (ps), if there is a row.
    pub span: Option<(f64, f64)>,
}

/// What a trajectory is, without its frames.
#[derive(Clone, Debug, PartialEq)]
pub struct TrajectoryInfo {
    /// Name of the slit.
    pub group: String,
    /// Number of ions.
    pub ions: usize,
    /// Names of the species.
    pub species_names: Vec<String>,
    /// Frames recorded so far.
    pub frames: usize,
    /// Times of the first and the last frame (ps), if there is a frame.
    pub span: Option<(f64, f64)>,
}

impl RunFile {
    /// Opens a result file. A file that a run is writing, or was writing when it was killed, opens
    /// as well and shows what had been flushed.
    ///
    /// # Errors
    /// [`ResultsError::Open`], [`ResultsError::NotHdf5`] or [`ResultsError::NotBjerrum`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ResultsError> {
        let path = path.as_ref();
        let file = open(path)?;
        let run = Self {
            path: path.to_owned(),
            file,
        };
        run.check_creator()?;
        Ok(run)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn check_creator(&self) -> Result<(), ResultsError> {
        let found = match self.file.group("h5md/creator") {
            Err(_) if self.file.link_exists("h5md") => "its /h5md group has no creator".to_owned(),
            Err(_) => "it has no /h5md group".to_owned(),
            Ok(creator) => match get_text(&creator, "name") {
                Ok(name) if name == "bjerrum" => return Ok(()),
                Ok(name) => format!("its creator is {name}"),
                Err(_) => "its creator has no name".to_owned(),
            },
        };
        Err(ResultsError::NotBjerrum {
            path: self.path.clone(),
            found,
        })
    }

    /// The scenario as run (TOML).
    ///
    /// # Errors
    /// [`ResultsError::Missing`] if the file is damaged; so for all the methods below.
    pub fn scenario_toml(&self) -> Result<String, ResultsError> {
        let read = |dataset: Dataset| dataset.read_scalar::<VarLenUnicode>();
        let what = "parameters/scenario";
        self.file
            .dataset(what)
            .and_then(read)
            .map(|text| text.to_string())
            .map_err(self.missing(what))
    }

    /// Where the file comes from: (name, value), by name.
    pub fn provenance(&self) -> Result<Vec<(String, String)>, ResultsError> {
        let what = "parameters/provenance";
        let read = |group: Group| {
            let names = group.attr_names()?;
            names
                .into_iter()
                .map(|name| get_any(&group, &name).map(|value| (name, value)))
                .collect()
        };
        self.file
            .group(what)
            .and_then(read)
            .map_err(self.missing(what))
    }

    /// `"running"` until the run has ended, then how it ended: `"complete"` or `"interrupted"`.
    pub fn status(&self) -> Result<String, ResultsError> {
        let what = "parameters/provenance";
        self.file
            .group(what)
            .and_then(|group| get_text(&group, "status"))
            .map_err(self.missing(what))
    }

    /// The recorded series: (group, name).
    pub fn series_names(&self) -> Result<Vec<(String, String)>, ResultsError> {
        let what = "observables";
        if !self.file.link_exists(what) {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        self.file
            .group(what)
            .and_then(|group| find_series(&group, what, &mut found))
            .map_err(self.missing(what))?;
        // HDF5 lists them in an order of its own, another in every group.
        found.sort();
        Ok(found)
    }

    /// What the recorded series are, without reading their values.
    pub fn series_list(&self) -> Result<Vec<SeriesInfo>, ResultsError> {
        let info = |(group, name): (String, String)| {
            let what = format!("{group}/{name}");
            self.file
                .group(&what)
                .and_then(|at| series_info(&at, group, name))
                .map_err(self.missing(&what))
        };
        self.series_names()?.into_iter().map(info).collect()
    }

    /// What the trajectories are, without reading their frames.
    pub fn trajectory_list(&self) -> Result<Vec<TrajectoryInfo>, ResultsError> {
        let what = "particles";
        if !self.file.link_exists(what) {
            return Ok(Vec::new());
        }
        let read = |particles: Group| {
            let names = particles.member_names()?;
            names
                .into_iter()
                .map(|name| trajectory_info(&particles.group(&name)?, name))
                .collect()
        };
        self.file
            .group(what)
            .and_then(read)
            .map_err(self.missing(what))
    }

    /// One series, all its rows.
    pub fn series(&self, group: &str, name: &str) -> Result<Series, ResultsError> {
        let what = format!("{group}/{name}");
        self.file
            .group(&what)
            .and_then(|at| read_series(&at))
            .map_err(self.missing(&what))
    }

    /// The results, in the order in which they were written; none while the run goes on.
    pub fn tables(&self) -> Result<Vec<Table>, ResultsError> {
        let what = "results";
        if !self.file.link_exists(what) {
            return Ok(Vec::new());
        }
        let read = |results: Group| {
            let names = get_texts(&results, "tables")?;
            names
                .into_iter()
                .map(|name| read_table(&results.group(&name)?, name))
                .collect()
        };
        self.file
            .group(what)
            .and_then(read)
            .map_err(self.missing(what))
    }

    fn missing(&self, what: &str) -> impl Fn(hdf5::Error) -> ResultsError {
        let (path, what) = (self.path.clone(), what.to_owned());
        move |error| ResultsError::Missing {
            path: path.clone(),
            what: what.clone(),
            reason: reason(&error),
        }
    }
}

/// Opens an HDF5 file of any kind for reading, also while a run writes it.
pub(crate) fn open(path: &Path) -> Result<File, ResultsError> {
    let mut builder = File::with_options();
    builder.with_fapl(|access| access.metadata_read_attempts(READ_ATTEMPTS));
    builder
        .open_as(path, open_mode(path)?)
        .map_err(|error| ResultsError::Open {
            path: path.to_owned(),
            reason: reason(&error),
            hint: Some(
                "If no run is writing it, its run was killed as it started or ended: \
                 `h5clear -s FILE.h5` (package hdf5-tools) opens it again."
                    .to_owned(),
            ),
        })
}

/// How to open the file, by its first bytes. Asking the operating system before HDF5 does gives
/// clearer words for what is wrong.
fn open_mode(path: &Path) -> Result<OpenMode, ResultsError> {
    let unreadable = |error: std::io::Error| ResultsError::Open {
        path: path.to_owned(),
        reason: error.to_string(),
        hint: None,
    };
    let mut start = Vec::with_capacity(FLAGS + 1);
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(FLAGS as u64 + 1)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    if !start.starts_with(&SIGNATURE) {
        return Err(ResultsError::NotHdf5 {
            path: path.to_owned(),
        });
    }
    let being_written = start.get(FLAGS).is_some_and(|flags| flags & FLAG_SWMR != 0);
    Ok(if being_written {
        OpenMode::ReadSWMR
    } else {
        OpenMode::Read
    })
}

/// A series is a group with a `value`; it may lie at any depth.
fn find_series(group: &Group, path: &str, found: &mut Vec<(String, String)>) -> hdf5::Result<()> {
    for name in group.member_names()? {
        let Ok(member) = group.group(&name) else {
            continue;
        };
        if member.link_exists("value") {
            found.push((path.to_owned(), name));
        } else {
            find_series(&member, &format!("{path}/{name}"), found)?;
        }
    }
    Ok(())
}

/// Rows that have a value, a time and a step: a kill may have come between the three.
fn whole_rows(at: &Group) -> hdf5::Result<usize> {
    let mut rows = usize::MAX;
    for name in ["step", "time", "value"] {
        rows = rows.min(at.dataset(name)?.shape()[0]);
    }
    Ok(rows)
}

fn time_span(at: &Group, rows: usize) -> hdf5::Result<Option<(f64, f64)>> {
    if rows == 0 {
        return Ok(None);
    }
    let time = at.dataset("time")?;
    let entry = |row: usize| {
        time.read_slice_1d::<f64, _>(row..row + 1)
            .map(|entry| entry[0])
    };
    Ok(Some((entry(0)?, entry(rows - 1)?)))
}

fn series_info(at: &Group, group: String, name: String) -> hdf5::Result<SeriesInfo> {
    let value = at.dataset("value")?;
    let rows = whole_rows(at)?;
    Ok(SeriesInfo {
        group,
        name,
        unit: get_text(&value, "unit")?,
        long_name: get_text(&value, "long_name")?,
        columns: get_texts(&value, "columns")?,
        rows,
        span: time_span(at, rows)?,
    })
}

fn trajectory_info(at: &Group, group: String) -> hdf5::Result<TrajectoryInfo> {
    let position = at.group("position")?;
    let species = at.dataset("species")?;
    let frames = whole_rows(&position)?;
    Ok(TrajectoryInfo {
        group,
        ions: position.dataset("value")?.shape()[1],
        species_names: get_texts(&species, "names")?,
        frames,
        span: time_span(&position, frames)?,
    })
}

fn read_series(at: &Group) -> hdf5::Result<Series> {
    // The rows are counted first: a live run may add some between the reads below.
    let rows = whole_rows(at)?;
    let value = at.dataset("value")?;
    let mut series = Series {
        unit: get_text(&value, "unit")?,
        long_name: get_text(&value, "long_name")?,
        columns: get_texts(&value, "columns")?,
        step: at.dataset("step")?.read_raw()?,
        time: at.dataset("time")?.read_raw()?,
        values: value.read_raw()?,
    };
    series.step.truncate(rows);
    series.time.truncate(rows);
    series.values.truncate(rows * series.width());
    Ok(series)
}

fn read_table(at: &Group, name: String) -> hdf5::Result<Table> {
    let mut table = Table {
        name,
        title: get_text(at, "title")?,
        ..Table::default()
    };
    for name in get_texts(at, "columns")? {
        let dataset = at.dataset(&name)?;
        let (unit, long_name) = (
            get_text(&dataset, "unit")?,
            get_text(&dataset, "long_name")?,
        );
        table.columns.push(Column {
            name,
            unit,
            long_name,
            values: dataset.read_raw()?,
        });
    }
    for name in get_texts(at, "scalars")? {
        let dataset = at.dataset(&name)?;
        let (unit, long_name) = (
            get_text(&dataset, "unit")?,
            get_text(&dataset, "long_name")?,
        );
        table.scalars.push(Scalar {
            name,
            unit,
            long_name,
            value: dataset.read_scalar()?,
        });
    }
    for name in get_texts(at, "notes")? {
        let note = get_text(at, &name)?;
        table.notes.push((name, note));
    }
    Ok(table)
}
