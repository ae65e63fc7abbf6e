//! An input as a stream of choices: what is past its end is zero, so each input is a whole one.

use std::str;

/// The rest of an input.
#[derive(Clone, Debug)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Below `n`, which is at most 256.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::from(self.byte()) % n
    }

    /// Once in `n` times.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        // Zeros, at the end, are no.
        self.below(n) == n - 1
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Small ones, and the extremes.
    pub(crate) fn number(&mut self) -> u64 {
        match self.byte() {
            byte @ 0..200 => byte.into(),
            200..210 => u64::MAX - u64::from(self.byte()),
            210..220 => i64::MAX.cast_unsigned() - u64::from(self.byte()) + 128,
            220..225 => 1 << (self.byte() % 64),
            _ => {
                let bytes: [u8; 8] = std::array::from_fn(|_| self.byte());
                u64::from_le_bytes(bytes)
            }
        }
    }

    /// So many bytes, or what is left.
    pub(crate) fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A text of up to 255 bytes, whatever is valid of them.
    pub(crate) fn text(&mut self) -> String {
        let len = usize::from(self.byte());
        String::from_utf8_lossy(self.take(len)).into_owned()
    }

    /// The rest as a text, up to where it is none.
    pub(crate) fn rest_as_text(self) -> &'a str {
        match str::from_utf8(self.0) {
            Ok(text) => text,
            Err(error) => str::from_utf8(&self.0[..error.valid_up_to()]).unwrap_or_default(),
        }
    }
}
