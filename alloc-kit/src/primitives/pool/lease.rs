//! Who holds a value, and how it goes back.

#![allow(unsafe_code, reason = "a lease has its slot, and the pool, by a raw pointer")]

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::mem::{self, ManuallyDrop};
use core::ops::{Deref, DerefMut};
use core::ptr::{self, NonNull};
use std::thread;

use super::slot::{FREE, Slot};
use super::stats::Overflows;
use super::{Pool, Reuse};

/// A value of a [`Pool`], which goes back when this is dropped, on whichever thread.
///
/// It derefs to the value. What a leased value holds is in no bound of the pool's until it is back.
///
/// ```
/// use alloc_kit::{Lease, Pool};
///
/// static LINES: Pool<String> = Pool::new();
///
/// /// The line is the caller's until it drops it.
/// fn greeting(name: &str) -> Lease<'static, String> {
///     let mut line = LINES.lease();
///     line.push_str("hello, ");
///     line.push_str(name);
///     line
/// }
///
/// assert_eq!(*greeting("you"), "hello, you");
/// assert_eq!(LINES.stats().values_kept, 1);
/// ```
#[must_use = "the value goes back when the lease ends"]
pub struct Lease<'pool, T: Reuse> {
    held: Held<T>,
    pool: &'pool Pool<T>,
}

/// A value of a [`Pool`] in an [`Arc`], which goes back when this is dropped, on whichever thread: a [`Lease`] that is
/// `'static`, for tasks.
///
/// ```
/// use alloc_kit::{ArcLease, Pool};
/// use std::sync::{Arc, mpsc};
/// use std::thread;
///
/// let pool = Arc::new(Pool::<Vec<u8>>::new());
/// let (sender, receiver) = mpsc::channel::<ArcLease<Vec<u8>>>();
/// let reader = thread::spawn(move || receiver.iter().map(|body| body.len()).sum::<usize>());
/// for part in ["alpha", "beta"] {
///     let mut body = pool.lease_arc();
///     body.extend_from_slice(part.as_bytes());
///     sender.send(body).unwrap();
/// }
/// drop(sender);
/// assert_eq!(reader.join().unwrap(), 9);
/// assert_eq!(pool.stats().values_leased, 0); // the reader gave them back
/// ```
#[must_use = "the value goes back when the lease ends"]
pub struct ArcLease<T: Reuse> {
    held: Held<T>,
    pool: Arc<Pool<T>>,
}

/// A value that is held: in a slot of the pool's, or in one of its own.
///
/// It is no more than its parts: whoever has it ends it, once.
///
/// PERF: two words, which come in registers from where a value is found on the slow path.
pub(super) struct Held<T> {
    /// Held, and with a value, until it ends.
    slot: NonNull<Slot<T>>,
    /// What the slot's state becomes; `OVERFLOWING` if it is from `Box::leak`.
    back: usize,
}

/// No state of a slot.
const OVERFLOWING: usize = 0;

impl<T> Held<T> {
    /// The value of a slot, which was just claimed; made, if it has none.
    #[inline]
    pub(super) fn in_slot(slot: &Slot<T>, back: usize, make: fn() -> T) -> Self {
        // SAFETY: it is a valid place, and ours, since the slot is held.
        let place = unsafe { &mut *slot.value() };
        if place.is_some() {
            slot.count_reused();
        } else {
            make_in(slot, place, back, make);
        }
        Self { slot: NonNull::from(slot), back }
    }

    /// A value that is never kept.
    pub(super) fn overflowing(make: fn() -> T, overflows: &Overflows) -> Self {
        let slot = Box::leak(Box::new(Slot::holding(make())));
        overflows.count_start();
        Self { slot: NonNull::from(slot), back: OVERFLOWING }
    }

