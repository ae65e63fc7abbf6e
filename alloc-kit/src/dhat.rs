//! [`dhat`](https://docs.rs/dhat/0.3): a heap profile that `dh_view` shows, of a program that has budgets.
//!
//! A budget says that a function allocates too much, a profile where a whole program does. dhat wants to be the global allocator;
//! so does the feature `enforce`. With this feature what `enforce` or [`install!`](crate::install) has installed counts, and hands on
//! to dhat's allocator instead of the system's: a `Profiler` in an example, a bench or a test writes a profile of it, and budgets are
//! judged as ever. Its figures are those of the program: what dhat allocates for its own tables counts in no region.
//!
#![cfg_attr(feature = "audit", doc = "```standalone_crate")]
#![cfg_attr(not(feature = "audit"), doc = "```ignore")]
//! use alloc_kit::{alloc_budget, dhat, measure};
//! # alloc_kit::install!();
//!
//! #[alloc_budget(1)]
//! fn numbers(n: u32) -> Vec<u32> {
//!     (0..n).collect()
//! }
//!
//! // What alloc-kit allocates for itself at the first call of each budget would be in the profile.
//! measure(|| numbers(100));
//! // Or `Profiler::new_heap()`, which writes dhat-heap.json when it is dropped.
//! let profiler = dhat::Profiler::builder().testing().build();
//! let (numbers, usage) = measure(|| numbers(100));
//! let profiled = dhat::HeapStats::get();
//! drop(profiler);
//!
//! assert_eq!((usage.allocations, usage.peak_bytes), (profiled.total_blocks, profiled.max_bytes as u64));
//! # assert_eq!((usage.allocations, usage.bytes_allocated, usage.live_bytes), (1, 400, 400));
//! # assert_eq!((profiled.total_bytes, profiled.curr_bytes), (400, 400));
//! # assert_eq!(numbers.len(), 100);
//! ```
//!
//! Put it behind a feature of your own, since it slows down every allocation:
//!
//! ```toml
//! [features]
//! dhat-heap = ["alloc-kit/dhat"]
//!
//! [profile.release]
//! debug = "limited" # the lines; "line-tables-only" has no paths of functions, by which dhat knows what to leave out
//! ```
//!
//! The profiler is to be of this module: one of another version of dhat would not see a single allocation.
//!
//! # When not
//!
//! - In a program that does not enforce (`cargo run`, without `--example`) nothing is installed by this: there make
//!   `dhat::Alloc` the global allocator, as its documentation says. With `audit` and an allocator of your own, too, this changes nothing.
//! - For timings: an allocation takes microseconds, since it takes a backtrace.
//!
//! # Sharp edges
//!
//! - Make and drop the `Profiler` outside of budgets and of [`measure`](crate::measure): what those two allocate counts there.
//! - alloc-kit's own allocations, some at the first call of each budget, are in no region, but in the profile, under `alloc_kit::`.
//! - To dhat a reallocation is a block, also one that shrinks, which alloc-kit does not count; otherwise their counts are
//!   equal. dhat counts all threads, a region its own.
//! - There is one `Profiler` a process at a time, and a second one panics: in a test, let the file hold this one test.
//!
//! # Cost
//!
//! A lock, a backtrace and a look-up for each allocation, and an entry for each block that lives.

#[doc(no_inline)]
pub use ::dhat::*;
