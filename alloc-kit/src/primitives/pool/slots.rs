//! The slots of a pool: made all at once, by the first lease, and there as long as the pool.

#![allow(unsafe_code, reason = "slots are shared by threads, and made once")]

use core::marker::PhantomData;
use core::ptr::{self, NonNull};
use core::slice;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::slot::Slot;
use super::sync::AtomicPtr;

/// A boxed slice of `len` slots, or none yet.
pub(super) struct Slots<T> {
    /// The first of them, or null; once it is not, `len` stays.
    pub(super) first: AtomicPtr<Slot<T>>,
    pub(super) len: usize,
    owns: PhantomData<Box<[Slot<T>]>>,
}

// SAFETY:
// - Values are made, lent, dropped and moved out on any thread that shares the slots, each by one at a time: `T: Send`.
// - Never by two at a time, since a slot is held by one (`slot.rs`): `T` need not be `Sync`.
unsafe impl<T: Send> Sync for Slots<T> {}

impl<T> Slots<T> {
    /// None yet: the pointer is null.
    pub(super) const fn with(null: AtomicPtr<Slot<T>>) -> Self {
        Self { first: null, len: 0, owns: PhantomData }
    }

    /// The one with that index, if they are made.
    ///
    /// # Safety
    ///
    /// The index is below `len`, if that is not 0.
    #[inline]
    pub(super) unsafe fn at(&self, index: usize) -> Option<&Slot<T>> {
        let first = NonNull::new(self.first.load(Acquire))?;
        // SAFETY: they are made, so `len` is not 0, and the index below it.
        let slot = unsafe { first.add(index) };
        // SAFETY: it is one of the slots, which are only shared, and live as long as this.
        Some(unsafe { slot.as_ref() })
    }

    /// All of them, if they are made.
    pub(super) fn all(&self) -> &[Slot<T>] {
        match NonNull::new(self.first.load(Acquire)) {
            None => &[],
            // SAFETY:
            // - Not null, it points to `len` slots that live as long as this.
            // - They are only shared: what changes in them is atomic, or in an `UnsafeCell`.
            Some(first) => unsafe { slice::from_raw_parts(first.as_ptr(), self.len) },
        }
    }

    /// Whether `make` is called for.
    pub(super) fn are_wanted(&self) -> bool {
        self.len > 0 && self.first.load(Acquire).is_null()
    }

    /// Makes them, in memory that has room for them, unless another thread was faster.
    pub(super) fn make(&self, mut room: Vec<Slot<T>>, max_bytes: usize) {
        room.extend((0..self.len).map(|_| Slot::new(max_bytes)));
        let slots = Box::into_raw(room.into_boxed_slice());
        if self.first.compare_exchange(ptr::null_mut(), slots.cast(), AcqRel, Relaxed).is_err() {
            // SAFETY: it is from `into_raw`, and nobody else has seen it.
            drop(unsafe { Box::from_raw(slots) });
        }
    }
}

impl<T> Drop for Slots<T> {
    fn drop(&mut self) {
        let first = self.first.load(Relaxed);
        if !first.is_null() {
            let slots = ptr::slice_from_raw_parts_mut(first, self.len);
            // SAFETY: it is from `into_raw` of so many slots, and nobody shares them any more.
            drop(unsafe { Box::from_raw(slots) });
        }
    }
}
