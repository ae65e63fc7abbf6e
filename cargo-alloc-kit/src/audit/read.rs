//! A source file as text, whatever its bytes are.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What is larger is data that somebody named like source, or generated: nobody would change it by hand. What does not parse at all
/// takes a grammar 5 s and 200 MB for each MB.
pub(crate) const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// What was done to its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadAs {
    Utf8,
    Utf16,
    /// It has bytes that are no UTF-8: each such piece is one character to the scan, from this byte on.
    Lossy(usize),
}

/// The text of a file, or why it is not looked at. A mark of the byte order is no part of it.
pub(super) fn text(path: &Path) -> Result<(String, ReadAs), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    let too_large =
        |length: u64| format!("has {length} bytes, and what has more than {MOST_BYTES} is not read");
    if length > MOST_BYTES {
        return Err(too_large(length));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1);
    // It may have grown since.
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    of(bytes)
}

fn of(mut bytes: Vec<u8>) -> Result<(String, ReadAs), String> {
    match &bytes[..] {
        [0xff, 0xfe, rest @ ..] => return Ok((utf16(rest, u16::from_le_bytes), ReadAs::Utf16)),
        [0xfe, 0xff, rest @ ..] => return Ok((utf16(rest, u16::from_be_bytes), ReadAs::Utf16)),
        [0xef, 0xbb, 0xbf, ..] => drop(bytes.drain(..3)),
        _ => {}
    }
    if let Some(position) = memchr::memchr(0, &bytes) {
        return Err(format!("is no text: byte {position} is 0"));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => (text, ReadAs::Utf8),
        Err(error) => {
            let from = error.utf8_error().valid_up_to();
            (String::from_utf8_lossy(error.as_bytes()).into_owned(), ReadAs::Lossy(from))
        }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_every_kind_become_text() {
        let text = |bytes: &[u8]| of(bytes.to_owned()).expect("text");
        assert_eq!(text(b"x = 1"), ("x = 1".to_owned(), ReadAs::Utf8));
        assert_eq!(text(b"\xef\xbb\xbfx"), ("x".to_owned(), ReadAs::Utf8));
        assert_eq!(text(b"\xff\xfex\0\xe4\0"), ("x\u{e4}".to_owned(), ReadAs::Utf16));
        assert_eq!(text(b"\xfe\xff\0x\0\xe4"), ("x\u{e4}".to_owned(), ReadAs::Utf16));
        assert_eq!(text(b"ab\xe4c"), ("ab\u{fffd}c".to_owned(), ReadAs::Lossy(2)));
        assert_eq!(text(b""), (String::new(), ReadAs::Utf8));
    }

    #[test]
    fn what_has_a_nul_is_no_text() {
        assert_eq!(of(b"ab\0".to_vec()).expect_err("a NUL"), "is no text: byte 2 is 0");
    }
}
