//! Which allocation of a thread is to fail: the hook's side of fault injection.
//!
//! A plan makes `allocations_left` run out at its allocation, so the hot path is as it was, and the cold functions
//! ask [`fails`]. Whoever says anew when a thread traps has to leave it no more than [`left`].
//!
//! What the functions of the user do with it is in `fault.rs`.

#![allow(unsafe_code, reason = "the plan hangs on the line by a raw pointer")]

use std::thread;

use super::fallible;
use super::line::{self, Line, UNLIMITED};
use super::trace::{Depths, Trace};
use super::trap::Event;

/// One allocation that is to fail, and what came of it.
pub(super) struct Plan {
    /// From 1, at most `i64::MAX`.
    pub(super) nth: i64,
    /// The thread's total before the region.
    pub(super) entry: i64,
    /// That, and what plans inside have had since.
    pub(super) start: i64,
    pub(super) outcome: Outcome,
    /// The crate whose code is the user's even where no file is known.
    pub(super) home: &'static str,
    /// The one that waits until this one has ended.
    pub(super) outer: *mut Plan,
}

/// What came of a plan.
pub(super) enum Outcome {
    /// There were too few allocations so far.
    Pending,
    /// It failed.
    Failed(Trace),
    /// It was let succeed: its failure would have ended the process.
    Spared(Trace),
}

impl Plan {
    /// Allocations so far, by the thread's total.
    pub(super) fn made(&self, total: i64) -> i64 {
        total.wrapping_sub(self.start)
    }
}

/// What the plan of a thread leaves until it has to be asked; less than zero is at the next allocation.
pub(super) fn left(line: &Line) -> i64 {
    if line.plan.is_null() {
        return UNLIMITED;
    }
    // SAFETY: a plan that the line names is valid, and nobody else looks at it while the hook runs.
    let plan = unsafe { &*line.plan };
    match plan.outcome {
        Outcome::Pending => plan.nth - 1 - plan.made(line.allocations()),
        Outcome::Failed(_) | Outcome::Spared(_) => UNLIMITED,
    }
}

/// Whether this request is to fail; `counted` says whether the line's total has it already.
#[inline]
pub(super) fn fails(event: Event, size: usize, counted: bool) -> bool {
    let line = line::line();
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let plan = unsafe { (*line).plan };
    !plan.is_null() && strikes(plan, event, size, counted)
}

/// Whether this is the plan's allocation, and one that may fail.
#[cold]
fn strikes(plan: *mut Plan, event: Event, size: usize, counted: bool) -> bool {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let total = unsafe { *line::line() }.allocations();
    // SAFETY: a plan that the line names is valid. Nobody else looks at it: this function is where the hook does so
    // before it calls anything that might, and while it takes and judges the trace no plan is named.
    let plan = unsafe { &mut *plan };
    let made = plan.made(total) + i64::from(!counted);
    // What a panic allocates on its own account is let pass: a failure there would be no finding.
    if made < plan.nth || !matches!(plan.outcome, Outcome::Pending) || thread::panicking() {
        return false;
    }
    let suspended = line::suspend();
    let trace = Trace::take(Depths::NONE, event, size as u64);
    let fails = fallible::may_fail(&trace, plan.home);
    drop(suspended);
    plan.outcome = if fails { Outcome::Failed(trace) } else { Outcome::Spared(trace) };
    fails
}
