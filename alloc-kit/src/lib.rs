//! stub docs
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
pub use on::{Usage, measure};

/// Fails the test in which the function allocates: a budget of 0 allocations.
#[cfg(feature = "audit")]
pub use alloc_kit_macros::{alloc_budget, no_alloc};
#[cfg(not(feature = "audit"))]
pub use alloc_kit_macros::{alloc_budget_off as alloc_budget, no_alloc_off as no_alloc};
