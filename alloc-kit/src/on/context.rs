//! What a thread knows beyond its counters: the regions that it is in, and the traces taken in them.
//!
//! Made at the thread's first guard, never by the allocator's hook; freed when the thread ends. Regions form a
//! stack, kept in a vector, so nesting has no depth limit and a region that was left out of order (its guard
//! forgotten) is dropped with the next outer one. A recursive entry is not in it, so its length is bounded by the
//! number of sites.

#![allow(unsafe_code, reason = "the context hangs on the line by a raw pointer")]

use core::ptr;
use std::sync::Arc;

use super::handle::Shared;
use super::line::{self, BYTES_BETWEEN_CHECKS, Line, Totals, UNLIMITED};
use super::mode;
use super::noted;
use super::region::Serial;
use super::site::{Limits, NO_LIMIT, Site};
use super::threads::{self, Node};
use super::trace::{Depths, Traces};
use super::trap::Event;
use super::verdict::as_signed;

/// Regions that fit before the stack grows.
const USUAL_DEPTH: usize = 16;

/// The regions that a thread is in, outermost first, and what was traced in them.
pub(super) struct Context {
    /// The first `depth` are entered; the others are as [`Region::FREE`] in what it says matters.
    pub(super) slots: Vec<Region>,
    pub(super) depth: usize,
    pub(super) traces: Traces,
    /// The lines of exceptions that the thread is in, as they were at entry.
    pub(super) aside: Vec<(Serial, Line)>,
    /// What the next region is known by; never 0.
    pub(super) serial: usize,
}

/// What becomes of a region's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// They are held against its limits.
    Judged,
    /// Nothing: it is one of the first calls of a site that warms up.
    WarmUp,
    /// They are carried on: it is a poll of a future inside of a call of the same function, which is judged.
    Inside,
    /// They are added to those of a region on another thread.
    Attached,
    /// They are an exception; the regions around it do not see them.
    Allowed,
}

/// What there is to do where a region is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// To look at its allocations.
    Lean,
    /// To look at its limits.
    Plain,
    /// More than that: a trap found it over a limit, other threads add to it, it is not judged.
    InFull,
}

/// Whether a region is about all threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Process {
    /// It is about its own.
    Apart,
    /// About all: their totals at entry, less what they had used before.
    Since(Totals),
    /// About all, and they could not be summed.
    Unknown,
}

/// A region, from entry to exit; of a future, from one poll's start to its end.
///
/// PERF: one that is `lean` has a limit on allocations and no other, and nothing to do at its exit than to look at
/// that: what else is here is not written, and may be from the slot's last region.
pub(super) struct Region {
    /// Differs from that of any other region of the thread.
    pub(super) serial: usize,
    pub(super) exit: Exit,
    pub(super) is_lean: bool,
    /// Whether a trap found it over a limit.
    pub(super) over: bool,
    pub(super) role: Role,
    /// Whether it has a watermark of its own.
    pub(super) watches_peak: bool,
    /// None, if it is an exception.
    pub(super) site: Option<&'static Site>,
    /// The path of a closure in the function; differs between the instances of a generic one.
    pub(super) path: &'static str,
    /// No limit but that on allocations, in a free slot and in a lean region.
    pub(super) limits: Limits,
    /// The thread's totals at entry, less what the region had used before; of a lean one, allocations and bytes.
    pub(super) start: Totals,
    /// The total at which the outer regions' allocations run out.
    pub(super) outer_allocations_base: i64,
    /// The total at which their deallocations do; not of a lean region.
    pub(super) outer_deallocations_base: i64,
    /// What `Line::begin_peak` gave; not of a lean region.
    pub(super) outer_peak: i64,
    /// The highest `live` that the outer regions allow; not of a lean region.
    pub(super) outer_peak_allowed: i64,
    /// How many threads had started at entry.
    pub(super) threads: u64,
    /// What other threads add, if a `Handle` was made in it, and for an attached region whose it is. None in a free slot.
    pub(super) shared: Option<Arc<Shared>>,
    /// What of its own allocations the others that share have been told.
    pub(super) published: i64,
    /// Whether all threads count; not in a free slot.
    pub(super) process: Process,
}

impl Region {
    pub(super) const FREE: Region = Region {
        serial: 0,
        exit: Exit::InFull,
        is_lean: false,
        over: false,
        role: Role::Judged,
        watches_peak: false,
        site: None,
        path: "",
        limits: Limits::NONE,
        start: Totals::NONE,
        outer_allocations_base: 0,
        outer_deallocations_base: 0,
        outer_peak: 0,
        outer_peak_allowed: 0,
        threads: 0,
        shared: None,
        published: 0,
        process: Process::Apart,
    };
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
    /// The regions that the thread is in.
    pub(super) fn regions(&mut self) -> &mut [Region] {
        &mut self.slots[..self.depth]
    }

