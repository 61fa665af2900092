//! Writing a result file while the run goes on.
//!
//! The whole layout is created first; the file then enters HDF5's single-writer, multiple-readers
//! mode, in which a reader (or a kill) may come at any moment. That mode can create nothing, so
//! [`RunWriter::finish`] leaves it and adds the results to a copy that takes the file's place.

mod end;
mod head;
mod sink;

use super::error::reason;
use super::layout::check_tables;
use super::{Layout, Provenance, ResultsError, Table};
use end::{add_results, replace_by_copy};
use hdf5::File;
use head::{latest_format, write_h5md, write_parameters};
use sink::{SeriesSink, TrajectorySink};
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};

/// Writes the result file of one run.
///
/// After an error of the kind [`ResultsError::Write`] the file is left as it is on disk, readable
/// up to the last flush, and every later call fails. A writer dropped without
/// [`RunWriter::finish`] writes what it holds; the file's status stays `"running"`.
#[derive(Debug)]
pub struct RunWriter {
    path: PathBuf,
    /// `None` once a write has failed.
    open: Option<OpenRun>,
}

impl RunWriter {
    /// Creates the file with its layout; from here on others may read it.
    ///
    /// # Errors
    /// [`ResultsError::Exists`] if the file is there and `overwrite` is false;
    /// [`ResultsError::Create`] if the place is not writable; [`ResultsError::Layout`] for names
    /// that clash.
    pub fn create(
        path: impl AsRef<Path>,
        overwrite: bool,
        scenario_toml: &str,
        provenance: &Provenance,
        layout: &Layout,
    ) -> Result<Self, ResultsError> {
        let path = path.as_ref();
        layout.check()?;
        claim(path, overwrite)?;
        let open = OpenRun::create(path, scenario_toml, provenance, layout)
            .map_err(|error| ResultsError::create(path, reason(&error)))?;
        Ok(Self {
            path: path.to_owned(),
            open: Some(open),
        })
    }

    /// Adds a row to the series `series_index` of the layout, `time_ps` picoseconds into the run.
    ///
    /// # Errors
    /// [`ResultsError::Shape`] if `row` is not one number a column; [`ResultsError::Write`].
    pub fn append(
        &mut self,
        series_index: usize,
        step: u64,
        time_ps: f64,
        row: &[f64],
    ) -> Result<(), ResultsError> {
        if let Some(open) = &self.open {
            open.series[series_index].check(row)?;
        }
        self.attempt(|open| open.series[series_index].append(step, time_ps, row))
    }

    /// Adds a frame to the trajectory `trajectory_index` of the layout: the position (Å) of each
    /// ion in the plane of the slit. It is stored with three columns, z = 0.
    ///
    /// # Errors
    /// [`ResultsError::Shape`] if `positions` is not one an ion; [`ResultsError::Write`].
    pub fn append_frame(
        &mut self,
        trajectory_index: usize,
        step: u64,
        time_ps: f64,
        positions: &[[f64; 2]],
    ) -> Result<(), ResultsError> {
        if let Some(open) = &self.open {
            open.trajectories[trajectory_index].check(positions)?;
        }
        self.attempt(|open| open.trajectories[trajectory_index].append(step, time_ps, positions))
    }

    /// Hands all rows to the operating system: readers see them, and a kill no longer loses them.
    ///
    /// The file grows by some KiB a series at each flush, besides the rows. A flush every few seconds
    /// is fine, one after each row is not: a full chunk of rows is flushed without being asked.
    ///
    /// # Errors
    /// [`ResultsError::Write`].
    pub fn flush(&mut self) -> Result<(), ResultsError> {
        self.attempt(OpenRun::flush)
    }

    /// Waits until what was flushed is on the disk.
    ///
    /// # Errors
    /// [`ResultsError::Write`].
    pub fn sync(&self) -> Result<(), ResultsError> {
        let synced = fs::File::open(&self.path).and_then(|file| file.sync_all());
        synced.map_err(|error| ResultsError::write_reason(&self.path, error.to_string()))
    }

