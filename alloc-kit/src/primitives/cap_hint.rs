//! The usual length at a call site, learned, so that what is made there has its capacity at once.

use alloc::collections::TryReserveError;
use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::bounds::BUFFER_BYTES;

#[doc = include_str!("../docs/cap_hint.md")]
#[derive(Debug)]
pub struct CapHint {
    /// The usual length. Loaded and stored apart: of two threads that learn at once one may be lost, which costs nothing.
    usual: AtomicUsize,
    max_bytes: usize,
}

impl CapHint {
    /// Knows no length yet: what it makes has no capacity, and does not allocate.
    ///
    /// ```
    /// use alloc_kit::CapHint;
    ///
    /// static FIELDS: CapHint = CapHint::new();
    /// assert_eq!(FIELDS.vec::<&str>().capacity(), 0);
    /// FIELDS.observe(12);
    /// assert!(FIELDS.vec::<&str>().capacity() >= 12);
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self { usual: AtomicUsize::new(0), max_bytes: BUFFER_BYTES }
    }

    /// Makes room for at most so many bytes of elements, whatever was observed; 64 KiB unless told.
    ///
    /// ```
    /// use alloc_kit::CapHint;
    ///
    /// static ROWS: CapHint = CapHint::new().max_bytes(1 << 20);
    /// ROWS.observe(usize::MAX);
    /// assert!(ROWS.capacity::<u64>() <= (1 << 20) / 8);
    /// ```
    #[must_use]
    pub const fn max_bytes(self, max_bytes: usize) -> Self {
        // Not by `..self`, which can't be taken apart in a constant.
        Self { usual: self.usual, max_bytes }
    }

    /// Learns the length of what was made.
    ///
    /// One load, and a store where the length was another than the usual.
    ///
    /// ```
    /// let hint = alloc_kit::CapHint::new();
    /// hint.observe(100); // the first is taken as it is
    /// hint.observe(1000); // a longer one at most doubles it
    /// assert_eq!(hint.capacity::<u8>(), 200);
    /// ```
    #[inline]
    pub fn observe(&self, len: usize) {
        let usual = self.usual.load(Ordering::Relaxed);
        // No element is below a byte, but for those that need no memory.
        let next = learned(usual, len.min(self.max_bytes));
        // The line stays shared between threads while lengths stay the same.
        if next != usual {
            self.usual.store(next, Ordering::Relaxed);
        }
    }

    /// For how many elements there would be room now.
    ///
    /// For collections that are made otherwise: `HashMap::with_capacity(HINT.capacity::<(K, V)>())`.
    ///
    /// ```
    /// use alloc_kit::CapHint;
    /// use std::collections::VecDeque;
    ///
    /// static QUEUED: CapHint = CapHint::new();
    /// QUEUED.observe(40);
    /// let queue: VecDeque<u64> = VecDeque::with_capacity(QUEUED.capacity::<u64>());
    /// assert!(queue.capacity() >= 40);
    /// ```
    #[must_use]
    #[inline]
    pub fn capacity<T>(&self) -> usize {
        // Of zero-sized elements there is always room.
        let max = self.max_bytes / const { if size_of::<T>() == 0 { 1 } else { size_of::<T>() } };
        self.usual.load(Ordering::Relaxed).min(max)
    }

    /// An empty vector with room for the usual length.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit::{CapHint, alloc_budget};
    ///
    /// static EVEN: CapHint = CapHint::new();
    ///
    /// #[alloc_budget(1, warmup = 1)] // the first call has no hint
    /// fn even(numbers: &[u32]) -> Vec<u32> {
    ///     let mut even = EVEN.vec();
    ///     even.extend(numbers.iter().filter(|n| *n % 2 == 0));
    ///     EVEN.observe(even.len());
    ///     even
    /// }
    ///
    /// let numbers: Vec<u32> = (0..100).collect();
    /// assert_eq!(even(&numbers).len(), 50);
    /// assert_eq!(even(&numbers).capacity(), 50);
    /// ```
    ///
    /// # Panics
    ///
    /// As `Vec::with_capacity`, if `max_bytes` is beyond `isize::MAX`. In an out-of-memory the process aborts.
    #[must_use]
    #[inline]
    pub fn vec<T>(&self) -> Vec<T> {
        Vec::with_capacity(self.capacity::<T>())
    }

    /// An empty string with room for the usual length, in bytes.
    ///
    /// ```
    /// static PATHS: alloc_kit::CapHint = alloc_kit::CapHint::new();
    /// for parts in [["usr", "bin"], ["usr", "lib"]] {
    ///     let mut path = PATHS.string();
    ///     parts.iter().for_each(|part| path.extend(["/", part]));
    ///     PATHS.observe(path.len());
    /// }
    /// assert_eq!(PATHS.string().capacity(), 8);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`vec`](Self::vec).
    #[must_use]
    #[inline]
    pub fn string(&self) -> String {
        String::with_capacity(self.capacity::<u8>())
    }

    /// As [`vec`](Self::vec), and does not abort.
    ///
    /// ```
    /// use alloc_kit::CapHint;
    /// use std::collections::TryReserveError;
    ///
    /// static ROWS: CapHint = CapHint::new();
    /// ROWS.observe(500);
    ///
    /// fn rows() -> Result<Vec<u64>, TryReserveError> {
    ///     let mut rows = ROWS.try_vec()?;
    ///     rows.extend(0..500);
    ///     Ok(rows)
    /// }
    /// assert_eq!(rows().map(|rows| rows.capacity()), Ok(500));
    /// ```
    ///
    /// # Errors
    ///
    /// In an out-of-memory.
    #[inline]
    pub fn try_vec<T>(&self) -> Result<Vec<T>, TryReserveError> {
        let mut vec = Vec::new();
        vec.try_reserve_exact(self.capacity::<T>())?;
        Ok(vec)
    }

    /// As [`string`](Self::string), and does not abort.
    ///
    /// ```
    /// let hint = alloc_kit::CapHint::new();
    /// hint.observe(80);
    /// assert_eq!(hint.try_string().map(|line| line.capacity()), Ok(80));
    /// ```
    ///
    /// # Errors
    ///
    /// In an out-of-memory.
    #[inline]
    pub fn try_string(&self) -> Result<String, TryReserveError> {
        let mut string = String::new();
        string.try_reserve_exact(self.capacity::<u8>())?;
        Ok(string)
    }
}

impl Default for CapHint {
    fn default() -> Self {
        Self::new()
    }
}

/// Up to what is longer, but at most to the double, since it may be the only one; down by a sixteenth of the way, and
/// what is a little too much stays, but never more than the double. The first one is taken as it is.
#[inline]
fn learned(usual: usize, len: usize) -> usize {
    if len > usual {
        return if usual == 0 { len } else { len.min(usual.saturating_mul(2)) };
    }
    let above = usual - len;
    usual - (above / 16).max(usize::from(above > len))
}
