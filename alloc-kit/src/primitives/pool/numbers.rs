//! Numbers for threads: the smallest that are free, none ever given twice, each known to be over once its thread is.
//!
//! A number is `turn * N + index`, where `index` is an entry of the table. The entry holds the turn: odd while a thread
//! has it, even when it is free. Turns only go up, and an entry that has used them up is not given again.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::sync::AtomicUsize;

/// Numbers for `N` threads at a time; `N` is a power of two.
pub(super) struct Numbers<const N: usize> {
    turns: [AtomicUsize; N],
}

impl<const N: usize> Numbers<N> {
    /// From here on a number would not fit.
    const LAST_TURN: usize = usize::MAX / N - 1;

    pub(super) const fn with(turns: [AtomicUsize; N]) -> Self {
        const { assert!(N.is_power_of_two() && N > 2, "numbers would be taken for a slot's other states") };
        Self { turns }
    }

    /// A number that nobody ever had; none if `N` threads have one.
    pub(super) fn enter(&self) -> Option<usize> {
        self.turns.iter().enumerate().find_map(|(index, entry)| {
            let turn = entry.load(Relaxed);
            if turn % 2 == 1 || turn >= Self::LAST_TURN {
                return None;
            }
            // Acquire: who sees this thread leave sees all that the threads before it did, too.
            entry.compare_exchange(turn, turn + 1, Acquire, Relaxed).ok()?;
            Some((turn + 1) * N + index)
        })
    }

    /// Once the thread with that number will use it no more.
    pub(super) fn leave(&self, number: usize) {
        self.turns[number % N].store(number / N + 1, Release);
    }

    /// Whether the thread with that number has left; all that it did is then seen.
    pub(super) fn is_over(&self, number: usize) -> bool {
        // Not `!=`: where its coming is not seen yet, the turn is a lower one.
        self.turns[number % N].load(Acquire) > number / N
    }
}
