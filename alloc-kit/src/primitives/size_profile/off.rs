//! Off mode: lengths are not looked at, and there is no advice to ask for.

use core::convert::Infallible;
use core::fmt;
use core::marker::PhantomData;

#[doc = include_str!("../../docs/size_profile.md")]
pub struct SizeProfile<T>(PhantomData<fn() -> T>);

impl<T> SizeProfile<T> {
    /// Counts nothing.
    ///
    /// ```
    /// use alloc_kit::SizeProfile;
    ///
    /// static FIELDS: SizeProfile<&str> = SizeProfile::new();
    /// assert_eq!(size_of_val(&FIELDS), 0);
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// Advises nothing.
    ///
    /// ```
    /// use alloc_kit::SizeProfile;
    ///
    /// static FIELDS: SizeProfile<&str> = SizeProfile::new().max_struct_bytes(1024);
    /// assert_eq!(size_of_val(&FIELDS), 0);
    /// ```
    #[must_use]
    pub const fn max_struct_bytes(self, _: usize) -> Self {
        self
    }

    /// Nothing: not counted without the feature `audit`.
    ///
    /// ```
    /// use alloc_kit::SizeProfile;
    ///
    /// static FIELDS: SizeProfile<&str> = SizeProfile::new();
    ///
    /// fn fields(line: &str) -> Vec<&str> {
    ///     let fields: Vec<_> = line.split(',').collect();
    ///     FIELDS.record(fields.len());
    ///     fields
    /// }
    /// assert_eq!(fields("a,b,c"), ["a", "b", "c"]);
    /// ```
    #[inline(always)]
    pub fn record(&self, _len: usize) {}

    /// A compile error that names the feature.
    #[doc(hidden)]
    #[must_use]
    pub fn advice(&self) -> Infallible
    where
        Self: Audited,
    {
        self.never()
    }
}

impl<T> Default for SizeProfile<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for SizeProfile<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SizeProfile(off)")
    }
}

/// What a profile is with the feature `audit`; without it none is.
#[diagnostic::on_unimplemented(
    message = "`SizeProfile::advice` has counted nothing here: it needs alloc-kit's feature `audit`",
    label = "without `audit` nothing is recorded",
    note = "run `cargo add alloc-kit --dev --features enforce`, and ask for the advice in a test, example or bench"
)]
pub trait Audited {
    #[doc(hidden)]
    fn never(&self) -> Infallible;
}
