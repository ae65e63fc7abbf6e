//! Exceptions: what is allocated in them is counted apart, and listed with its reason.
//!
//! The thread counts apart from its entry to its exit, so nothing of it is in any region around, and what was live
//! before and after does not differ to them. A region inside is judged as everywhere.

#![allow(unsafe_code, reason = "the thread's context, and a pinned future's field")]

use core::marker::PhantomData;
use core::pin::Pin;
use core::ptr;
use core::task::{self, Poll};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::context::{self, Role};
use super::line::{self, Apart, Totals};
use super::region::{self, Before, Entry, Serial};
use super::report;
use super::site::{EXCEPTIONS, Exception, Limits, Site};
use super::stats;

/// A stretch of work whose allocations are allowed, until it is dropped.
#[must_use = "what is allocated is allowed until this is dropped"]
#[derive(Debug)]
pub struct AllowGuard {
    serial: Serial,
    exception: &'static Exception,
    /// Where there are no regions that it could be among.
    apart: Option<Apart>,
    /// The counters belong to the thread.
    not_send: PhantomData<*mut ()>,
}

/// From here on the thread counts apart.
pub fn allow(exception: &'static Exception) -> AllowGuard {
    let serial = mark();
    let apart = serial.is_none().then(Apart::begin);
    AllowGuard { serial, exception, apart, not_send: PhantomData }
}

/// Puts the exception on the stack of regions, where it hides those below, and the line aside.
fn mark() -> Serial {
    let context = context::context();
    // SAFETY: a context that is not null is valid on this thread; nothing allocates while the reference is held, but
    // where counting is suspended and so nobody else looks behind the pointer.
    let Some(context) = (unsafe { context.as_mut() }) else { return Serial::NONE };
    let entry = Entry { role: Role::Allowed, site: None, path: "", limits: Limits::NONE };
    let serial = region::enter(context, entry, Totals::NONE, Before::default());
    if serial.is_none() {
        return serial;
    }
    context.put_aside(serial);
    serial
}

impl Drop for AllowGuard {
    fn drop(&mut self) {
        // SAFETY: the line is valid on this thread, and no reference to it is held.
        let used = unsafe { &*line::line() }.totals();
        if let Some(apart) = self.apart.take() {
            drop(apart);
            line::change().allowed += used.allocations;
            return;
        }
        let context = context::context();
        // SAFETY: a context that is not null is valid on this thread; nothing is counted while the reference is held.
        let Some(context) = (unsafe { context.as_mut() }) else { return };
        if !context.put_back(self.serial) {
            assert!(thread::panicking(), "{OUT_OF_ORDER}");
            return;
        }
        line::change().allowed += used.allocations;
        if region::leave(context, self.serial).is_some() && stats::are_kept() {
            let _suspended = line::suspend();
            note(self.exception, context.innermost().and_then(|region| region.site), used);
        }
    }
}

const OUT_OF_ORDER: &str = "alloc-kit: an exception did not end where it began
  = note: something waited inside of `allow_alloc!`, in a macro that hides its `.await`, and other work got into it
  = help: wait outside of it, or write the `.await` where alloc-kit sees it";

/// What an exception was used for, in a site or outside of any.
#[derive(Clone, Copy)]
pub(super) struct Used {
    pub(super) exception: &'static Exception,
    pub(super) site: Option<&'static Site>,
    pub(super) times: u64,
    pub(super) allocations: u64,
    pub(super) bytes: u64,
}

static USED: Mutex<Vec<Used>> = Mutex::new(Vec::new());

/// Sets room aside for all exceptions, each in a few functions: the first use of one may be in real-time code. Counting is
/// suspended.
pub(super) fn make_room() {
    USED.lock().unwrap_or_else(PoisonError::into_inner).reserve(4 * EXCEPTIONS.len() + 16);
}

fn note(exception: &'static Exception, site: Option<&'static Site>, used: Totals) {
    // A child of `fork` reports nothing, and has the lock as another thread may have left it.
    if !report::is_of_this_process() {
        return;
    }
    let mut all = USED.lock().unwrap_or_else(PoisonError::into_inner);
    let address = |site: Option<&'static Site>| site.map(ptr::from_ref);
    let is_same = |known: &Used| ptr::eq(known.exception, exception) && address(known.site) == address(site);
    let index = all.iter().position(is_same).unwrap_or_else(|| {
        all.push(Used { exception, site, times: 0, allocations: 0, bytes: 0 });
        all.len() - 1
    });
    let known = &mut all[index];
    known.times += 1;
    known.allocations += used.allocations.cast_unsigned();
    known.bytes += used.bytes_allocated.cast_unsigned();
}

/// What exceptions were used for so far.
pub(super) fn used() -> Vec<Used> {
    USED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A future whose allocations are allowed, in each of its polls.
#[must_use = "futures do nothing unless they are awaited"]
#[derive(Debug)]
pub struct Allowed<F> {
    /// Pinned with this, and dropped in place.
    future: Option<F>,
    exception: &'static Exception,
}

/// Allows what a future allocates.
pub fn allowed<F: Future>(exception: &'static Exception, future: F) -> Allowed<F> {
    Allowed { future: Some(future), exception }
}

/// Allows what a future allocates, and what its making does.
pub fn allowed_from<F: Future>(exception: &'static Exception, make: impl FnOnce() -> F) -> Allowed<F> {
    let _allowed = allow(exception);
    allowed(exception, make())
}

/// As [`allowed_from`], for a future that is boxed: it is allowed to be.
pub fn allowed_box<F: Future>(
    exception: &'static Exception,
    make: impl FnOnce() -> F,
) -> Pin<Box<Allowed<F>>> {
    let _allowed = allow(exception);
    Box::pin(allowed(exception, make()))
}

impl<F: Future> Future for Allowed<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<F::Output> {
        // SAFETY: the future is not moved out of it.
        let Self { future, exception } = unsafe { self.get_unchecked_mut() };
        // SAFETY: the future is pinned, since this is.
        let mut future = unsafe { Pin::new_unchecked(future) };
        let _allowed = allow(exception);
        let result = future.as_mut().as_pin_mut().expect("polled after it was ready").poll(task);
        if result.is_ready() {
            future.set(None);
        }
        result
    }
}

impl<F> Drop for Allowed<F> {
    fn drop(&mut self) {
        if self.future.is_some() {
            let _allowed = allow(self.exception);
            // SAFETY: the future is pinned if this was, and is dropped where it is.
            unsafe { Pin::new_unchecked(&mut self.future) }.set(None);
        }
    }
}
