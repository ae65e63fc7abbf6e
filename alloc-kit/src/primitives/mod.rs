//! What gets a function under its budget: buffers that are kept, and text, arenas and maps that do without.
//!
//! Each file is one concept and stands for itself; what they share is [`Reuse`] and the `bounds` on what is kept. In which cases
//! they do not pay is in [`_no_gain`](crate::_no_gain), measured.

#[cfg(feature = "bumpalo")]
mod arena;
mod assert_size;
mod bounds;
mod cap_hint;
mod failure;
mod leased_vec;
#[cfg(feature = "std")]
mod lend;
#[cfg(feature = "std")]
mod pool;
mod recycler;
mod reuse;
#[cfg(any(feature = "smallvec", feature = "arrayvec", feature = "compact_str", feature = "bytes"))]
mod reuse_crates;
mod reuse_std;
#[cfg(feature = "std")]
mod reuse_table;
mod scratch;
mod size_profile;
mod slots;
mod slots_kept;
mod slots_traits;
mod text;
mod upsert;

#[cfg(feature = "bumpalo")]
pub use arena::Arena;
pub use assert_size::{SizeIs, assert_size};
pub use cap_hint::CapHint;
pub use failure::{FormatError, OutOfMemory};
pub use leased_vec::LeasedVec;
#[cfg(feature = "std")]
pub use lend::Lend;
#[cfg(feature = "std")]
pub use pool::{ArcLease, Lease, LeaseError, Pool, PoolStats};
pub use recycler::Recycler;
pub use reuse::Reuse;
pub use scratch::Scratch;
pub use size_profile::SizeProfile;
#[cfg(feature = "audit")]
pub use size_profile::{SizeAdvice, SizeChoice};
pub use slots::Slots;
pub use text::{TextBuf, cow_of, try_with_fmt, with_fmt};
pub use upsert::{UpsertMap, upsert};
