#![doc = include_str!("../README.md")]
#![expect(clippy::test_attr_in_doctest, reason = "the README shows a test as its reader would write it")]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod counting;
mod macros;
#[cfg(not(feature = "audit"))]
mod off;
#[cfg(feature = "audit")]
mod on;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use counting::CountingAlloc;

#[cfg(feature = "audit")]
#[cfg_attr(docsrs, doc(cfg(feature = "audit")))]
pub use on::{Usage, fail_nth, for_each_allocation_failure, measure, measure_future};

#[cfg(not(feature = "audit"))]
pub use off::Handle;
#[cfg(feature = "audit")]
pub use on::Handle;

// The two modes of an attribute are two macros: the macro crate has no features that another crate could turn on.
#[cfg(feature = "audit")]
#[doc = include_str!("docs/alloc_allowed.md")]
pub use alloc_kit_macros::alloc_allowed;
#[cfg(not(feature = "audit"))]
#[doc = include_str!("docs/alloc_allowed.md")]
pub use alloc_kit_macros::alloc_allowed_off as alloc_allowed;
#[cfg(feature = "audit")]
#[doc = include_str!("docs/alloc_budget.md")]
pub use alloc_kit_macros::alloc_budget;
#[cfg(not(feature = "audit"))]
#[doc = include_str!("docs/alloc_budget.md")]
pub use alloc_kit_macros::alloc_budget_off as alloc_budget;
#[cfg(feature = "audit")]
#[doc = include_str!("docs/no_alloc.md")]
pub use alloc_kit_macros::no_alloc;
#[cfg(not(feature = "audit"))]
#[doc = include_str!("docs/no_alloc.md")]
pub use alloc_kit_macros::no_alloc_off as no_alloc;

#[doc = include_str!("docs/report.md")]
pub mod _report {}
