//! What the `try_` forms of arenas and text give when it did not work.

#[cfg(feature = "bumpalo")]
use core::alloc::Layout;
use core::error::Error;
use core::fmt;

/// The allocator refused, or more was asked for than an allocation can have.
///
#[cfg_attr(feature = "bumpalo", doc = "```")]
#[cfg_attr(not(feature = "bumpalo"), doc = "```ignore")]
/// let arena = alloc_kit::Arena::new();
/// let refused = arena.try_alloc_slice_fill_with(usize::MAX, |_| 0_u64).unwrap_err();
/// assert_eq!(refused.to_string(), "out of memory: more bytes asked for than an allocation can have");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutOfMemory {
    /// How much was asked for; `usize::MAX` if that is not a number that fits.
    pub bytes: usize,
}

impl OutOfMemory {
    #[cold]
    pub(crate) const fn of_bytes(bytes: usize) -> Self {
        Self { bytes }
    }

    /// The layout of so many values.
    #[cfg(feature = "bumpalo")]
    #[inline]
    pub(crate) fn or_array<T>(len: usize) -> Result<Layout, Self> {
        Layout::array::<T>(len).map_err(|_| Self::of_bytes(len.saturating_mul(size_of::<T>())))
    }

    /// For the forms that do not return it.
    #[cfg(feature = "bumpalo")]
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(crate) fn panic(self) -> ! {
        panic!("alloc-kit: {self}")
    }
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bytes > isize::MAX.cast_unsigned() {
            f.write_str("out of memory: more bytes asked for than an allocation can have")
        } else {
            write!(f, "out of memory: {} bytes asked for", self.bytes)
        }
    }
}

impl Error for OutOfMemory {}

/// Why a text was not formatted.
///
/// ```
/// use alloc_kit::{FormatError, TextBuf};
///
/// fn answer(text: &mut TextBuf<64>, name: &str) -> &'static str {
///     match text.try_format(format_args!("no such file: {name}")) {
///         Ok(_) => "404",
///         Err(FormatError::OutOfMemory(_)) => "503",
///         Err(_) => "500",
///     }
/// }
/// assert_eq!(answer(&mut TextBuf::new(), "a"), "404");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatError {
    /// It is longer than what there was memory for.
    OutOfMemory(OutOfMemory),
    /// A `Display`, or another of the formatting traits, returned an error.
    Display,
}

impl FormatError {
    /// For the forms that do not return it.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(crate) fn panic(self) -> ! {
        panic!("alloc-kit: {self}")
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory(error) => error.fmt(f),
            Self::Display => f.write_str("a formatting trait implementation returned an error"),
        }
    }
}

impl Error for FormatError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::OutOfMemory(error) => Some(error),
            Self::Display => None,
        }
    }
}

impl From<OutOfMemory> for FormatError {
    fn from(error: OutOfMemory) -> Self {
        Self::OutOfMemory(error)
    }
}
