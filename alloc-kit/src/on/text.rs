//! A text that is being written: the lines of a report.
//!
//! PERF: a test process writes a line for each budget of its program, and most of them, under nextest, are of budgets that it
//! never called. This crate is built without optimisation there, where each call counts, however small: so a text is bytes and
//! how many of them are written, what is put behind them is copied in runs, and numbers are written by hand. A copy is C's: all of
//! those in the standard library are 200 instructions and more there.

#![allow(unsafe_code, reason = "bytes are copied by C's memcpy")]

use core::ffi::c_void;

unsafe extern "C" {
    /// C's, which every Rust program has.
    fn memcpy(to: *mut c_void, from: *const c_void, bytes: usize) -> *mut c_void;
}

/// Bytes that are UTF-8: whole texts, cut at ASCII alone.
pub(super) struct Text {
    bytes: Box<[u8]>,
    written: usize,
}

/// What JSON has escaped in a text, by byte; no byte of a longer character is.
const ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut byte = 0;
    while byte < b' ' as usize {
        escaped[byte] = true;
        byte += 1;
    }
    escaped[b'"' as usize] = true;
    escaped[b'\\' as usize] = true;
    escaped
};
static IS_ESCAPED: [bool; 256] = ESCAPED;

impl Text {
    /// Nothing, with room for so many bytes; it grows where they are not enough.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self { bytes: vec![0; bytes].into_boxed_slice(), written: 0 }
    }

    /// What was written.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.written]
    }

    pub(super) fn into_string(self) -> String {
        let mut bytes = self.bytes.into_vec();
        bytes.truncate(self.written);
        // It always is.
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// A text as it is.
    pub(super) fn put(&mut self, text: &str) {
        self.copy(text.as_bytes());
    }

    fn copy(&mut self, from: &[u8]) {
        let end = self.written + from.len();
        if end > self.bytes.len() {
            self.grow(end);
        }
        let to = self.bytes.as_mut_ptr().wrapping_add(self.written);
        // SAFETY: there is room from what is written to the end, which `&mut` has for itself, so it is no part of the other.
        unsafe { memcpy(to.cast(), from.as_ptr().cast(), from.len()) };
        self.written = end;
    }

    #[cold]
    fn grow(&mut self, needed: usize) {
        // Twice as much, all of it zeros that the system has: `resize` writes them one by one.
        let mut more = vec![0; needed.max(64) * 2].into_boxed_slice();
        more[..self.written].copy_from_slice(self.bytes());
        self.bytes = more;
    }

    /// A number, in decimal.
    pub(super) fn number(&mut self, value: i64) {
        if value == 0 {
            self.copy(b"0");
            return;
        }
        // As many as the largest has, and the sign.
        let mut digits = [0; 20];
        let (mut first, mut rest) = (digits.len(), value.unsigned_abs());
        while rest > 0 {
            first -= 1;
            let digit = (rest % 10) as u8;
            digits[first] = b'0' + digit;
            rest /= 10;
        }
        if value < 0 {
            first -= 1;
            digits[first] = b'-';
        }
        self.copy(&digits[first..]);
    }

    /// What stands between the quotes of a string of JSON.
    pub(super) fn escaped(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let (mut from, mut at) = (0, plain(bytes, 0));
        if at == bytes.len() {
            self.copy(bytes);
            return;
        }
        while at < bytes.len() {
            self.copy(&bytes[from..at]);
            self.escape(bytes[at]);
            from = at + 1;
            at = plain(bytes, from);
        }
        self.copy(&bytes[from..]);
    }

    /// As [`escaped`](Self::escaped), of texts that are often the same one after another: `known` is the last one that has
    /// nothing to escape.
    pub(super) fn escaped_again<'a>(&mut self, text: &'a str, known: &mut &'a str) {
        if text == *known {
            self.copy(text.as_bytes());
        } else if plain(text.as_bytes(), 0) == text.len() {
            *known = text;
            self.copy(text.as_bytes());
        } else {
            self.escaped(text);
        }
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'"' => self.copy(b"\\\""),
            b'\\' => self.copy(b"\\\\"),
            _ => {
                let hexadecimal = |digit: u8| b"0123456789abcdef"[usize::from(digit)];
                self.copy(&[b'\\', b'u', b'0', b'0', hexadecimal(byte >> 4), hexadecimal(byte & 15)]);
            }
        }
    }
}

/// Where the next byte is that is escaped, from one on; the end, if none is.
fn plain(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() && !IS_ESCAPED[bytes[at] as usize] {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Text)) -> String {
        // No room: it grows at each step.
        let mut text = Text::with_room(0);
        write(&mut text);
        text.into_string()
    }

    #[test]
    fn numbers_are_as_the_standard_library_has_them() {
        for number in [0, 1, -1, 9, 10, 99, -100, 1_234_567_890, i64::MAX, i64::MIN] {
            assert_eq!(written(|text| text.number(number)), number.to_string());
        }
    }

    #[test]
    fn what_json_has_escaped_is_and_nothing_else() {
        for (text, escaped) in [
            ("", ""),
            ("plain", "plain"),
            ("\"", "\\\""),
            ("a\\\\b", "a\\\\\\\\b"),
            ("\u{0}\u{1f} \u{7f}\n", "\\u0000\\u001f \u{7f}\\u000a"),
            ("\u{e9}\u{1f600}\"\u{2028}", "\u{e9}\u{1f600}\\\"\u{2028}"),
        ] {
            assert_eq!(written(|to| to.escaped(text)), escaped);
            let mut known = "";
            let twice = written(|to| {
                to.escaped_again(text, &mut known);
                to.escaped_again(text, &mut known);
            });
            assert_eq!(twice, escaped.repeat(2));
            assert_eq!(known, if text == escaped { text } else { "" });
        }
    }

    #[test]
    fn a_text_grows_with_what_is_put_in_it() {
        let line = "0123456789".repeat(30);
        let all = written(|text| (0..40).for_each(|_| text.put(&line)));
        assert_eq!(all, line.repeat(40));
    }
}
