//! [`Usage`]: what a region used, as figures.

use core::fmt;

use super::line::Totals;

/// What the calling thread allocated and freed in a region.
///
/// Counts are calls, bytes are as the program requested them (not what the allocator rounds them up to), and
/// everything is inclusive: what nested regions use is in it.
///
#[cfg_attr(feature = "enforce", doc = "```")]
#[cfg_attr(not(feature = "enforce"), doc = "```no_run")]
/// use alloc_kit::{allow_alloc, measure};
///
/// let (list, usage) = measure(|| {
///     let mut list = Vec::with_capacity(4); // 32 bytes
///     list.extend([1_u64, 2, 3, 4]);
///     list.push(5); // grows: 64 bytes, and 32 freed
///     drop(String::with_capacity(100)); // 100 bytes, and freed
///     allow_alloc!("counted apart", drop(String::with_capacity(1000)));
///     list
/// });
/// assert_eq!((usage.allocations, usage.reallocations, usage.deallocations), (3, 1, 1));
/// assert_eq!((usage.bytes_allocated, usage.bytes_freed), (32 + 64 + 100, 32 + 100));
/// assert_eq!(usage.live_bytes, 64); // `list` still lives
/// assert_eq!(usage.peak_bytes, 64 + 100);
/// assert_eq!(usage.allowed_allocations, 1);
/// assert_eq!(list.len(), 5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Usage {
    /// Calls of `alloc`, `alloc_zeroed`, and `realloc` that grows: what a budget of `n` limits.
    pub allocations: u64,
    /// How many of the allocations were growing `realloc`s.
    pub reallocations: u64,
    /// Calls of `dealloc`.
    pub deallocations: u64,
    /// Bytes requested by the allocations; a growing `realloc` requests its whole new size.
    pub bytes_allocated: u64,
    /// Bytes given back: by `dealloc`, the old size by a growing `realloc`, the difference by a shrinking one.
    pub bytes_freed: u64,
    /// `bytes_allocated - bytes_freed`: negative where more was freed than allocated, which was there before.
    pub live_bytes: i64,
    /// The most that `live_bytes` was at any moment in the region.
    pub peak_bytes: u64,
    /// Allocations in [`allow_alloc!`](crate::allow_alloc): they, and what they free, are in no other figure.
    pub allowed_allocations: u64,
}

impl Usage {
    /// The difference of two totals of a thread, with its peak above the first.
    #[inline]
    pub(super) fn of(used: Totals, peak_bytes: u64) -> Self {
        let Totals { allocations, reallocations, deallocations, bytes_allocated, live_bytes } = used;
        Usage {
            allocations: allocations.cast_unsigned(),
            reallocations: reallocations.cast_unsigned(),
            deallocations: deallocations.cast_unsigned(),
            bytes_allocated: bytes_allocated.cast_unsigned(),
            bytes_freed: bytes_allocated.wrapping_sub(live_bytes).cast_unsigned(),
            live_bytes,
            peak_bytes,
            allowed_allocations: 0,
        }
    }
}

impl fmt::Display for Usage {
    /// One line: `3 allocations (1 of them reallocations), 96 bytes, peak 64 bytes, 1 deallocation, live 32 bytes`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reallocations, live_bytes, .. } = self;
        let s = if *live_bytes == 1 { "" } else { "s" };
        f.write_str(&counted(self.allocations, "allocation"))?;
        if *reallocations > 0 {
            write!(f, " ({reallocations} of them reallocations)")?;
        }
        let [allocated, peak] = [self.bytes_allocated, self.peak_bytes].map(|n| counted(n, "byte"));
        let freed = counted(self.deallocations, "deallocation");
        write!(f, ", {allocated}, peak {peak}, {freed}, live {live_bytes} byte{s}")?;
        match self.allowed_allocations {
            0 => Ok(()),
            allowed => write!(f, ", and {} that `allow_alloc!` excepts", counted(allowed, "allocation")),
        }
    }
}

/// `1 allocation`, `2 allocations`.
pub(super) fn counted(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
