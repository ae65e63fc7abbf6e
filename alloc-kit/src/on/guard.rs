//! The guard that the attributes and the asserting macros put round a function or an expression.
//!
//! It ends in [`Guard::finish`] on the ordinary way out and in `Drop` on every other (early return, `?`, a panic).
//! Both judge, but not while unwinding: a panic allocates on its own account, and a second one would abort.

use core::marker::PhantomData;
use core::mem;

use super::context;
use super::line::Totals;
use super::mode;
use super::region::{self, Place};
use super::site::{Limits, Site};

/// A region under limits, until it is finished or dropped.
#[must_use = "the budget is checked when the guard ends"]
#[derive(Debug)]
pub struct Guard {
    place: Place,
    /// The counters and the stack of regions belong to the thread.
    not_send: PhantomData<*mut ()>,
}

/// Enters a region on the calling thread; `path` is a closure's in it.
///
/// # Panics
///
/// If the counting allocator is not installed: a budget would always hold.
#[track_caller]
pub fn enter(site: &'static Site, path: &'static str, limits: Limits) -> Guard {
    if !mode::judges(site) || region::is_suspended() {
        return Guard::new(Place::NONE);
    }
    let context = context::context();
    // SAFETY: the context is valid on this thread; nothing allocates while the reference is held, but where counting
    // is suspended and so nobody else looks behind the pointer.
    let context = unsafe { &mut *context };
    let Some(entry) = region::begin(site, path, limits, context) else { return Guard::new(Place::NONE) };
    Guard::new(region::enter(context, entry, Totals::NONE, None))
}

impl Guard {
    fn new(place: Place) -> Self {
        Self { place, not_send: PhantomData }
    }

    /// Ends the region and judges it.
    ///
    /// # Panics
    ///
    /// If the region used more than its limits allow.
    #[track_caller]
    pub fn finish(self) {
        let place = self.place;
        mem::forget(self);
        if !place.is_none() {
            if let Some(broken) = region::end(place) {
                panic!("{broken}");
            }
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.place.is_none() {
            if let Some(broken) = region::end(self.place) {
                panic!("{broken}");
            }
        }
    }
}
