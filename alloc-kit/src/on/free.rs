//! Which of 64 places are free: a bit each.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::sync::AtomicU64;

/// The places that nobody has.
pub(super) struct Free {
    bits: AtomicU64,
}

impl Free {
    /// All are.
    pub(super) const ALL: u64 = u64::MAX;

    pub(super) const fn with(bits: AtomicU64) -> Self {
        Self { bits }
    }

    /// Takes the first that is free; none if none is. It never waits, also not for who was interrupted in here.
    pub(super) fn take(&self) -> Option<u32> {
        let mut bits = self.bits.load(Relaxed);
        while bits != 0 {
            let first = bits.trailing_zeros();
            // Acquire: what the one before did in it is over.
            match self.bits.compare_exchange_weak(bits, bits & !(1 << first), Acquire, Relaxed) {
                Ok(_) => return Some(first),
                Err(now) => bits = now,
            }
        }
        None
    }

    /// Whoever took it has ended what it did there.
    pub(super) fn give_back(&self, place: u32) {
        self.bits.fetch_or(1 << place, Release);
    }
}
