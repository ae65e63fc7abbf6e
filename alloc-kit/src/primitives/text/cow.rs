//! `cow_format!`: a literal stays one.

use alloc::borrow::Cow;
use core::fmt;

/// `format!` that gives a `Cow<'static, str>`: a literal is borrowed, and only what has something to format allocates.
///
/// For messages, most of which are fixed: the field of an error, a label, a reason. It takes what `format!` takes.
///
/// # Cost and bound
///
/// A text without arguments costs nothing at all. One with arguments is `format!`; where the compiler puts the arguments in
/// itself (they are literals), it is borrowed, too. The type is as large as a `String`.
///
/// # When not
///
/// Where nearly all texts have arguments: with 49 of 50 it is `format!`, at 1.0 of the time, and a type that is matched at each
/// use (`cargo bench -p alloc-kit-benches --bench wins -- --only messages`). More is under
/// [when reuse does not pay](crate::_no_gain).
///
/// # Panics
///
/// As `format!`, if a `Display` returns an error.
///
/// # Thread safety
///
/// As `format!`: it keeps nothing.
///
/// # In an out-of-memory
///
/// The process ends, as with `format!`. For texts as long as others choose, there is
/// [`TextBuf::try_format`](crate::TextBuf::try_format).
///
/// # Replaces
///
/// ```
/// use std::borrow::Cow;
/// use alloc_kit::cow_format;
///
/// # struct Refused(String);
/// # let line = 7;
/// // Before: an allocation for each, also for the fixed ones.
/// let refused = [Refused("no header".to_string()), Refused(format!("line {line}: no colon"))];
/// # struct Denied(Cow<'static, str>);
/// // After: for those with a number in them.
/// let denied = [Denied(cow_format!("no header")), Denied(cow_format!("line {line}: no colon"))];
/// # for (refused, denied) in refused.iter().zip(&denied) { assert_eq!(refused.0, denied.0); }
/// assert!(matches!(denied, [Denied(Cow::Borrowed(_)), Denied(Cow::Owned(_))]));
/// ```
#[macro_export]
macro_rules! cow_format {
    ($($format_and_arguments:tt)*) => {
        $crate::__private::cow_of(::core::format_args!($($format_and_arguments)*))
    };
}

/// What the macro calls.
#[inline]
#[must_use]
pub fn cow_of(args: fmt::Arguments<'_>) -> Cow<'static, str> {
    match args.as_str() {
        Some(literal) => Cow::Borrowed(literal),
        None => Cow::Owned(alloc::fmt::format(args)),
    }
}
