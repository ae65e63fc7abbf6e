//! Formatted text into the arena.

#![allow(unsafe_code, reason = "text that was written as UTF-8 is taken as it")]

use core::fmt::{self, Write};
use core::str;

use bumpalo::collections::Vec as BumpVec;

use super::Arena;
use crate::primitives::text::Inline;
use crate::primitives::{FormatError, OutOfMemory};

/// Shorter texts are formatted on the stack, and take what they are long; longer ones grow in the arena.
const STACK_BYTES: usize = 256;

impl Arena {
    /// Formats into the arena: `format!` without an allocation of its own. A literal is not copied.
    ///
    /// A text of up to 256 bytes takes its length; a longer one up to four times that, as it grows.
    ///
    /// # Panics
    ///
    /// In an out-of-memory; as `format!`, if a `Display` returns an error; and when a `Display` does.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// let name: &str = arena.alloc_fmt(format_args!("{}-{}", "shard", 7));
    /// assert_eq!(name, "shard-7");
    /// ```
    #[inline]
    #[track_caller]
    pub fn alloc_fmt(&self, args: fmt::Arguments<'_>) -> &str {
        match self.try_alloc_fmt(args) {
            Ok(text) => text,
            Err(error) => error.panic(),
        }
    }

    /// Formats into the arena, unless there is no memory, or a `Display` returns an error.
    ///
    /// # Errors
    ///
    /// In either case.
    ///
    /// # Panics
    ///
    /// When a `Display` does.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// assert_eq!(arena.try_alloc_fmt(format_args!("{} %", 7))?, "7 %");
    /// # Ok::<(), alloc_kit::FormatError>(())
    /// ```
    #[inline]
    pub fn try_alloc_fmt(&self, args: fmt::Arguments<'_>) -> Result<&str, FormatError> {
        match args.as_str() {
            Some(literal) => Ok(literal),
            None => self.format(args),
        }
    }

    fn format(&self, args: fmt::Arguments<'_>) -> Result<&str, FormatError> {
        let mut sink = Sink { arena: self, inline: Inline::new(), spill: None, refused: None };
        let formatted = sink.write_fmt(args);
        // Also if the `Display` that was told of it said nothing.
        if let Some(refused) = sink.refused {
            return Err(refused.into());
        }
        formatted.map_err(|fmt::Error| FormatError::Display)?;
        match sink.spill {
            None => Ok(self.try_alloc_str(sink.inline.as_str().unwrap_or_default())?),
            // SAFETY:
            // - Only whole texts were written to it.
            Some(text) => Ok(unsafe { str::from_utf8_unchecked(text.into_bump_slice()) }),
        }
    }
}

struct Sink<'a> {
    arena: &'a Arena,
    /// The text, while it fits; closed once there is a `spill`, which then has it.
    inline: Inline<STACK_BYTES>,
    spill: Option<BumpVec<'a, u8>>,
    refused: Option<OutOfMemory>,
}

impl Write for Sink<'_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.inline.push(text) {
            return Ok(());
        }
        self.push_to_spill(text).map_err(|refused| {
            self.refused = Some(refused);
            fmt::Error
        })
    }
}

impl Sink<'_> {
    #[cold]
    #[inline(never)]
    fn push_to_spill(&mut self, text: &str) -> Result<(), OutOfMemory> {
        let spill = self.spill.get_or_insert_with(|| BumpVec::new_in(self.arena.bump()));
        let start = self.inline.as_str().unwrap_or_default();
        let wanted = start.len().saturating_add(text.len());
        // Grows to twice what it was, at least.
        spill.try_reserve(wanted).map_err(|_| OutOfMemory { bytes: wanted })?;
        spill.extend_from_slice_copy(start.as_bytes());
        spill.extend_from_slice_copy(text.as_bytes());
        self.inline.close();
        Ok(())
    }
}
