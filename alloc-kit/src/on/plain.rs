//! The short way into a region and out of it: for budgets that hold, of which there are many.
//!
//! Lean is a limit on allocations and no other; plain is any limits, and any budget where a report was asked for, which wants
//! to know all figures. A thread's first guard, a site's first call of a report, a budget that is broken, a warm-up: for these
//! the functions here give nothing, having changed nothing, and `region.rs` is asked.

#![allow(unsafe_code, reason = "the thread's context")]

use std::thread;

use super::context::{Context, Exit, Role};
use super::line::{self, Totals};
use super::region::{self, Carried, Serial};
use super::site::{Limits, Site};
use super::stats;
use super::threads;
use super::usage::Usage;
use super::verdict::as_signed;

/// What comes of a region that is left.
#[derive(Clone, Copy)]
pub(super) enum Leaves<'a> {
    /// It goes on, at the next poll.
    Paused,
    /// That was all of it.
    Ended,
    /// That was its last poll, and what there was before is in the figures, but for the peak.
    EndedAfter(&'a Carried),
}

/// Enters a lean region: in the calls of a function with a limit on allocations there is no time for more. Gives
/// none where that will not do, for [`region::enter`] to be asked.
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
    if interrupts() {
        return None;
    }
    if context.is_in(site, path) {
        return Some(Serial::NONE);
    }
    fill_lean(context, site, path, allocations, used)
}

/// The thread's context, if it has one, and judges.
#[inline]
fn context<'a>() -> Option<&'a mut Context> {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let context = unsafe { (*line::line()).context };
    // SAFETY: a context that is not null is valid on this thread, and nothing allocates while the reference is held.
    unsafe { context.as_mut() }
}

/// As [`context`], if nobody wants more than a verdict.
#[inline]
fn ready<'a>() -> Option<&'a mut Context> {
    context().filter(|_| !stats::are_kept())
}

/// Whether this is in a signal handler that came in the middle of a change: then a slot may be one that is being filled, and
/// have the site of a region that was there before, which would be taken for a recursion.
#[inline]
fn interrupts() -> bool {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    unsafe { (*line::line()).version % 2 == 1 }
}

#[inline]
fn fill_lean(
    context: &mut Context,
    site: &'static Site,
    path: &'static str,
    allocations: u64,
    used: (i64, i64),
) -> Option<Serial> {
    let mut line = line::change();
    if line.interrupts() {
        return None;
    }
    let region = context.slots.get_mut(context.depth)?;
    context.depth += 1;
    context.serial += 1;
    region.serial = context.serial;
    (region.exit, region.is_lean, region.over) = (Exit::Lean, true, false);
    (region.role, region.watches_peak) = (Role::Judged, false);
    (region.site, region.path) = (Some(site), path);
    region.limits.allocations = allocations;
    region.threads = threads::started();
    let total = line.allocations();
    region.start.allocations = total.wrapping_sub(used.0);
    region.start.bytes_allocated = line.bytes_allocated().wrapping_sub(used.1);
    region.outer_allocations_base = line.allocations_base();
    // The larger ones are as good as no limit: what is left to the outer regions is never more.
    let left = as_signed(allocations).saturating_sub(used.0);
    if left < line.allocations_left {
        line.set_allocations_base(total.wrapping_add(left));
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
    let used = total.wrapping_sub(region.start.allocations);
    if used.cast_unsigned() > region.limits.allocations {
        return None;
    }
    context.depth = depth;
    line.set_allocations_base(region.outer_allocations_base);
    Some((used, line.bytes_allocated().wrapping_sub(region.start.bytes_allocated)))
}

/// Enters a region with any limits, as [`enter_lean`] does: none where that will not do. It is a call by itself, or `begins`
/// one, or goes on with it.
#[inline]
pub(super) fn enter_plain(
    site: &'static Site,
    path: &'static str,
    limits: &Limits,
    used: &Totals,
    begins: bool,
) -> Option<Serial> {
    if limits.warmup > 0 || limits.process {
        return None;
    }
    let context = context()?;
    if context.depth > 0 {
        if interrupts() {
            return None;
        }
        if context.is_in(site, path) {
            return Some(Serial::NONE);
        }
    }
    if context.depth == context.slots.len() {
        return None;
    }
    let is_kept = begins && stats::are_kept();
    if is_kept && !site.stats.is_known() {
        return None;
    }
    let (serial, region) = region::fill(context, Role::Judged, Some(site), path, limits, used)?;
    region.exit = Exit::Plain;
    if is_kept {
        site.stats.called_again();
    }
    Some(serial)
}

/// Leaves the innermost region if it is the one of that serial, not lean, and within its limits, with nothing else to
/// do but to keep its figures for a report. Gives what it used, and its peak since it was entered last.
#[inline]
pub(super) fn leave_plain(serial: Serial, leaves: Leaves<'_>) -> Option<(Totals, u64)> {
    let is_kept = stats::are_kept() && !matches!(leaves, Leaves::Paused);
    // What a panic left is not judged, and that is kept as well.
    if is_kept && thread::panicking() {
        return None;
    }
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
    // But for what is live these only grow, beyond what a signed number holds, too.
    let is_over = |used: i64, limit: u64| used.cast_unsigned() > limit;
    if is_over(used.allocations, limits.allocations)
        | is_over(used.bytes_allocated, limits.bytes)
        | is_over(peak, limits.peak_bytes)
        | (used.live_bytes > as_signed(limits.live_bytes))
        | is_over(used.deallocations, limits.deallocations)
    {
        return None;
    }
    context.depth = depth;
    line.set_allocations_base(region.outer_allocations_base);
    line.set_deallocations_base(region.outer_deallocations_base);
    if region.watches_peak {
        line.end_peak(region.outer_peak);
        line.peak_allowed = region.outer_peak_allowed;
    }
    // The slot is free for a signal handler, once the line is.
    let kept = if is_kept { region.site.map(|site| (site, region.limits, region.threads)) } else { None };
    region.limits = Limits::NONE;
    drop(line);
    // Below nothing where older memory was freed in an earlier poll.
    let peak = if peak > 0 { peak.cast_unsigned() } else { 0 };
    if let Some((site, limits, threads)) = kept {
        let (peak, threads) = match leaves {
            Leaves::EndedAfter(carried) => (peak.max(carried.peak), carried.threads),
            _ => (peak, threads),
        };
        site.stats.judged(&limits, &Usage::of(used, peak), threads::started() - threads);
    }
    Some((used, peak))
}
