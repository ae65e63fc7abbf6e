//! Regions: entering one, leaving it, and what becomes of its figures then.
//!
//! A region is a stretch of a thread's work: a call, or one poll of a future, which carries its figures from poll to
//! poll. Guards (`guard.rs`), futures (`future.rs`), attached threads (`handle.rs`) and exceptions (`allow.rs`) all
//! enter and leave through here, so that they nest in any order.

use core::mem;
use std::process;
use std::sync::Arc;
use std::thread;

use super::context::{self, Context, Exit, Region, Role};
use super::handle::Shared;
use super::line::{self, Totals};
use super::message::{self, Broken};
use super::mode::{self, Mode};
use super::report;
use super::site::{Limits, NO_LIMIT, Site};
use super::stats;
use super::threads;
use super::trace::Trace;
use super::usage::Usage;
use super::verdict::{self, as_signed};

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
pub(super) struct Serial(usize);

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
    pub(super) rare: Option<Box<Rare>>,
}

/// What few futures have to carry: a broken budget, other threads. It is made and freed while counting is suspended.
#[derive(Default)]
pub(super) struct Rare {
    pub(super) traces: Vec<Trace>,
    pub(super) shared: Option<Arc<Shared>>,
    pub(super) over: bool,
}

/// A region that was left.
pub(super) struct Ended {
    pub(super) region: Region,
    pub(super) usage: Usage,
    /// What the thread itself counted, the polls before included; of a lean region, allocations and bytes.
    pub(super) own: Totals,
    pub(super) depth: usize,
    /// Whether all threads were asked for, and could not be summed.
    unknown: bool,
}

/// Enters a lean region: in the calls of a function with a limit on allocations there is no time for more. Gives
/// none where that will not do, for [`enter`] to be asked.
///
/// PERF: asks only where the thread is in no region, so that nothing has to be kept over a call; else it is
/// [`enter_lean_inside`].
#[inline]
pub(super) fn enter_lean(
    site: &'static Site,
    path: &'static str,
    allocations: u64,
    used: (i64, i64),
) -> Option<Serial> {
    let context = ready()?;
    if context.depth > 0 { None } else { fill_lean(context, site, path, allocations, used) }
}

/// As [`enter_lean`], where the thread is in regions already.
#[inline]
pub(super) fn enter_lean_inside(
    site: &'static Site,
    path: &'static str,
    allocations: u64,
    used: (i64, i64),
) -> Option<Serial> {
    let context = ready()?;
    if context.is_in(site, path) {
        return Some(Serial::NONE);
    }
    fill_lean(context, site, path, allocations, used)
}

/// The thread's context, if it has one, judges, and nobody wants more than that.
#[inline]
fn ready<'a>() -> Option<&'a mut Context> {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let context = unsafe { (*line::line()).context };
    // SAFETY: a context that is not null is valid on this thread, and nothing allocates while the reference is held.
    unsafe { context.as_mut() }.filter(|_| !stats::are_kept())
}

#[inline]
fn fill_lean(
    context: &mut Context,
    site: &'static Site,
    path: &'static str,
    allocations: u64,
    used: (i64, i64),
) -> Option<Serial> {
    let region = context.slots.get_mut(context.depth)?;
    context.depth += 1;
    context.serial += 1;
    region.serial = context.serial;
    (region.exit, region.is_lean, region.over) = (Exit::Lean, true, false);
    (region.role, region.watches_peak) = (Role::Judged, false);
    (region.site, region.path) = (Some(site), path);
    region.limits.allocations = allocations;
    region.threads = threads::started();
    let mut line = line::change();
    let total = line.allocations();
    region.start.allocations = total - used.0;
    region.start.bytes_allocated = line.bytes_allocated() - used.1;
    region.outer_allocations_base = line.allocations_base();
    // The larger ones are as good as no limit: what is left to the outer regions is never more.
    let left = as_signed(allocations).saturating_sub(used.0);
    if left < line.allocations_left {
        line.set_allocations_base(total.wrapping_add(left), total);
    }
    Some(Serial(context.serial))
}

