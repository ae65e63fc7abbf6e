//! What a region may use, and where it stands in the source: written by the attributes, read by everything else.

/// One annotated function, or one use of an asserting macro.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// The function's name.
    pub name: &'static str,
    /// `module_path!()` at the function.
    pub module: &'static str,
    /// `file!()` at the function.
    pub file: &'static str,
    /// `line!()` at the attribute or the macro.
    pub line: u32,
}

/// The most that a region may use of each counted thing; `u64::MAX` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(super) allocations: u64,
    pub(super) bytes: u64,
    pub(super) peak_bytes: u64,
    pub(super) live_bytes: u64,
    pub(super) deallocations: u64,
}

/// No limit on one counted thing.
pub(super) const NO_LIMIT: u64 = u64::MAX;

macro_rules! setters {
    ($($key:ident)+) => {$(
        /// Sets the limit of the same name.
        #[must_use]
        pub fn $key(mut self, limit: impl Limit) -> Self {
            self.$key = limit.limit();
            self
        }
    )+};
}

impl Limits {
    /// No limit at all.
    pub const NONE: Limits = Limits {
        allocations: NO_LIMIT,
        bytes: NO_LIMIT,
        peak_bytes: NO_LIMIT,
        live_bytes: NO_LIMIT,
        deallocations: NO_LIMIT,
    };

    setters! { allocations bytes peak_bytes live_bytes deallocations }
}

/// A type that a budget may have: an unsigned integer.
#[diagnostic::on_unimplemented(
    message = "a budget is an unsigned integer, not `{Self}`",
    label = "accepted: a literal, or an expression of type u8, u16, u32, u64, u128 or usize"
)]
pub trait Limit {
    /// The limit; what does not fit is as good as none.
    fn limit(self) -> u64;
}

macro_rules! limit {
    ($($unsigned:ty)+) => {$(
        impl Limit for $unsigned {
            #[inline]
            fn limit(self) -> u64 {
                u64::try_from(self).unwrap_or(NO_LIMIT)
            }
        }
    )+};
}
limit! { u8 u16 u32 u64 u128 usize }
