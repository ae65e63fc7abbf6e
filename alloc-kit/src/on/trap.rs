//! What happens when a word of the line turned negative: a new peak, a refill, or a limit that was exceeded.

#![allow(unsafe_code, reason = "the thread's line and context")]

use super::line::{self, BYTES_BETWEEN_CHECKS, UNLIMITED};
use super::plan;
use super::{apart, context};

/// What the program asked of the allocator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// `alloc` or `alloc_zeroed`.
    Allocation,
    /// A `realloc` that grows.
    Reallocation,
    /// `dealloc`.
    Deallocation,
}

impl Event {
    /// What one is called.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Event::Allocation => "allocation",
            Event::Reallocation => "reallocation",
            Event::Deallocation => "deallocation",
        }
    }
}

/// Settles a trap after the event was counted: moves the watermark, takes a trace if a limit was exceeded, and
/// says when to trap next.
#[cold]
#[inline(never)]
pub(super) fn settle(event: Event, size: usize) {
    let mut line = line::change();
    let new_peak = line.raise_peak();
    // PERF: most traps are a new peak and nothing else; while something grows, each allocation is one.
    if line.is_within_limits(new_peak) {
        return;
    }
    // A signal handler that came in the middle of a change: the words are not yet what they will be.
    let interrupts = line.interrupts();
    drop(line);
    if !interrupts {
        judge(event, size);
    }
}

/// Asks the regions whether the event is over a limit, and traces it if so.
#[inline(never)]
fn judge(event: Event, size: usize) {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let now = unsafe { *line::line() };
    // Not for this crate's own work: a library that was only loaded is not held by a thread which never called it.
    if !now.registered && !now.is_suspended() {
        context::register();
    }
    let until_failure = plan::left(&now);
    if now.context.is_null() {
        return trap_after(until_failure, BYTES_BETWEEN_CHECKS, UNLIMITED);
    }
    let withheld = apart::withhold();
    // SAFETY: a context that is not null is valid on this thread, and no reference to it is held while something
    // is counted: this crate's own work is suspended, which was asked just now. A signal handler finds none.
    let context = unsafe { &mut *now.context };
    let left = context.left(&now.totals(), event);
    context.note_over(left.over, &now, event, size as u64);
    if context.traces.want(left.over) {
        let suspended = line::suspend();
        context.traces.record(left.over, event, size as u64);
        drop(suspended);
    }
    let is_full = context.traces.is_full();
    drop(withheld);
    if is_full {
        // Once no more is traced, there is nothing to trap for: the counts alone decide when the region ends.
        return trap_after(until_failure, BYTES_BETWEEN_CHECKS, UNLIMITED);
    }
    trap_after(left.allocations.min(until_failure), left.bytes, left.deallocations);
}

fn trap_after(allocations: i64, bytes: i64, deallocations: i64) {
    let mut line = line::change();
    line.set_allocations_left(allocations);
    line.set_bytes_left(bytes);
    line.set_deallocations_left(deallocations);
}