/// Leaves the innermost region if it is the one of that serial, lean, and within its limit: then there is nothing
/// else to do. Gives what it used.
#[inline]
pub(super) fn leave_lean(serial: Serial) -> Option<(i64, i64)> {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let context = unsafe { (*line::line()).context };
    // SAFETY: a context that is not null is valid on this thread, and nothing allocates while the reference is held.
    let context = unsafe { context.as_mut() }?;
    let depth = context.depth.wrapping_sub(1);
    let region = context.slots.get(depth)?;
    if region.serial != serial.0 || region.exit != Exit::Lean {
        return None;
    }
    let mut line = line::change();
    let total = line.allocations();
    let used = total - region.start.allocations;
    if used.cast_unsigned() > region.limits.allocations {
        return None;
    }
    context.depth = depth;
    line.set_allocations_base(region.outer_allocations_base, total);
    Some((used, line.bytes_allocated() - region.start.bytes_allocated))
}

/// The first entry of a call: how it is judged, if it is; nothing if the thread is in it already.
pub(super) fn begin(
    site: &'static Site,
    path: &'static str,
    limits: Limits,
    context: &Context,
) -> Option<Entry> {
    if context.is_in(site, path) {
        return None;
    }
    if stats::are_kept() {
        let _suspended = line::suspend();
        site.stats.called(path);
    }
    if limits.warmup > 0 && site.stats.warms_up(limits.warmup) {
        return Some(Entry { role: Role::WarmUp, site: Some(site), path, limits: Limits::NONE });
    }
    Some(Entry { role: Role::Judged, site: Some(site), path, limits })
}

/// Whether the calling thread does this crate's own work.
pub(super) fn is_suspended() -> bool {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    unsafe { (*line::line()).is_suspended() }
}

/// Enters a region with any limits, as [`enter_lean`] does: none where that will not do.
#[inline]
pub(super) fn enter_plain(
    site: &'static Site,
    path: &'static str,
    limits: &Limits,
    used: &Totals,
) -> Option<Serial> {
    if limits.warmup > 0 || limits.process {
        return None;
    }
    let context = ready()?;
    if context.depth > 0 && context.is_in(site, path) {
        return Some(Serial::NONE);
    }
    if context.depth == context.slots.len() {
        return None;
    }
    let (serial, region) = fill(context, Role::Judged, Some(site), path, limits, used);
    region.exit = Exit::Plain;
    Some(serial)
}

/// Enters a region on the calling thread, which has used something before.
pub(super) fn enter(
    context: &mut Context,
    entry: Entry,
    used: Totals,
    shared: Option<Arc<Shared>>,
) -> Serial {
    let Entry { role, site, path, limits } = entry;
    if context.depth == context.slots.len() {
        make_room(context);
    }
    let process = if limits.process { begin_process(used) } else { None };
    let (serial, region) = fill(context, role, site, path, &limits, &used);
    region.shared = shared;
    region.process = process;
    serial
}

/// Enters the next slot.
#[inline]
fn fill<'a>(
    context: &'a mut Context,
    role: Role,
    site: Option<&'static Site>,
    path: &'static str,
    limits: &Limits,
    used: &Totals,
) -> (Serial, &'a mut Region) {
    context.serial += 1;
    let serial = context.serial;
    let region = &mut context.slots[context.depth];
    context.depth += 1;
    let mut line = line::change();
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
    // Whoever has no limit on it does not have to know; an attached region adds to one that may.
    region.watches_peak = limits.peak_bytes != NO_LIMIT || stats::are_kept() || role == Role::Attached;
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
        line.set_allocations_base(totals.allocations.wrapping_add(allocations), totals.allocations);
    }
    let deallocations = left(limits.deallocations, used.deallocations);
    if limits.deallocations != NO_LIMIT && deallocations < line.deallocations_left {
        line.set_deallocations_base(totals.deallocations.wrapping_add(deallocations), totals.deallocations);
    }
    let bytes = left(limits.bytes, used.bytes_allocated);
    if limits.bytes != NO_LIMIT && bytes < line.bytes_left {
        line.set_bytes_left(bytes);
    }
    (Serial(serial), region)
}

