//! `Arena`: bumpalo, with what it leaves to its user: no destructor forgotten, a reset never forgotten, memory given back.

mod alloc;
mod format;
mod iterator;
mod rounds;

use core::cell::Cell;
use core::fmt;

use bumpalo::Bump;

use crate::primitives::bounds::TOTAL_BYTES;
use crate::primitives::{OutOfMemory, Reuse};

#[doc = include_str!("../../docs/arena.md")]
pub struct Arena {
    bump: Bump,
    /// The most that was in use when a round ended.
    high_water: usize,
    max_bytes: usize,
    /// What `bump` had when the round began; if it still has, there is nothing to give back.
    begun_with_bytes: usize,
    /// How large the first chunk of this round will be; 0 once it is there, or if nothing is known of rounds.
    ///
    /// While it isn't 0 `bump` has no chunk, and may have none: every request comes to the slow path.
    next_bytes: Cell<usize>,
    /// What the user set for `bump`, for when it may have chunks again.
    limit: Option<usize>,
}

impl Arena {
    /// Without memory: the first value that is put in allocates.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// assert_eq!(arena.retained_bytes(), 0);
    /// assert_eq!(arena.alloc_str("text"), "text");
    /// ```
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self::of(Bump::new())
    }

    /// With memory for at least so many bytes in one chunk; for a size that is known before the first round.
    ///
    /// If it is above [`max_bytes`](Self::max_bytes) it is given back by the first `reset`.
    ///
    /// # Panics
    ///
    /// In an out-of-memory.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::with_capacity(10_000);
    /// assert!(arena.retained_bytes() >= 10_000);
    /// ```
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self::try_with_capacity(bytes).unwrap_or_else(|error| error.panic())
    }

    /// [`with_capacity`](Self::with_capacity) that returns an out-of-memory.
    ///
    /// # Errors
    ///
    /// In an out-of-memory.
    ///
    /// ```
    /// use alloc_kit::Arena;
    ///
    /// assert!(Arena::try_with_capacity(10_000).is_ok());
    /// assert!(Arena::try_with_capacity(usize::MAX).is_err());
    /// ```
    pub fn try_with_capacity(bytes: usize) -> Result<Self, OutOfMemory> {
        // Above it, bumpalo's own arithmetic would panic.
        if bytes > isize::MAX.cast_unsigned() {
            return Err(OutOfMemory::of_bytes(bytes));
        }
        Bump::try_with_capacity(bytes).map(Self::of).map_err(|_| OutOfMemory::of_bytes(bytes))
    }

    fn of(bump: Bump) -> Self {
        Self {
            bump,
            high_water: 0,
            max_bytes: TOTAL_BYTES,
            begun_with_bytes: 0,
            next_bytes: Cell::new(0),
            limit: None,
        }
    }

    /// How much memory is kept from one round to the next, in bytes: 1,048,576 unless told.
    ///
    /// Not how much a round may use. A round that used more gives all of its memory back when it ends.
    ///
    /// ```
    /// let mut arena = alloc_kit::Arena::new().max_bytes(10_000);
    /// arena.scope(|arena| {
    ///     arena.alloc_slice_copy(&[0_u8; 100_000]);
    /// });
    /// assert!(arena.retained_bytes() <= 10_000);
    /// ```
    #[must_use]
    pub const fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        // What there is now may be more.
        self.begun_with_bytes = 0;
        self
    }

    /// Calls the closure with the arena, and resets it when that returns or panics.
    ///
    /// Nothing that was put in leaves: not by what the closure returns, nor by a collection from outside.
    ///
    /// # Panics
    ///
    /// When the closure does; the arena is reset and can be used.
    ///
    /// ```
    /// # use alloc_kit::Arena;
    /// let mut arena = Arena::new();
    /// let longest = arena.scope(|arena| {
    ///     let words: &[&str] = arena.alloc_from_iter("a fine day".split(' '));
    ///     words.iter().map(|word| word.len()).max()
    /// });
    /// assert_eq!(longest, Some(4));
    /// ```
    #[inline]
    pub fn scope<R>(&mut self, f: impl for<'s> FnOnce(&'s Self) -> R) -> R {
        let guard = ResetGuard(self);
        f(guard.0)
    }

    /// The arena of bumpalo, for its collections: `bumpalo::collections::Vec::new_in(arena.bump())`.
    ///
    /// What is put in by its own methods is not checked for destructors: they do not run. A limit that is set on it holds for
    /// all rounds to come.
    ///
    /// ```
    /// use alloc_kit::{Arena, bumpalo::collections::Vec};
    ///
    /// let mut arena = Arena::new();
    /// let sum = arena.scope(|arena| {
    ///     let mut numbers = Vec::new_in(arena.bump());
    ///     numbers.extend(1..=4);
    ///     numbers.iter().sum::<i32>()
    /// });
    /// assert_eq!(sum, 10);
    /// ```
    #[inline]
    #[must_use]
    pub fn bump(&self) -> &Bump {
        if self.next_bytes.get() != 0 {
            self.open();
        }
        &self.bump
    }

    /// The most that one round has used so far, in bytes: with padding, and what was left over at the end of a chunk.
    ///
    /// ```
    /// let mut arena = alloc_kit::Arena::new();
    /// for words in [["a", "fine"], ["long", "day"]] {
    ///     arena.scope(|arena| arena.alloc_slice_copy(&words).len());
    /// }
    /// assert_eq!(arena.high_water(), size_of::<[&str; 2]>());
    /// ```
    #[inline]
    #[must_use]
    pub fn high_water(&self) -> usize {
        self.high_water.max(self.used_bytes())
    }

    /// How much heap memory a `reset` keeps, in bytes: never more than [`max_bytes`](Self::max_bytes).
    ///
    /// It is that of the last chunk, or 0 where that is not kept: it is above the bound, or too small for the next round.
    ///
    /// ```
    /// let mut arena = alloc_kit::Arena::new();
    /// arena.scope(|arena| arena.alloc_str("text").len());
    /// assert!(arena.retained_bytes() > 4);
    /// ```
    #[must_use]
    pub fn retained_bytes(&self) -> usize {
        let (capacity, bytes) = self.last_chunk();
        if bytes <= self.max_bytes && capacity >= self.wanted_bytes() { bytes } else { 0 }
    }
}

impl Default for Arena {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena")
            .field("used_bytes", &self.used_bytes())
            .field("high_water", &self.high_water())
            .field("retained_bytes", &self.retained_bytes())
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}

/// So that an arena can be lent and leased. Before a `reset`, what that will give back is in the figure, too.
impl Reuse for Arena {
    #[inline]
    fn reset(&mut self) {
        self.reset();
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        self.bump.allocated_bytes_including_metadata()
    }
}

/// Ends a round, also when it ends by a panic.
struct ResetGuard<'a>(&'a mut Arena);

impl Drop for ResetGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.reset();
    }
}
