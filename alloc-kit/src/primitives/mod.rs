//! What gets a function under its budget: buffers that are kept, and text, arenas and maps that do without.
//!
//! Each file is one concept and stands for itself; what they share is [`Reuse`] and the `bounds` on what is kept.

mod bounds;
#[cfg(feature = "std")]
mod pool;
mod reuse;
mod reuse_crates;
mod reuse_std;

#[cfg(feature = "std")]
pub use pool::{ArcLease, Lease, LeaseError, Pool, PoolStats};
pub use reuse::Reuse;
