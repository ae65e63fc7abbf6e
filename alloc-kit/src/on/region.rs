//! Regions: entering one, leaving it, and what becomes of its figures then.
//!
//! A region is a stretch of a thread's work: a call, or one poll of a future, which carries its figures from poll to
//! poll. Guards (`guard.rs`), futures (`future.rs`), attached threads (`handle.rs`) and exceptions (`allow.rs`) all
//! enter and leave through here, so that they nest in any order.

use std::process;
use std::sync::Arc;
use std::thread;

use super::context::{self, Context, Region, Role};
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

/// Where a region is in its thread's stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) depth: usize,
    serial: usize,
}

impl Place {
    /// Of what is not judged: a recursive entry, or one in a benchmark.
    pub(super) const NONE: Place = Place { depth: usize::MAX, serial: 0 };

    #[inline]
    pub(super) fn is_none(self) -> bool {
        self.depth == usize::MAX
    }
}

/// What a future has used in its polls so far.
#[derive(Default)]
pub(super) struct Carried {
    pub(super) used: Totals,
    pub(super) peak: u64,
    pub(super) traces: Vec<Trace>,
    pub(super) shared: Option<Arc<Shared>>,
    pub(super) over: bool,
}

/// A region that was left.
pub(super) struct Ended {
    pub(super) region: Region,
    pub(super) usage: Usage,
    /// What the thread itself counted, the polls before included.
    pub(super) own: Totals,
    pub(super) depth: usize,
    /// Whether all threads were asked for, and could not be summed.
    unknown: bool,
}

/// The first entry of a call: how it is judged, if it is; nothing if the thread is in it already.
#[inline]
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
#[inline]
pub(super) fn is_suspended() -> bool {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    unsafe { (*line::line()).is_suspended() }
}

/// Enters a region on the calling thread, which has used something before.
#[inline]
pub(super) fn enter(context: &mut Context, entry: Entry, used: Totals, shared: Option<Arc<Shared>>) -> Place {
    let Entry { role, site, path, limits } = entry;
    if context.regions.len() == context.regions.capacity() {
        make_room(context);
    }
    let process = if site.is_some_and(|site| site.process) && role == Role::Judged {
        begin_process(used)
    } else {
        None
    };
    context.serial = context.serial.wrapping_add(1);
    let mut line = line::change();
    context.regions.push(Region {
        role,
        over: false,
        site,
        path,
        limits,
        start: line.totals() - used,
        outer_peak: line.begin_peak(),
        outer_allocations_base: line.allocations_base(),
        outer_deallocations_base: line.deallocations_base(),
        outer_peak_allowed: line.peak_allowed,
        serial: context.serial,
        threads: threads::started(),
        shared,
        process,
    });
    let left = |limit: u64, used: i64| match limit {
        NO_LIMIT => i64::MAX,
        limit => as_signed(limit).saturating_sub(used),
    };
    let allocations = line.allocations_left.min(left(limits.allocations, used.allocations));
    line.set_allocations_left(allocations);
    let bytes = line.bytes_left.min(left(limits.bytes, used.bytes_allocated));
    line.set_bytes_left(bytes);
    let deallocations = line.deallocations_left.min(left(limits.deallocations, used.deallocations));
    line.set_deallocations_left(deallocations);
    let peak_allowed = line.live_bytes().saturating_add(left(limits.peak_bytes, used.live_bytes));
    line.peak_allowed = line.peak_allowed.min(peak_allowed);
    Place { depth: context.regions.len() - 1, serial: context.serial }
}

#[cold]
fn make_room(context: &mut Context) {
    let _suspended = line::suspend();
    context.regions.reserve(1);
}

#[cold]
fn begin_process(used: Totals) -> Option<Box<Option<Totals>>> {
    let _suspended = line::suspend();
    Some(Box::new(threads::totals().map(|totals| totals - used)))
}

/// Leaves a region, and those inside it that were forgotten; nothing if it is not where it was entered.
#[inline]
pub(super) fn leave(context: &mut Context, place: Place) -> Option<Ended> {
    let Place { depth, serial } = place;
    if context.regions.get(depth).is_none_or(|region| region.serial != serial) {
        return None;
    }
    if context.regions.len() > depth + 1 {
        drop_forgotten(context, depth);
    }
    let region = context.regions.pop()?;
    let mut line = line::change();
    let end = line.totals();
    let peak = line.end_peak(region.outer_peak);
    let own = end - region.start;
    let usage = Usage::of(own, peak.wrapping_sub(region.start.live_bytes).cast_unsigned());
    line.set_allocations_left(region.outer_allocations_base.wrapping_sub(end.allocations));
    line.set_deallocations_left(region.outer_deallocations_base.wrapping_sub(end.deallocations));
    line.peak_allowed = region.outer_peak_allowed;
    drop(line);
    let mut ended = Ended { region, usage, own, depth, unknown: false };
    if ended.region.shared.is_some() || ended.region.process.is_some() {
        ended.add_other_threads();
    }
    Some(ended)
}

#[cold]
fn drop_forgotten(context: &mut Context, depth: usize) {
    let _suspended = line::suspend();
    for region in context.regions.drain(depth + 1..) {
        if let Some(site) = region.site.filter(|_| region.over) {
            site.stats.was_over();
        }
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
    #[inline]
    pub(super) fn carry(self, context: &mut Context, carried: &mut Carried) {
        carried.used = self.own;
        carried.peak = carried.peak.max(self.usage.peak_bytes);
        carried.over = self.region.over;
        if !context.traces.is_empty() {
            let _suspended = line::suspend();
            carried.traces.extend(context.traces.of(self.depth).copied());
            context.traces.forget(self.depth);
        }
        carried.shared = self.region.shared;
    }

    /// Judges what was carried and the last stretch, if that has to be; the message of a broken budget that panics.
    #[inline]
    pub(super) fn judge(mut self, context: &mut Context, carried: Option<Carried>) -> Option<String> {
        if let Some(carried) = &carried {
            self.usage.peak_bytes = self.usage.peak_bytes.max(carried.peak);
        }
        let Region { role, over, limits, shared, .. } = &self.region;
        let is_plain = !over && shared.is_none() && !self.unknown && !stats::are_kept();
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
        let (this, carried) = (self, carried.unwrap_or_default());
        let mut traces = carried.traces;
        traces.extend(context.traces.of(this.depth).copied());
        if let Some(shared) = &this.region.shared {
            if let Some(outer) = context.innermost() {
                shared.hand_on(outer);
            }
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

/// Leaves a region by its place, and judges it.
#[inline]
pub(super) fn end(place: Place) -> Option<String> {
    end_with(place, None)
}

/// Leaves the last stretch of a future, and judges it with what was carried there.
pub(super) fn end_of_future(place: Place, carried: Carried) -> Option<String> {
    end_with(place, Some(carried))
}

#[inline]
fn end_with(place: Place, carried: Option<Carried>) -> Option<String> {
    let context = context::context();
    // SAFETY: the context is valid on this thread; nothing is counted while the reference is held.
    let context = unsafe { &mut *context };
    match leave(context, place) {
        Some(ended) => ended.judge(context, carried),
        None => Some(OUT_OF_ORDER.to_owned()).filter(|_| !thread::panicking()),
    }
}

const OUT_OF_ORDER: &str = "alloc-kit: a budget was not verified: its region did not end where it began
  = note: something waited inside of it, in a macro that hides its `.await`, and other work got into the region
  = help: wait outside of it, or write the `.await` where alloc-kit sees it";
