//! On mode (feature `audit`): counting, regions, verdicts.
//!
//! Down from the allocator: `hook` updates the `line` of its thread; a word that runs out ends in `trap`, which
//! asks the `context` (the stack of regions) whether a limit was exceeded and takes a `trace`. Down from the user:
//! `measure` and `region` read the line at both ends of a region, whether a `guard`'s, one poll of a `future`, or
//! work that a `handle` attaches (`plain` is its short way); `allow` takes exceptions out of it, which count `apart`. A
//! region that exceeds its limits is found by `judge`: its traces are `resolve`d and put together by `culprit`, `hint`s
//! looked up and a `message` rendered, and the guard panics with it. `gives` tells futures
//! by other names.
//!
//! Beside that, `site` is the register of all budgets, `stats` what was seen of each, and `report` writes that down
//! as `json`, in one `text`; of what breaks each `breach`, too;
//! `mode` says whether anything is judged in this process, and `threads` sums over `all` lines, each read between two looks at its
//! `versions`. Contexts lie in `places`, of which some are `free`; what they all share is made of what `sync` has. `growth` measures at
//! several sizes, and asks `class` how the figures grow. `fault` makes a `plan` of which allocation is to fail; the hook's
//! cold functions ask it, and it asks what is `fallible`. What may take much of a stack is done on another where that is
//! small (`stack`). `fuzzed` is where fuzz/ gets hold of what writes and reads text. `profiled` is what stands before the
//! hook where dhat comes behind it.

mod all;
mod allow;
mod apart;
mod breach;
mod class;
mod context;
mod culprit;
mod fallible;
mod fault;
mod fault_message;
mod free;
mod future;
mod fuzzed;
mod gives;
mod growth;
mod guard;
mod handle;
mod hint;
mod hook;
mod instrumented;
mod json;
mod judge;
mod line;
mod measure;
mod message;
mod mode;
mod noted;
mod place;
mod places;
mod plain;
mod plan;
#[cfg(feature = "dhat")]
mod profiled;
mod region;
mod report;
mod resolve;
mod site;
mod stack;
mod stats;
mod sync;
mod system;
mod text;
mod thread;
mod threads;
mod totals;
mod trace;
mod trap;
mod usage;
mod verdict;
mod versions;

pub use allow::{AllowGuard, Allowed, allow, allowed, allowed_box, allowed_from};
pub use class::Class;
pub use fault::{fail_nth, for_each_allocation_failure};
pub use future::{Judged, Making, judged, judged_box, judged_from, making};
pub use fuzzed::{Fuzzed, FuzzedFrame};
pub use gives::{Gives, IsDone};
pub use growth::{Claim, SIZES, assert_growth};
pub use guard::{Guard, enter};
pub use handle::Handle;
pub use measure::{measure, measure_future};
pub use site::{EXCEPTIONS, Exception, Limit, Limits, SITES, Site, raise};
pub use stats::Stats;
pub use usage::Usage;

#[cfg(feature = "dhat")]
pub use profiled::{PROFILED as INSTALLED, Profiled as Installed};

/// What `enforce` and `install!` install.
#[cfg(not(feature = "dhat"))]
pub type Installed = crate::CountingAlloc;
/// The static's value.
#[cfg(not(feature = "dhat"))]
pub const INSTALLED: Installed = crate::CountingAlloc::system();

#[cfg(feature = "enforce")]
#[global_allocator]
static GLOBAL: Installed = INSTALLED;
