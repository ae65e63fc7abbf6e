//! [`CountingAlloc`], the type. What its methods do is in `on/hook.rs` and `off.rs`, one for each mode.

/// A global allocator that counts what each thread requests and hands everything on to the allocator inside.
///
/// With the feature `enforce` one is already installed, over the system's allocator. With `audit`, install it
/// yourself: by `install!` for the system's, or like this over another one:
///
/// ```
/// # #[cfg(all(feature = "audit", not(feature = "enforce")))]
/// # mod installed {
/// use alloc_kit::CountingAlloc;
/// # use std::alloc::System as MiMalloc;
///
/// #[global_allocator]
/// static GLOBAL: CountingAlloc<MiMalloc> = CountingAlloc::new(MiMalloc);
/// # }
/// ```
///
/// Without either feature (off mode) the type exists all the same, and only forwards.
///
/// # Implementation
///
/// What is counted, and where: each of the four methods updates a few words in one const-initialised thread-local
/// cache line, then tail-calls the inner allocator's own method, so `realloc` and `alloc_zeroed` keep their fast
/// paths. It never allocates, locks, panics or unwinds. A request that fails leaves no trace: requests above
/// 256 KiB, those that reach a new peak, and one in every 256 KiB requested, are checked; a smaller one that fails
/// *and* stays below a peak already seen in the region is counted as if it had succeeded.
///
/// What it costs: `cargo bench -p alloc-kit-benches --bench counting` prints it; about five instructions for an
/// allocation and its free.
///
/// What is missed: memory from C's `malloc` and from allocators passed by hand, and whatever a compiler removed.
#[derive(Debug, Default, Clone, Copy)]
pub struct CountingAlloc<#[cfg(feature = "std")] A = std::alloc::System, #[cfg(not(feature = "std"))] A> {
    pub(crate) inner: A,
}

impl<A> CountingAlloc<A> {
    /// Counts what goes to `inner`.
    ///
    /// ```
    /// use alloc_kit::CountingAlloc;
    /// use std::alloc::System;
    ///
    /// # #[cfg(not(feature = "enforce"))] // It has installed one already.
    /// #[global_allocator]
    /// static GLOBAL: CountingAlloc<System> = CountingAlloc::new(System);
    ///
    /// # #[cfg(feature = "audit")]
    /// # {
    /// let (text, usage) = alloc_kit::measure(|| String::from("text"));
    /// assert_eq!((text.len(), usage.allocations), (4, 1));
    /// # }
    /// ```
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

#[cfg(feature = "std")]
impl CountingAlloc {
    /// Counts what goes to the system's allocator.
    ///
    /// ```
    /// use alloc_kit::CountingAlloc;
    ///
    /// # #[cfg(not(feature = "enforce"))] // It has installed one already.
    /// #[global_allocator]
    /// static GLOBAL: CountingAlloc = CountingAlloc::system();
    ///
    /// # #[cfg(feature = "audit")]
    /// # {
    /// let (text, usage) = alloc_kit::measure(|| String::from("text"));
    /// assert_eq!((text.len(), usage.allocations), (4, 1));
    /// # }
    /// ```
    #[must_use]
    pub const fn system() -> Self {
        Self::new(std::alloc::System)
    }
}

/// For `cargo alloc-kit prove`: that an allocator is at work here, which may be inlined anywhere. Otherwise nothing.
#[cfg(not(alloc_kit_prove))]
#[inline(always)]
pub(crate) fn allocates() {}
/// Likewise; what it does is to free.
#[cfg(not(alloc_kit_prove))]
#[inline(always)]
pub(crate) fn frees() {}
#[cfg(alloc_kit_prove)]
pub(crate) use crate::prove::{allocates, frees};
