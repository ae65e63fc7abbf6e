//! Slices of what an iterator gives, however much that is.

#![allow(unsafe_code, reason = "values are written behind the length of a vector")]

use bumpalo::collections::Vec as BumpVec;

use super::Arena;
use super::alloc::{or_panic, refuse_drop};
use crate::primitives::OutOfMemory;

impl Arena {
    /// Puts in all that an iterator gives: `collect` into the arena.
    ///
    /// Each value is written once to its place while the iterator gives no more than it said (the lower bound of its
    /// `size_hint`, which is exact for slices, ranges and `map`s of them). What comes after that moves with the
    /// slice as it grows, which takes up to four times its size in the arena. The iterator may itself put values in.
    ///
    /// # Panics
    ///
    /// In an out-of-memory, if the values are more than memory can be, and when the iterator does.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// let fields: &mut [&str] = arena.alloc_from_iter("a=1;b=2".split(';'));
    /// assert_eq!(fields, ["a=1", "b=2"]);
    /// ```
    #[inline]
    pub fn alloc_from_iter<T>(&self, items: impl IntoIterator<Item = T>) -> &mut [T] {
        refuse_drop!(T);
        or_panic(self.put_all(items.into_iter()))
    }

    /// Puts in all that an iterator gives, unless there is no memory.
    ///
    /// # Errors
    ///
    /// In an out-of-memory, and if the values are more than memory can be. What the iterator gave until then is lost.
    ///
    /// # Panics
    ///
    /// When the iterator does.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// assert_eq!(arena.try_alloc_from_iter("a=1;b=2".split(';'))?, ["a=1", "b=2"]);
    /// # Ok::<(), alloc_kit::OutOfMemory>(())
    /// ```
    #[inline]
    pub fn try_alloc_from_iter<T>(
        &self,
        items: impl IntoIterator<Item = T>,
    ) -> Result<&mut [T], OutOfMemory> {
        refuse_drop!(T);
        self.put_all(items.into_iter())
    }

    #[inline]
    fn put_all<T>(&self, items: impl Iterator<Item = T>) -> Result<&mut [T], OutOfMemory> {
        let promised = items.size_hint().0;
        let mut list = BumpVec::new_in(self.bump());
        list.try_reserve_exact(promised).map_err(|_| refused::<T>(promised))?;
        fill(&mut list, items)?;
        Ok(list.into_bump_slice_mut())
    }
}

/// Writes what the iterator gives to the list's memory, which is empty.
///
/// PERF: `push` would keep the length in memory. With a second call of `next` it would not be inlined, and each value would be
/// copied to its place.
#[inline]
fn fill<T>(list: &mut BumpVec<'_, T>, items: impl Iterator<Item = T>) -> Result<(), OutOfMemory> {
    let (mut capacity, mut start) = (list.capacity(), list.as_mut_ptr());
    let mut len = 0;
    for item in items {
        if len == capacity {
            // SAFETY:
            // - There is memory for as many.
            // - They were all written to.
            unsafe { list.set_len(len) };
            grow(list)?;
            (capacity, start) = (list.capacity(), list.as_mut_ptr());
        }
        // SAFETY:
        // - The offset is within the list's memory, which is for `capacity` values: `len` is below.
        let place = unsafe { start.add(len) };
        // SAFETY:
        // - The place is the list's, which is borrowed mutably: nobody else writes to it, or moves it.
        // - It is aligned for a `T`.
        unsafe { place.write(item) };
        len += 1;
    }
    // SAFETY:
    // - There is memory for as many: `len <= capacity`.
    // - They were all written to.
    unsafe { list.set_len(len) };
    Ok(())
}

#[cold]
#[inline(never)]
fn grow<T>(list: &mut BumpVec<'_, T>) -> Result<(), OutOfMemory> {
    let more = list.len().max(4);
    list.try_reserve(more).map_err(|_| refused::<T>(list.len().saturating_add(more)))
}

#[cold]
fn refused<T>(len: usize) -> OutOfMemory {
    OutOfMemory { bytes: len.saturating_mul(size_of::<T>()) }
}
