//! How words that belong together are read by other threads than the one that changes them: a sequence lock, in which
//! nobody waits for the one who changes them, and he for nobody.
//!
//! The version is odd while the words are changed (`line.rs`). Who reads looks at it before and after.

use core::sync::atomic::Ordering::{Acquire, Relaxed};

use super::sync::{AtomicU32, fence, pause};

/// How often words that are just being changed are looked at again: for seconds, in which the processor is given away
/// some 20,000 times. The one who changes them may have lost it in the middle, on a machine that has much to do.
const LOOKS: u32 = 20_000_000;

/// What `read` gives while nothing is changed; none if it always is.
pub(super) fn read<R>(version: &AtomicU32, read: impl Fn() -> R) -> Option<R> {
    for times in 1..=LOOKS {
        let seen = read_once(version, &read);
        if seen.is_some() {
            return seen;
        }
        pause(times);
    }
    None
}

/// As [`read`], where nobody is there who could go on with a change: none if one has begun.
pub(super) fn read_once<R>(version: &AtomicU32, read: impl Fn() -> R) -> Option<R> {
    let before = version.load(Acquire);
    if !before.is_multiple_of(2) {
        return None;
    }
    let seen = read();
    fence(Acquire);
    (version.load(Relaxed) == before).then_some(seen)
}
