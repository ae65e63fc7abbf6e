//! Futures under limits: entered and left at each poll, judged when they are ready or dropped before.
//!
//! What was used is carried in the future, and nothing of it stays with a thread between polls. So other tasks on
//! the thread do not disturb it, and the next poll may be on another thread.

use core::fmt;
use core::mem::{self, size_of};
use core::pin::Pin;
use core::task::{self, Poll};

use super::context;
use super::line::{self, Totals};
use super::mode;
use super::region::{self, Carried, Entry, Place};
use super::site::{Limits, Site};

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
    entry: First,
    carried: Carried,
}

/// How the first poll was entered.
#[derive(Clone, Copy)]
enum First {
    Ahead,
    Entered(Entry),
    /// Recursion, or nothing is judged.
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
        budget.entry = First::Unjudged;
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
    let making = making(site, path, limits);
    let future = make();
    making.judged(future)
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
    let making = making(site, path, limits);
    let future = make();
    making.judged_box(future)
}

/// The making of a future under limits, until the future is there: for what has to be made in place.
#[must_use = "the budget is checked when the future is done"]
pub struct Making {
    budget: Budget,
    place: Place,
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
        budget.entry = First::Unjudged;
    }
    let place = budget.place();
    Making { budget, place }
}

impl Making {
    /// The future, which the region goes on with.
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
        let place = mem::replace(&mut self.place, Place::NONE);
        Stretch { budget: &mut self.budget, place }
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
        Self { site, path, limits, entry: First::Ahead, carried: Carried::default() }
    }

    /// What it holds; nothing is left to judge in it.
    fn take(&mut self) -> Self {
        let Self { site, path, limits, entry, ref mut carried } = *self;
        self.entry = First::Unjudged;
        Self { site, path, limits, entry, carried: mem::take(carried) }
    }

    /// Enters the region for a stretch of work.
    fn enter(&mut self) -> Stretch<'_> {
        let place = self.place();
        Stretch { budget: self, place }
    }

    fn place(&mut self) -> Place {
        if matches!(self.entry, First::Unjudged) || region::is_suspended() {
            return Place::NONE;
        }
        let context = context::context();
        // SAFETY: the context is valid on this thread; nothing allocates while the reference is held, but where
        // counting is suspended and so nobody else looks behind the pointer.
        let context = unsafe { &mut *context };
        let entry = match self.entry {
            First::Entered(entry) => entry,
            First::Ahead | First::Unjudged => {
                let Some(entry) = region::begin(self.site, self.path, self.limits, context) else {
                    self.entry = First::Unjudged;
                    return Place::NONE;
                };
                self.entry = First::Entered(entry);
                entry
            }
        };
        let place = region::enter(context, entry, self.carried.used, self.carried.shared.take());
        if let Some(region) = context.regions.last_mut() {
            region.over = self.carried.over;
        }
        place
    }
}

/// From the start of a poll to its end.
struct Stretch<'a> {
    budget: &'a mut Budget,
    place: Place,
}

impl Stretch<'_> {
    /// The future waits.
    fn pause(self) {
        let place = self.place;
        if place.is_none() {
            return;
        }
        let context = context::context();
        // SAFETY: the context is valid on this thread; nothing is counted while the reference is held.
        let context = unsafe { &mut *context };
        match region::leave(context, place) {
            Some(ended) => {
                ended.carry(context, &mut self.budget.carried);
                mem::forget(self);
            }
            // Its drop says that.
            None => drop(self),
        }
    }

    fn end(&mut self) -> Option<String> {
        let place = mem::replace(&mut self.place, Place::NONE);
        self.budget.entry = First::Unjudged;
        if place.is_none() {
            return None;
        }
        region::end_of_future(place, mem::take(&mut self.budget.carried))
    }
}

impl Drop for Stretch<'_> {
    fn drop(&mut self) {
        if let Some(broken) = self.end() {
            panic!("{broken}");
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
