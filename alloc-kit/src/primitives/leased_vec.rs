//! [`LeasedVec`], the guard of a lease: a `Vec` whose memory goes back to its [`Recycler`].

use alloc::vec::Vec;
use core::fmt;
use core::mem;
use core::ops::{Deref, DerefMut};
use core::slice;

use super::Recycler;

/// A `Vec<T>` in the memory of a [`Recycler`], which has it back when this is dropped.
///
/// The elements are dropped then. Another `Vec` may be swapped in, and it is the one whose memory comes back. What borrows
/// from a `T` must outlive the lease, also where `T` drops nothing. A lease that is forgotten leaks its memory, and the next one
/// begins anew.
///
/// ```
/// use alloc_kit::{LeasedVec, Recycler};
///
/// fn words<'r, 'line>(line: &'line str, recycler: &'r mut Recycler) -> LeasedVec<'r, &'line str> {
///     let mut words = recycler.lease();
///     words.extend(line.split(' '));
///     words
/// }
///
/// let mut recycler = Recycler::new();
/// assert_eq!(words("to be", &mut recycler)[..], ["to", "be"]);
/// assert!(recycler.retained_bytes() > 0); // for the next line
/// ```
#[must_use = "the memory is leased until this is dropped"]
pub struct LeasedVec<'r, T> {
    pub(super) items: Vec<T>,
    pub(super) home: &'r mut Recycler,
}

impl<T> LeasedVec<'_, T> {
    /// The `Vec` with its memory, which the recycler does not have back.
    ///
    /// ```
    /// let mut recycler = alloc_kit::Recycler::new();
    /// let mut parts = recycler.lease();
    /// parts.extend("a b".split(' '));
    /// let parts: Vec<&str> = parts.into_inner();
    /// assert_eq!((parts.len(), recycler.retained_bytes()), (2, 0));
    /// ```
    #[must_use]
    #[inline]
    pub fn into_inner(mut self) -> Vec<T> {
        mem::take(&mut self.items)
    }
}

impl<T> Drop for LeasedVec<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // If this panics, the memory goes with the field.
        self.items.clear();
        self.home.keep(&mut self.items);
    }
}

impl<T> Deref for LeasedVec<'_, T> {
    type Target = Vec<T>;

    #[inline]
    fn deref(&self) -> &Vec<T> {
        &self.items
    }
}

impl<T> DerefMut for LeasedVec<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
}

impl<'l, T> IntoIterator for &'l LeasedVec<'_, T> {
    type Item = &'l T;
    type IntoIter = slice::Iter<'l, T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<'l, T> IntoIterator for &'l mut LeasedVec<'_, T> {
    type Item = &'l mut T;
    type IntoIter = slice::IterMut<'l, T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter_mut()
    }
}

impl<T: fmt::Debug> fmt::Debug for LeasedVec<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}
