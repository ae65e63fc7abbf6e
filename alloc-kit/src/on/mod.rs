//! On mode (feature `audit`): counting, regions, verdicts.
//!
//! Down from the allocator: `hook` updates the `line` of its thread; a word that runs out ends in `trap`, which
//! asks the `context` (the stack of regions) whether a limit was exceeded and takes a `trace`. Down from the user:
//! `measure` and `guard` read the line at both ends of a region; a guard whose `limits` are exceeded has its
//! traces `resolve`d and put together by `culprit`, `hint`s looked up and a `message` rendered, and panics with it.
//! `growth` measures at several sizes, and asks `class` how the figures grow.

mod class;
mod context;
mod culprit;
mod growth;
mod guard;
mod hint;
mod hook;
mod installed;
mod limits;
mod line;
mod measure;
mod message;
mod place;
mod resolve;
mod system;
mod thread;
mod trace;
mod trap;
mod usage;
mod verdict;

pub use class::Class;
pub use growth::{Claim, SIZES, assert_growth};
pub use guard::{Guard, enter};
pub use limits::{Limit, Limits, Site};
pub use measure::measure;
pub use usage::Usage;

#[cfg(feature = "enforce")]
#[global_allocator]
static GLOBAL: crate::CountingAlloc = crate::CountingAlloc::system();
