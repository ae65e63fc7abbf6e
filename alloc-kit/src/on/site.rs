//! What a budget is and where it stands in the source: written by the attributes, read by everything else. And the
//! register: every site of the program, also of functions that are private, generic, or never called.

use linkme::distributed_slice;

use super::message;
use super::stats::Stats;

/// All annotated functions and uses of an asserting macro in the program.
#[distributed_slice]
pub static SITES: [Site];

/// All uses of `allow_alloc!` and `#[alloc_allowed]` in the program.
#[distributed_slice]
pub static EXCEPTIONS: [Exception];

/// One annotated function, or one use of an asserting macro.
#[derive(Debug)]
pub struct Site {
    /// The function's name.
    pub name: &'static str,
    /// `module_path!()` at the function.
    pub module: &'static str,
    /// `file!()` at the function.
    pub file: &'static str,
    /// `line!()` at the attribute or the macro.
    pub line: u32,
    /// `column!()` there.
    pub column: u32,
    /// What kind of function it is: `fn`, `async fn`, `const fn`, `assertion`.
    pub form: &'static str,
    /// Each key with its limit, as they were written.
    pub budget: &'static [(&'static str, &'static str)],
    /// Whether all threads count (`scope = process`).
    pub process: bool,
    /// Calls [`raise`] from there, so that a broken budget's panic has that place, whoever polls or drops its region.
    pub raise: fn(String) -> !,
    /// What was seen of it in this process.
    pub stats: Stats,
}

/// Panics with a message, at its caller's place.
///
/// # Panics
///
/// Always.
#[cold]
#[track_caller]
pub fn raise(message: String) -> ! {
    message::panic_with(message)
}

/// One use of `allow_alloc!` or `#[alloc_allowed]`.
#[derive(Debug)]
pub struct Exception {
    /// Why it is allowed.
    pub reason: &'static str,
    /// `module_path!()` there.
    pub module: &'static str,
    /// `file!()` there.
    pub file: &'static str,
    /// `line!()` there.
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
    pub(super) warmup: u64,
    pub(super) process: bool,
}

/// No limit on one counted thing.
pub(super) const NO_LIMIT: u64 = u64::MAX;

macro_rules! setters {
    ($($key:ident)+) => {$(
        /// Sets the limit of the same name.
        #[must_use]
        #[inline]
        pub fn $key(mut self, limit: impl Limit) -> Self {
            self.$key = limit.limit();
            self
        }
    )+};
}

impl Limits {
    /// No limit at all, from the first call on.
    pub const NONE: Limits = Limits {
        allocations: NO_LIMIT,
        bytes: NO_LIMIT,
        peak_bytes: NO_LIMIT,
        live_bytes: NO_LIMIT,
        deallocations: NO_LIMIT,
        warmup: 0,
        process: false,
    };

    setters! { allocations bytes peak_bytes live_bytes deallocations warmup }

    /// All threads count.
    #[must_use]
    #[inline]
    pub fn process(mut self) -> Self {
        self.process = true;
        self
    }

    /// Without the limit that only the end of a region can exceed.
    pub(super) fn without_live_bytes(mut self) -> Self {
        self.live_bytes = NO_LIMIT;
        self
    }

    /// Whether allocations are all that is limited, from the first call on.
    #[inline]
    pub(super) fn are_only_of_allocations(&self) -> bool {
        let Limits { allocations: _, bytes, peak_bytes, live_bytes, deallocations, warmup, process } = *self;
        // `NO_LIMIT` has all bits.
        bytes & peak_bytes & live_bytes & deallocations == NO_LIMIT && warmup == 0 && !process
    }
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
        #[diagnostic::do_not_recommend]
        impl Limit for $unsigned {
            #[inline]
            fn limit(self) -> u64 {
                u64::try_from(self).unwrap_or(NO_LIMIT)
            }
        }
    )+};
}
limit! { u8 u16 u32 u64 u128 usize }
