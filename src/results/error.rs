//! What can go wrong with a result file, in the words of the person who asked for it.

use std::path::{Path, PathBuf};

/// Why a result file could not be made, written or read.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ResultsError {
    /// The file is there already, and nobody said to replace it.
    #[error("{} exists already", path.display())]
    #[diagnostic(
        code(bjerrum::results::exists),
        help("Use --force to replace it, or --out to write elsewhere.")
    )]
    Exists {
        /// The file that was asked for.
        path: PathBuf,
    },

    /// The file system refused a new file at this place.
    #[error("cannot create {} in {}: {reason}", name, directory.display())]
    #[diagnostic(
        code(bjerrum::results::cannot_create),
        help("Give --out a file in a folder that exists and that you may write to.")
    )]
    Create {
        /// Name of the file that was asked for.
        name: String,
        /// The folder it was to go into.
        directory: PathBuf,
        /// What the operating system (or HDF5) said.
        reason: String,
    },

    /// The run asks for a file that cannot be laid out: two series of one name, an empty name, ...
    #[error("the result file cannot be laid out: {what}")]
    #[diagnostic(code(bjerrum::results::layout))]
    Layout {
        /// What is wrong, naming the offending part.
        what: String,
    },

    /// A row or frame does not have the shape the layout announced.
    #[error("{series} takes {expected} values a row, and was given {found}")]
    #[diagnostic(code(bjerrum::results::shape))]
    Shape {
        /// The series or trajectory.
        series: String,
        /// Values a row (or ions a frame) that the layout announced.
        expected: usize,
        /// What arrived.
        found: usize,
    },

    /// A write failed. Nothing was written after it.
    #[error("writing {} failed: {reason}", path.display())]
    #[diagnostic(code(bjerrum::results::write))]
    Write {
        /// The result file.
        path: PathBuf,
        /// What the operating system (or HDF5) said.
        reason: String,
        /// What to do about it.
        #[help]
        hint: String,
    },

    /// The file could not be opened for reading.
    #[error("cannot read {}: {reason}", path.display())]
    #[diagnostic(code(bjerrum::results::open))]
    Open {
        /// The file that was asked for.
        path: PathBuf,
        /// What the operating system (or HDF5) said.
        reason: String,
        /// What to do about it.
        #[help]
        hint: Option<String>,
    },

    /// The file is something else than HDF5.
    #[error("{} is not an HDF5 file", path.display())]
    #[diagnostic(
        code(bjerrum::results::not_hdf5),
        help("bjerrum reads the .h5 files that `bjerrum run` writes.")
    )]
    NotHdf5 {
        /// The file that was asked for.
        path: PathBuf,
    },

    /// The file is HDF5, by another program.
    #[error("{} is HDF5 but was not written by bjerrum: {found}", path.display())]
    #[diagnostic(
        code(bjerrum::results::not_bjerrum),
        help("bjerrum reads the .h5 files that `bjerrum run` writes.")
    )]
    NotBjerrum {
        /// The file that was asked for.
        path: PathBuf,
        /// How one can tell.
        found: String,
    },

    /// A part of the file is absent or damaged.
    #[error("{} has no readable {what}: {reason}", path.display())]
    #[diagnostic(
        code(bjerrum::results::missing),
        help("`bjerrum show FILE.h5` lists what the file holds.")
    )]
    Missing {
        /// The file that was asked for.
        path: PathBuf,
        /// Path of the part inside the file.
        what: String,
        /// What HDF5 said.
        reason: String,
    },
}

impl ResultsError {
    /// A refused creation of `path`, in the words of the operating system (or HDF5).
    pub(crate) fn create(path: &Path, reason: String) -> Self {
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Self::Create {
            name,
            directory,
            reason,
        }
    }

    /// A failed write of `path`, with the advice its cause calls for.
    pub(super) fn write(path: &Path, error: &hdf5::Error) -> Self {
        Self::write_reason(path, reason(error))
    }

    /// As [`ResultsError::write`], from the words of the operating system.
    pub(super) fn write_reason(path: &Path, reason: String) -> Self {
        let full = ["No space left", "quota exceeded", "File too large"]
            .iter()
            .any(|words| reason.contains(words));
        let kept = "What was written before stays readable (`bjerrum show`).";
        let hint = if full {
            format!("Disk full? Free some space, or give --out another disk. {kept}")
        } else {
            format!("Is the disk still there, and writable? {kept}")
        };
        Self::Write {
            path: path.to_owned(),
            reason,
            hint,
        }
    }
}

/// The cause at the bottom of an HDF5 error: the operating system's words where it has some.
pub(crate) fn reason(error: &hdf5::Error) -> String {
    let hdf5::Error::HDF5(stack) = error else {
        return error.to_string();
    };
    let Ok(frames) = stack.clone().expand() else {
        return "HDF5 gave no reason".to_owned();
    };
    frames
        .iter()
        .find_map(|frame| operating_system_message(frame.desc()))
        .unwrap_or_else(|| frames.description().to_owned())
}

/// HDF5 quotes the operating system as `..., errno = 28, error message = 'No space left on device', ...`.
fn operating_system_message(frame: &str) -> Option<String> {
    let (_, after) = frame.split_once("error message = '")?;
    let (message, _) = after.split_once('\'')?;
    Some(message.to_owned())
}
