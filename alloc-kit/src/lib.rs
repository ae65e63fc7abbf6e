#![doc = include_str!("../README.md")]
#![expect(clippy::test_attr_in_doctest, reason = "the README shows a test as its reader would write it")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)] // The files that may are listed in SECURITY.md.
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

mod counting;
mod macros;
#[cfg(not(feature = "audit"))]
mod off;
#[cfg(feature = "audit")]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
mod on;
mod primitives;
#[cfg(alloc_kit_prove)]
mod prove;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use counting::CountingAlloc;
#[cfg(feature = "bumpalo")]
#[cfg_attr(docsrs, doc(cfg(feature = "bumpalo")))]
pub use primitives::Arena;
#[cfg(feature = "std")]
#[cfg_attr(docsrs, doc(cfg(feature = "std")))]
pub use primitives::{ArcLease, Lease, LeaseError, Lend, Pool, PoolStats};
pub use primitives::{
    CapHint, FormatError, LeasedVec, OutOfMemory, Recycler, Reuse, Scratch, SizeProfile, Slots, TextBuf,
    UpsertMap, try_with_fmt, upsert, with_fmt,
};
#[cfg(feature = "audit")]
#[cfg_attr(docsrs, doc(cfg(feature = "audit")))]
pub use primitives::{SizeAdvice, SizeChoice};

#[cfg(feature = "arrayvec")]
#[cfg_attr(docsrs, doc(cfg(feature = "arrayvec")))]
pub mod arrayvec;
#[cfg(feature = "bumpalo")]
#[cfg_attr(docsrs, doc(cfg(feature = "bumpalo")))]
pub mod bumpalo;
#[cfg(feature = "bytes")]
#[cfg_attr(docsrs, doc(cfg(feature = "bytes")))]
pub mod bytes;
#[cfg(feature = "compact_str")]
#[cfg_attr(docsrs, doc(cfg(feature = "compact_str")))]
pub mod compact_str;
#[cfg(feature = "dhat")]
#[cfg_attr(docsrs, doc(cfg(feature = "dhat")))]
pub mod dhat;
#[cfg(feature = "smallvec")]
#[cfg_attr(docsrs, doc(cfg(feature = "smallvec")))]
pub mod smallvec;

#[cfg(feature = "arrayvec")]
#[cfg_attr(docsrs, doc(cfg(feature = "arrayvec")))]
#[doc(no_inline)]
pub use ::arrayvec::{ArrayString, ArrayVec};
#[cfg(feature = "bytes")]
#[cfg_attr(docsrs, doc(cfg(feature = "bytes")))]
#[doc(no_inline)]
pub use ::bytes::{Bytes, BytesMut};
#[cfg(feature = "compact_str")]
#[cfg_attr(docsrs, doc(cfg(feature = "compact_str")))]
#[doc(no_inline)]
pub use ::compact_str::CompactString;

/// A vector of up to `N` elements in place, and of more on the heap: `SmallVec<u32, 8>` for what the crate writes as
/// `SmallVec<[u32; 8]>`.
///
/// When to take it is in [`smallvec`]. Not with an `N` that nobody has measured: of lists of 3 to 16 numbers that are sorted with their
/// records, an `N` of 64 takes 1.5 times as long as `Vec` does, and one of 4, which most outgrow, 1.05 times
/// (`cargo bench -p alloc-kit-benches --bench wins -- --only tags`). [`SizeProfile`] advises one.
///
/// ```
/// let mut fields: alloc_kit::SmallVec<&str, 8> = alloc_kit::SmallVec::new();
/// fields.extend("alpha,beta".split(','));
/// assert!(!fields.spilled());
/// ```
#[cfg(feature = "smallvec")]
#[cfg_attr(docsrs, doc(cfg(feature = "smallvec")))]
pub type SmallVec<T, const N: usize> = ::smallvec::SmallVec<[T; N]>;

#[cfg(feature = "audit")]
#[cfg_attr(docsrs, doc(cfg(feature = "audit")))]
pub use on::{Usage, fail_nth, for_each_allocation_failure, measure, measure_future};

// In both modes: no label.
#[cfg(not(feature = "audit"))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
pub use off::Handle;
#[cfg(feature = "audit")]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
pub use on::Handle;

// The three modes of an attribute are three macros: the macro crate has no features that another crate could turn on.
#[cfg(all(feature = "audit", not(alloc_kit_prove)))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[doc = include_str!("docs/alloc_allowed.md")]
pub use alloc_kit_macros::alloc_allowed;
#[cfg(all(not(feature = "audit"), not(alloc_kit_prove)))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[doc = include_str!("docs/alloc_allowed.md")]
pub use alloc_kit_macros::alloc_allowed_off as alloc_allowed;
#[cfg(alloc_kit_prove)]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[doc = include_str!("docs/alloc_allowed.md")]
pub use alloc_kit_macros::alloc_allowed_prove as alloc_allowed;
#[cfg(all(feature = "audit", not(alloc_kit_prove)))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[doc = include_str!("docs/alloc_budget.md")]
pub use alloc_kit_macros::alloc_budget;
#[cfg(all(not(feature = "audit"), not(alloc_kit_prove)))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[doc = include_str!("docs/alloc_budget.md")]
pub use alloc_kit_macros::alloc_budget_off as alloc_budget;
#[cfg(alloc_kit_prove)]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[doc = include_str!("docs/alloc_budget.md")]
pub use alloc_kit_macros::alloc_budget_prove as alloc_budget;
#[cfg(all(feature = "audit", not(alloc_kit_prove)))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[doc = include_str!("docs/no_alloc.md")]
pub use alloc_kit_macros::no_alloc;
#[cfg(all(not(feature = "audit"), not(alloc_kit_prove)))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[doc = include_str!("docs/no_alloc.md")]
pub use alloc_kit_macros::no_alloc_off as no_alloc;
#[cfg(alloc_kit_prove)]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[doc = include_str!("docs/no_alloc.md")]
pub use alloc_kit_macros::no_alloc_prove as no_alloc;

#[doc = include_str!("docs/clone_from.md")]
pub use alloc_kit_macros::CloneFrom;
#[doc = include_str!("docs/reuse.md")]
pub use alloc_kit_macros::Reuse;

#[path = "guide.rs"]
pub mod _guide;

#[doc = include_str!("docs/report.md")]
pub mod _report {}

#[doc = include_str!("docs/std_facts.md")]
pub mod _std_facts {}

#[doc = include_str!("docs/no_gain.md")]
pub mod _no_gain {}
