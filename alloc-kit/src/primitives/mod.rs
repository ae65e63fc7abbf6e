//! What gets a function under its budget: buffers that are kept, and text, arenas and maps that do without.
//!
//! Each file is one concept and stands for itself; what they share is [`Reuse`] and the `bounds` on what is kept.

mod bounds;
mod reuse;
#[cfg(any(feature = "smallvec", feature = "arrayvec", feature = "compact_str", feature = "bytes"))]
mod reuse_crates;
mod reuse_std;
#[cfg(feature = "std")]
mod reuse_table;

pub use reuse::Reuse;
