//! Futures under limits: entered and left at each poll, judged when they are ready or dropped before.
//!
//! What was used is carried in the future, and nothing of it stays with a thread between polls. So other tasks on
//! the thread do not disturb it, and the next poll may be on another thread.

#![allow(unsafe_code, reason = "the thread's context, and a pinned future's field")]

use core::fmt;
use core::mem::{self, size_of};
use core::pin::Pin;
use core::task::{self, Poll};

use super::context::{self, Role};
use super::judge::{self, Last};
use super::line::{self, Totals};
use super::mode;
use super::plain::{self, Leaves};
use super::region::{self, Carried, Entry, Serial};
use super::site::{Limits, Site};
use super::stats;
use super::threads;

/// A future under limits.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Judged<F> {
    /// Pinned with this, and dropped in place, inside of the region.
    future: Option<F>,
    budget: Budget,
    /// Whether it lies in a box that is this crate's.
    is_boxed: bool,
}

/// What is carried from poll to poll.
struct Budget {
    site: &'static Site,
    path: &'static str,
    limits: Limits,
    stage: Stage,
    carried: Carried,
}

/// How far a future has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It has not been polled.
    Ahead,
    /// It has been, but only inside of other calls of its function: so far it is recursion.
    Inside,
    /// It has been elsewhere, too, and is judged in that role.
    Entered(Role),
    /// It is over, or nothing is judged.
    Unjudged,
}

/// Puts a future under limits.
///
/// # Panics
///
/// If the counting allocator is not installed: a budget would always hold.
#[track_caller]
pub fn judged<F: Future>(site: &'static Site, path: &'static str, limits: Limits, future: F) -> Judged<F> {
    let mut budget = Budget::new(site, path, limits);
    if !mode::judges(site) {
        budget.stage = Stage::Unjudged;
    }
    Judged { future: Some(future), budget, is_boxed: false }
}

/// Makes a future and puts it under limits, its making included.
///
/// # Panics
///
/// If the counting allocator is not installed, and when the making does.
#[track_caller]
pub fn judged_from<F: Future>(
    site: &'static Site,
    path: &'static str,
    limits: Limits,
    make: impl FnOnce() -> F,
) -> Judged<F> {
    let mut budget = Budget::new(site, path, limits);
    if !mode::judges(site) {
        budget.stage = Stage::Unjudged;
    }
    let poll = budget.enter();
    let future = make();
    poll.pause();
    Judged { future: Some(future), budget, is_boxed: false }
}

/// As [`judged_from`], for a future that is boxed: gives a box, which is counted nowhere.
///
/// # Panics
///
/// If the counting allocator is not installed, and when the making does.
#[track_caller]
pub fn judged_box<F: Future>(
    site: &'static Site,
    path: &'static str,
    limits: Limits,
    make: impl FnOnce() -> F,
) -> Pin<Box<Judged<F>>> {
    let mut judged = judged_from(site, path, limits, make);
    judged.is_boxed = true;
    let _suspended = line::suspend();
    Box::pin(judged)
}

/// The making of a future under limits, until it is there: for one that has to be made in place.
#[must_use = "the budget is checked when the future is done"]
pub struct Making {
    budget: Budget,
    serial: Serial,
}

/// Begins the making of a future under limits.
///
/// # Panics
///
/// If the counting allocator is not installed: a budget would always hold.
#[track_caller]
pub fn making(site: &'static Site, path: &'static str, limits: Limits) -> Making {
    let mut budget = Budget::new(site, path, limits);
    if !mode::judges(site) {
        budget.stage = Stage::Unjudged;
    }
    let mut stretch = budget.enter();
    let serial = mem::replace(&mut stretch.serial, Serial::NONE);
    drop(stretch);
    Making { budget, serial }
}

impl Making {
    /// The future, with which the region goes on.
    pub fn judged<F: Future>(mut self, future: F) -> Judged<F> {
        self.stretch().pause();
        Judged { future: Some(future), budget: self.budget.take(), is_boxed: false }
    }

