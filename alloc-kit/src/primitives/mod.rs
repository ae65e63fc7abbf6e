//! What gets a function under its budget: buffers that are kept, and text, arenas and maps that do without.
//!
//! Each file is one concept and stands for itself; what they share is [`Reuse`] and the `bounds` on what is kept.

#[cfg(feature = "bumpalo")]
mod arena;
mod bounds;
mod failure;
mod reuse;
mod reuse_crates;
mod reuse_std;
mod text;
mod upsert;

#[cfg(feature = "bumpalo")]
pub use arena::Arena;
pub use failure::{FormatError, OutOfMemory};
pub use reuse::Reuse;
pub use text::{TextBuf, cow_of, try_with_fmt, with_fmt};
pub use upsert::{UpsertMap, upsert};
