//! Text of up to `N` bytes in place: what the sinks for formatting write to first.

#![allow(unsafe_code, reason = "bytes that were not written yet")]

use core::mem::MaybeUninit;
use core::{ptr, slice, str};

/// Open, it holds a text; closed, nothing fits any more, since the text has gone elsewhere.
///
/// Invariant: up to `N`, `len` is that of the text: the first `len` of the bytes are initialised, and valid UTF-8. Above
/// `N`, it is closed.
pub(in super::super) struct Inline<const N: usize> {
    bytes: [MaybeUninit<u8>; N],
    len: usize,
}

impl<const N: usize> Inline<N> {
    const CLOSED: usize = N + 1;

    pub(in super::super) const fn new() -> Self {
        Self { bytes: [MaybeUninit::uninit(); N], len: 0 }
    }

    /// Appends all of the text, or, if it does not fit, nothing.
    #[inline]
    #[must_use]
    pub(in super::super) fn push(&mut self, text: &str) -> bool {
        // Neither is more than `isize::MAX + 1`.
        let end = self.len + text.len();
        if end > N {
            return false;
        }
        // SAFETY:
        // - The offset is within the array: `len <= end <= N`.
        let room = unsafe { self.bytes.as_mut_ptr().cast::<u8>().add(self.len) };
        // SAFETY:
        // - The source is a `str` of `text.len()` bytes, which are read.
        // - The destination has as many, up to `end <= N`, which are written through `&mut self`.
        // - They don't overlap: the destination is borrowed mutably.
        // - Both are aligned, as bytes are.
        unsafe { ptr::copy_nonoverlapping(text.as_ptr(), room, text.len()) };
        // A text after a text is valid UTF-8.
        self.len = end;
        true
    }

    /// The text, unless it is closed.
    #[inline]
    pub(in super::super) const fn as_str(&self) -> Option<&str> {
        if self.len > N {
            return None;
        }
        // SAFETY:
        // - The pointer is to an array of `N >= len` bytes, the first `len` initialised, by the invariant.
        // - It is borrowed from `self` for as long as the slice is, and not written to meanwhile.
        // - An array is no longer than `isize::MAX`.
        let text = unsafe { slice::from_raw_parts(self.bytes.as_ptr().cast::<u8>(), self.len) };
        // SAFETY:
        // - The bytes are valid UTF-8, by the invariant.
        Some(unsafe { str::from_utf8_unchecked(text) })
    }

    #[inline]
    pub(in super::super) const fn is_closed(&self) -> bool {
        self.len > N
    }

    #[inline]
    pub(in super::super) const fn close(&mut self) {
        self.len = Self::CLOSED;
    }

    /// Empty, and open.
    #[inline]
    pub(in super::super) const fn clear(&mut self) {
        self.len = 0;
    }
}