    /// As [`judged`](Self::judged), for a future that is boxed: gives a box, which is counted nowhere.
    pub fn judged_box<F: Future>(self, future: F) -> Pin<Box<Judged<F>>> {
        let mut judged = self.judged(future);
        judged.is_boxed = true;
        let _suspended = line::suspend();
        Box::pin(judged)
    }

    fn stretch(&mut self) -> Stretch<'_> {
        let serial = mem::replace(&mut self.serial, Serial::NONE);
        Stretch { budget: &mut self.budget, serial }
    }
}

impl Drop for Making {
    /// Without a future it ends here.
    fn drop(&mut self) {
        drop(self.stretch());
    }
}

impl fmt::Debug for Making {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Making").field("site", &self.budget.site.name).finish_non_exhaustive()
    }
}

impl Budget {
    fn new(site: &'static Site, path: &'static str, limits: Limits) -> Self {
        Self { site, path, limits, stage: Stage::Ahead, carried: Carried::default() }
    }

    /// What it holds; nothing is left to judge in it.
    fn take(&mut self) -> Self {
        let Self { site, path, limits, .. } = *self;
        let stage = mem::replace(&mut self.stage, Stage::Unjudged);
        Self { site, path, limits, stage, carried: mem::take(&mut self.carried) }
    }

    /// Enters the region for a stretch of work.
    #[inline]
    fn enter(&mut self) -> Stretch<'_> {
        if self.stage == Stage::Ahead {
            self.carried.threads = threads::started();
        }
        let Carried { used, rare, .. } = &self.carried;
        let may_be_judged = matches!(self.stage, Stage::Ahead | Stage::Inside | Stage::Entered(Role::Judged));
        let begins = !matches!(self.stage, Stage::Entered(_));
        let plain = if !may_be_judged || rare.is_some() {
            None
        } else if self.limits.are_only_of_allocations() && !stats::are_kept() {
            let used = (used.allocations, used.bytes_allocated);
            plain::enter_lean_inside(self.site, self.path, self.limits.allocations, used)
        } else {
            plain::enter_plain(self.site, self.path, &self.limits, used, begins)
        };
        let serial = match plain {
            Some(serial) if !serial.is_none() => {
                self.stage = Stage::Entered(Role::Judged);
                serial
            }
            _ => self.enter_in_full(),
        };
        Stretch { budget: self, serial }
    }

    #[inline(never)]
    fn enter_in_full(&mut self) -> Serial {
        if self.stage == Stage::Unjudged {
            return Serial::NONE;
        }
        let context = context::context();
        // SAFETY: a context that is not null is valid on this thread; nothing allocates while the reference is held,
        // but where counting is suspended and so nobody else looks behind the pointer.
        let Some(context) = (unsafe { context.as_mut() }) else { return Serial::NONE };
        let Self { site, path, limits, .. } = *self;
        let unlimited = Limits { process: limits.process, ..Limits::NONE };
        let entry = if context.is_in(site, path) {
            if self.stage == Stage::Ahead {
                self.stage = Stage::Inside;
            }
            Entry { role: Role::Inside, site: Some(site), path, limits: unlimited }
        } else {
            let entry = match self.stage {
                Stage::Entered(Role::Judged) => Entry { role: Role::Judged, site: Some(site), path, limits },
                Stage::Entered(role) => Entry { role, site: Some(site), path, limits: unlimited },
                _ => region::begin(site, path, limits),
            };
            self.stage = Stage::Entered(entry.role);
            entry
        };
        let Carried { used, rare, .. } = &mut self.carried;
        let before = rare.as_mut().map(|rare| mem::take(&mut rare.before)).unwrap_or_default();
        let serial = region::enter(context, entry, *used, before);
        if let Some((region, rare)) = context.innermost().zip(rare.as_ref()) {
            region.over = rare.over;
        }
        serial
    }
}

/// From the start of a poll to its end.
struct Stretch<'a> {
    budget: &'a mut Budget,
    serial: Serial,
}