    /// Takes the name `path`, in place of the file that has it; later writes go there.
    ///
    /// # Errors
    /// [`ResultsError::Write`].
    pub fn take_place_of(&mut self, path: &Path) -> Result<(), ResultsError> {
        let failed = |error: std::io::Error| ResultsError::write_reason(path, error.to_string());
        // Where the path is a link, the file it leads to is the one to replace.
        let place = match fs::canonicalize(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => path.to_owned(),
            place => place.map_err(failed)?,
        };
        fs::rename(&self.path, &place).map_err(failed)?;
        self.path = path.to_owned();
        Ok(())
    }

    /// Adds the results and the final status (`"complete"`, `"interrupted"`), and closes the file,
    /// which then is as small as if it had never been flushed on the way.
    /// For a moment this takes the room of both.
    ///
    /// # Errors
    /// [`ResultsError::Layout`] for tables whose names clash; [`ResultsError::Write`].
    pub fn finish(
        mut self,
        tables: &[Table],
        wall_seconds: f64,
        status: &str,
    ) -> Result<(), ResultsError> {
        check_tables(tables)?;
        self.flush()?;
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let replaced = replace_by_copy(&self.path, &open.file, |file| {
            add_results(file, tables, wall_seconds, status)
        });
        let closed = open.close();
        replaced?;
        closed.map_err(|error| ResultsError::write(&self.path, &error))
    }

    /// Runs a write. If it fails, nothing else may be written: HDF5 would go on to store the
    /// description of data that never reached the disk, so its handles are abandoned as a kill
    /// would abandon them.
    fn attempt(
        &mut self,
        write: impl FnOnce(&mut OpenRun) -> hdf5::Result<()>,
    ) -> Result<(), ResultsError> {
        let Some(open) = &mut self.open else {
            let earlier = "an earlier write failed".to_owned();
            return Err(ResultsError::write_reason(&self.path, earlier));
        };
        write(open).map_err(|error| {
            mem::forget(self.open.take());
            ResultsError::write(&self.path, &error)
        })
    }
}

impl Drop for RunWriter {
    fn drop(&mut self) {
        // Whoever drops an unfinished writer is already on the way out with an error of its own.
        if self.flush().is_ok()
            && let Some(open) = self.open.take()
        {
            let _ = open.close();
        }
    }
}

/// Makes an empty file of this name, ours alone. Asking the operating system first gives its own
/// words for what is wrong, and leaves no moment in which another run could take the name.
fn claim(path: &Path, overwrite: bool) -> Result<(), ResultsError> {
    let create = || {
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
    };
    let refused = |error: std::io::Error| ResultsError::create(path, error.to_string());
    match create() {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            if !overwrite {
                return Err(ResultsError::Exists {
                    path: path.to_owned(),
                });
            }
            fs::remove_file(path).map_err(refused)?;
            create().map_err(refused)?;
        }
        other => {
            other.map_err(refused)?;
        }
    }
    Ok(())
}

/// A file in single-writer, multiple-readers mode.
#[derive(Debug)]
struct OpenRun {
    file: File,
    series: Vec<SeriesSink>,
    trajectories: Vec<TrajectorySink>,
}

impl OpenRun {
    fn create(
        path: &Path,
        scenario_toml: &str,
        provenance: &Provenance,
        layout: &Layout,
    ) -> hdf5::Result<Self> {
        let file = latest_format().create(path)?;
        write_h5md(&file, provenance)?;
        write_parameters(&file, scenario_toml, provenance)?;
        let series = layout
            .series
            .iter()
            .map(|spec| SeriesSink::create(&file, spec));
        let series = series.collect::<hdf5::Result<_>>()?;
        let trajectories = layout
            .trajectories
            .iter()
            .map(|spec| TrajectorySink::create(&file, spec));
        let trajectories = trajectories.collect::<hdf5::Result<_>>()?;
        file.flush()?;
        file.start_swmr()?;
        Ok(Self {
            file,
            series,
            trajectories,
        })
    }

    fn flush(&mut self) -> hdf5::Result<()> {
        self.series.iter_mut().try_for_each(SeriesSink::flush)?;
        self.trajectories.iter().try_for_each(TrajectorySink::flush)
    }

    /// Leaves the single-writer mode. HDF5 closes a file only when its last dataset is closed.
    fn close(self) -> hdf5::Result<()> {
        drop((self.series, self.trajectories));
        self.file.close()
    }
}
