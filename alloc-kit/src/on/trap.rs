//! What happens when a word of the line turned negative: a new peak, a refill, or a limit that was exceeded.

use super::line::{self, BYTES_BETWEEN_CHECKS, UNLIMITED};
use super::plan;

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

/// Settles a trap after the event was counted: moves the watermark, takes a trace if a limit was exceeded, and
/// says when to trap next.
#[cold]
#[inline(never)]
pub(super) fn settle(event: Event, size: usize) {
    let line = line::line();
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let new_peak = unsafe { (*line).raise_peak() };
    // PERF: most traps are a new peak and nothing else; while something grows, each allocation is one.
    // SAFETY: as above.
    if unsafe { (*line).is_within_limits(new_peak) } {
        return;
    }
    judge(event, size);
}

/// Asks the regions whether the event is over a limit, and traces it if so.
#[inline(never)]
fn judge(event: Event, size: usize) {
    let line = line::line();
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let now = unsafe { *line };
    let until_failure = plan::left(&now);
    if now.is_suspended() || now.context.is_null() {
        // SAFETY: as above.
        unsafe { (*line).set_allocations_left(until_failure) };
        // SAFETY: as above.
        unsafe { (*line).set_bytes_left(BYTES_BETWEEN_CHECKS) };
        // SAFETY: as above.
        unsafe { (*line).set_deallocations_left(UNLIMITED) };
        return;
    }
    // SAFETY: a context that is not null is valid on this thread, and no reference to it is held while something
    // is counted: this crate's own work is suspended, which was asked just now.
    let context = unsafe { &mut *now.context };
    let left = context.left(&now.totals(), event);
    if context.traces.want(left.over) {
        let suspended = line::suspend();
        context.traces.record(left.over, event, size as u64);
        drop(suspended);
    }
    // Once no more is traced, there is nothing to trap for: the counts alone decide when the region ends.
    let traced_out = context.traces.is_full();
    let unless_traced_out = |left: i64, else_: i64| if traced_out { else_ } else { left };
    let allocations = unless_traced_out(left.allocations, UNLIMITED).min(until_failure);
    // SAFETY: as above.
    unsafe { (*line).set_allocations_left(allocations) };
    // SAFETY: as above.
    unsafe { (*line).set_bytes_left(unless_traced_out(left.bytes, BYTES_BETWEEN_CHECKS)) };
    // SAFETY: as above.
    unsafe { (*line).set_deallocations_left(unless_traced_out(left.deallocations, UNLIMITED)) };
}
