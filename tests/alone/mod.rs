//! One test of a file at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Taken by every test that writes a file or starts a program: HDF5 lets programs
/// inherit its open files, and with them their locks.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
