//! [`Handle`]: work on another thread that counts for a region on this one.
//!
//! The region and its handles share a sum. A thread that is attached has a region of its own, with what is left of
//! the limits, so that what is over them is traced there; its figures are added to the sum when it ends, and the
//! region looks at the sum when it ends itself.

use core::fmt;
use core::pin::Pin;
use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{self, Poll};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::context::{self, Context, Region, Role};
use super::line::{self, Totals};
use super::mode;
use super::region::{self, Entry, Place};
use super::site::{Limits, Site};
use super::trace::Trace;

/// Traces that are kept of attached threads.
const TRACES: usize = 32;

/// What attached threads add to a region.
pub(super) struct Shared {
    site: Option<&'static Site>,
    path: &'static str,
    limits: Limits,
    sum: Mutex<Sum>,
    closed: AtomicBool,
}

#[derive(Default)]
struct Sum {
    /// What the region itself had used when a handle of it was made.
    before: Totals,
    totals: Totals,
    /// The highest peak of any one thread.
    peak: u64,
    traces: Vec<Trace>,
    attached: u64,
}

impl Shared {
    fn of(region: &Region) -> Self {
        let Region { site, path, limits, .. } = *region;
        Self { site, path, limits, sum: Mutex::default(), closed: AtomicBool::new(false) }
    }

    fn lock(&self) -> MutexGuard<'_, Sum> {
        self.sum.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What attached threads have used, and the highest peak of one of them.
    pub(super) fn sum(&self) -> (Totals, u64) {
        let sum = self.lock();
        (sum.totals, sum.peak)
    }

    pub(super) fn traces(&self) -> Vec<Trace> {
        self.lock().traces.clone()
    }

    /// How often a thread was attached.
    pub(super) fn attached(&self) -> u64 {
        self.lock().attached
    }

    /// Whoever attaches from now on is too late; says whether somebody still may.
    pub(super) fn close(self: &Arc<Self>) -> bool {
        self.closed.store(true, Ordering::Relaxed);
        Arc::strong_count(self) > 1
    }

    /// Adds to the region around, which sees what this one's threads did.
    pub(super) fn hand_on(&self, outer: &mut Region) {
        let shared = match &outer.shared {
            // Within an attached region it may be the same one.
            Some(shared) if ptr::eq(self, Arc::as_ptr(shared)) => return,
            Some(shared) => shared,
            None => &*outer.shared.insert(Arc::new(Shared::of(outer))),
        };
        let sum = self.lock();
        shared.add(sum.totals, sum.peak, sum.traces.iter().copied());
    }

    fn add(&self, totals: Totals, peak: u64, traces: impl Iterator<Item = Trace>) {
        let mut sum = self.lock();
        sum.totals += totals;
        sum.peak = sum.peak.max(peak);
        sum.attached += 1;
        let room = TRACES - sum.traces.len();
        sum.traces.extend(traces.take(room));
    }
}

#[doc = include_str!("../docs/handle.md")]
#[derive(Clone)]
pub struct Handle {
    shared: Option<Arc<Shared>>,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = self.shared.as_ref().and_then(|shared| shared.site).map(|site| site.name);
        f.debug_struct("Handle").field("of", &of).finish_non_exhaustive()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.take() {
            // The last one frees what is not the program's.
            let _suspended = line::suspend();
            drop(shared);
        }
    }
}

impl Handle {
    /// The handle of the innermost region that the calling thread is in.
    #[must_use]
    pub fn current() -> Self {
        if region::is_suspended() {
            return Self { shared: None };
        }
        let context = context::context();
        // SAFETY: the line is valid on this thread, and no reference to it is held.
        let now = unsafe { *line::line() }.totals();
        let _suspended = line::suspend();
        // SAFETY: the context is valid on this thread; nothing is counted while the reference is held.
        let context = unsafe { &mut *context };
        let Some(region) = context.innermost() else { return Self { shared: None } };
        let used = now - region.start;
        let is_attached = region.role == Role::Attached;
        let shared = match &region.shared {
            Some(shared) => Arc::clone(shared),
            None => Arc::clone(region.shared.insert(Arc::new(Shared::of(region)))),
        };
        if !is_attached {
            shared.lock().before = used;
        }
        Self { shared: Some(shared) }
    }

