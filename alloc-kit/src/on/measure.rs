//! [`measure`]: figures for a closure, with no limit and no verdict.

#![allow(unsafe_code, reason = "the thread's line")]

use core::future::poll_fn;
use core::marker::PhantomData;
use core::pin::pin;

use super::line::{self, Totals};
use super::mode;
use super::usage::Usage;

/// Runs the closure and says what the calling thread allocated and freed in it.
///
/// The result is handed on, alive: what it holds is in [`live_bytes`](Usage::live_bytes). Measurements and budgets
/// nest in any order, and each is inclusive. Other threads are not counted, and what [`allow_alloc!`](crate::allow_alloc)
/// lets pass is only in [`allowed_allocations`](Usage::allowed_allocations). Costs some hundred instructions.
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
    mode::require("measure");
    let measured = Measured::begin();
    let result = f();
    (result, measured.end().1)
}

/// Awaits the future and says what was allocated and freed in its polls, on whatever threads they were.
///
/// As [`measure`], for work that waits: what other tasks do on the same thread between the polls is not counted.
///
/// # Panics
///
/// In its first poll if the counting allocator is not installed, and when the future panics.
///
/// # Examples
///
#[cfg_attr(feature = "enforce", doc = "```")]
#[cfg_attr(not(feature = "enforce"), doc = "```no_run")]
/// # let mut task = std::task::Context::from_waker(std::task::Waker::noop());
/// # let test = async {
/// let (text, usage) = alloc_kit::measure_future(async { String::from("waited for") }).await;
/// assert_eq!((text.len(), usage.allocations), (10, 1));
/// # };
/// # assert!(std::pin::pin!(test).poll(&mut task).is_ready());
/// ```
pub async fn measure_future<F: Future>(future: F) -> (F::Output, Usage) {
    mode::require("measure_future");
    let mut future = pin!(future);
    let (mut used, mut peak, mut allowed) = (Totals::NONE, 0, 0);
    let result = poll_fn(|task| {
        let measured = Measured::begin();
        let result = future.as_mut().poll(task);
        let (now, usage) = measured.end();
        peak = peak.max(usage.peak_bytes.saturating_add_signed(used.live_bytes));
        allowed += usage.allowed_allocations;
        used += now;
        result
    });
    let result = result.await;
    (result, Usage { allowed_allocations: allowed, ..Usage::of(used, peak) })
}

/// A watermark that is taken back however the closure ends.
struct Measured {
    start: Totals,
    allowed: i64,
    outer_peak: i64,
    /// The counters belong to the thread.
    not_send: PhantomData<*mut ()>,
}

impl Measured {
    #[inline]
    fn begin() -> Self {
        let mut line = line::change();
        let (start, allowed) = (line.totals(), line.allowed);
        Self { start, allowed, outer_peak: line.begin_peak(), not_send: PhantomData }
    }

    /// What was used so far. The outer watermark is put back by `drop`; until then this region's stands.
    #[inline]
    fn end(&self) -> (Totals, Usage) {
        // SAFETY: the line is valid on this thread, and no other reference to it is held.
        let line = unsafe { &*line::line() };
        let used = line.totals() - self.start;
        let mut usage = Usage::of(used, line.peak().wrapping_sub(self.start.live_bytes).cast_unsigned());
        usage.allowed_allocations = line.allowed.wrapping_sub(self.allowed).cast_unsigned();
        (used, usage)
    }
}

impl Drop for Measured {
    #[inline]
    fn drop(&mut self) {
        line::change().end_peak(self.outer_peak);
    }
}
