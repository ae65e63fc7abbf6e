//! The macros that take an expression, and `install!`.

/// Installs the counting allocator over the system's as the global allocator; for the feature `audit`.
///
/// One line at the root of each test program: of each file in `tests/`, and of `lib.rs` or `main.rs` for unit tests.
/// Without `audit` it expands to nothing, so that nobody who depends on the crate gets an allocator from it; nor does it
/// expand to anything with `enforce`, which has installed the same already (for another package of the workspace, say).
///
/// ```
/// alloc_kit::install!();
/// # fn main() {}
/// ```
#[cfg(all(feature = "audit", not(feature = "enforce")))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[macro_export]
macro_rules! install {
    () => {
        #[global_allocator]
        static __ALLOC_KIT_GLOBAL: $crate::__private::Installed = $crate::__private::INSTALLED;
    };
}

/// Expands to nothing: with the feature `enforce` the counting allocator is installed already, and without `audit` there is
/// none to install.
///
#[cfg_attr(not(feature = "enforce"), doc = "```")]
#[cfg_attr(feature = "enforce", doc = "```compile_fail")]
/// alloc_kit::install!();
///
/// // Does not meet another, unless `enforce` has installed one.
/// #[global_allocator]
/// static GLOBAL: std::alloc::System = std::alloc::System;
/// # fn main() {}
/// ```
#[cfg(any(not(feature = "audit"), feature = "enforce"))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
#[macro_export]
macro_rules! install {
    () => {};
}

/// Evaluates an expression, or calls a closure without parameters, and panics if the calling thread allocated.
///
/// The value is handed on. Frees are free, unless a key says otherwise: `assert_no_alloc!(deallocations = 0, f())`.
/// In off mode the expression stands as it is, but for the crate's own tests, where that is a compile error which
/// names the feature. For `cargo alloc-kit prove` it stands where it is, between marks: each path from its begin to its end is judged, in
/// whatever function it was inlined; one with an `.await` is a future whose polls are
/// ([more](macro@crate::no_alloc#proved-in-the-binary)).
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
/// (`Usage::allowed_allocations`), and the report lists it with its reason. A budget inside of it is
/// judged as everywhere. An expression may have an `.await`, and then no `?` and no `return`. For a whole
/// function there is [`#[alloc_allowed]`](macro@crate::alloc_allowed). In off mode the expression stands as it is. For
/// `cargo alloc-kit prove` it is an exception, too, and listed: a path that only allocates in here is none that allocates.
///
/// What was allocated in it is nobody's, so to free it later, outside of it, is a deallocation, and lowers what is live
/// in a region around, and with that its peaks from then on.
///
/// # Examples
///
/// ```
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

