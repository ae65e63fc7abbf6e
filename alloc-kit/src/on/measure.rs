//! [`measure`]: figures for a closure, with no limit and no verdict.

use core::marker::PhantomData;

use super::installed;
use super::line::{self, Totals};
use super::usage::Usage;

/// Runs the closure and says what the calling thread allocated and freed in it.
///
/// The result is handed on, alive: what it holds is in [`live_bytes`](Usage::live_bytes). Measurements and budgets
/// nest in any order, and each is inclusive. Other threads are not counted. Costs some twenty instructions.
///
/// # Panics
///
/// If the counting allocator is not installed, and when the closure panics.
///
/// # Examples
///
#[cfg_attr(feature = "enforce", doc = "```")]
#[cfg_attr(not(feature = "enforce"), doc = "```no_run")]
/// let (list, usage) = alloc_kit::measure(|| {
///     let mut list = Vec::with_capacity(4);
///     list.extend([1_u64, 2, 3, 4]);
///     list.push(5); // grows from 32 to 64 bytes
///     list
/// });
/// assert_eq!((usage.allocations, usage.reallocations), (2, 1));
/// assert_eq!((usage.bytes_allocated, usage.bytes_freed), (96, 32));
/// assert_eq!((usage.live_bytes, usage.peak_bytes), (64, 64));
/// # drop(list);
/// ```
#[track_caller]
pub fn measure<R>(f: impl FnOnce() -> R) -> (R, Usage) {
    installed::require("measure");
    let measured = Measured::begin();
    let result = f();
    (result, measured.end())
}

/// A watermark that is taken back however the closure ends.
struct Measured {
    start: Totals,
    outer_peak: i64,
    /// The counters belong to the thread.
    not_send: PhantomData<*mut ()>,
}

impl Measured {
    fn begin() -> Self {
        // SAFETY: the line is valid on this thread, and no other reference to it is held.
        let line = unsafe { &mut *line::line() };
        Self { start: line.totals(), outer_peak: line.begin_peak(), not_send: PhantomData }
    }

    fn end(self) -> Usage {
        // SAFETY: the line is valid on this thread, and no other reference to it is held.
        let line = unsafe { *line::line() };
        // The outer watermark is put back by `drop`; until then this region's stands.
        Usage::between(&self.start, &line.totals(), line.peak())
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        // SAFETY: the line is valid on this thread, and no other reference to it is held.
        let line = unsafe { &mut *line::line() };
        line.end_peak(self.outer_peak);
    }
}
