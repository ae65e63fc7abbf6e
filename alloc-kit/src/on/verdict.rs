//! Figures against limits: which are exceeded, and how that reads as a sentence.

use super::limits::{Limits, NO_LIMIT};
use super::usage::{Usage, counted};

/// A limit that was exceeded.
pub(super) struct Breach {
    pub(super) key: Key,
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

const KEYS: [Key; 5] = [Key::Allocations, Key::Bytes, Key::PeakBytes, Key::LiveBytes, Key::Deallocations];

impl Key {
    /// What was used of it, and how much may be.
    fn used_and_limit(self, usage: &Usage, limits: &Limits) -> (u64, u64) {
        match self {
            Key::Allocations => (usage.allocations, limits.allocations),
            Key::Bytes => (usage.bytes_allocated, limits.bytes),
            Key::PeakBytes => (usage.peak_bytes, limits.peak_bytes),
            // Less than nothing was kept where older memory was freed.
            Key::LiveBytes => (u64::try_from(usage.live_bytes).unwrap_or(0), limits.live_bytes),
            Key::Deallocations => (usage.deallocations, limits.deallocations),
        }
    }

    fn is_exceeded(self, usage: &Usage, limits: &Limits) -> bool {
        let (used, limit) = self.used_and_limit(usage, limits);
        limit != NO_LIMIT && used > limit
    }
}

/// Whether the usage is over any of the limits.
pub(super) fn is_broken(limits: &Limits, usage: &Usage) -> bool {
    KEYS.iter().any(|key| key.is_exceeded(usage, limits))
}

/// The limits that the usage is over, the most important first.
pub(super) fn breaches(limits: &Limits, usage: &Usage) -> Vec<Breach> {
    let exceeded = KEYS.into_iter().filter(|key| key.is_exceeded(usage, limits));
    exceeded.map(|key| Breach { key, sentence: sentence(key, usage, limits) }).collect()
}

fn sentence(key: Key, usage: &Usage, limits: &Limits) -> String {
    let (used, limit) = key.used_and_limit(usage, limits);
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
