//! Series and trajectories, which grow while the run goes on.

use crate::results::text::{set, set_meaning, set_texts};
use crate::results::{ResultsError, SeriesSpec, TrajectorySpec};
use hdf5::{Dataset, File, Group};

/// Numbers in a chunk of a series: 4 KiB before compression. A flush rewrites the last chunk of each
/// dataset, compressed anew, and what it occupied before cannot be used again while others may be
/// reading. So the chunks are small, but not so small that their index outgrows a page of memory
/// (see [`super::head::latest_format`]) before some 4 million rows.
const CHUNK_VALUES: usize = 512;
/// Coordinates in a chunk of a trajectory: 128 KiB before compression.
const CHUNK_COORDINATES: usize = 16_384;
/// gzip level: 4 is within some percent of 9 at a fraction of its time.
const GZIP_LEVEL: u8 = 4;

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
pub(super) struct SeriesSink {
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
    pub(super) fn create(file: &File, spec: &SeriesSpec) -> hdf5::Result<Self> {
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

    pub(super) fn check(&self, row: &[f64]) -> Result<(), ResultsError> {
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

    pub(super) fn append(&mut self, step: u64, time_ps: f64, row: &[f64]) -> hdf5::Result<()> {
        self.waiting_step.push(step);
        self.waiting_time.push(time_ps);
        for (column, &value) in self.waiting_columns.iter_mut().zip(row) {
            column.push(value);
        }
        let chunk_is_full = (self.rows + self.waiting_step.len()).is_multiple_of(self.chunk_rows);
        if chunk_is_full { self.flush() } else { Ok(()) }
    }

    /// Values go out before their times and steps: a row that has its step is whole.
    pub(super) fn flush(&mut self) -> hdf5::Result<()> {
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
pub(super) struct TrajectorySink {
    path: String,
    clock: Clock,
    position: Dataset,
    edges: Dataset,
    box_edges: [f64; 3],
    ions: usize,
    frames: usize,
}

impl TrajectorySink {
    pub(super) fn create(file: &File, spec: &TrajectorySpec) -> hdf5::Result<Self> {
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

    pub(super) fn check(&self, positions: &[[f64; 2]]) -> Result<(), ResultsError> {
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

    pub(super) fn append(
        &mut self,
        step: u64,
        time_ps: f64,
        positions: &[[f64; 2]],
    ) -> hdf5::Result<()> {
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

    pub(super) fn flush(&self) -> hdf5::Result<()> {
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