    /// Whether the thread is in a region of this instance of a function: then another entry is recursion. What is in
    /// an exception is judged by itself.
    #[inline]
    pub(super) fn is_in(&self, site: &'static Site, path: &'static str) -> bool {
        let mut regions = self.slots[..self.depth].iter().rev();
        regions.find_map(|region| match region.site {
            Some(known) => (ptr::eq(known, site) && region.path == path).then_some(true),
            None => Some(false),
        }) == Some(true)
    }

    /// Ends an exception, and those inside of it that were forgotten: puts its line back, if it is still aside.
    pub(super) fn put_back(&mut self, serial: Serial) -> bool {
        let Some(index) = self.aside.iter().rposition(|(of, _)| *of == serial) else { return false };
        let (_, before) = self.aside[index];
        self.aside.truncate(index);
        line::change().put_back(&before);
        true
    }

    /// The innermost region that sees what happens now.
    pub(super) fn innermost(&mut self) -> Option<&mut Region> {
        self.regions().last_mut().filter(|region| region.role != Role::Allowed)
    }

    /// Notes which regions are over a limit now; in the mode that asks for it the process ends here.
    pub(super) fn note_over(&mut self, over: Depths) {
        if over == Depths::NONE {
            return;
        }
        for (depth, region) in self.regions().iter_mut().enumerate().rev() {
            if over.contains(depth) && !region.over {
                region.over = true;
                region.exit = Exit::InFull;
                if let Some(site) = region.site {
                    site.stats.goes_over();
                    noted::note(site);
                    mode::abort_if_asked(site);
                }
            }
        }
    }

    /// What all regions together leave, and whether this event is over what one of them allows.
    pub(super) fn left(&mut self, now: &Totals, event: Event) -> Left {
        let mut left = Left {
            allocations: UNLIMITED,
            bytes: BYTES_BETWEEN_CHECKS,
            deallocations: UNLIMITED,
            over: Depths::NONE,
        };
        for (depth, region) in self.regions().iter_mut().enumerate().rev() {
            if region.role == Role::Allowed {
                break;
            }
            let used = *now - region.start;
            let all_used = region.publish(used.allocations).unwrap_or(used.allocations);
            let Region { limits, shared, .. } = region;
            let allocations = remaining(limits.allocations, all_used);
            // Others use it up, too: the less there is left, the sooner it is looked at again.
            let until = if shared.is_some() && allocations > 0 { allocations / 64 } else { allocations };
            // It only grows, beyond what a signed number holds, too.
            let bytes = remaining(limits.bytes, as_signed(used.bytes_allocated.cast_unsigned()));
            let deallocations = remaining(limits.deallocations, used.deallocations);
            left.allocations = left.allocations.min(until);
            left.bytes = left.bytes.min(bytes);
            left.deallocations = left.deallocations.min(deallocations);
            let over = match event {
                Event::Deallocation => deallocations < 0,
                Event::Allocation | Event::Reallocation => {
                    allocations < 0 || bytes < 0 || remaining(limits.peak_bytes, used.live_bytes) < 0
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

/// Lets the thread's line go and frees the context when the thread ends.
struct Owner;

impl Drop for Owner {
    fn drop(&mut self) {
        NODE.with(threads::leave);
        let line = line::line();
        // SAFETY: the line is valid on this thread, and no reference to it is held.
        let context = unsafe { (*line).context };
        // SAFETY: a context that is not null stays valid until here.
        if context.is_null() || unsafe { (*context).depth } > 0 {
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
    // Not in the owner, whose destructor has that by `&mut`: until it has left, the node is for other threads to change.
    static NODE: Node = const { Node::new() };
}

/// Takes the calling thread up into the list of all threads; called in its first trap.
#[cold]
pub(super) fn register() {
    let mut line = line::change();
    line.registered = true;
    drop(line);
    // Registering a destructor may make the standard library allocate, by the system's allocator.
    let _suspended = line::suspend();
    let _ = OWNER.try_with(|_owner| {
        // SAFETY: the line is this thread's and so is the node, which the owner's destructor lets go; neither has its own.
        NODE.with(|node| unsafe { threads::enter(node, line::line()) });
    });
}

/// The calling thread's context, made if there is none; null while the thread does this crate's own work, and in a
/// process where nothing is judged.
///
/// The pointer is valid on this thread until it ends; the hook reads and writes behind it, so a reference made
/// from it must not be held while anything may allocate.
#[inline]
pub(super) fn context() -> *mut Context {
    let line = line::line();
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let context = unsafe { (*line).context };
    if context.is_null() { make_context() } else { context }
}

#[cold]
fn make_context() -> *mut Context {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    if unsafe { (*line::line()).is_suspended() } || !mode::mode().judges() {
        return ptr::null_mut();
    }
    let suspended = line::suspend();
    let mut slots = Vec::new();
    slots.resize_with(USUAL_DEPTH, || Region::FREE);
    let context =
        Box::new(Context { slots, depth: 0, traces: Traces::new(), aside: Vec::with_capacity(4), serial: 1 });
    let context = Box::into_raw(context);
    // While the thread's destructors run the owner may be gone: then the context leaks, a few kilobytes.
    let _ = OWNER.try_with(|_owner| ());
    drop(suspended);
    line::change().context = context;
    context
}
