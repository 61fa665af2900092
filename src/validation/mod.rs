//! A validation as something to keep: findings that survive an interruption, and a
//! page to read.

mod figure;
mod page;
mod store;

pub use figure::figure;
pub use page::{html, markdown};
pub use store::{Left, Measured, Part, Revisions, Stamp, Store, StoreError};
