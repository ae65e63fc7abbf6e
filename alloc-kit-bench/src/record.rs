//! [`record`]: a benchmark of any harness, counted.

use core::hint::black_box;

use alloc_kit::{Usage, measure};

use crate::budget::Budget;
use crate::counts::Counts;
use crate::ledger;

/// Counts what a routine allocates, compares it with the baseline and judges it; for a harness that has no form of its own
/// here.
///
/// The routine runs once, and then 3 to 32 times, until 200 ms have passed. What it returns is dropped when it was
/// counted. A line of the table that is printed when the process ends has the figures; if they are over the budget, the
/// process fails then.
///
/// # Panics
///
/// If the counting allocator is not installed.
///
/// # Examples
///
/// ```
/// use alloc_kit_bench::{Budget, record};
///
/// alloc_kit::install!();
///
/// # fn main() {
/// let counts = record("join/two", Budget::allocations(1), || ["alpha", "beta"].concat());
/// assert_eq!((counts.most.allocations, counts.most.bytes_allocated), (1, 9));
/// # }
/// ```
#[track_caller]
pub fn record<O>(id: impl Into<String>, budget: Budget, mut routine: impl FnMut() -> O) -> Counts {
    record_usage(id.into(), budget, || measure(|| black_box(routine())).1)
}

/// As [`record`], by a closure that gives what one run used.
#[track_caller]
pub(crate) fn record_usage(id: String, budget: Budget, run: impl FnMut() -> Usage) -> Counts {
    let outcome = ledger::settle(id, budget, Counts::of(run));
    let counts = outcome.counts;
    ledger::tabulate(outcome);
    counts
}
