//! The guard that the attributes and the asserting macros put round a function or an expression.
//!
//! It ends in [`Guard::finish`] on the ordinary way out and in `Drop` on every other (early return, `?`, a panic).
//! Both judge, but not while unwinding: a panic allocates on its own account, and a second one would abort.

use core::marker::PhantomData;
use core::mem;
use std::thread;

use super::context::{self, Region, as_signed};
use super::installed::{self, Mode};
use super::limits::{Limits, Site};
use super::line;
use super::message;
use super::usage::Usage;
use super::verdict;

/// Depth of a guard that judges nothing: a recursive entry, or one in a benchmark.
const UNJUDGED: usize = usize::MAX;

/// A region under limits, until it is finished or dropped.
#[must_use = "the budget is checked when the guard ends"]
#[derive(Debug)]
pub struct Guard {
    depth: usize,
    /// The counters and the stack of regions belong to the thread.
    not_send: PhantomData<*mut ()>,
}

/// Enters a region on the calling thread; `path` is a closure's in it.
///
/// # Panics
///
/// If the counting allocator is not installed: a budget would always hold.
#[track_caller]
pub fn enter(site: &'static Site, path: &'static str, limits: Limits) -> Guard {
    match installed::mode() {
        Mode::Counting => {}
        Mode::Benchmark => return Guard::new(UNJUDGED),
        Mode::NotInstalled => installed::fail(site),
    }
    let line = line::line();
    let context = context::context();
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    if unsafe { (*line).is_suspended() } {
        return Guard::new(UNJUDGED);
    }
    // SAFETY: the context is valid on this thread; nothing allocates while the reference is held, but in `reserve`,
    // where counting is suspended and so nobody else looks behind the pointer.
    let context = unsafe { &mut *context };
    if context.is_in(site, path) {
        return Guard::new(UNJUDGED);
    }
    if context.regions.len() == context.regions.capacity() {
        let _suspended = line::suspend();
        context.regions.reserve(1);
    }
    // SAFETY: as above.
    let line = unsafe { &mut *line };
    context.regions.push(Region {
        site,
        path,
        limits,
        start: line.totals(),
        outer_peak: line.begin_peak(),
        outer_allocations_left: line.allocations_left,
        outer_deallocations_left: line.deallocations_left,
        outer_peak_allowed: line.peak_allowed,
    });
    line.set_allocations_left(line.allocations_left.min(as_signed(limits.allocations)));
    line.set_bytes_left(line.bytes_left.min(as_signed(limits.bytes)));
    line.set_deallocations_left(line.deallocations_left.min(as_signed(limits.deallocations)));
    let peak_allowed = line.live_bytes().saturating_add(as_signed(limits.peak_bytes));
    line.peak_allowed = line.peak_allowed.min(peak_allowed);
    Guard::new(context.regions.len() - 1)
}

impl Guard {
    fn new(depth: usize) -> Self {
        Self { depth, not_send: PhantomData }
    }

    /// Ends the region and judges it.
    ///
    /// # Panics
    ///
    /// If the region used more than its limits allow.
    #[track_caller]
    #[inline]
    pub fn finish(self) {
        let depth = self.depth;
        mem::forget(self);
        if let Some(broken) = leave(depth) {
            panic!("{broken}");
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(broken) = leave(self.depth) {
            panic!("{broken}");
        }
    }
}

/// Ends the region at `depth`, and those inside it that were forgotten; the message, if a limit was exceeded.
fn leave(depth: usize) -> Option<String> {
    if depth == UNJUDGED {
        return None;
    }
    let context = context::context();
    // SAFETY: the context is valid on this thread; nothing is counted while the reference is held.
    let context = unsafe { &mut *context };
    let region = *context.regions.get(depth)?;
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let line = unsafe { &mut *line::line() };
    let end = line.totals();
    let peak = line.end_peak(region.outer_peak);
    let usage = Usage::between(&region.start, &end, peak);
    context.regions.truncate(depth);
    let used = end.allocations - region.start.allocations;
    line.set_allocations_left(region.outer_allocations_left.saturating_sub(used));
    let used = end.deallocations - region.start.deallocations;
    line.set_deallocations_left(region.outer_deallocations_left.saturating_sub(used));
    line.peak_allowed = region.outer_peak_allowed;

    let mut broken = None;
    if verdict::is_broken(&region.limits, &usage) {
        let _suspended = line::suspend();
        if thread::panicking() {
            message::say_not_judged(region.site, region.path);
        } else {
            let traces = context.traces.of(depth);
            broken = Some(message::broken(region.site, region.path, &region.limits, &usage, traces));
        }
    }
    context.traces.forget(depth);
    broken
}
