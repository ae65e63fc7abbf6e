//! `with_fmt`: a text that is needed only for a moment.

use core::fmt;

use super::TextBuf;
use crate::primitives::FormatError;

/// Keys, file names, header lines and labels are below it; a page of the stack is not touched for it.
const STACK_BYTES: usize = 256;

/// Formats on the stack, and hands the text to a closure: for look-ups by a built key, and what else takes a `&str`.
///
/// # Cost and bound
///
/// No allocation for texts of up to 256 bytes, and none for a literal, which is not even copied. A longer one is on
/// the heap, and freed before this returns; for those, and in loops, take a [`TextBuf`] and keep it. The 256 bytes of
/// the stack are not initialised.
///
/// # Panics
///
/// As `format!`, if a `Display` returns an error; and when a `Display` or the closure does.
///
/// # Thread safety
///
/// It keeps nothing from one call to the next, and may be called within itself.
///
/// # In an out-of-memory
///
/// The process ends, as with `format!`, if the text is longer than 256 bytes; [`try_with_fmt`] returns it.
///
/// # Replaces
///
/// ```
/// use std::collections::HashMap;
/// use alloc_kit::with_fmt;
///
/// let limits = HashMap::from([("tenant-7/burst".to_owned(), 20)]);
/// # let tenant = 7;
/// // Before: a `String` for each look-up.
/// let burst = limits.get(&format!("tenant-{tenant}/burst")).copied();
/// // After: none.
/// let same = with_fmt(format_args!("tenant-{tenant}/burst"), |key| limits.get(key).copied());
/// # assert_eq!((burst, same), (Some(20), Some(20)));
/// ```
#[inline]
#[track_caller]
pub fn with_fmt<R>(args: fmt::Arguments<'_>, f: impl FnOnce(&str) -> R) -> R {
    let mut buffer = TextBuf::<STACK_BYTES>::new();
    let text = match args.as_str() {
        Some(literal) => literal,
        None => buffer.format(args),
    };
    f(text)
}

/// [`with_fmt`], for texts of a length that others choose: without memory for one above 256 bytes, it says so.
///
/// # Errors
///
/// That, and a `Display` that returns an error; the closure is not called then.
///
/// # Panics
///
/// When a `Display` or the closure does.
///
/// ```
/// let length = alloc_kit::try_with_fmt(format_args!("{:>1000}", 7), str::len);
/// assert_eq!(length, Ok(1000));
/// ```
#[inline]
pub fn try_with_fmt<R>(args: fmt::Arguments<'_>, f: impl FnOnce(&str) -> R) -> Result<R, FormatError> {
    let mut buffer = TextBuf::<STACK_BYTES>::new();
    let text = match args.as_str() {
        Some(literal) => literal,
        None => buffer.try_format(args)?,
    };
    Ok(f(text))
}
