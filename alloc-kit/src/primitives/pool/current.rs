//! The number of the calling thread, from its first lease to the end of its thread-locals.

use core::cell::Cell;
use core::sync::atomic::AtomicUsize;

use super::numbers::Numbers;

/// So many threads at a time have a number; further ones lease by a read-modify-write.
const THREADS: usize = 256;

/// Not asked for yet. Neither this nor `NEVER` is a state of a slot.
const NONE: usize = 0;
/// The table was full, or the thread ends.
const NEVER: usize = usize::MAX;

pub(super) static NUMBERS: Numbers<THREADS> = Numbers::with([const { AtomicUsize::new(0) }; THREADS]);

std::thread_local! {
    // Without a destructor, so that it can be read to the last instruction of the thread.
    static NUMBER: Cell<usize> = const { Cell::new(NONE) };
    static LEAVING: Leaving = const { Leaving };
}

/// The number, or what is none.
#[inline]
pub(super) fn number() -> usize {
    NUMBER.get()
}

/// The number, which the thread gets now if it has none yet.
pub(super) fn enter() -> Option<usize> {
    if NUMBER.get() == NONE {
        NUMBER.set(NEVER);
        // Without it the number would never be over.
        if LEAVING.try_with(|_| ()).is_ok() {
            NUMBER.set(NUMBERS.enter().unwrap_or(NEVER));
        }
    }
    Some(NUMBER.get()).filter(|number| *number != NEVER)
}

/// What differs from thread to thread, also where there is no number.
pub(super) fn spread() -> usize {
    /// 2 to the 64 by the golden ratio: it brings the differences to the upper half.
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let address = NUMBER.with(|number| core::ptr::from_ref(number).addr()) as u64;
    (address.wrapping_mul(FACTOR) >> 32) as usize
}

struct Leaving;

impl Drop for Leaving {
    fn drop(&mut self) {
        let number = NUMBER.replace(NEVER);
        if number != NEVER {
            NUMBERS.leave(number);
        }
    }
}