/// Calls a closure at growing sizes, and panics if it allocates more with each than a class of growth allows.
///
/// `assert_growth!(O(log n), |n| ..)` is about allocations. `allocations`, `bytes`, `peak_bytes`, `live_bytes` and
/// `deallocations`, as in [`alloc_budget`](macro@crate::alloc_budget), each take a class: `bytes = O(n)`. The classes
/// are `O(1)`, `O(log n)`, `O(n)` and `O(n log n)`.
///
/// With two closures the first makes the input and is not counted, and the second gets it by value and is:
/// `|n| words(n), |words| index(&words)`. What is returned is dropped afterwards, uncounted; the drop of the input is
/// counted, unless the second closure gives it back. The name of a function will do for a closure.
///
/// The sizes are the powers of two from 4 to 4096, or `sizes = [..]`, anything that gives `usize`s: at least 4 from 1
/// on, each larger than the one before, the last at least 8 times the first. Let each be twice the one before: others
/// catch a collection now before it grows, now after, and that may be taken for growth. Each is run once, in order,
/// after an uncounted run at the smallest, so that what the first call builds and keeps is in no figure.
///
/// # What holds
///
/// Counts are exact, so they are compared and not fitted. Relative to the class, the figures may grow over the last
/// half of the sizes as steeply as at the steepest step of the first half and 25 % more (50 % for `O(n log n)`, since
/// sorts leave short runs to something else), and calls by one more. `O(1)` may not grow there at all. So neither constants
/// matter nor what fits inline; a large step early on makes it lenient, and what starts beyond the sizes is not seen.
/// Where growth starts so late that fewer than three steps show it, the assertion fails and asks for larger sizes.
///
/// # Panics
///
/// If a figure grows faster, with the series: each size, the figure for it, and to each step how much more it is for
/// one more of the class. If the sizes are not as above, and if the counting allocator is not installed. When off it
/// is a compile error that names the feature, since it would always hold.
///
/// # Examples
///
#[cfg_attr(feature = "enforce", doc = "```")]
#[cfg_attr(all(feature = "audit", not(feature = "enforce")), doc = "```no_run")]
#[cfg_attr(not(feature = "audit"), doc = "```compile_fail")]
/// use alloc_kit::assert_growth;
///
/// // A Vec doubles, so it reallocates a few times, and all of that is in proportion to its length.
/// assert_growth!(O(log n), bytes = O(n), |n| {
///     let mut list = Vec::new();
///     for i in 0..n {
///         list.push(i);
///     }
///     list
/// });
///
/// // Joining makes one String, however many there are.
/// assert_growth!(O(1), |n| vec!["word"; n], |words| words.join(" "));
/// ```
///
/// What grows faster is shown:
///
#[cfg_attr(feature = "enforce", doc = "```should_panic")]
#[cfg_attr(all(feature = "audit", not(feature = "enforce")), doc = "```no_run")]
#[cfg_attr(not(feature = "audit"), doc = "```compile_fail")]
/// // alloc-kit: allocations grow faster than O(log n): they look like O(n)
/// //      n  allocations  more per log n
/// //      4            5
/// //      8            9               4
/// //     16           17               8
/// alloc_kit::assert_growth!(O(log n), |n| vec![String::from("word"); n]);
/// ```
#[macro_export]
macro_rules! assert_growth {
    ($($claims_and_closures:tt)*) => {
        $crate::__private::assert_growth!([$crate] $($claims_and_closures)*)
    };
}

/// Checks the size of types while compiling: `assert_size!(Event <= 64)`.
///
/// A type, one of `<=`, `<` or `==`, and bytes, which may be any constant; several are separated by commas. It stands where
/// an item or a statement may, costs nothing when run, and is the same in both modes. A type that grows makes each of its
/// vectors, channels and futures larger, and is copied whenever it moves; mostly one large variant or field can be boxed.
///
/// Sizes are those of the target, of which pointers are half as large on 32 bits, and of the compiler, which may lay fields out
/// anew: let the limit be one that you mean, and put `#[cfg(target_pointer_width = "64")]` before an `==`.
///
/// Generic parameters of a function around can't be named, as in no item. The type of a future can't be either: look at
/// a value in a test, `assert!(size_of_val(&handle(request)) <= 1024)`, which makes the future and does not run it.
///
/// # Errors
///
/// A compile error at the type, with both sizes: ``` `Event` is 72 bytes; assert_size! wants at most 64 ```.
///
/// # Examples
///
/// ```
/// use alloc_kit::assert_size;
///
/// enum Event {
///     Key(char),
///     Paste(Box<str>),
/// }
///
/// // Before: a comment, or `const _: () = assert!(size_of::<Event>() <= 24);`, which says neither size.
/// // After:
/// assert_size!(Event <= 24, Option<Vec<u8>> == size_of::<Vec<u8>>());
/// # let _ = [Event::Key('a'), Event::Paste("a".into())];
/// ```
///
/// ```compile_fail,E0080
/// // error[E0080]: evaluation panicked: `[u64; 9]` is 72 bytes; assert_size! wants at most 64
/// alloc_kit::assert_size!([u64; 9] <= 64);
/// ```
#[macro_export]
macro_rules! assert_size {
    ($($types_and_bytes:tt)*) => {
        $crate::__private::assert_size!([$crate] $($types_and_bytes)*);
    };
}
