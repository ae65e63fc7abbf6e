//! One place for a value: who may touch it, and figures that only its holder writes.
//!
//! Invariants:
//! - The state is `FREE`, `TAKEN`, or the number of a thread, whose own the slot then is while it is idle.
//! - Who turns the state into `TAKEN` holds the slot, and alone touches the value, until it stores another state.
//! - From `FREE` anybody may take it, by a compare-and-exchange. From a number only that thread may, and since nobody
//!   else changes the state meanwhile, it does so by a load and a store. Once the thread is over it never will again:
//!   then anybody may, as from `FREE`.
//!
//! Nothing waits: a slot is held by the first try, or not at all. `tests/pool_loom.rs` runs this in every order.

#![allow(unsafe_code, reason = "who may call what is a promise of the caller")]

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::numbers::Numbers;
use super::sync::{AtomicUsize, UnsafeCell};

/// Idle, and anybody's. Numbers are larger than both.
pub(super) const FREE: usize = 1;
/// Held.
const TAKEN: usize = 2;

/// In place of the bytes of the value, where there is none.
const NO_VALUE: usize = usize::MAX;

/// On cache lines of its own, two of them, since some processors fetch pairs.
///
/// PERF: what a lease touches comes first.
#[repr(C, align(128))]
pub(super) struct Slot<T> {
    state: AtomicUsize,
    /// With so many bytes or more the value is given back: 0 asks its holder, or the thread whose own it is, to do so.
    limit_bytes: AtomicUsize,
    /// What the value retains, as of the last release.
    kept_bytes: AtomicUsize,
    reused: AtomicUsize,
    pub(super) value: UnsafeCell<Option<T>>,
    made: AtomicUsize,
    given_back: AtomicUsize,
}

/// The figures of a slot, as one thread sees them.
pub(super) struct Tally {
    pub(super) taken: bool,
    pub(super) kept_bytes: Option<usize>,
    pub(super) reused: usize,
    pub(super) made: usize,
    pub(super) given_back: usize,
}

impl<T> Slot<T> {
    /// Idle, empty, and anybody's.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            state: AtomicUsize::new(FREE),
            limit_bytes: AtomicUsize::new(max_bytes.saturating_add(1)),
            kept_bytes: AtomicUsize::new(NO_VALUE),
            reused: AtomicUsize::new(0),
            value: UnsafeCell::new(None),
            made: AtomicUsize::new(0),
            given_back: AtomicUsize::new(0),
        }
    }

    /// One that is held from the beginning, with a value, and is nobody else's.
    pub(super) fn holding(value: T) -> Self {
        Self { state: AtomicUsize::new(TAKEN), value: UnsafeCell::new(Some(value)), ..Self::new(0) }
    }

    /// The value of one that is nobody else's.
    pub(super) fn into_value(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Takes the slot if it is the calling thread's own, without a read-modify-write.
    ///
    /// # Safety
    ///
    /// `me` is the number that the calling thread has and has not left, or no number at all.
    #[inline]
    pub(super) unsafe fn claim_own(&self, me: usize) -> bool {
        // Acquire: the lease that stored the number may have ended on another thread.
        if self.state.load(Acquire) != me {
            return false;
        }
        self.state.store(TAKEN, Relaxed);
        true
    }

    /// Takes the slot if it is anybody's, or that of a thread that is over.
    pub(super) fn claim<const N: usize>(&self, numbers: &Numbers<N>) -> bool {
        let seen = self.state.load(Relaxed);
        let idle = seen == FREE || (seen != TAKEN && numbers.is_over(seen));
        idle && self.state.compare_exchange(seen, TAKEN, Acquire, Relaxed).is_ok()
    }

    /// Gives the slot back, to anybody (`FREE`) or to the thread with that number.
    ///
    /// # Safety
    ///
    /// The caller holds the slot, and touches its value no more.
    #[inline]
    pub(super) unsafe fn release(&self, to: usize) {
        self.state.store(to, Release);
    }

    /// Where the value is.
    ///
    /// Only who holds the slot may read or write there.
    #[inline]
    pub(super) fn value(&self) -> *mut Option<T> {
        self.value.with_mut(|value| value)
    }

    /// Whether there seems to be a value; only who holds the slot knows.
    pub(super) fn seems_full(&self) -> bool {
        self.kept_bytes.load(Relaxed) != NO_VALUE
    }

    /// Whether a value that retains so much is to be given back.
    #[inline]
    pub(super) fn is_over_limit(&self, retained_bytes: usize) -> bool {
        retained_bytes >= self.limit_bytes.load(Relaxed)
    }

    /// Asks whoever holds the slot, or next does, to give the value back.
    pub(super) fn ask_back(&self) {
        self.limit_bytes.store(0, Relaxed);
    }

    /// By the holder, on lending a value that was there.
    #[inline]
    pub(super) fn count_reused(&self) {
        count(&self.reused);
    }

    /// By the holder, on lending a value that was not.
    pub(super) fn count_made(&self) {
        count(&self.made);
    }

    /// By the holder, before the release: the value stays.
    #[inline]
    pub(super) fn note_kept(&self, retained_bytes: usize) {
        self.kept_bytes.store(retained_bytes, Relaxed);
    }

    /// By the holder, before the release: the value is freed.
    pub(super) fn note_given_back(&self, max_bytes: usize) {
        count(&self.given_back);
        self.note_empty(max_bytes);
    }

    /// By the holder, before the release: there is no value any more, and the next one may retain so much.
    pub(super) fn note_empty(&self, max_bytes: usize) {
        self.kept_bytes.store(NO_VALUE, Relaxed);
        self.limit_bytes.store(max_bytes.saturating_add(1), Relaxed);
    }

    pub(super) fn tally(&self) -> Tally {
        let kept_bytes = self.kept_bytes.load(Relaxed);
        Tally {
            taken: self.state.load(Relaxed) == TAKEN,
            kept_bytes: (kept_bytes != NO_VALUE).then_some(kept_bytes),
            reused: self.reused.load(Relaxed),
            made: self.made.load(Relaxed),
            given_back: self.given_back.load(Relaxed),
        }
    }
}

/// PERF: only the holder writes, so that no read-modify-write is wanted.
#[inline]
fn count(counter: &AtomicUsize) {
    counter.store(counter.load(Relaxed).wrapping_add(1), Relaxed);
}
