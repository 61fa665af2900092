//! Writing a result file while the run goes on.
//!
//! The whole layout is created first; the file then enters HDF5's single-writer, multiple-readers
//! mode, in which a reader (or a kill) may come at any moment. That mode can create nothing, so
//! [`RunWriter::finish`] leaves it and adds the results to a copy that takes the file's place.

use std::fs;
use std::mem;
use std::path::{Path, PathBuf};

use hdf5::file::FileSpaceStrategy;
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File, Group};

use super::error::reason;
use super::layout::check_tables;
use super::text::{set, set_meaning, set_text, set_texts, text};
use super::{Layout, Provenance, ResultsError, SeriesSpec, Table, TrajectorySpec};

/// Numbers in a chunk of a series: 4 KiB before compression. A flush rewrites the last chunk of each
/// dataset, compressed anew, and what it occupied before cannot be used again while others may be
/// reading. So the chunks are small, but not so small that their index outgrows a page of memory
/// (see [`latest_format`]) before some 4 million rows.
const CHUNK_VALUES: usize = 512;
/// Coordinates in a chunk of a trajectory: 128 KiB before compression.
const CHUNK_COORDINATES: usize = 16_384;
/// Bytes in a page of memory, or a part of one where pages are larger.
const MEMORY_PAGE: u64 = 4096;
/// gzip level: 4 is within some percent of 9 at a fraction of its time.
const GZIP_LEVEL: u8 = 4;

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

    /// Adds the results and the final status (`"complete"`, `"interrupted"`), and closes the file.
    /// For a moment this takes the room of the file once more.
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
        open.close()
            .map_err(|error| ResultsError::write(&self.path, &error))?;
        replace_by_copy(&self.path, |copy| {
            add_results(copy, tables, wall_seconds, status)
        })
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

/// Readers of a file being written need the newest format of its metadata.
///
/// HDF5 writes each piece of metadata in one call, but a kill may cut that call short where one
/// page of memory ends and the next begins, and the piece is then lost with all that hangs on it.
/// Space is therefore handed out in pages, across whose borders no piece smaller than a page lies:
/// without this, 1 in 40 of the runs killed while they flushed without pause could not be read.
fn latest_format() -> hdf5::FileBuilder {
    let pages = FileSpaceStrategy::FreeSpaceManager {
        paged: true,
        persist: false,
        threshold: 1,
    };
    let mut builder = File::with_options();
    builder.with_fapl(|access| access.libver_latest());
    builder.with_fcpl(|create| {
        create
            .obj_track_times(false)
            .file_space_strategy(pages)
            .file_space_page_size(MEMORY_PAGE)
    });
    builder
}

fn write_h5md(file: &File, provenance: &Provenance) -> hdf5::Result<()> {
    let h5md = file.create_group("h5md")?;
    h5md.new_attr_builder()
        .with_data(&[1_i32, 1])
        .create("version")?;
    let author = if provenance.author.is_empty() {
        "unknown"
    } else {
        &provenance.author
    };
    let author_group = h5md.create_group("author")?;
    set_text(&author_group, "name", author)?;
    let creator = h5md.create_group("creator")?;
    set_text(&creator, "name", "bjerrum")?;
    set_text(&creator, "version", &provenance.version)
}

fn write_parameters(file: &File, scenario_toml: &str, from: &Provenance) -> hdf5::Result<()> {
    let parameters = file.create_group("parameters")?;
    let scenario = parameters
        .new_dataset::<VarLenUnicode>()
        .create("scenario")?;
    scenario.write_scalar(&text(scenario_toml)?)?;
    set_meaning(&scenario, "1", "scenario as run, defaults filled in (TOML)")?;

    let provenance = parameters.create_group("provenance")?;
    let texts = [
        ("version", &from.version),
        ("git_revision", &from.git_revision),
        ("engine", &from.engine),
        ("preset", &from.preset),
        ("host", &from.host),
        ("start", &from.start),
    ];
    let extra = from
        .extra
        .iter()
        .map(|(name, value)| (name.as_str(), value));
    for (name, value) in texts.into_iter().chain(extra) {
        set_text(&provenance, name, value)?;
    }
    set(&provenance, "seed", &from.seed)?;
    set(&provenance, "threads", &from.threads)?;
    set_text(&provenance, "status", "running")
}

