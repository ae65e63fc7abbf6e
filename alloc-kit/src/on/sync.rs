//! What threads share is made of: in one place, so that a test can put loom's types here (`tests/threads_loom.rs`).

use core::hint::spin_loop;
pub(super) use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, fence};
use std::thread;

/// A cell that whoever has a lock looks into.
pub(super) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(super) const fn new(value: T) -> Self {
        Self(core::cell::UnsafeCell::new(value))
    }

    pub(super) fn with_mut<R>(&self, work: impl FnOnce(*mut T) -> R) -> R {
        work(self.0.get())
    }
}

/// How often a lock is tried: for some seconds at the most.
const TRIES: u32 = if cfg!(test) { 100_000 } else { 50_000_000 };
/// How often before somebody else gets the processor.
const SPINS: u32 = 1_000;

/// Waits a moment after a lock was tried so often; false if that was often enough.
pub(super) fn wait(tries: u32) -> bool {
    pause(tries);
    tries < TRIES
}

/// Waits a moment for another thread, after so many times.
pub(super) fn pause(times: u32) {
    // It may wait for this processor.
    if times.is_multiple_of(SPINS) {
        thread::yield_now();
    } else {
        spin_loop();
    }
}
