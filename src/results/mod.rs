//! Result files: one HDF5 file per run, laid out as [H5MD 1.1](https://www.nongnu.org/h5md/h5md.html).
//!
//! ```text
//! /h5md                                  version; author/name; creator/{name, version}
//! /parameters/scenario                   the scenario as run, TOML text
//! /parameters/provenance                 attributes: version, git_revision, seed, engine, ..., status, wall_seconds
//! /particles/<slit>/box                  dimension, boundary; edges/{step,time,value}
//! /particles/<slit>/position             {step,time,value}, value [frame, ion, 3], z = 0
//! /particles/<slit>/species, charge      one entry an ion, fixed in time
//! /observables/<group>/<name>            {step,time,value}, value [row] or [row, column]
//! /results/<table>/<column>              written when the run ends
//! /results/clusters/<slit>/<column>      distributions of clusters, where they were asked for
//! /results/theory/<table>/<name>/<column>  a line of theory beside /results/<table>, with the
//!                                        attributes of, equation and source
//! ```
//!
//! Every dataset carries the attributes `unit` and `long_name`. `unit` is an H5MD unit string
//! (`"ps"`, `"Angstrom"`, `"1"` for a pure number).
//!
//! # Reading a file, at any moment
//!
//! A run that has ended (`status` is not `"running"`): `h5py.File(path)`.
//!
//! A run that is still going, or was killed: `h5py.File(path, "r", swmr=True)`. HDF5 calls this
//! *single writer, multiple readers*: everything up to the last flush is there, and a live reader
//! sees new rows after `dataset.refresh()`; to see the results of a run that ended meanwhile, open the
//! file again. A kill may fall between the flush of `value` and
//! that of `time` and `step`; the rows present in all three are whole, and those are the ones
//! [`RunFile`] returns.
//!
//! Texts are UTF-8 of variable length: `file["parameters/scenario"].asstr()[()]`, and attributes
//! come as `str`.

mod error;
pub(crate) mod format;
mod layout;
mod read;
mod show;
mod text;
mod write;

pub use error::ResultsError;
pub(crate) use error::reason;
pub use layout::{Column, Layout, Provenance, Scalar, SeriesSpec, Table, TrajectorySpec};
pub(crate) use read::open;
pub use read::{Frame, RunFile, Series, SeriesInfo, TrajectoryInfo};
pub use show::describe;
pub(crate) use text::{get_text, get_texts, set_meaning, set_text, set_texts, text};
pub use write::RunWriter;
