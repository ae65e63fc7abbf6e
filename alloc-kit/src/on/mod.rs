//! On mode (feature `audit`): counting, regions, verdicts.
//!
//! Down from the allocator: `hook` updates the `line` of its thread; a word that runs out ends in `trap`, which
//! asks the `context` (the stack of regions) whether a limit was exceeded and takes a `trace`. Down from the user:
//! `measure` and `region` read the line at both ends of a region, whether a `guard`'s, one poll of a `future`, or
//! work that a `handle` attaches; `allow` takes exceptions out of it. A region that exceeds its limits has its traces
//! `resolve`d and put together by `culprit`, `hint`s looked up and a `message` rendered, and the guard panics with it.
//! Beside that, `site` is the register of all budgets, `stats` what was seen of each, and `report` writes that down;
//! `mode` says whether anything is judged in this process, and `threads` sums over all lines.

mod allow;
mod context;
mod culprit;
mod future;
mod guard;
mod handle;
mod hint;
mod hook;
mod instrumented;
mod json;
mod line;
mod measure;
mod message;
mod mode;
mod place;
mod region;
mod report;
mod resolve;
mod site;
mod stats;
mod system;
mod thread;
mod threads;
mod trace;
mod trap;
mod usage;
mod verdict;

pub use allow::{AllowGuard, Allowed, allow, allowed, allowed_box, allowed_from};
pub use future::{Judged, Making, judged, judged_box, judged_from, making};
pub use guard::{Guard, enter};
pub use handle::Handle;
pub use measure::{measure, measure_future};
pub use site::{EXCEPTIONS, Exception, Limit, Limits, SITES, Site};
pub use stats::Stats;
pub use usage::Usage;

#[cfg(feature = "enforce")]
#[global_allocator]
static GLOBAL: crate::CountingAlloc = crate::CountingAlloc::system();