impl Stretch<'_> {
    /// The future waits.
    #[inline]
    fn pause(mut self) {
        if self.serial.is_none() {
            return;
        }
        if let Some((allocations, bytes)) = plain::leave_lean(self.serial) {
            let used = &mut self.budget.carried.used;
            (used.allocations, used.bytes_allocated) = (allocations, bytes);
            self.serial = Serial::NONE;
        } else if let Some((used, peak)) = plain::leave_plain(self.serial, Leaves::Paused) {
            self.budget.carried.used = used;
            self.budget.carried.peak = self.budget.carried.peak.max(peak);
            self.serial = Serial::NONE;
        } else {
            self.pause_in_full();
        }
    }

    #[inline(never)]
    fn pause_in_full(&mut self) {
        let context = context::context();
        // SAFETY: a context that is not null is valid on this thread; nothing is counted while the reference is held.
        let Some(context) = (unsafe { context.as_mut() }) else { return };
        // Where it is not there, the drop says so.
        if let Some(ended) = region::leave(context, self.serial) {
            ended.carry(context, &mut self.budget.carried);
            self.serial = Serial::NONE;
        }
    }

    #[cold]
    #[inline(never)]
    fn end_in_full(&mut self, stage: Stage) {
        let serial = mem::replace(&mut self.serial, Serial::NONE);
        let role = match stage {
            Stage::Entered(role) => role,
            _ => Role::Inside,
        };
        let last = Last { carried: mem::take(&mut self.budget.carried), role, limits: self.budget.limits };
        if let Some(failure) = judge::end(serial, Some(last)) {
            failure.raise();
        }
    }
}

impl Drop for Stretch<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.serial.is_none() {
            return;
        }
        // The last one, unless it was paused; a panic's, too.
        let stage = mem::replace(&mut self.budget.stage, Stage::Unjudged);
        if plain::leave_lean(self.serial).is_some() {
            return;
        }
        // Of what came before the sums tell, but for the peak.
        let carried = &self.budget.carried;
        let was_within = carried.peak <= self.budget.limits.peak_bytes;
        if !was_within || plain::leave_plain(self.serial, Leaves::EndedAfter(carried)).is_none() {
            self.end_in_full(stage);
        }
    }
}

impl<F: Future> Future for Judged<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<F::Output> {
        // SAFETY: the future is not moved out of it.
        let Self { future, budget, .. } = unsafe { self.get_unchecked_mut() };
        // SAFETY: the future is pinned, since this is.
        let mut future = unsafe { Pin::new_unchecked(future) };
        let stretch = budget.enter();
        let result = future.as_mut().as_pin_mut().expect("polled after it was ready").poll(task);
        if result.is_pending() {
            stretch.pause();
        } else {
            future.set(None);
            drop(stretch);
        }
        result
    }
}

impl<F> Drop for Judged<F> {
    fn drop(&mut self) {
        let Self { future, budget, is_boxed } = self;
        let forget_box = ForgetBox(size_of::<Self>(), *is_boxed);
        if future.is_some() {
            let stretch = budget.enter();
            // SAFETY: the future is pinned if this was, and is dropped where it is.
            unsafe { Pin::new_unchecked(future) }.set(None);
            drop(stretch);
        }
        drop(forget_box);
    }
}

/// When it is dropped, the next thing that is freed is a box of this crate's.
struct ForgetBox(usize, bool);

impl Drop for ForgetBox {
    fn drop(&mut self) {
        if self.1 {
            #[expect(clippy::cast_possible_wrap, reason = "sizes are at most isize::MAX")]
            line::change().forget_deallocation(self.0 as i64);
        }
    }
}

impl<F> fmt::Debug for Judged<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Totals { allocations, .. } = self.budget.carried.used;
        f.debug_struct("Judged")
            .field("site", &self.budget.site.name)
            .field("allocations", &allocations)
            .finish_non_exhaustive()
    }
}
