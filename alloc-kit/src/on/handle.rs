//! [`Handle`]: work on another thread that counts for a region on this one.
//!
//! The region and its handles share a sum. A thread that is attached has a region of its own, with what is left of
//! the limits, so that what is over them is traced there; its figures are added to the sum when it ends, and the
//! region looks at the sum when it ends itself.

#![allow(unsafe_code, reason = "the thread's context")]

use core::fmt;
use core::mem;
use core::pin::Pin;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use core::task::{self, Poll};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::context::{self, Exit, Region, Role};
use super::line::{self, Totals};
use super::mode;
use super::region::{self, Before, Entry, Serial};
use super::site::{Limits, Site};
use super::trace::Trace;

/// Traces that are kept of attached threads.
const TRACES: usize = 32;

/// What attached threads add to a region.
pub(super) struct Shared {
    site: Option<&'static Site>,
    path: &'static str,
    limits: Limits,
    /// Of the region around, if that has a handle: what is added here is handed on to it.
    outer: Option<Arc<Shared>>,
    /// Allocations of all that share, as far as they have published them: for them to know when they are over.
    seen: AtomicI64,
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
    /// Whether it is that one, or of a region inside of that one's.
    fn is_within(&self, other: *const Shared) -> bool {
        ptr::eq(self, other) || self.outer.as_ref().is_some_and(|outer| outer.is_within(other))
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
        let shared = outer.share(None);
        // Within an attached region it may be the same one.
        if ptr::eq(self, Arc::as_ptr(shared)) {
            return;
        }
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

impl Region {
    /// Tells the others that share what this thread has used, and gives what all have.
    pub(super) fn publish(&mut self, used: i64) -> Option<i64> {
        let shared = self.shared.as_ref()?;
        let more = used - mem::replace(&mut self.published, used);
        Some(shared.seen.fetch_add(more, Ordering::Relaxed) + more)
    }

    /// What other threads add to it, from now on if nobody did before.
    fn share(&mut self, outer: Option<Arc<Shared>>) -> &Arc<Shared> {
        self.exit = Exit::InFull;
        let Region { site, path, limits, .. } = *self;
        let closed = AtomicBool::new(false);
        let seen = AtomicI64::new(0);
        let shared = || Shared { site, path, limits, outer, seen, sum: Mutex::default(), closed };
        self.shared.get_or_insert_with(|| {
            self.published = 0;
            Arc::new(shared())
        })
    }
}

#[doc = include_str!("../docs/handle.md")]
pub struct Handle {
    shared: Option<Arc<Shared>>,
}

// Written out: a derived one would be labelled as this mode's alone.
#[cfg_attr(docsrs, doc(auto_cfg = false))]
impl Clone for Handle {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

#[cfg_attr(docsrs, doc(auto_cfg = false))]
impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = self.shared.as_ref().and_then(|shared| shared.site).map(|site| site.name);
        f.debug_struct("Handle").field("of", &of).finish_non_exhaustive()
    }
}

#[cfg_attr(docsrs, doc(auto_cfg = false))]
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
    ///
    /// Made inside of `allow_alloc!` it is the exception's: what it attaches is excepted as well, and counts for no budget
    /// around. Make it before.
    ///
    /// Takes one allocation, uncounted, for the first handle of a region.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit::{Handle, assert_alloc_budget};
    /// use std::thread;
    ///
    /// /// What starts a thread takes the handle before it does.
    /// fn in_thread<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    ///     let handle = Handle::current();
    ///     thread::scope(|scope| scope.spawn(move || handle.attach(work)).join().unwrap())
    /// }
    ///
    /// let text = assert_alloc_budget!(20, in_thread(|| "text".to_uppercase()));
    /// assert_eq!(text, "TEXT");
    /// assert_eq!(in_thread(|| 1 + 1), 2); // no region: the handle does nothing
    /// ```
    #[must_use]
    pub fn current() -> Self {
        if !mode::mode().judges() {
            return Self { shared: None };
        }
        // SAFETY: the line is valid on this thread, and no reference to it is held.
        let line = unsafe { &*line::line() };
        let (totals, context) = (line.totals(), line.context);
        // SAFETY: a context that is not null is valid on this thread; nothing is counted while the reference is held,
        // but where counting is suspended.
        let Some(context) = (unsafe { context.as_mut() }) else { return Self { shared: None } };
        let suspended = line::suspend();
        let around = context.regions().iter().rev().take_while(|region| region.role != Role::Allowed);
        let outer = around.skip(1).find_map(|region| region.shared.clone());
        let Some(region) = context.innermost() else { return Self { shared: None } };
        let used = totals - region.start;
        let is_new = region.shared.is_none();
        let shared = Arc::clone(region.share(outer));
        if is_new {
            let mut sum = shared.lock();
            (sum.before.allocations, sum.before.bytes_allocated) = (used.allocations, used.bytes_allocated);
            if !region.is_lean {
                sum.before = used;
            }
        }
        drop(suspended);
        look_at_the_next();
        Self { shared: Some(shared) }
    }

