//! How large a type with room for `n` elements would be. It can't be made for each `n` to ask it, so this is how the
//! crates lay theirs out; the tests hold it against the types.

use core::mem::{align_of, size_of};

/// `Vec<T>`, `String`.
pub(super) const VEC_BYTES: usize = size_of::<Vec<u8>>();
/// `CompactString`, as many of whose bytes can be text.
pub(super) const COMPACT_BYTES: usize = VEC_BYTES;

/// A `SmallVec<T, n>`: a capacity, and in one place the elements, or pointer and length.
pub(super) fn small_vec_bytes(element_bytes: usize, element_align: usize, n: usize) -> usize {
    let align = element_align.max(align_of::<usize>());
    let heap = 2 * size_of::<usize>();
    let data = round_up(n.saturating_mul(element_bytes).max(heap), align);
    round_up(data.saturating_add(size_of::<usize>()), align)
}

/// An `ArrayVec<T, n>`, or for text an `ArrayString<n>`: a length of 32 bits, and the elements.
pub(super) fn array_bytes(element_bytes: usize, element_align: usize, n: usize) -> usize {
    let align = element_align.max(align_of::<u32>());
    round_up(n.saturating_mul(element_bytes).saturating_add(size_of::<u32>()), align)
}

/// The largest `n` whose `SmallVec` is no larger than so many bytes; none if even that without elements is.
pub(super) fn most_in_small_vec(element_bytes: usize, element_align: usize, bytes: usize) -> Option<usize> {
    let fits = |n| small_vec_bytes(element_bytes, element_align, n) <= bytes;
    if element_bytes == 0 || !fits(0) {
        return None;
    }
    let most = bytes.saturating_sub(size_of::<usize>()) / element_bytes;
    (0..=most).rev().find(|n| fits(*n))
}

fn round_up(bytes: usize, align: usize) -> usize {
    bytes.checked_next_multiple_of(align).unwrap_or(usize::MAX)
}
