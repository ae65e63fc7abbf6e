//! The guard that the attributes and the asserting macros put round a function or an expression.
//!
//! It ends in [`Guard::finish`] on the ordinary way out and in `Drop` on every other (early return, `?`, a panic).
//! Both judge, but not while unwinding: a panic allocates on its own account, and a second one would abort.
//!
//! PERF: a function that has a limit on allocations and no other, and holds it, goes through `enter_lean` and
//! `leave_lean`, one that has others, and all of them where a report was asked for, through `enter_plain` and `leave_plain`. The
//! rest is cold: a thread's first guard, a budget that is broken, a warm-up.

#![allow(unsafe_code, reason = "the thread's context")]

use core::marker::PhantomData;
use core::mem;

use super::context;
use super::judge;
use super::line::Totals;
use super::mode;
use super::noted;
use super::plain::{self, Leaves};
use super::region::{self, Before, Serial};
use super::site::{Limits, Site};

/// A region under limits, until it is finished or dropped.
#[must_use = "the budget is checked when the guard ends"]
#[derive(Debug)]
pub struct Guard {
    serial: Serial,
    /// The counters and the stack of regions belong to the thread.
    not_send: PhantomData<*mut ()>,
}

/// Enters a region on the calling thread; `path` is a closure's in it.
///
/// # Panics
///
/// If the counting allocator is not installed: a budget would always hold.
#[inline]
#[track_caller]
pub fn enter(site: &'static Site, path: &'static str, limits: Limits) -> Guard {
    let serial = if limits.are_only_of_allocations() {
        enter_lean(site, path, limits.allocations)
    } else {
        enter_plain(site, path, &limits)
    };
    Guard { serial, not_send: PhantomData }
}

#[inline(never)]
#[track_caller]
fn enter_lean(site: &'static Site, path: &'static str, allocations: u64) -> Serial {
    match plain::enter_lean(site, path, allocations, (0, 0)) {
        Some(serial) => serial,
        None => enter_lean_inside(site, path, allocations),
    }
}

#[inline(never)]
#[track_caller]
fn enter_lean_inside(site: &'static Site, path: &'static str, allocations: u64) -> Serial {
    match plain::enter_lean_inside(site, path, allocations, (0, 0)) {
        Some(serial) => serial,
        None => enter_plain(site, path, &Limits::NONE.allocations(allocations)),
    }
}

#[inline(never)]
#[track_caller]
fn enter_plain(site: &'static Site, path: &'static str, limits: &Limits) -> Serial {
    match plain::enter_plain(site, path, limits, &Totals::NONE, true) {
        Some(serial) => serial,
        None => enter_in_full(site, path, limits),
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn enter_in_full(site: &'static Site, path: &'static str, limits: &Limits) -> Serial {
    if region::is_suspended() {
        return interrupts(site);
    }
    if !mode::judges(site) {
        return Serial::NONE;
    }
    let context = context::context();
    // SAFETY: the context is valid on this thread, which is not suspended; nothing allocates while the reference is
    // held, but where counting is suspended and so nobody else looks behind the pointer.
    let context = unsafe { &mut *context };
    if context.is_in(site, path) {
        return Serial::NONE;
    }
    region::enter(context, region::begin(site, path, *limits), Totals::NONE, Before::default())
}

/// Only a signal handler gets here in the middle of this crate's own work.
fn interrupts(site: &'static Site) -> Serial {
    site.stats.interrupts();
    noted::note(site);
    Serial::NONE
}

impl Guard {
    /// Ends the region and judges it.
    ///
    /// # Panics
    ///
    /// If the region used more than its limits allow.
    #[track_caller]
    #[inline]
    pub fn finish(self) {
        let serial = self.serial;
        mem::forget(self);
        end(serial);
    }
}

impl Drop for Guard {
    #[inline]
    fn drop(&mut self) {
        end(self.serial);
    }
}

#[inline(never)]
#[track_caller]
fn end(serial: Serial) {
    if !serial.is_none() && plain::leave_lean(serial).is_none() {
        end_plain(serial);
    }
}

#[inline(never)]
#[track_caller]
fn end_plain(serial: Serial) {
    if plain::leave_plain(serial, Leaves::Ended).is_none() {
        end_in_full(serial);
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn end_in_full(serial: Serial) {
    if let Some(failure) = judge::end(serial, None) {
        failure.raise();
    }
}