/// The `step` and `time` that stand beside every recorded `value`.
#[derive(Debug)]
struct Clock {
    step: Dataset,
    time: Dataset,
}

impl Clock {
    fn create(group: &Group, chunk_rows: usize) -> hdf5::Result<Self> {
        let chunk = [chunk_rows];
        let step = extensible::<u64>(group, "step", &[], &chunk)?;
        set_meaning(&step, "1", "time step of the row")?;
        let time = extensible::<f64>(group, "time", &[], &chunk)?;
        set_meaning(&time, "ps", "time since the start of the run")?;
        Ok(Self { step, time })
    }

    fn append(&self, rows: usize, step: &[u64], time: &[f64]) -> hdf5::Result<()> {
        let end = rows + step.len();
        self.time.resize(end)?;
        self.time.write_slice(time, rows..end)?;
        self.step.resize(end)?;
        self.step.write_slice(step, rows..end)
    }

    fn flush(&self) -> hdf5::Result<()> {
        self.time.flush()?;
        self.step.flush()
    }
}

/// One series, and the rows of it that wait to be written as a whole chunk.
#[derive(Debug)]
struct SeriesSink {
    path: String,
    clock: Clock,
    value: Dataset,
    scalar: bool,
    chunk_rows: usize,
    rows: usize,
    waiting_step: Vec<u64>,
    waiting_time: Vec<f64>,
    waiting_columns: Vec<Vec<f64>>,
}

impl SeriesSink {
    fn create(file: &File, spec: &SeriesSpec) -> hdf5::Result<Self> {
        let path = spec.path();
        let group = file.create_group(&path)?;
        let scalar = spec.columns.is_empty();
        let width = spec.columns.len().max(1);
        let chunk_rows = (CHUNK_VALUES / width).max(64);
        let (inner, chunk) = if scalar {
            (vec![], vec![chunk_rows])
        } else {
            (vec![width], vec![chunk_rows, width])
        };
        let value = extensible::<f64>(&group, "value", &inner, &chunk)?;
        set_meaning(&value, &spec.unit, &spec.long_name)?;
        let columns: Vec<&str> = spec.columns.iter().map(String::as_str).collect();
        set_texts(&value, "columns", &columns)?;
        Ok(Self {
            path,
            clock: Clock::create(&group, chunk_rows)?,
            value,
            scalar,
            chunk_rows,
            rows: 0,
            waiting_step: Vec::with_capacity(chunk_rows),
            waiting_time: Vec::with_capacity(chunk_rows),
            waiting_columns: vec![Vec::with_capacity(chunk_rows); width],
        })
    }

    fn check(&self, row: &[f64]) -> Result<(), ResultsError> {
        let (expected, found) = (self.waiting_columns.len(), row.len());
        if expected == found {
            return Ok(());
        }
        Err(ResultsError::Shape {
            series: self.path.clone(),
            expected,
            found,
        })
    }

    fn append(&mut self, step: u64, time_ps: f64, row: &[f64]) -> hdf5::Result<()> {
        self.waiting_step.push(step);
        self.waiting_time.push(time_ps);
        for (column, &value) in self.waiting_columns.iter_mut().zip(row) {
            column.push(value);
        }
        let chunk_is_full = (self.rows + self.waiting_step.len()).is_multiple_of(self.chunk_rows);
        if chunk_is_full { self.flush() } else { Ok(()) }
    }

