//! From one round to the next: what is kept, what is given back, and how large the next chunk is.
//!
//! bumpalo's `reset` keeps the last chunk, however large or small. Here it is kept within the bound, and where a round like
//! the largest one fits in. Otherwise none is kept, and the next round begins with one of that size: made at the round's
//! first request, so that a reset never allocates.

#![allow(unsafe_code, reason = "the sizes of bumpalo's chunks")]

use core::alloc::Layout;
use core::ptr::NonNull;

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use super::Arena;

/// bumpalo rounds what a chunk is, with its footer and the allocator's, up to pages, and below that to a power of two.
const PAGE_BYTES: usize = 4096;
const LEAST_CHUNK_BYTES: usize = 512;
const CHUNK_OVERHEAD_BYTES: usize = 64;

impl Arena {
    /// Ends a round: all that was put in is gone, and a chunk of up to [`max_bytes`](Self::max_bytes) is kept.
    ///
    /// Never allocates, and in a steady state does not free either. [`scope`](Self::scope) calls it for you.
    ///
    /// ```
    /// let mut arena = alloc_kit::Arena::new();
    /// for line in ["a b c", "d"] {
    ///     let words = arena.alloc_from_iter(line.split(' '));
    ///     assert!(words.len() <= 3);
    ///     arena.reset();
    /// }
    /// assert!(arena.high_water() >= 3 * size_of::<&str>() && arena.retained_bytes() > 0);
    /// ```
    #[inline]
    pub fn reset(&mut self) {
        self.high_water = self.high_water();
        if self.bump.allocated_bytes() == self.begun_with_bytes {
            self.bump.reset();
        } else {
            self.give_back();
        }
    }

    /// Chunks were added, or one is there that nobody has looked at.
    #[cold]
    #[inline(never)]
    fn give_back(&mut self) {
        if self.retained_bytes() != 0 {
            self.bump.reset();
        } else {
            let limit = self.bump.allocation_limit();
            self.bump = Bump::new();
            self.close(limit);
        }
        self.begun_with_bytes = self.bump.allocated_bytes();
    }

    /// Lets no chunk be made but by `open`.
    fn close(&mut self, limit: Option<usize>) {
        let bytes = self.wanted_bytes();
        if bytes == 0 {
            self.bump.set_allocation_limit(limit);
        } else {
            self.limit = limit;
            self.bump.set_allocation_limit(Some(0));
            self.next_bytes.set(bytes);
        }
    }

    /// Makes the first chunk of a round that is known to need so much. If there is no memory for it, a smaller one may do.
    #[cold]
    #[inline(never)]
    pub(super) fn open(&self) {
        let bytes = self.next_bytes.replace(0);
        self.bump.set_allocation_limit(self.limit);
        // A vector that is dropped as the last in its chunk leaves the chunk as if it had not been.
        let mut room = BumpVec::<u8>::new_in(&self.bump);
        let _refused = room.try_reserve_exact(bytes);
    }

    /// When bumpalo has no place: the chunk of this round is still to be made, or there is no memory.
    #[cold]
    #[inline(never)]
    pub(super) fn place_after_all(&self, layout: Layout) -> Option<NonNull<u8>> {
        if self.next_bytes.get() == 0 {
            return None;
        }
        self.open();
        self.bump.try_alloc_layout(layout).ok()
    }

    /// All that a chunk before the last had counts as used.
    #[inline]
    pub(super) fn used_bytes(&self) -> usize {
        self.bump.allocated_bytes() - self.bump.chunk_capacity()
    }

    /// How large the chunk of the next round should be, at least.
    pub(super) fn wanted_bytes(&self) -> usize {
        self.high_water().min(largest_chunk_bytes(self.max_bytes))
    }

    /// The bytes that the last chunk has for values, and all that it takes; zeros without one.
    pub(super) fn last_chunk(&self) -> (usize, usize) {
        // SAFETY:
        // - Nothing is put in while the iterator lives, which is in this function.
        // - What is in the chunks isn't read: only lengths are looked at.
        let mut chunks = unsafe { self.bump.iter_allocated_chunks_raw() };
        let Some((_, used)) = chunks.next() else { return (0, 0) };
        let capacity = used + self.bump.chunk_capacity();
        let of_footers = self.bump.allocated_bytes_including_metadata() - self.bump.allocated_bytes();
        (capacity, capacity + of_footers / (1 + chunks.count()))
    }
}

/// The most to ask of a chunk for it to be within the bound with all that comes with it; 0 if the smallest is not.
fn largest_chunk_bytes(max_bytes: usize) -> usize {
    match max_bytes {
        ..LEAST_CHUNK_BYTES => 0,
        LEAST_CHUNK_BYTES..PAGE_BYTES => (1 << max_bytes.ilog2()) - CHUNK_OVERHEAD_BYTES,
        PAGE_BYTES.. => max_bytes / PAGE_BYTES * PAGE_BYTES - CHUNK_OVERHEAD_BYTES,
    }
}