/// Leaves the innermost region if it is the one of that serial, not lean, and within its limits, with nothing else to
/// do. Gives what it used, and its peak since it was entered last.
#[inline]
pub(super) fn leave_plain(serial: Serial) -> Option<(Totals, u64)> {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let context = unsafe { (*line::line()).context };
    // SAFETY: a context that is not null is valid on this thread, and nothing allocates while the reference is held.
    let context = unsafe { context.as_mut() }?;
    let depth = context.depth.wrapping_sub(1);
    let region = context.slots.get_mut(depth)?;
    if region.serial != serial.0 || region.exit != Exit::Plain {
        return None;
    }
    let mut line = line::change();
    let end = line.totals();
    let used = end - region.start;
    let peak = if region.watches_peak { line.peak().wrapping_sub(region.start.live_bytes) } else { 0 };
    let limits = &region.limits;
    let is_over = |used: i64, limit: u64| used > as_signed(limit);
    if is_over(used.allocations, limits.allocations)
        | is_over(used.bytes_allocated, limits.bytes)
        | is_over(peak, limits.peak_bytes)
        | is_over(used.live_bytes, limits.live_bytes)
        | is_over(used.deallocations, limits.deallocations)
    {
        return None;
    }
    context.depth = depth;
    line.set_allocations_base(region.outer_allocations_base, end.allocations);
    line.set_deallocations_base(region.outer_deallocations_base, end.deallocations);
    if region.watches_peak {
        line.end_peak(region.outer_peak);
        line.peak_allowed = region.outer_peak_allowed;
    }
    region.limits = Limits::NONE;
    Some((used, peak.cast_unsigned()))
}

#[cold]
fn make_room(context: &mut Context) {
    let _suspended = line::suspend();
    let slots = 2 * context.slots.len();
    context.slots.resize_with(slots, || Region::FREE);
}

#[cold]
fn begin_process(used: Totals) -> Option<Box<Option<Totals>>> {
    let _suspended = line::suspend();
    Box::new(threads::totals().map(|totals| totals - used)).into()
}

/// Leaves a region, and those inside it that were forgotten; nothing if it is not there.
pub(super) fn leave(context: &mut Context, serial: Serial) -> Option<Ended> {
    let depth = context.regions().iter().rposition(|region| region.serial == serial.0)?;
    if context.depth > depth + 1 {
        drop_forgotten(context, depth);
    }
    context.depth = depth;
    // The slot is free for the next.
    let region = mem::replace(&mut context.slots[depth], Region::FREE);
    let mut line = line::change();
    let end = line.totals();
    line.set_allocations_base(region.outer_allocations_base, end.allocations);
    let (mut own, mut peak) = (end - region.start, 0);
    if region.is_lean {
        own = Totals { allocations: own.allocations, bytes_allocated: own.bytes_allocated, ..Totals::NONE };
    } else {
        line.set_deallocations_base(region.outer_deallocations_base, end.deallocations);
        if region.watches_peak {
            peak = line.end_peak(region.outer_peak).wrapping_sub(region.start.live_bytes).cast_unsigned();
            line.peak_allowed = region.outer_peak_allowed;
        }
    }
    drop(line);
    let mut ended = Ended { region, usage: Usage::of(own, peak), own, depth, unknown: false };
    if ended.region.shared.is_some() || ended.region.process.is_some() {
        ended.add_other_threads();
    }
    Some(ended)
}

#[cold]
fn drop_forgotten(context: &mut Context, depth: usize) {
    let _suspended = line::suspend();
    for region in &mut context.regions()[depth + 1..] {
        if let Some(site) = region.site.filter(|_| region.over) {
            site.stats.was_over();
        }
        *region = Region::FREE;
    }
}

impl Ended {
    #[cold]
    fn add_other_threads(&mut self) {
        let _suspended = line::suspend();
        if let Some(start) = &self.region.process {
            match start.zip(threads::totals()) {
                Some((start, now)) => self.usage = Usage::of(now - start, self.usage.peak_bytes),
                None => self.unknown = true,
            }
        } else if let Some(shared) =
            self.region.shared.as_ref().filter(|_| self.region.role != Role::Attached)
        {
            let (attached, peak) = shared.sum();
            self.usage = Usage::of(self.own + attached, self.usage.peak_bytes.max(peak));
        }
    }

    /// Keeps what the next poll of a future goes on from.
    pub(super) fn carry(self, context: &mut Context, carried: &mut Carried) {
        carried.used = self.own;
        carried.peak = carried.peak.max(self.usage.peak_bytes);
        let Region { over, shared, .. } = self.region;
        if over || shared.is_some() || carried.rare.is_some() || !context.traces.is_empty() {
            let _suspended = line::suspend();
            let rare = carried.rare.get_or_insert_default();
            (rare.over, rare.shared) = (over, shared);
            rare.traces.extend(context.traces.of(self.depth).copied());
            context.traces.forget(self.depth);
        }
    }

