//! One frame of a trajectory: where the ions of a slit stood.

use super::super::text::get_texts;
use super::{RunFile, whole_rows};
use crate::results::ResultsError;
use hdf5::Group;

/// The ions of a slit at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Steps since the start.
    pub step: u64,
    /// Time since the start, ps.
    pub time: f64,
    /// Edges of the box along the field and across, Å.
    pub edges: [f64; 2],
    /// Along which of them it repeats.
    pub periodic: [bool; 2],
    /// Position of each ion, Å.
    pub positions: Vec<[f64; 2]>,
    /// Charge of each ion, e.
    pub charges: Vec<f64>,
}

impl RunFile {
    /// Frame number `index` of the trajectory of `slit`.
    ///
    /// # Errors
    /// [`ResultsError::Missing`] if there are not so many, or the trajectory is
    /// absent or damaged.
    pub fn frame(&self, slit: &str, index: usize) -> Result<Frame, ResultsError> {
        let what = format!("particles/{slit}");
        self.file
            .group(&what)
            .and_then(|at| read_frame(&at, index))
            .map_err(self.missing(&what))
    }

    /// The last frame of the trajectory of `slit`; none if nothing was recorded.
    ///
    /// # Errors
    /// [`ResultsError::Missing`] if the trajectory is absent or damaged.
    pub fn last_frame(&self, slit: &str) -> Result<Option<Frame>, ResultsError> {
        let what = format!("particles/{slit}");
        self.file
            .group(&what)
            .and_then(|at| {
                let last = whole_rows(&at.group("position")?)?.checked_sub(1);
                last.map(|index| read_frame(&at, index)).transpose()
            })
            .map_err(self.missing(&what))
    }
}

fn read_frame(at: &Group, index: usize) -> hdf5::Result<Frame> {
    let position = at.group("position")?;
    let frames = whole_rows(&position)?;
    if index >= frames {
        return Err(format!("it has {frames} frames").into());
    }
    let (step, time) = (position.dataset("step")?, position.dataset("time")?);
    let coordinates = position
        .dataset("value")?
        .read_slice_2d::<f64, _>((index, .., ..))?;
    let edges = at
        .dataset("box/edges/value")?
        .read_slice_1d::<f64, _>((index, ..))?;
    let around = at.group("box")?;
    let boundary = get_texts(&around, "boundary")?;
    let periodic = |axis: usize| boundary.get(axis).is_some_and(|word| word == "periodic");
    Ok(Frame {
        step: step.read_slice_1d::<u64, _>(index..index + 1)?[0],
        time: time.read_slice_1d::<f64, _>(index..index + 1)?[0],
        edges: [edges[0], edges[1]],
        periodic: [periodic(0), periodic(1)],
        positions: coordinates
            .rows()
            .into_iter()
            .map(|r| [r[0], r[1]])
            .collect(),
        charges: at.dataset("charge")?.read_raw()?,
    })
}
