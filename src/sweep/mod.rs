//! Sweeps: one scenario at many points, each with its own result file.
//!
//! ```text
//! file (SWEEP.toml) → axes → points → local or slurm → folder of result files → collect
//! ```
//!
//! What `collect` writes is read back by [`collected`], for tables, figures and reports.
//!
//! A point is known by the digest of its resolved scenario, seed included, and of
//! the program's version. Its file bears that name when it is complete and not
//! before, so a sweep that is started again does what is missing and nothing else,
//! and several processes, on several machines, may work in one folder.

mod axes;
mod collect;
pub mod collected;
mod error;
mod estimate;
mod file;
mod folder;
mod local;
mod points;
mod report;
mod slurm;

pub use collect::{Collected, collect};
pub use collected::CollectedFile;
pub use error::SweepError;
pub use estimate::Estimate;
pub use file::Sweep;
pub use folder::{Folder, State};
pub use local::{Local, Outcome};
pub use points::{Plan, Planned, Point};
pub use report::{dry_run, status};
pub use slurm::{Job, points_of_task, submit};
