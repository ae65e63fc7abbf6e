//! [`Scratch`], a place for one buffer behind a shared reference; `lend.rs` is for one in a thread-local.
//!
//! The value is taken out of its place, used, and put back. So the place holds a value that is reset or none, and whoever
//! comes while it is out, or after a panic, starts with a fresh one.

#![allow(unsafe_code, reason = "a look at what a `Cell` holds")]

use core::cell::Cell;
use core::fmt;
use core::panic::{RefUnwindSafe, UnwindSafe};

use super::Reuse;
use super::bounds;

/// A buffer that a function uses and leaves empty, kept behind `&self`: where a `RefCell` would panic when it is entered again.
///
/// For a field of a struct that is used by `&self`, or, with the feature `std`, a thread-local (`Lend`). Where there is a
/// `&mut self`, a plain field that is [reset](Reuse::reset) does. A `T` that is large in itself, such as an `ArrayVec`, is moved twice for each use: take a
/// `Box` of it.
///
/// # Replaces
///
/// ```
/// use alloc_kit::Scratch;
/// # use std::cell::RefCell;
///
/// # struct Before { line: RefCell<String> }
/// // Before: panics if `f` gets here again, and is as large as the longest line ever.
/// # impl Before { fn with(&self, f: impl FnOnce(&mut String)) {
/// let mut line = self.line.borrow_mut();
/// line.clear();
/// f(&mut line);
/// # }}
/// # Before { line: RefCell::default() }.with(|line| line.push('x'));
/// # struct After { line: Scratch<String> }
/// // After.
/// # impl After { fn with(&self, f: impl FnOnce(&mut String)) {
/// self.line.lend(|line| f(line));
/// # }}
/// # After { line: Scratch::new() }.with(|line| line.push('x'));
/// ```
///
/// # Cost
///
/// What `take`, `clear` and `set` of a `Cell` cost by hand; that is some twenty instructions more than a `RefCell`, which moves
/// nothing. An allocation only where none of the values was as large before.
///
/// # When not
///
/// Where a buffer has its size at once, and much is done with what is in it: copies of windows of a thousand numbers, of which a
/// median is found, take 1.01 of the time in new vectors
/// (`cargo bench -p alloc-kit-benches --bench wins -- --only windows`). It still saves the
/// allocations, for a budget. More is under [when reuse does not pay](crate::_no_gain).
///
/// # Bound
///
/// After each use at most 64 KiB are kept, as [`Reuse::retained_bytes`] counts them, or what
/// [`max_bytes`](Self::max_bytes) says; a value that has grown beyond is given back. While it is lent there is no bound.
///
/// # Thread safety
///
/// It is `Send` if `T` is, and never `Sync`: for threads there are thread-locals.
pub struct Scratch<T> {
    kept: Cell<Option<T>>,
    max_bytes: usize,
}

impl<T> Scratch<T> {
    /// Holds nothing yet: the first use makes the value, by `T::default`.
    ///
    /// ```
    /// use alloc_kit::Scratch;
    ///
    /// struct Writer {
    ///     line: Scratch<String>,
    /// }
    ///
    /// let writer = Writer { line: Scratch::new() };
    /// assert_eq!(writer.line.retained_bytes(), 0);
    /// ```
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self { kept: Cell::new(None), max_bytes: bounds::BUFFER_BYTES }
    }

    /// Keeps a value only if it retains at most so many bytes. With 0, no memory is kept.
    ///
    /// ```
    /// use alloc_kit::Scratch;
    ///
    /// let scratch: Scratch<Vec<u8>> = Scratch::new().max_bytes(1 << 20);
    /// scratch.lend(|buffer| buffer.reserve(100_000));
    /// assert!(scratch.retained_bytes() >= 100_000);
    /// ```
    #[must_use]
    #[inline]
    pub const fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Gives back what is kept. A value that is lent at the moment is not meant.
    ///
    /// # Panics
    ///
    /// If the drop of the value does.
    ///
    /// ```
    /// let scratch = alloc_kit::Scratch::<String>::new();
    /// scratch.lend(|line| line.push_str("text"));
    /// scratch.give_back();
    /// assert_eq!(scratch.retained_bytes(), 0);
    /// ```
    pub fn give_back(&self) {
        drop(self.kept.take());
    }
}

impl<T> Scratch<T> {
    #[inline]
    fn is_empty(&self) -> bool {
        // SAFETY: the pointer is valid, and no reference is held to what it points to: the value is moved in and out.
        let kept = unsafe { &*self.kept.as_ptr() };
        kept.is_none()
    }
}

impl<T: Reuse> Scratch<T> {
    /// Calls `f` with an empty value, then resets the value and keeps it for the next call.
    ///
    /// May be called in `f`, which then gets another value; the larger one that is within the bound is kept.
    ///
    /// ```
    /// use alloc_kit::Scratch;
    ///
    /// let scratch: Scratch<String> = Scratch::new();
    /// let shouted = |word: &str| scratch.lend(|text| {
    ///     text.extend(word.chars().flat_map(char::to_uppercase));
    ///     text.len()
    /// });
    /// assert_eq!((shouted("straße"), shouted("on")), (7, 2));
    /// ```
    ///
    /// # Panics
    ///
    /// When `f`, `T::default`, the reset or the drop of a value does. The value is dropped then, and the next call starts with a
    /// fresh one.
    ///
    /// # In an out-of-memory
    ///
    /// It allocates nothing itself, `T::default` aside, which does not for collections: in `f` a `try_reserve` is answered as
    /// anywhere.
    #[inline]
    pub fn lend<R>(&self, f: impl FnOnce(&mut T) -> R) -> R
    where
        T: Default,
    {
        let mut lent = self.kept.take();
        let value = lent.get_or_insert_with(T::default);
        let result = f(value);
        value.reset();
        let fits = value.retained_bytes() <= self.max_bytes;
        if fits && self.is_empty() {
            self.kept.set(lent);
        } else {
            self.keep_larger(lent, fits);
        }
        result
    }

    /// How much heap memory is kept, in bytes: 0 also while the value is lent.
    ///
    /// ```
    /// let scratch = alloc_kit::Scratch::<Vec<u32>>::new();
    /// scratch.lend(|numbers| numbers.reserve_exact(10));
    /// assert_eq!(scratch.retained_bytes(), 40);
    /// ```
    #[must_use]
    pub fn retained_bytes(&self) -> usize {
        let Some(value) = self.kept.take() else { return 0 };
        let retained_bytes = value.retained_bytes();
        self.kept.set(Some(value));
        retained_bytes
    }

    /// For one that is beyond the bound, or came back after another one had.
    #[cold]
    #[inline(never)]
    fn keep_larger(&self, lent: Option<T>, fits: bool) {
        let retained_bytes = |value: &Option<T>| value.as_ref().map_or(0, T::retained_bytes);
        let kept = self.kept.take();
        let (larger, smaller) =
            if fits && retained_bytes(&lent) > retained_bytes(&kept) { (lent, kept) } else { (kept, lent) };
        self.kept.set(larger);
        // Last, since it may come here again, or panic.
        drop(smaller);
    }
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// An empty place with the same bound: what is kept is not copied.
impl<T> Clone for Scratch<T> {
    fn clone(&self) -> Self {
        Self::new().max_bytes(self.max_bytes)
    }
}

impl<T: Reuse> fmt::Debug for Scratch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch")
            .field("retained_bytes", &self.retained_bytes())
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}

// A panic leaves nothing behind: the place only ever holds values that were reset.
impl<T> RefUnwindSafe for Scratch<T> {}
impl<T> UnwindSafe for Scratch<T> {}
