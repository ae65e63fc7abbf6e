//! `TextBuf`, a sink for formatting that is used again.

use alloc::string::String;
use core::fmt::{self, Write};

use super::Inline;
use crate::primitives::bounds::BUFFER_BYTES;
use crate::primitives::{FormatError, OutOfMemory, Reuse};

#[doc = include_str!("../../docs/text_buf.md")]
pub struct TextBuf<const N: usize> {
    /// The text, while it fits; closed when it is in `spill`.
    inline: Inline<N>,
    /// Empty while `inline` is open.
    spill: String,
    max_bytes: usize,
}

impl<const N: usize> TextBuf<N> {
    /// Empty. Nothing is allocated, and the `N` bytes are not written to.
    ///
    /// ```
    /// use alloc_kit::TextBuf;
    ///
    /// let text = TextBuf::<64>::new();
    /// assert!(text.is_empty() && !text.spilled());
    /// ```
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self { inline: Inline::new(), spill: String::new(), max_bytes: BUFFER_BYTES }
    }

    /// How large a heap buffer may be and still be kept for the next text, in bytes: 65,536 unless told.
    ///
    /// ```
    /// let mut text = alloc_kit::TextBuf::<8>::new().max_bytes(100);
    /// assert_eq!(text.format(format_args!("{:>1000}", 7)).len(), 1000); // given back by the next `format` or `clear`
    /// ```
    #[must_use]
    pub const fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Starts afresh, and formats: `format!` into memory that is there already.
    ///
    /// # Panics
    ///
    /// As `format!` does, if a `Display` returns an error; and when a `Display` does itself. What it gave until then stays in.
    ///
    /// ```
    /// let mut line = alloc_kit::TextBuf::<32>::new();
    /// for (name, load) in [("disk", 71), ("cpu", 9)] {
    ///     assert!(line.format(format_args!("{name}: {load} %")).starts_with(name));
    /// }
    /// ```
    #[inline]
    #[track_caller]
    pub fn format(&mut self, args: fmt::Arguments<'_>) -> &str {
        self.clear();
        if self.write_fmt(args).is_err() {
            FormatError::Display.panic();
        }
        self.as_str()
    }

    /// Starts afresh, and formats; without memory, or with a `Display` that returns an error, it says so.
    ///
    /// # Errors
    ///
    /// Either of the two. What there was until then stays in.
    ///
    /// # Panics
    ///
    /// When a `Display` does.
    ///
    /// ```
    /// let mut text = alloc_kit::TextBuf::<16>::new();
    /// assert_eq!(text.try_format(format_args!("{:?}", [1, 2])), Ok("[1, 2]"));
    /// ```
    pub fn try_format(&mut self, args: fmt::Arguments<'_>) -> Result<&str, FormatError> {
        self.clear();
        let mut sink = Fallible { text: self, refused: None };
        let formatted = sink.write_fmt(args);
        // Also if the `Display` that was told of it said nothing.
        if let Some(refused) = sink.refused {
            return Err(refused.into());
        }
        formatted.map_err(|fmt::Error| FormatError::Display)?;
        Ok(self.as_str())
    }

    /// The text.
    ///
    /// ```
    /// let mut text = alloc_kit::TextBuf::<8>::new();
    /// text.format(format_args!("{}", 0.5));
    /// assert_eq!(text.as_str(), "0.5");
    /// ```
    #[inline]
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match self.inline.as_str() {
            Some(text) => text,
            None => self.spill.as_str(),
        }
    }

    /// How long the text is, in bytes.
    ///
    /// ```
    /// let mut text = alloc_kit::TextBuf::<8>::new();
    /// text.format(format_args!("{}", 'ß'));
    /// assert_eq!(text.len(), 2);
    /// ```
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.as_str().len()
    }

    /// Whether there is none.
    ///
    /// ```
    /// let mut text = alloc_kit::TextBuf::<8>::new();
    /// text.format(format_args!("{}", ""));
    /// assert!(text.is_empty());
    /// ```
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the text is on the heap, since it is longer than `N`.
    ///
    /// ```
    /// let mut text = alloc_kit::TextBuf::<8>::new();
    /// text.format(format_args!("{}", 1234));
    /// assert!(!text.spilled());
    /// text.format(format_args!("{}", 123_456_789));
    /// assert!(text.spilled());
    /// ```
    #[inline]
    #[must_use]
    pub const fn spilled(&self) -> bool {
        self.inline.is_closed()
    }

    /// Empties it: the next text starts in place again.
    ///
    /// ```
    /// use std::fmt::Write;
    ///
    /// let mut text = alloc_kit::TextBuf::<8>::new();
    /// write!(text, "{}", "longer than in place")?;
    /// assert!(text.spilled());
    /// text.clear();
    /// assert!(text.is_empty() && !text.spilled());
    /// # Ok::<(), std::fmt::Error>(())
    /// ```
    ///
    /// A heap buffer of up to [`max_bytes`](Self::max_bytes) is kept for the next text that is longer, and a larger one given back.
    #[inline]
    pub fn clear(&mut self) {
        if self.spilled() {
            self.clear_spill();
        }
        self.inline.clear();
    }

    #[cold]
    #[inline(never)]
    fn clear_spill(&mut self) {
        if self.spill.capacity() > self.max_bytes {
            self.spill = String::new();
        } else {
            self.spill.clear();
        }
    }

    /// How much more the heap buffer must hold to take the text.
    fn wanted_of_spill(&self, text: &str) -> usize {
        match self.inline.as_str() {
            // What is longer than it was thought to be is often longer by more than a byte.
            Some(start) => (start.len() + text.len()).max(N.saturating_mul(2)),
            None => text.len(),
        }
    }

    #[cold]
    #[inline(never)]
    fn push_to_spill(&mut self, text: &str) {
        self.spill.reserve(self.wanted_of_spill(text));
        if let Some(start) = self.inline.as_str() {
            self.spill.push_str(start);
            self.inline.close();
        }
        self.spill.push_str(text);
    }

    #[cold]
    #[inline(never)]
    fn try_push_to_spill(&mut self, text: &str) -> Result<(), OutOfMemory> {
        let wanted = self.wanted_of_spill(text);
        self.spill.try_reserve(wanted).map_err(|_| OutOfMemory::of_bytes(self.spill.len() + wanted))?;
        self.push_to_spill(text);
        Ok(())
    }
}

/// Appends; as with a `String`, an error never comes from here.
impl<const N: usize> Write for TextBuf<N> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !self.inline.push(text) {
            self.push_to_spill(text);
        }
        Ok(())
    }
}

impl<const N: usize> Default for TextBuf<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> fmt::Debug for TextBuf<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextBuf")
            .field("text", &self.as_str())
            .field("retained_bytes", &self.retained_bytes())
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}

/// The text, so that it can be written on.
impl<const N: usize> fmt::Display for TextBuf<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> AsRef<str> for TextBuf<N> {
    #[inline]
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// `reset` is `clear`. Before it, what it will give back is in the figure, too.
impl<const N: usize> Reuse for TextBuf<N> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        self.spill.capacity()
    }
}

/// Writes while there is memory.
struct Fallible<'b, const N: usize> {
    text: &'b mut TextBuf<N>,
    refused: Option<OutOfMemory>,
}

impl<const N: usize> Write for Fallible<'_, N> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.text.inline.push(text) {
            return Ok(());
        }
        self.text.try_push_to_spill(text).map_err(|refused| {
            self.refused = Some(refused);
            fmt::Error
        })
    }
}