    /// Values go out before their times and steps: a row that has its step is whole.
    fn flush(&mut self) -> hdf5::Result<()> {
        if self.waiting_step.is_empty() {
            return Ok(());
        }
        let end = self.rows + self.waiting_step.len();
        if self.scalar {
            self.value.resize(end)?;
            self.value
                .write_slice(&self.waiting_columns[0], self.rows..end)?;
        } else {
            self.value.resize((end, self.waiting_columns.len()))?;
            for (index, column) in self.waiting_columns.iter().enumerate() {
                self.value.write_slice(column, (self.rows..end, index))?;
            }
        }
        self.value.flush()?;
        self.clock
            .append(self.rows, &self.waiting_step, &self.waiting_time)?;
        self.clock.flush()?;
        self.rows = end;
        self.waiting_step.clear();
        self.waiting_time.clear();
        self.waiting_columns.iter_mut().for_each(Vec::clear);
        Ok(())
    }
}

/// The trajectory of one slit. HDF5's chunk cache gathers its frames.
#[derive(Debug)]
struct TrajectorySink {
    path: String,
    clock: Clock,
    position: Dataset,
    edges: Dataset,
    box_edges: [f64; 3],
    ions: usize,
    frames: usize,
}

impl TrajectorySink {
    fn create(file: &File, spec: &TrajectorySpec) -> hdf5::Result<Self> {
        let path = format!("particles/{}", spec.group);
        let group = file.create_group(&path)?;
        write_ions(&group, spec)?;

        let ions = spec.species.len();
        let frames = (CHUNK_COORDINATES / (3 * ions)).clamp(1, 256);
        let position_group = group.create_group("position")?;
        let position = extensible::<f64>(&position_group, "value", &[ions, 3], &[frames, ions, 3])?;
        set_meaning(
            &position,
            "Angstrom",
            "position of each ion, x and y in the plane of the slit",
        )?;
        let clock = Clock::create(&position_group, frames)?;

        // The box never changes, but readers (MDAnalysis among them) look it up frame by frame.
        let boundary = spec
            .periodic
            .map(|periodic| if periodic { "periodic" } else { "none" });
        let box_group = group.create_group("box")?;
        set(&box_group, "dimension", &3_i32)?;
        set_texts(&box_group, "boundary", &boundary)?;
        let edges_group = box_group.create_group("edges")?;
        let edges = extensible::<f64>(&edges_group, "value", &[3], &[256, 3])?;
        set_meaning(&edges, "Angstrom", "edges of the box along x, y, z")?;
        for name in ["step", "time"] {
            group.link_hard(&format!("position/{name}"), &format!("box/edges/{name}"))?;
        }
        Ok(Self {
            path,
            clock,
            position,
            edges,
            box_edges: spec.box_edges,
            ions,
            frames: 0,
        })
    }

    fn check(&self, positions: &[[f64; 2]]) -> Result<(), ResultsError> {
        if positions.len() == self.ions {
            return Ok(());
        }
        let (expected, found) = (self.ions, positions.len());
        Err(ResultsError::Shape {
            series: self.path.clone(),
            expected,
            found,
        })
    }

    fn append(&mut self, step: u64, time_ps: f64, positions: &[[f64; 2]]) -> hdf5::Result<()> {
        let frame = self.frames;
        let spatial: Vec<[f64; 3]> = positions.iter().map(|&[x, y]| [x, y, 0.0]).collect();
        self.position.resize((frame + 1, self.ions, 3))?;
        self.position
            .write_slice::<_, f64, _, _>(spatial.as_slice(), (frame, .., ..))?;
        self.edges.resize((frame + 1, 3))?;
        self.edges.write_slice(&self.box_edges, (frame, ..))?;
        self.clock.append(frame, &[step], &[time_ps])?;
        self.frames += 1;
        Ok(())
    }

    fn flush(&self) -> hdf5::Result<()> {
        self.position.flush()?;
        self.edges.flush()?;
        self.clock.flush()
    }
}