    /// The value.
    #[inline]
    fn value(&self) -> &T {
        // SAFETY: the slot is there as long as it is held.
        let slot = unsafe { self.slot.as_ref() };
        // SAFETY: it is a valid place, and ours, since the slot is held; a lease that is shared is only read, by all.
        let place = unsafe { &*slot.value() };
        // SAFETY: from `in_slot` and `overflowing` on, to the end, there is a value.
        unsafe { place.as_ref().unwrap_unchecked() }
    }

    /// The value, to be changed.
    #[inline]
    fn value_mut(&mut self) -> &mut T {
        // SAFETY: the slot is there as long as it is held.
        let slot = unsafe { self.slot.as_ref() };
        // SAFETY: it is a valid place, and ours, since the slot is held, by what is borrowed mutably.
        let place = unsafe { &mut *slot.value() };
        // SAFETY: from `in_slot` and `overflowing` on, to the end, there is a value.
        unsafe { place.as_mut().unwrap_unchecked() }
    }
}

#[cold]
#[inline(never)]
fn make_in<T>(slot: &Slot<T>, place: &mut Option<T>, back: usize, make: fn() -> T) {
    let free = OnDrop(|| {
        // SAFETY: the slot is held, and whoever holds it will not go on after a panic.
        unsafe { slot.release(back) };
    });
    *place = Some(make());
    mem::forget(free);
    slot.count_made();
}

/// Frees the value of a slot that is held, if there is one, and then the slot, also if the drop panics.
#[cold]
#[inline(never)]
fn give_back<T>(slot: &Slot<T>, back: usize, max_bytes: usize) {
    slot.note_given_back(max_bytes);
    let _free = OnDrop(|| {
        // SAFETY: the slot is held, and its value was dropped.
        unsafe { slot.release(back) };
    });
    // SAFETY: it is a valid place, and ours, since the slot is held.
    let place = unsafe { &mut *slot.value() };
    *place = None;
}

/// Empties a slot that was just claimed.
pub(super) fn empty<T>(slot: &Slot<T>, max_bytes: usize) {
    if slot.seems_full() {
        give_back(slot, FREE, max_bytes);
    } else {
        // SAFETY: the slot is held, and its value was not touched.
        unsafe { slot.release(FREE) };
    }
}

impl<T: Reuse> Held<T> {
    /// Ends it: the value goes back, or is freed.
    ///
    /// # Safety
    ///
    /// It has not ended, is not used again, and `pool`, whose it is, is there.
    #[inline]
    unsafe fn end(&mut self, pool: &Pool<T>) {
        if self.back == OVERFLOWING {
            // SAFETY: the caller's promise.
            return drop(unsafe { self.unbox(pool) });
        }
        let back = self.back;
        // SAFETY: the slot lives as long as the pool.
        let slot = unsafe { self.slot.as_ref() };
        if thread::panicking() {
            return give_back(slot, back, pool.max_bytes);
        }
        let unreset = OnDrop(|| give_back(slot, back, pool.max_bytes));
        let value = self.value_mut();
        value.reset();
        let retained_bytes = value.retained_bytes();
        mem::forget(unreset);
        if slot.is_over_limit(retained_bytes) {
            return give_back(slot, back, pool.max_bytes);
        }
        slot.note_kept(retained_bytes);
        // SAFETY: the slot is held, and the value not used again.
        unsafe { slot.release(back) };
    }

    /// Ends it: the value is the caller's.
    ///
    /// # Safety
    ///
    /// It has not ended, is not used again, and `pool`, whose it is, is there.
    unsafe fn take(&mut self, pool: &Pool<T>) -> T {
        let value = if self.back == OVERFLOWING {
            // SAFETY: the caller's promise.
            unsafe { self.unbox(pool) }.into_value()
        } else {
            // SAFETY: the slot lives as long as the pool.
            let slot = unsafe { self.slot.as_ref() };
            // SAFETY: it is a valid place, and ours, since the slot is held.
            let place = unsafe { &mut *slot.value() };
            let value = place.take();
            slot.note_empty(pool.max_bytes);
            // SAFETY: the slot is held, and the value elsewhere.
            unsafe { slot.release(self.back) };
            value
        };
        value.expect("what is held has a value")
    }

