//! Regions: entering one, and leaving it.
//!
//! A region is a stretch of a thread's work: a call, or one poll of a future, which carries its figures from poll to
//! poll. Guards (`guard.rs`), futures (`future.rs`), attached threads (`handle.rs`) and exceptions (`allow.rs`) all
//! enter and leave through here, so that they nest in any order; what is plain goes through `plain.rs`. What becomes
//! of the figures is in `judge.rs`.

#![allow(unsafe_code, reason = "the thread's line")]

use core::mem;
use std::sync::Arc;

use super::context::{Context, Exit, Process, Region, Role};
use super::handle::Shared;
use super::judge::Ended;
use super::line::{self, Totals};
use super::site::{Limits, NO_LIMIT, Site};
use super::stats;
use super::threads;
use super::trace::Trace;
use super::usage::Usage;
use super::verdict::as_signed;

/// What is entered.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) role: Role,
    pub(super) site: Option<&'static Site>,
    pub(super) path: &'static str,
    pub(super) limits: Limits,
}

/// What a region is known by while it is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Serial(pub(super) usize);

impl Serial {
    /// Of what is not judged: a recursive entry, or one in a benchmark.
    pub(super) const NONE: Serial = Serial(0);

    #[inline]
    pub(super) fn is_none(self) -> bool {
        self == Self::NONE
    }
}

/// What a future has used in its polls so far.
#[derive(Default)]
pub(super) struct Carried {
    pub(super) used: Totals,
    pub(super) peak: u64,
    /// How many threads had started when it was polled first.
    pub(super) threads: u64,
    pub(super) rare: Option<Box<Rare>>,
}

/// What few futures have to carry: a broken budget, other threads. It is made and freed while counting is suspended.
#[derive(Default)]
pub(super) struct Rare {
    pub(super) traces: Vec<Trace>,
    pub(super) over: bool,
    pub(super) before: Before,
}

/// What a region had used when it was entered, beside its thread's own.
#[derive(Default)]
pub(super) struct Before {
    pub(super) shared: Option<Arc<Shared>>,
    /// What all threads had, or that they could not be summed.
    pub(super) process: Option<Process>,
}

/// The first entry of a call that is no recursion: how it is judged.
pub(super) fn begin(site: &'static Site, path: &'static str, limits: Limits) -> Entry {
    if stats::are_kept() {
        site.stats.called(path);
    }
    if limits.warmup > 0 && site.stats.warms_up(limits.warmup) {
        return Entry { role: Role::WarmUp, site: Some(site), path, limits: Limits::NONE };
    }
    Entry { role: Role::Judged, site: Some(site), path, limits }
}

/// Whether the calling thread does this crate's own work, or a signal handler interrupts that.
pub(super) fn is_suspended() -> bool {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let line = unsafe { &*line::line() };
    line.is_suspended() || line.version % 2 == 1
}

/// Enters a region on the calling thread, which has used something before.
pub(super) fn enter(context: &mut Context, entry: Entry, used: Totals, before: Before) -> Serial {
    let Entry { role, site, path, limits } = entry;
    if context.depth == context.slots.len() {
        context.make_room();
    }
    let process = if limits.process { begin_process(before.process) } else { Process::Apart };
    let Some((serial, region)) = fill(context, role, site, path, &limits, &used) else { return Serial::NONE };
    region.shared = before.shared;
    region.published = used.allocations;
    region.process = process;
    serial
}

