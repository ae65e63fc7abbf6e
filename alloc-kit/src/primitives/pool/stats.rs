//! The figures of a pool: its slots' own, which their holders write, and those of what overflows.

use core::sync::atomic::AtomicUsize;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::slot::Slot;

/// What a [`Pool`](crate::Pool) keeps, and what it did since it was made.
///
/// While other threads lease, each figure is of a moment of its own; once they are at rest (joined, say), the figures agree
/// with each other: `reused + made` is the number of leases.
///
/// Counting costs no read-modify-write but in an overflow.
///
/// ```
/// let pool = alloc_kit::Pool::<Vec<u8>>::new().max_values(1).max_bytes(100);
/// let mut first = pool.lease();
/// let second = pool.lease(); // one more than are kept
/// first.reserve_exact(64);
/// let stats = pool.stats();
/// assert_eq!((stats.values_leased, stats.made, stats.overflowed), (2, 2, 1));
///
/// drop((first, second));
/// let stats = pool.stats();
/// assert_eq!((stats.values_kept, stats.retained_bytes), (1, 64));
///
/// pool.lease().reserve_exact(1000); // more than `max_bytes` allows
/// let stats = pool.stats();
/// assert_eq!((stats.reused, stats.given_back, stats.values_kept), (1, 1, 0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Idle values, never more than `max_values`.
    pub values_kept: u64,
    /// What they retain, never more than `max_bytes` each.
    pub retained_bytes: u64,
    /// Leases that have not ended, those that were forgotten (`mem::forget`) among them.
    pub values_leased: u64,
    /// Leases of a value that was kept.
    pub reused: u64,
    /// Leases for which a value was made.
    pub made: u64,
    /// Of those, the ones past `max_values`, whose values were or will be freed.
    pub overflowed: u64,
    /// Other values that were freed: for retaining more than `max_bytes`, by `give_back`, or for a panic.
    pub given_back: u64,
}

impl PoolStats {
    pub(super) fn of<T>(slots: &[Slot<T>], overflows: &Overflows) -> Self {
        // Ends first, and all that came before them: there are no more of them than starts.
        let ended = overflows.ended.load(Acquire);
        let started = overflows.started.load(Relaxed);
        let mut stats = Self {
            values_leased: to_u64(started.wrapping_sub(ended)),
            made: to_u64(started),
            overflowed: to_u64(started),
            ..Self::default()
        };
        for slot in slots {
            let tally = slot.tally();
            stats.reused += to_u64(tally.reused);
            stats.made += to_u64(tally.made);
            stats.given_back += to_u64(tally.given_back);
            if tally.taken {
                stats.values_leased += 1;
            } else if let Some(bytes) = tally.kept_bytes {
                stats.values_kept += 1;
                stats.retained_bytes += to_u64(bytes);
            }
        }
        stats
    }
}

fn to_u64(figure: usize) -> u64 {
    figure as u64
}

/// Of leases past `max_values`; on cache lines of their own, since they are written by all.
#[repr(align(128))]
pub(super) struct Overflows {
    started: AtomicUsize,
    ended: AtomicUsize,
}

impl Overflows {
    pub(super) const fn none() -> Self {
        Self { started: AtomicUsize::new(0), ended: AtomicUsize::new(0) }
    }

    pub(super) fn count_start(&self) {
        self.started.fetch_add(1, Relaxed);
    }

    pub(super) fn count_end(&self) {
        self.ended.fetch_add(1, Release);
    }
}
