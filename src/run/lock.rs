//! One run at a time for one result file.

use super::checkpoint::with_suffix;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Held while a run writes `run.h5`: a lock of the operating system on
/// `run.h5.lock`, which ends with the process, however that ends. The file itself
/// may be left behind by a kill, and means nothing then.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

/// Why a lock was not to be had.
pub(super) enum Unlocked {
    /// Another process has it; who, as far as it is known.
    Busy(String),
    /// The place cannot be written.
    Failed(io::Error),
}

impl Lock {
    /// The lock of the run that writes `file`.
    pub fn take(file: &Path) -> Result<Self, Unlocked> {
        let path = with_suffix(file, ".lock");
        loop {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            let mut lock = options.open(&path).map_err(Unlocked::Failed)?;
            match try_lock(&lock) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(Unlocked::Busy(read(&mut lock))),
                Err(TryLockError::Error(error)) => {
                    tracing::warn!("no other run is kept away from {}: {error}", file.display());
                }
            }
            // Whoever had it may have removed the file between the two calls above.
            if is_still_there(&lock, &path) {
                write_holder(&mut lock).map_err(Unlocked::Failed)?;
                return Ok(Self { path, _file: lock });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before the lock itself goes, so that no one else's is removed.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether some process writes `file` now.
pub(crate) fn is_being_written(file: &Path) -> bool {
    let lock = File::open(with_suffix(file, ".lock"));
    lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Tries for a while: somebody may just have asked [`is_being_written`].
fn try_lock(lock: &File) -> Result<(), TryLockError> {
    for _ in 0..3 {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            other => return other,
        }
    }
    lock.try_lock()
}

/// Who has the lock, for the message to those who do not.
fn write_holder(lock: &mut File) -> io::Result<()> {
    let host = sysinfo::System::host_name().unwrap_or_else(|| "unknown".to_owned());
    lock.set_len(0)?;
    write!(lock, "process {} on {host}", std::process::id())
}

fn read(lock: &mut File) -> String {
    let mut holder = String::new();
    match lock.read_to_string(&mut holder) {
        Ok(length) if length > 0 => holder,
        _ => "another process".to_owned(),
    }
}

#[cfg(unix)]
fn is_still_there(lock: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (lock.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => place(ours) == place(there),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_still_there(_lock: &File, path: &Path) -> bool {
    path.exists()
}
