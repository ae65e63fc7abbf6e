//! What a thread knows beyond its counters: the regions that it is in, and the traces taken in them.
//!
//! Made at the thread's first guard, never by the allocator's hook; ended when the thread ends. Where it lies is
//! in `places.rs`. Regions form a stack that grows, so nesting has no depth limit and a region that was left out of
//! order (its guard forgotten) is dropped with the next outer one. A recursive entry is not in it, so its length is
//! bounded by the number of sites.

#![allow(unsafe_code, reason = "the context hangs on the line by a raw pointer")]

use core::mem;
use core::ptr;
use std::sync::Arc;

use super::breach;
use super::handle::Shared;
use super::line::{self, BYTES_BETWEEN_CHECKS, Line, Totals, UNLIMITED};
use super::mode;
use super::noted;
use super::places::{self, Home, List};
use super::region::Serial;
use super::site::{Limits, NO_LIMIT, Site};
use super::threads::{self, Node};
use super::trace::{Depths, Trace, Traces};
use super::trap::Event;
use super::verdict::as_signed;

/// The regions that a thread is in, outermost first, and what was traced in them.
pub(super) struct Context {
    /// The first `depth` are entered; the others are as [`Region::FREE`] in what it says matters.
    pub(super) slots: &'static mut [Region],
    pub(super) depth: usize,
    pub(super) traces: Traces,
    /// The lines of exceptions that the thread is in, as they were at entry.
    aside: List<(Serial, Line)>,
    /// Of exceptions in more others than fit there. They, too, are in order, and come after.
    aside_more: Vec<(Serial, Line)>,
    /// What the next region is known by; never 0.
    pub(super) serial: usize,
    pub(super) home: Home,
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
    /// About all: their totals at entry, less what they had used before; and the [generation](super::threads::generation)
    /// that those are of.
    Since(Totals, u32),
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
    pub(super) fn new(
        home: Home,
        slots: &'static mut [Region],
        traces: List<Trace>,
        aside: List<(Serial, Line)>,
    ) -> Self {
        Self { slots, depth: 0, traces: Traces::new(traces), aside, aside_more: Vec::new(), serial: 1, home }
    }

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

    /// Puts a line aside, and counts apart.
    pub(super) fn put_aside(&mut self, serial: Serial) {
        let is_full = self.aside.is_full();
        if is_full {
            self.make_room_aside();
        }
        let mut line = line::change();
        if is_full {
            self.aside_more.push((serial, line.begin_apart()));
        } else {
            self.aside.push((serial, line.begin_apart()));
        }
    }

    #[cold]
    fn make_room_aside(&mut self) {
        let _suspended = line::suspend();
        self.aside_more.reserve(1);
    }

    /// Ends an exception, and those inside of it that were forgotten: puts its line back, if it is still aside.
    pub(super) fn put_back(&mut self, serial: Serial) -> bool {
        let is_it = |(of, _): &(Serial, Line)| *of == serial;
        let before = if let Some(index) = self.aside_more.iter().rposition(is_it) {
            let (_, before) = self.aside_more[index];
            self.aside_more.truncate(index);
            before
        } else if let Some(index) = self.aside.iter().rposition(is_it) {
            let (_, before) = self.aside[index];
            self.aside_more.clear();
            self.aside.truncate(index);
            before
        } else {
            return false;
        };
        line::change().put_back(&before);
        true
    }

    /// Makes room for as many regions again.
    #[cold]
    pub(super) fn make_room(&mut self) {
        let _suspended = line::suspend();
        let more = places::more_slots(self.slots.len());
        for (slot, region) in more.iter_mut().zip(&mut *self.slots) {
            mem::swap(slot, region);
        }
        let before = mem::replace(&mut self.slots, more);
        if places::has_grown(before) {
            // SAFETY: they are of `more_slots`, and no longer named here.
            unsafe { places::free_slots(before) };
        }
    }

    /// The innermost region that sees what happens now.
    pub(super) fn innermost(&mut self) -> Option<&mut Region> {
        self.regions().last_mut().filter(|region| region.role != Role::Allowed)
    }

    /// Notes which regions are over a limit now; in the mode that asks for it the process ends here.
    pub(super) fn note_over(&mut self, over: Depths, now: &Line, event: Event, bytes: u64) {
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
                    mode::abort_if_asked(site, |said| {
                        let trace = Trace::take(over, event, bytes);
                        breach::tell_at_the_event(site, region, &now.totals(), &trace, said);
                    });
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

impl Drop for Context {
    fn drop(&mut self) {
        let slots = mem::take(&mut self.slots);
        if places::has_grown(slots) {
            // SAFETY: they are of `more_slots`, and no longer named here.
            unsafe { places::free_slots(slots) };
        } else {
            slots.fill_with(|| Region::FREE);
        }
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
        // SAFETY: it came from `make_context`, and the line no longer names it.
        unsafe { places::give_back(context) };
    }
}

thread_local! {
    static OWNER: Owner = const { Owner };
    // Not in the owner, whose destructor has that by `&mut`: until it has left, the node is for other threads to change.
    static NODE: Node = const { Node::new() };
}

/// Whether the thread's owner is there, and with it what the standard library keeps of the thread, which goes later.
pub(super) fn is_owned() -> bool {
    OWNER.try_with(|_owner| ()).is_ok()
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
    // While the thread's destructors run the owner may be gone: then the context leaks, a few kilobytes.
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let registered = unsafe { (*line::line()).registered };
    let context = places_for(registered, is_owned);
    drop(suspended);
    line::change().context = context;
    context
}

/// Takes a place for a context; `owner` says whether the thread's owner is there to give it back, and registers it for that.
///
/// Registering allocates, and a first guard may not. A thread that has allocated or freed before is registered, and one
/// that does so later will be; one that never does, and ends, keeps its place for ever, and is none of Rust's as a rule.
/// So such threads get at most all places, and then each of them an allocation.
fn places_for(is_registered: bool, owner: impl Fn() -> bool) -> *mut Context {
    if !is_registered || owner() {
        if let Some(context) = places::take() {
            return context;
        }
        let _ = owner();
    }
    places::allocate()
}