/// Enters the next slot; none in a signal handler that came in the middle of such a thing.
#[inline]
pub(super) fn fill<'a>(
    context: &'a mut Context,
    role: Role,
    site: Option<&'static Site>,
    path: &'static str,
    limits: &Limits,
    used: &Totals,
) -> Option<(Serial, &'a mut Region)> {
    let mut line = line::change();
    if line.interrupts() {
        return None;
    }
    context.serial += 1;
    let serial = context.serial;
    let region = &mut context.slots[context.depth];
    context.depth += 1;
    let totals = line.totals();
    region.serial = serial;
    (region.exit, region.is_lean, region.over) = (Exit::InFull, false, false);
    region.role = role;
    (region.site, region.path) = (site, path);
    region.limits = *limits;
    region.start = totals - *used;
    region.outer_allocations_base = line.allocations_base();
    region.outer_deallocations_base = line.deallocations_base();
    region.threads = threads::started();
    // Whoever has no limit on it does not have to know; an attached region adds to one that may, and a future that is
    // polled in another call of its function is judged by its own limits later.
    region.watches_peak =
        limits.peak_bytes != NO_LIMIT || stats::are_kept() || matches!(role, Role::Attached | Role::Inside);
    if region.watches_peak {
        region.outer_peak = line.begin_peak();
        region.outer_peak_allowed = line.peak_allowed;
        if limits.peak_bytes != NO_LIMIT {
            let allowed = as_signed(limits.peak_bytes).saturating_add(region.start.live_bytes);
            line.peak_allowed = line.peak_allowed.min(allowed);
        }
    }
    // What is left to the outer regions is never more than there is, so the largest limits are as good as none.
    let left = |limit: u64, used: i64| as_signed(limit).saturating_sub(used);
    let allocations = left(limits.allocations, used.allocations);
    if limits.allocations != NO_LIMIT && allocations < line.allocations_left {
        line.set_allocations_base(totals.allocations.wrapping_add(allocations));
    }
    let deallocations = left(limits.deallocations, used.deallocations);
    if limits.deallocations != NO_LIMIT && deallocations < line.deallocations_left {
        line.set_deallocations_base(totals.deallocations.wrapping_add(deallocations));
    }
    let bytes = left(limits.bytes, used.bytes_allocated);
    if limits.bytes != NO_LIMIT && bytes < line.bytes_left {
        line.set_bytes_left(bytes);
    }
    Some((Serial(serial), region))
}

/// What all threads have, less what they had used in the region before.
#[cold]
fn begin_process(before: Option<Process>) -> Process {
    let used = match before {
        None => Totals::NONE,
        // It is whole: the totals of whichever generation are added to it.
        Some(Process::Since(used, _)) => used,
        Some(Process::Unknown | Process::Apart) => return Process::Unknown,
    };
    let hidden = line::change().hidden_totals();
    let _suspended = line::suspend();
    // First, so that a handler which forks in between makes no later generation of older totals.
    let generation = threads::generation();
    threads::totals().map_or(Process::Unknown, |now| Process::Since(now + hidden - used, generation))
}

/// Leaves a region, and those inside it that were forgotten; nothing if it is not there.
pub(super) fn leave(context: &mut Context, serial: Serial) -> Option<Ended> {
    let depth = context.regions().iter().rposition(|region| region.serial == serial.0)?;
    if context.depth > depth + 1 {
        drop_forgotten(context, depth);
    }
    let mut line = line::change();
    context.depth = depth;
    // The slot is free for the next.
    let region = mem::replace(&mut context.slots[depth], Region::FREE);
    let end = line.totals();
    line.set_allocations_base(region.outer_allocations_base);
    let (mut own, mut peak) = (end - region.start, 0);
    if region.is_lean {
        own = Totals { allocations: own.allocations, bytes_allocated: own.bytes_allocated, ..Totals::NONE };
    } else {
        line.set_deallocations_base(region.outer_deallocations_base);
        if region.watches_peak {
            peak = line.end_peak(region.outer_peak).wrapping_sub(region.start.live_bytes);
            line.peak_allowed = region.outer_peak_allowed;
        }
    }
    drop(line);
    // Below nothing where older memory was freed in an earlier poll: the region's own peak is no less than its start.
    let usage = Usage::of(own, peak.max(0).cast_unsigned());
    let mut ended = Ended { region, usage, own, peak, depth };
    if ended.region.shared.is_some() || ended.region.process != Process::Apart {
        ended.add_other_threads();
    }
    Some(ended)
}

#[cold]
fn drop_forgotten(context: &mut Context, depth: usize) {
    // The outermost exception among them: nobody else would put its line back before it is in the way.
    let allowed = context.regions()[depth + 1..].iter().find(|region| region.role == Role::Allowed);
    if let Some(serial) = allowed.map(|region| Serial(region.serial)) {
        context.put_back(serial);
    }
    let _suspended = line::suspend();
    for region in &mut context.regions()[depth + 1..] {
        if let Some(site) = region.site.filter(|_| region.over) {
            site.stats.was_over();
        }
        *region = Region::FREE;
    }
}
