//! Device models fitted to recordings, and the files they are kept in.
//!
//! ```text
//! recordings → loops, fits → device file → table, picture
//! ```
//!
//! A [`DeviceFile`] is what a circuit designer takes away: named parameters with
//! units, errors and intervals, the range they were fitted in, and where they
//! come from.

mod error;
mod file;
mod loops;
mod picture;
mod report;
mod study;

pub use error::DeviceError;
pub(crate) use file::refuse_to_replace;
pub use file::{DeviceFile, DeviceParameter, LoopRow, Quality, Range, Source, Tried};
pub use loops::rows as loops;
pub use picture::figure;
pub use report::{loop_report, report};
pub use study::{Given, Study, study};
