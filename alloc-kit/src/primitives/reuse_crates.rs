//! `Reuse` for the types of the re-exported crates.

use super::Reuse;

/// The heap buffer of a vector that has spilled stays: it does not move back in place.
#[cfg(feature = "smallvec")]
impl<A: ::smallvec::Array> Reuse for ::smallvec::SmallVec<A> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        if self.spilled() { self.capacity() * size_of::<A::Item>() } else { 0 }
    }
}

#[cfg(feature = "arrayvec")]
impl<T, const N: usize> Reuse for ::arrayvec::ArrayVec<T, N> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        0
    }
}

#[cfg(feature = "arrayvec")]
impl<const N: usize> Reuse for ::arrayvec::ArrayString<N> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        0
    }
}

#[cfg(feature = "compact_str")]
impl Reuse for ::compact_str::CompactString {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        if self.is_heap_allocated() { self.capacity() } else { 0 }
    }
}

/// What was split off and is still held by a `Bytes` is not among what it retains.
#[cfg(feature = "bytes")]
impl Reuse for ::bytes::BytesMut {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        self.capacity()
    }
}
