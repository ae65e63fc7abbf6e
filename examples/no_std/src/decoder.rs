//! From bytes to sentences: where they begin and end, and whether they came whole.

use alloc_kit::{ArrayVec, no_alloc};

/// Between the `$` and the line's end, as the standard has it.
pub const SENTENCE_BYTES_MAX: usize = 80;

/// Why a line was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It is longer than [`SENTENCE_BYTES_MAX`].
    TooLong,
    /// It does not end with `*` and two digits.
    NoChecksum,
    /// A bit was lost on the way.
    WrongChecksum,
    /// It has a byte in it that is not printable ASCII.
    NotText,
}

/// Puts lines together from bytes. It is 96 bytes or so, in place.
#[derive(Debug, Default)]
pub struct Decoder {
    line: ArrayVec<u8, SENTENCE_BYTES_MAX>,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Until a `$` comes, all is noise, or the rest of a line that was left out.
    #[default]
    Between,
    Within,
    TooLong,
}

impl Decoder {
    /// Nothing was read yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { line: ArrayVec::new_const(), state: State::Between }
    }

    /// Takes a byte. At the end of each line there is a sentence, or why there is none.
    ///
    /// # Errors
    ///
    /// Where the line was not whole; the next `$` begins anew.
    #[no_alloc(deallocations = 0)]
    pub fn push(&mut self, byte: u8) -> Option<Result<Sentence<'_>, Malformed>> {
        match (self.state, byte) {
            (_, b'$') => {
                self.line.clear();
                self.state = State::Within;
                None
            }
            (State::Between, _) => None,
            (State::TooLong, b'\r' | b'\n') => {
                self.state = State::Between;
                Some(Err(Malformed::TooLong))
            }
            (State::Within, b'\r' | b'\n') => {
                self.state = State::Between;
                Some(Sentence::parse(&self.line))
            }
            (State::Within | State::TooLong, byte) => {
                if self.line.try_push(byte).is_err() {
                    self.state = State::TooLong;
                }
                None
            }
        }
    }
}

/// The inside of a line whose checksum was right; it borrows from the decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence<'a> {
    text: &'a str,
}

impl<'a> Sentence<'a> {
    /// Takes what is between the `$` and the end of the line.
    ///
    /// # Errors
    ///
    /// Where it is not whole.
    #[no_alloc(deallocations = 0)]
    pub fn parse(line: &'a [u8]) -> Result<Self, Malformed> {
        let [text @ .., b'*', high, low] = line else { return Err(Malformed::NoChecksum) };
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(Malformed::NoChecksum);
        let said = 16 * digit(*high)? + digit(*low)?;
        if u32::from(text.iter().fold(0, |sum, byte| sum ^ byte)) != said {
            return Err(Malformed::WrongChecksum);
        }
        if !text.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(Malformed::NotText);
        }
        str::from_utf8(text).map(|text| Self { text }).map_err(|_| Malformed::NotText)
    }

    /// Who says it and what it is: `GPGGA`.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.text.split(',').next().unwrap_or_default()
    }

    /// What follows the name; fields without a value are empty.
    pub fn fields(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.text.split(',').skip(1)
    }
}
