//! Figures against limits: which are exceeded, and how that reads as a sentence.

use super::site::{Limits, NO_LIMIT};
use super::usage::{Usage, counted};

/// A limit that was exceeded.
pub(super) struct Breach {
    pub(super) key: Key,
    pub(super) limit: i64,
    pub(super) used: i64,
    /// What follows the function's name: `made 2 heap allocations (3 bytes); its budget is 0`.
    pub(super) sentence: String,
}

/// The key of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Allocations,
    Bytes,
    PeakBytes,
    LiveBytes,
    Deallocations,
}

/// All keys, the most important first, and in the order of their numbers.
pub(super) const KEYS: [Key; 5] =
    [Key::Allocations, Key::Bytes, Key::PeakBytes, Key::LiveBytes, Key::Deallocations];

impl Key {
    /// As it is written in a budget.
    pub(super) fn name(self) -> &'static str {
        match self {
            Key::Allocations => "allocations",
            Key::Bytes => "bytes",
            Key::PeakBytes => "peak_bytes",
            Key::LiveBytes => "live_bytes",
            Key::Deallocations => "deallocations",
        }
    }

    /// What was used of it. Less than nothing was kept where older memory was freed.
    #[inline]
    pub(super) fn used(self, usage: &Usage) -> i64 {
        match self {
            Key::Allocations => as_signed(usage.allocations),
            Key::Bytes => as_signed(usage.bytes_allocated),
            Key::PeakBytes => as_signed(usage.peak_bytes),
            Key::LiveBytes => usage.live_bytes,
            Key::Deallocations => as_signed(usage.deallocations),
        }
    }

    /// How much may be, if that is limited.
    #[inline]
    pub(super) fn limit(self, limits: &Limits) -> Option<i64> {
        let limit = match self {
            Key::Allocations => limits.allocations,
            Key::Bytes => limits.bytes,
            Key::PeakBytes => limits.peak_bytes,
            Key::LiveBytes => limits.live_bytes,
            Key::Deallocations => limits.deallocations,
        };
        (limit != NO_LIMIT).then_some(as_signed(limit))
    }

    #[inline]
    fn is_exceeded(self, usage: &Usage, limits: &Limits) -> bool {
        self.limit(limits).is_some_and(|limit| self.used(usage) > limit)
    }
}

/// As a word of the line has it; what does not fit is as good as no limit.
#[inline]
pub(super) fn as_signed(limit: u64) -> i64 {
    // PERF: by hand, for debug builds.
    if limit > i64::MAX.cast_unsigned() { i64::MAX } else { limit.cast_signed() }
}

/// Whether the usage is over any of the limits.
#[inline]
pub(super) fn is_broken(limits: &Limits, usage: &Usage) -> bool {
    KEYS.iter().any(|key| key.is_exceeded(usage, limits))
}

/// The limits that the usage is over, the most important first.
pub(super) fn breaches(limits: &Limits, usage: &Usage) -> Vec<Breach> {
    let exceeded = KEYS.into_iter().filter(|key| key.is_exceeded(usage, limits));
    let of = |key: Key| Breach {
        key,
        limit: key.limit(limits).unwrap_or(i64::MAX),
        used: key.used(usage),
        sentence: sentence(key, usage, limits),
    };
    exceeded.map(of).collect()
}

fn sentence(key: Key, usage: &Usage, limits: &Limits) -> String {
    let used = key.used(usage).unsigned_abs();
    let limit = key.limit(limits).unwrap_or(i64::MAX);
    let bytes = counted(used, "byte");
    let heap_allocations = counted(usage.allocations, "heap allocation");
    match key {
        Key::Allocations => {
            let bytes = counted(usage.bytes_allocated, "byte");
            format!("made {heap_allocations} ({bytes}); its budget is {limit}")
        }
        Key::Bytes => format!("allocated {bytes} in {heap_allocations}; its budget is `bytes = {limit}`"),
        Key::PeakBytes => format!("held {bytes} at its peak; its budget is `peak_bytes = {limit}`"),
        Key::LiveBytes => format!("kept {bytes} when it ended; its budget is `live_bytes = {limit}`"),
        Key::Deallocations => {
            let deallocations = counted(used, "deallocation");
            format!("made {deallocations}; its budget is `deallocations = {limit}`")
        }
    }
}