    /// Judges what was carried and the last stretch, if that has to be; the message of a broken budget that panics.
    pub(super) fn judge(mut self, context: &mut Context, carried: Option<Carried>) -> Option<String> {
        if let Some(carried) = &carried {
            self.usage.peak_bytes = self.usage.peak_bytes.max(carried.peak);
        }
        let Region { role, over, limits, shared, .. } = &self.region;
        let has_rare = carried.as_ref().is_some_and(|carried| carried.rare.is_some());
        let is_plain = !over && shared.is_none() && !has_rare && !self.unknown && !stats::are_kept();
        if is_plain && (*role != Role::Judged || !verdict::is_broken(limits, &self.usage)) {
            context.traces.forget(self.depth);
            return None;
        }
        self.judge_in_full(context, carried)
    }

    #[cold]
    #[inline(never)]
    fn judge_in_full(self, context: &mut Context, carried: Option<Carried>) -> Option<String> {
        let _suspended = line::suspend();
        // Dropped while counting is suspended.
        let (this, rare) = (self, carried.and_then(|carried| carried.rare));
        let mut traces = rare.map(|rare| rare.traces).unwrap_or_default();
        traces.extend(context.traces.of(this.depth).copied());
        if let Some((shared, outer)) = this.region.shared.as_ref().zip(context.innermost()) {
            shared.hand_on(outer);
        }
        let verdict = this.verdict(traces);
        context.traces.forget(this.depth);
        verdict
    }

    fn verdict(&self, traces: Vec<Trace>) -> Option<String> {
        let Region { role, over, path, limits, shared, .. } = &self.region;
        let site = self.region.site?;
        if *over {
            site.stats.was_over();
        }
        let still_attached = shared.as_ref().is_some_and(Shared::close);
        if *role != Role::Judged {
            return None;
        }
        let broken = verdict::is_broken(limits, &self.usage);
        if thread::panicking() {
            if broken {
                message::say_not_judged(site, path);
            }
            site.stats.not_judged("left by a panic");
            return None;
        }
        if self.unknown || (still_attached && !broken) {
            let why = if self.unknown { UNKNOWN } else { STILL_ATTACHED };
            mode::say(&format!("alloc-kit: the budget of `{}` is not verified: {why}", site.name));
            site.stats.not_judged(why);
            return None;
        }
        if stats::are_kept() {
            site.stats.judged(limits, &self.usage, broken);
        }
        if !broken {
            return None;
        }
        let mut traces = traces;
        if let Some(shared) = shared {
            traces.extend(shared.traces());
        }
        let message = message::broken(&Broken {
            site,
            path,
            limits,
            usage: &self.usage,
            own: &self.own,
            traces: &traces,
            attached: shared.as_ref().map_or(0, |shared| shared.attached()),
            started: threads::started() - self.region.threads,
        });
        match mode::mode() {
            Mode::Warn => mode::say(&message),
            Mode::Abort => {
                mode::say(&message);
                process::abort();
            }
            _ => {
                report::write_at_once(site);
                return Some(message);
            }
        }
        None
    }
}

const STILL_ATTACHED: &str = "a thread or a task that has a `Handle` of it had not ended";
const UNKNOWN: &str = "not every thread of the process could be asked";

/// Leaves a region and judges it, with what a future has carried.
#[cold]
#[inline(never)]
pub(super) fn end(serial: Serial, carried: Option<Carried>) -> Option<String> {
    let context = context::context();
    // SAFETY: a context that is not null is valid on this thread; nothing is counted while the reference is held.
    let context = unsafe { context.as_mut() }?;
    match leave(context, serial) {
        Some(ended) => ended.judge(context, carried),
        None => Some(OUT_OF_ORDER.to_owned()).filter(|_| !thread::panicking()),
    }
}

const OUT_OF_ORDER: &str = "alloc-kit: a budget was not verified: its region did not end where it began
  = note: something waited inside of it, in a macro that hides its `.await`, and other work got into the region
  = help: wait outside of it, or write the `.await` where alloc-kit sees it";