    /// The box of one that overflows.
    ///
    /// # Safety
    ///
    /// It does, has not ended, and is not used again.
    #[cold]
    #[inline(never)]
    unsafe fn unbox(&mut self, pool: &Pool<T>) -> Box<Slot<T>> {
        pool.overflows.count_end();
        // SAFETY: it is from `Box::leak`, and not used again.
        unsafe { Box::from_raw(self.slot.as_ptr()) }
    }
}

/// Runs it at the end of the scope, also by a panic.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    #[inline]
    fn drop(&mut self) {
        (self.0)();
    }
}

impl<'pool, T: Reuse> Lease<'pool, T> {
    #[inline]
    pub(super) fn new(held: Held<T>, pool: &'pool Pool<T>) -> Self {
        Self { held, pool }
    }

    /// Takes the value out of the pool, as it is.
    ///
    /// ```
    /// let pool = alloc_kit::Pool::<String>::new();
    /// let mut text = pool.lease();
    /// text.push_str("kept by the caller");
    /// let text: String = text.into_inner();
    /// assert_eq!((text.as_str(), pool.stats().values_kept), ("kept by the caller", 0));
    /// ```
    #[must_use = "the value is dropped if it is not used"]
    pub fn into_inner(self) -> T {
        let mut lease = ManuallyDrop::new(self);
        let pool = lease.pool;
        // SAFETY: the lease is not used again, nor dropped.
        unsafe { lease.held.take(pool) }
    }
}

impl<T: Reuse> ArcLease<T> {
    #[inline]
    pub(super) fn new(held: Held<T>, pool: Arc<Pool<T>>) -> Self {
        Self { held, pool }
    }

    /// Takes the value out of the pool, as it is.
    ///
    /// The slot is free then, and the next lease that gets it makes a value. The `Arc` is dropped.
    ///
    /// ```
    /// use alloc_kit::Pool;
    /// use std::sync::Arc;
    ///
    /// let pool = Arc::new(Pool::<String>::new());
    /// let mut text = pool.lease_arc();
    /// text.push_str("kept by the caller");
    /// let text: String = text.into_inner();
    /// assert_eq!((text.as_str(), Arc::strong_count(&pool)), ("kept by the caller", 1));
    /// ```
    #[must_use = "the value is dropped if it is not used"]
    pub fn into_inner(self) -> T {
        let mut lease = ManuallyDrop::new(self);
        // SAFETY: the lease is not used again, nor dropped.
        let pool = unsafe { ptr::read(&raw const lease.pool) };
        // SAFETY: as before, and the pool is still there.
        unsafe { lease.held.take(&pool) }
    }
}

impl<T: Reuse> Drop for Lease<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a lease is dropped once, and the pool is borrowed.
        unsafe { self.held.end(self.pool) };
    }
}

impl<T: Reuse> Drop for ArcLease<T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a lease is dropped once, and the pool's reference after this.
        unsafe { self.held.end(&self.pool) };
    }
}

/// What both kinds of lease are alike in.
macro_rules! of_leases {
    ($($lease:ty),*) => {$(
        // SAFETY: it is the one that may touch the value, and moves to another thread with it.
        unsafe impl<T: Reuse + Send> Send for $lease {}

        // SAFETY: shared, it only gives `&T`.
        unsafe impl<T: Reuse + Sync> Sync for $lease {}

        impl<T: Reuse> Deref for $lease {
            type Target = T;

            #[inline]
            fn deref(&self) -> &T {
                self.held.value()
            }
        }

        impl<T: Reuse> DerefMut for $lease {
            #[inline]
            fn deref_mut(&mut self) -> &mut T {
                self.held.value_mut()
            }
        }

        impl<T: Reuse + fmt::Debug> fmt::Debug for $lease {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    )*};
}

of_leases!(Lease<'_, T>, ArcLease<T>);