    /// Calls the closure; what the calling thread allocates in it counts for the region.
    ///
    /// On the region's own thread, where it counts anyway, it is only called: a pool may run a closure there.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit::{Handle, assert_alloc_budget};
    /// use std::thread;
    ///
    /// let text = assert_alloc_budget!(20, {
    ///     let handle = Handle::current();
    ///     thread::scope(|scope| scope.spawn(|| handle.attach(|| "text".to_uppercase())).join().unwrap())
    /// });
    /// assert_eq!(text, "TEXT");
    /// ```
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
    /// # let mut waits = std::task::Context::from_waker(std::task::Waker::noop());
    /// # let example = async {
    /// let handle = alloc_kit::Handle::current();
    /// // As it would be given to `tokio::spawn`.
    /// let task = handle.attach_future(async { 1 + 1 });
    /// assert_eq!(task.await, 2);
    /// # };
    /// # assert!(std::pin::pin!(example).poll(&mut waits).is_ready());
    /// ```
    pub fn attach_future<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        Attached { future: Some(future), handle: self.clone() }
    }
}

/// Lets the next allocation trap, which finds out what all that share have left.
fn look_at_the_next() {
    let mut line = line::change();
    let left = line.allocations_left.min(0);
    line.set_allocations_left(left);
}

/// A stretch of work that is attached.
struct Attachment<'a> {
    shared: &'a Arc<Shared>,
    serial: Serial,
    /// What the region had used before, here and elsewhere.
    before: Totals,
}

impl<'a> Attachment<'a> {
    fn begin(shared: &'a Arc<Shared>) -> Option<Self> {
        let context = context::context();
        // SAFETY: a context that is not null is valid on this thread; nothing is counted while the reference is held,
        // but where counting is suspended.
        let context = unsafe { context.as_mut() }?;
        // What an inner region gets is handed on.
        let is_here =
            |region: &Region| region.shared.as_ref().is_some_and(|here| here.is_within(Arc::as_ptr(shared)));
        if context.regions().iter().any(is_here) {
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
        // Of a region that is about all threads it is one of them anyway.
        let limits = Limits { process: false, ..limits };
        let entry = Entry { role: Role::Attached, site, path, limits };
        let before_it = Before { shared: Some(Arc::clone(shared)), process: None };
        let serial = region::enter(context, entry, before, before_it);
        look_at_the_next();
        Some(Self { shared, serial, before })
    }
}

impl Drop for Attachment<'_> {
    fn drop(&mut self) {
        let context = context::context();
        // SAFETY: a context that is not null is valid on this thread; nothing is counted while the reference is held.
        let Some(context) = (unsafe { context.as_mut() }) else { return };
        let Some(mut ended) = region::leave(context, self.serial) else { return };
        ended.region.publish(ended.own.allocations);
        let _suspended = line::suspend();
        if let Some(site) = ended.region.site.filter(|_| ended.region.over) {
            site.stats.was_over();
        }
        // An attached region around that is handed this later is not to have it twice.
        let used = ended.own - self.before;
        for region in context.regions() {
            let is_around = |outer: &Arc<Shared>| self.shared.is_within(Arc::as_ptr(outer));
            if region.role == Role::Attached && region.shared.as_ref().is_some_and(is_around) {
                region.start += used;
            }
        }
        // The stretch began where `before` ends.
        let peak = ended.peak.wrapping_sub(self.before.live_bytes).max(0).cast_unsigned();
        self.shared.add(used, peak, context.traces.of(ended.depth).copied());
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
