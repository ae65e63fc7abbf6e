//! What a thread knows beyond its counters: the regions that it is in, and the traces taken in them.
//!
//! Made at the thread's first guard, never by the allocator's hook; freed when the thread ends. Regions form a
//! stack, kept in a vector, so nesting has no depth limit and a region that was left out of order (its guard
//! forgotten) is dropped with the next outer one. A recursive entry is not in it, so its length is bounded by the
//! number of sites.

use core::ptr;

use super::limits::{Limits, NO_LIMIT, Site};
use super::line::{self, BYTES_BETWEEN_CHECKS, Totals, UNLIMITED};
use super::trace::{Depths, Traces};
use super::trap::Event;

/// Regions that fit before the stack grows.
const USUAL_DEPTH: usize = 16;

/// The regions that a thread is in, outermost first, and what was traced in them.
pub(super) struct Context {
    pub(super) regions: Vec<Region>,
    pub(super) traces: Traces,
}

/// A region under limits, from entry to exit.
#[derive(Clone, Copy)]
pub(super) struct Region {
    pub(super) site: &'static Site,
    /// The path of a closure in the function; differs between the instances of a generic one.
    pub(super) path: &'static str,
    pub(super) limits: Limits,
    pub(super) start: Totals,
    /// What `Line::begin_peak` gave.
    pub(super) outer_peak: i64,
    /// What was left to the outer regions at entry.
    pub(super) outer_allocations_left: i64,
    pub(super) outer_deallocations_left: i64,
    /// The highest `live` that the outer regions allow.
    pub(super) outer_peak_allowed: i64,
}

/// What regions leave until the next trap, as the words of a line.
pub(super) struct Left {
    pub(super) allocations: i64,
    pub(super) bytes: i64,
    pub(super) deallocations: i64,
    /// The regions that the event is over a limit of.
    pub(super) over: Depths,
}

impl Context {
    /// Whether the thread is in a region of this instance of a function: then another entry is recursion.
    pub(super) fn is_in(&self, site: &'static Site, path: &'static str) -> bool {
        self.regions.iter().rev().any(|region| ptr::eq(region.site, site) && region.path == path)
    }

    /// What all regions together leave, and whether this event is over what one of them allows.
    pub(super) fn left(&self, now: &Totals, event: Event) -> Left {
        let mut left = Left {
            allocations: UNLIMITED,
            bytes: BYTES_BETWEEN_CHECKS,
            deallocations: UNLIMITED,
            over: Depths::NONE,
        };
        for (depth, Region { limits, start, .. }) in self.regions.iter().enumerate() {
            let allocations = remaining(limits.allocations, now.allocations - start.allocations);
            let bytes = remaining(limits.bytes, now.bytes_allocated - start.bytes_allocated);
            let deallocations = remaining(limits.deallocations, now.deallocations - start.deallocations);
            left.allocations = left.allocations.min(allocations);
            left.bytes = left.bytes.min(bytes);
            left.deallocations = left.deallocations.min(deallocations);
            let over = match event {
                Event::Deallocation => deallocations < 0,
                Event::Allocation | Event::Reallocation => {
                    allocations < 0
                        || bytes < 0
                        || remaining(limits.peak_bytes, now.live_bytes - start.live_bytes) < 0
                }
            };
            if over {
                left.over.insert(depth);
            }
        }
        left
    }
}

/// What a limit leaves after `used`; less than zero (at the least -1) when it is exceeded.
fn remaining(limit: u64, used: i64) -> i64 {
    if limit == NO_LIMIT { UNLIMITED } else { as_signed(limit).saturating_sub(used).max(-1) }
}

pub(super) fn as_signed(limit: u64) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Frees the context when the thread ends.
struct Owner;

impl Drop for Owner {
    fn drop(&mut self) {
        let line = line::line();
        // SAFETY: the line is valid on this thread, and no reference to it is held.
        let context = unsafe { (*line).context };
        // SAFETY: a context that is not null stays valid until here.
        if context.is_null() || !unsafe { &*context }.regions.is_empty() {
            return;
        }
        // SAFETY: as above.
        unsafe { (*line).context = ptr::null_mut() };
        let _suspended = line::suspend();
        // SAFETY: it came from `Box::into_raw`, and the line no longer names it.
        drop(unsafe { Box::from_raw(context) });
    }
}

thread_local! {
    static OWNER: Owner = const { Owner };
}

/// The calling thread's context, made if there is none.
///
/// The pointer is valid on this thread until it ends; the hook reads and writes behind it, so a reference made
/// from it must not be held while anything may allocate.
pub(super) fn context() -> *mut Context {
    let line = line::line();
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let context = unsafe { (*line).context };
    if context.is_null() { make_context() } else { context }
}

#[cold]
fn make_context() -> *mut Context {
    let _suspended = line::suspend();
    let context = Box::new(Context { regions: Vec::with_capacity(USUAL_DEPTH), traces: Traces::new() });
    let context = Box::into_raw(context);
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    unsafe { (*line::line()).context = context };
    // While the thread's destructors run the owner may be gone: then the context leaks, a few kilobytes.
    let _ = OWNER.try_with(|_owner| ());
    context
}
