//! What `slots.rs` needs to know about slots that are kept: which to give back, and what of one that was spoilt.

use alloc::vec::Vec;

use super::Reuse;

/// A slot on which a user's code is at work.
pub(super) struct HalfMade<'s, T> {
    pub(super) all: &'s mut Vec<T>,
    pub(super) index: usize,
}

impl<T> Drop for HalfMade<'_, T> {
    #[cold]
    fn drop(&mut self) {
        self.all.swap_remove(self.index);
    }
}

/// Brings those that retain least to the front, as many as fit into `room` with their places in the list: how many they are, and
/// what they retain. In linear time, by halving.
pub(super) fn smallest<T: Reuse>(slots: &mut [T], mut room: usize) -> (usize, usize) {
    let (mut fit, mut end, mut bytes) = (0, slots.len(), 0);
    while fit < end {
        let middle = fit + (end - fit) / 2;
        slots[fit..end].select_nth_unstable_by_key(middle - fit, Reuse::retained_bytes);
        let half = &slots[fit..=middle];
        let half_bytes = sum(half);
        match room.checked_sub(half_bytes.saturating_add(size_of_val(half))) {
            Some(rest) => (fit, bytes, room) = (middle + 1, bytes + half_bytes, rest),
            None => end = middle,
        }
    }
    (fit, bytes)
}

/// What the slots retain. Wraps around where a `T` says what cannot be; a total is then counted anew.
#[inline]
pub(super) fn sum<T: Reuse>(slots: &[T]) -> usize {
    slots.iter().map(Reuse::retained_bytes).fold(0, usize::wrapping_add)
}
