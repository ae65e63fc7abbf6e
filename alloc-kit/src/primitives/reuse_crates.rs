//! `Reuse` for the types of the re-exported crates.

use super::Reuse;

/// The heap buffer of a vector that has spilled stays: it does not move back in place.
#[cfg(feature = "smallvec")]
#[cfg_attr(docsrs, doc(auto_cfg = false, cfg(feature = "smallvec")))]
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
#[cfg_attr(docsrs, doc(auto_cfg = false, cfg(feature = "arrayvec")))]
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
#[cfg_attr(docsrs, doc(auto_cfg = false, cfg(feature = "arrayvec")))]
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
#[cfg_attr(docsrs, doc(auto_cfg = false, cfg(feature = "compact_str")))]
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

/// `reset` takes back what was consumed at the front, and what was split off and is gone.
///
/// What was split off and lives keeps the buffer whole, here and there, and is in no figure, so no bound sees it: of a large
/// buffer that is handed out in pieces, the rest of a few bytes keeps all of it. Nor are the 40 bytes that a split notes.
#[cfg(feature = "bytes")]
#[cfg_attr(docsrs, doc(auto_cfg = false, cfg(feature = "bytes")))]
impl Reuse for ::bytes::BytesMut {
    #[inline]
    fn reset(&mut self) {
        self.clear();
        if self.try_reclaim(self.capacity() + 1) {
            take_back(self);
        }
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        self.capacity()
    }
}

/// All the room that there is: what is at the end comes back only by as much as was asked for.
#[cfg(feature = "bytes")]
#[cold]
#[inline(never)]
fn take_back(buffer: &mut ::bytes::BytesMut) {
    let mut step = buffer.capacity();
    while buffer.try_reclaim(buffer.capacity().saturating_add(step)) {
        step = buffer.capacity();
    }
    while step > 0 {
        if !buffer.try_reclaim(buffer.capacity().saturating_add(step)) {
            step /= 2;
        }
    }
}
