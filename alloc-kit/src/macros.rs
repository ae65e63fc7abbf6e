//! The macros that take an expression, and `install!`.

/// Installs the counting allocator over the system's as the global allocator; for the feature `audit`.
///
/// One line at the root of each test program: of each file in `tests/`, and of `lib.rs` or `main.rs` for unit tests.
/// Without `audit` it expands to nothing, so that nobody who depends on the crate gets an allocator from it. With
/// `enforce` it is installed already, and a second one is a compile error.
///
/// ```
/// # #[cfg(not(feature = "enforce"))]
/// alloc_kit::install!();
/// # fn main() {}
/// ```
#[cfg(feature = "audit")]
#[macro_export]
macro_rules! install {
    () => {
        #[global_allocator]
        static __ALLOC_KIT_GLOBAL: $crate::CountingAlloc = $crate::CountingAlloc::system();
    };
}

/// Expands to nothing: only with the feature `audit` is there something to install.
///
/// ```
/// alloc_kit::install!();
///
/// // Does not meet another.
/// #[global_allocator]
/// static GLOBAL: std::alloc::System = std::alloc::System;
/// # fn main() {}
/// ```
#[cfg(not(feature = "audit"))]
#[macro_export]
macro_rules! install {
    () => {};
}

/// Evaluates an expression, or calls a closure without parameters, and panics if the calling thread allocated.
///
/// The value is handed on. Frees are free, unless a key says otherwise: `assert_no_alloc!(deallocations = 0, f())`.
/// In off mode the expression stands as it is, but for the crate's own tests, where that is a compile error which
/// names the feature.
///
/// # Panics
///
/// If the thread allocated, with the line that did, and if the counting allocator is not installed.
///
/// # Examples
///
#[cfg_attr(feature = "enforce", doc = "```")]
#[cfg_attr(not(feature = "enforce"), doc = "```no_run")]
/// let fields = [3, 1, 2];
/// let sorted = alloc_kit::assert_no_alloc!({
///     let mut sorted = fields;
///     sorted.sort_unstable();
///     sorted
/// });
/// assert_eq!(sorted, [1, 2, 3]);
/// ```
#[macro_export]
macro_rules! assert_no_alloc {
    ($($body:tt)*) => {
        $crate::__private::assert_no_alloc!([$crate] $($body)*)
    };
}

/// Evaluates an expression, or calls a closure without parameters, and panics if the calling thread used more than
/// its budget.
///
/// The budget is a number of allocations, or one or several of `allocations`, `bytes`, `peak_bytes`, `live_bytes`
/// and `deallocations` as in [`alloc_budget`](macro@crate::alloc_budget); any unsigned integer. Off mode is as for
/// [`assert_no_alloc!`](crate::assert_no_alloc).
///
/// # Panics
///
/// If the thread used more, with the lines that did, and if the counting allocator is not installed.
///
/// # Examples
///
#[cfg_attr(feature = "enforce", doc = "```")]
#[cfg_attr(not(feature = "enforce"), doc = "```no_run")]
/// use alloc_kit::assert_alloc_budget;
///
/// let list = assert_alloc_budget!(1, vec![1, 2, 3]);
/// let text = assert_alloc_budget!(bytes = 64, live_bytes = list.len() * 8, || list[0].to_string());
/// assert_eq!(text, "1");
/// ```
#[macro_export]
macro_rules! assert_alloc_budget {
    ($($budget_and_body:tt)*) => {
        $crate::__private::assert_alloc_budget!([$crate] $($budget_and_body)*)
    };
}

/// Evaluates an expression, or calls a closure without parameters, whose allocations no budget around it counts.
///
/// For the one place in a hot function that may allocate, and why: the exception is counted apart
/// ([`Usage::allowed_allocations`](crate::Usage)), and the report lists it with its reason. A budget inside of it is
/// judged as everywhere. An expression may have an `.await`, but no `?` and no `return` beside it. For a whole
/// function there is [`#[alloc_allowed]`](macro@crate::alloc_allowed). In off mode the expression stands as it is.
///
/// What was allocated in it is nobody's, so to free it later, outside of it, is a deallocation, and lowers the
/// `live_bytes` of a region around.
///
/// # Examples
///
/// ```
/// # #[cfg(not(feature = "enforce"))]
/// # alloc_kit::install!();
/// use alloc_kit::{allow_alloc, no_alloc};
///
/// #[no_alloc]
/// fn add(list: &mut Vec<u32>, n: u32) {
///     if list.len() == list.capacity() {
///         allow_alloc!("grows to the longest input seen", list.reserve(64));
///     }
///     list.push(n);
/// }
///
/// let mut list = Vec::new();
/// add(&mut list, 1);
/// assert_eq!(list, [1]);
/// ```
#[macro_export]
macro_rules! allow_alloc {
    ($($reason_and_body:tt)*) => {
        $crate::__private::allow_alloc!([$crate] $($reason_and_body)*)
    };
}