fn write_ions(group: &Group, spec: &TrajectorySpec) -> hdf5::Result<()> {
    let species = group
        .new_dataset_builder()
        .with_data(&spec.species)
        .create("species")?;
    set_meaning(
        &species,
        "1",
        "species of each ion: an index into the attribute `names`",
    )?;
    let names: Vec<&str> = spec.species_names.iter().map(String::as_str).collect();
    set_texts(&species, "names", &names)?;
    let charge = group
        .new_dataset_builder()
        .with_data(&spec.charge)
        .create("charge")?;
    // H5MD has no symbol for e, but takes a number as a factor of a unit.
    set_meaning(
        &charge,
        "1.602176634e-19 C",
        "charge of each ion in elementary charges e",
    )
}

/// A compressed dataset that grows along its first axis.
fn extensible<T: hdf5::H5Type>(
    group: &Group,
    name: &str,
    inner: &[usize],
    chunk: &[usize],
) -> hdf5::Result<Dataset> {
    let mut extents = vec![hdf5::Extent::resizable(0)];
    extents.extend(inner.iter().map(|&length| hdf5::Extent::fixed(length)));
    group
        .new_dataset::<T>()
        .shape(hdf5::SimpleExtents::from_vec(extents))
        .chunk(chunk.to_vec())
        .shuffle()
        .deflate(GZIP_LEVEL)
        .create(name)
}

/// Changes a copy of the file and puts it in the place of the file, in one step. Whoever reads the
/// file meanwhile neither stands in the way (a reader holds a lock) nor is disturbed, and a kill or a
/// full disk leaves the file as it was.
fn replace_by_copy(
    path: &Path,
    change: impl FnOnce(&Path) -> hdf5::Result<()>,
) -> Result<(), ResultsError> {
    let failed = |error: std::io::Error| ResultsError::write_reason(path, error.to_string());
    // Where the path is a link, the file it leads to is the one to replace.
    let place = fs::canonicalize(path).map_err(failed)?;
    let mut copy = place.clone().into_os_string();
    copy.push(".finishing");
    let copy = PathBuf::from(copy);
    let replaced = fs::copy(&place, &copy).map_err(failed).and_then(|_| {
        change(&copy).map_err(|error| ResultsError::write(path, &error))?;
        fs::rename(&copy, &place).map_err(failed)
    });
    if replaced.is_err() {
        // The error to report is the first one.
        let _ = fs::remove_file(&copy);
    }
    replaced
}

fn add_results(path: &Path, tables: &[Table], wall_seconds: f64, status: &str) -> hdf5::Result<()> {
    let file = latest_format().open_rw(path)?;
    let results = file.create_group("results")?;
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    set_texts(&results, "tables", &names)?;
    for table in tables {
        write_table(&results, table)?;
    }
    let provenance = file.group("parameters/provenance")?;
    set(&provenance, "wall_seconds", &wall_seconds)?;
    set_text(&provenance, "status", status)?;
    drop((results, provenance));
    file.close()
}

fn write_table(results: &Group, table: &Table) -> hdf5::Result<()> {
    let group = results.create_group(&table.name)?;
    set_text(&group, "title", &table.title)?;
    for column in &table.columns {
        let dataset = group
            .new_dataset_builder()
            .with_data(&column.values)
            .create(column.name.as_str())?;
        set_meaning(&dataset, &column.unit, &column.long_name)?;
    }
    for scalar in &table.scalars {
        let dataset = group.new_dataset::<f64>().create(scalar.name.as_str())?;
        dataset.write_scalar(&scalar.value)?;
        set_meaning(&dataset, &scalar.unit, &scalar.long_name)?;
    }
    for (name, note) in &table.notes {
        set_text(&group, name, note)?;
    }
    // HDF5 lists members by name; these attributes keep the order in which they were given.
    set_texts(
        &group,
        "columns",
        &table
            .columns
            .iter()
            .map(|c| c.name.as_str())
            .collect::<Vec<_>>(),
    )?;
    set_texts(
        &group,
        "scalars",
        &table
            .scalars
            .iter()
            .map(|s| s.name.as_str())
            .collect::<Vec<_>>(),
    )?;
    set_texts(
        &group,
        "notes",
        &table
            .notes
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>(),
    )
}