    /// Calls the closure; what the calling thread allocates in it counts for the region.
    ///
    /// On the region's own thread, where it counts anyway, it is only called: a pool may run a closure there.
    ///
    /// # Panics
    ///
    /// When the closure does. Over the budget is the region's to say, when it ends.
    pub fn attach<R>(&self, f: impl FnOnce() -> R) -> R {
        let _attached = self.shared.as_ref().and_then(Attachment::begin);
        f()
    }

    /// The future, attached in each of its polls, on whatever threads they are.
    ///
    /// ```
    /// # async fn example() {
    /// let handle = alloc_kit::Handle::current();
    /// // As it would be given to `tokio::spawn`.
    /// let task = handle.attach_future(async { 1 + 1 });
    /// assert_eq!(task.await, 2);
    /// # }
    /// ```
    pub fn attach_future<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        Attached { future: Some(future), handle: self.clone() }
    }
}

/// A stretch of work that is attached.
struct Attachment<'a> {
    shared: &'a Arc<Shared>,
    place: Place,
    /// What the region had used before, here and elsewhere.
    before: Totals,
}

impl<'a> Attachment<'a> {
    fn begin(shared: &'a Arc<Shared>) -> Option<Self> {
        if region::is_suspended() {
            return None;
        }
        let context = context::context();
        // SAFETY: the context is valid on this thread; nothing is counted while the reference is held, but where
        // counting is suspended.
        let context = unsafe { &mut *context };
        let is_here = |region: &Region| region.shared.as_ref().is_some_and(|here| Arc::ptr_eq(here, shared));
        if context.regions.iter().any(is_here) {
            return None;
        }
        let suspended = line::suspend();
        if shared.closed.load(Ordering::Relaxed) {
            let name = shared.site.map_or("?", |site| site.name);
            mode::say(&format!(
                "alloc-kit: a thread was attached to `{name}` after its end, and not counted"
            ));
            return None;
        }
        let sum = shared.lock();
        let before = sum.before + sum.totals;
        drop(sum);
        drop(suspended);
        let Shared { site, path, limits, .. } = **shared;
        let entry = Entry { role: Role::Attached, site, path, limits };
        let place = region::enter(context, entry, before, Some(Arc::clone(shared)));
        Some(Self { shared, place, before })
    }
}

impl Drop for Attachment<'_> {
    fn drop(&mut self) {
        let context: *mut Context = context::context();
        // SAFETY: the context is valid on this thread; nothing is counted while the reference is held.
        let context = unsafe { &mut *context };
        let Some(ended) = region::leave(context, self.place) else { return };
        let _suspended = line::suspend();
        if let Some(site) = ended.region.site.filter(|_| ended.region.over) {
            site.stats.was_over();
        }
        // The stretch began where `before` ends.
        let peak = ended.usage.peak_bytes.saturating_add_signed(self.before.live_bytes.saturating_neg());
        self.shared.add(ended.own - self.before, peak, context.traces.of(ended.depth).copied());
        context.traces.forget(ended.depth);
        drop(ended);
    }
}

/// A future that counts for the region of a handle.
struct Attached<F> {
    /// Pinned with this, and dropped in place.
    future: Option<F>,
    handle: Handle,
}

impl<F: Future> Future for Attached<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<F::Output> {
        // SAFETY: nothing is moved out of it.
        let Self { future, handle } = unsafe { self.get_unchecked_mut() };
        // SAFETY: the future is pinned, since this is.
        let future = unsafe { Pin::new_unchecked(future) };
        let mut future = future;
        let attached = handle.shared.as_ref().and_then(Attachment::begin);
        let result = future.as_mut().as_pin_mut().expect("polled after it was ready").poll(task);
        if result.is_ready() {
            future.set(None);
        }
        drop(attached);
        if result.is_ready() {
            // Whoever waits for the result may end the region next.
            *handle = Handle { shared: None };
        }
        result
    }
}

impl<F> Drop for Attached<F> {
    fn drop(&mut self) {
        if self.future.is_some() {
            let _attached = self.handle.shared.as_ref().and_then(Attachment::begin);
            // SAFETY: the future is pinned if this was, and is dropped where it is.
            unsafe { Pin::new_unchecked(&mut self.future) }.set(None);
        }
    }
}
