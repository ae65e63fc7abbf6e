//! What [`Slots`] has in common with `Vec`: a slice of the live elements, iteration, comparison, copies.

use core::fmt;
use core::ops::{Deref, DerefMut};

use super::{Reuse, Slots};

/// The elements, without those that are kept.
impl<T> Deref for Slots<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.all[..self.len]
    }
}

/// The elements, to be changed or sorted: what they retain is counted again at the next [`clear`](Slots::clear).
impl<T> DerefMut for Slots<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        self.live_mut()
    }
}

impl<'s, T> IntoIterator for &'s Slots<T> {
    type Item = &'s T;
    type IntoIter = core::slice::Iter<'s, T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'s, T> IntoIterator for &'s mut Slots<T> {
    type Item = &'s mut T;
    type IntoIter = core::slice::IterMut<'s, T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

/// [Copies](Slots::push_clone) of each. The list grows at most once where the iterator knows its length.
impl<'t, T: Reuse + Clone + 't> Extend<&'t T> for Slots<T> {
    #[inline]
    fn extend<I: IntoIterator<Item = &'t T>>(&mut self, items: I) {
        let items = items.into_iter();
        let kept = self.all.len() - self.len;
        self.all.reserve(items.size_hint().0.saturating_sub(kept));
        for item in items {
            self.push_clone(item);
        }
    }
}

/// `reset` is [`clear`](Slots::clear), which keeps the elements' buffers, too, and brings it under its bound.
impl<T: Reuse> Reuse for Slots<T> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        self.retained_bytes()
    }
}

/// Of the elements, with the same bound; what is kept is not copied. `clone_from` reuses what is there.
impl<T: Reuse + Clone> Clone for Slots<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::new().max_bytes(self.max_bytes);
        copy.all.extend_from_slice(self);
        copy.len = self.len;
        copy
    }

    fn clone_from(&mut self, from: &Self) {
        self.max_bytes = from.max_bytes;
        self.clear();
        self.extend(from);
    }
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// By the elements.
impl<T: PartialEq<U>, U> PartialEq<Slots<U>> for Slots<T> {
    fn eq(&self, other: &Slots<U>) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Slots<T> {}

/// The elements.
impl<T: fmt::Debug> fmt::Debug for Slots<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
