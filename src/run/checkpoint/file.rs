//! A checkpoint on disk:
//!
//! ```text
//! bjerrum checkpoint 1\n      what it is, and its form
//! 8 bytes                     length of the content, little-endian
//! 32 bytes                    SHA-256 of the content
//! the content                 a Checkpoint, as postcard writes it
//! ```

use super::{Checkpoint, CheckpointError, with_suffix};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

const TITLE: &str = "bjerrum checkpoint ";

/// To be raised whenever the content changes its meaning.
const FORM: u32 = 1;

/// Where the checkpoint before that at `path` is.
pub(super) fn previous(path: &Path) -> PathBuf {
    with_suffix(path, ".previous")
}

/// Where it is written before it takes its place.
fn unfinished(path: &Path) -> PathBuf {
    with_suffix(path, ".unfinished")
}

/// Every file that may be there.
pub(super) fn all(path: &Path) -> [PathBuf; 3] {
    [path.to_owned(), previous(path), unfinished(path)]
}

/// Writes a checkpoint to `path`. Whenever this is cut short, one that is whole is
/// there under this name or the previous one.
pub(super) fn write(path: &Path, checkpoint: &Checkpoint) -> Result<(), CheckpointError> {
    let failed = |reason: String| CheckpointError::Write {
        path: path.to_owned(),
        reason,
    };
    let content = postcard::to_stdvec(checkpoint).map_err(|error| failed(error.to_string()))?;
    let written = write_aside(path, &content).and_then(|()| take_place(path));
    written.map_err(|error| {
        // The error to report is the first one.
        let _ = fs::remove_file(unfinished(path));
        failed(error.to_string())
    })
}

fn write_aside(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(unfinished(path))?;
    writeln!(file, "{TITLE}{FORM}")?;
    file.write_all(&(content.len() as u64).to_le_bytes())?;
    file.write_all(&Sha256::digest(content))?;
    file.write_all(content)?;
    file.sync_all()
}

fn take_place(path: &Path) -> io::Result<()> {
    match fs::rename(path, previous(path)) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => fs::rename(unfinished(path), path)?,
    }
    sync_folder(path)
}

/// The names of files, too, are to outlive a loss of power.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Reads the checkpoint at `path`.
pub(super) fn read(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => CheckpointError::None {
            path: path.to_owned(),
        },
        _ => CheckpointError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    })?;
    let content = content(path, &bytes)?;
    postcard::from_bytes(content).map_err(|error| damaged(path, error.to_string()))
}

/// What follows the header, if it is what was written.
fn content<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a [u8], CheckpointError> {
    let after_title = bytes.strip_prefix(TITLE.as_bytes());
    let after_title = after_title.ok_or_else(|| damaged(path, "it is none".to_owned()))?;
    let short = || damaged(path, format!("it ends after {} bytes", bytes.len()));
    let end = after_title.iter().position(|&byte| byte == b'\n');
    let (form, rest) = after_title.split_at(end.ok_or_else(short)?);
    if form != FORM.to_string().as_bytes() {
        return Err(CheckpointError::OtherForm {
            path: path.to_owned(),
            found: String::from_utf8_lossy(form).into_owned(),
            own: FORM,
        });
    }
    let (length, rest) = rest[1..].split_first_chunk::<8>().ok_or_else(short)?;
    let (digest, content) = rest.split_first_chunk::<32>().ok_or_else(short)?;
    if content.len() as u64 != u64::from_le_bytes(*length) {
        return Err(short());
    }
    if Sha256::digest(content)[..] != digest[..] {
        return Err(damaged(
            path,
            "its content does not have its digest".to_owned(),
        ));
    }
    Ok(content)
}

fn damaged(path: &Path, what: String) -> CheckpointError {
    CheckpointError::Damaged {
        path: path.to_owned(),
        what,
    }
}
