//! How words that belong together are read by other threads than the one that changes them: a sequence lock, in which
//! nobody waits for the one who changes them, and he for nobody.
//!
//! The version is odd while the words are changed (`line.rs`). Who reads looks at it before and after.

use core::sync::atomic::Ordering::{Acquire, Relaxed};

use super::sync::{AtomicU32, fence, pause};

/// How often words that are just being changed are looked at again.
const LOOKS: u32 = 1_000_000;

/// What `read` gives while nothing is changed; none if it always is.
pub(super) fn read<R>(version: &AtomicU32, read: impl Fn() -> R) -> Option<R> {
    for _ in 0..LOOKS {
        let before = version.load(Acquire);
        if before.is_multiple_of(2) {
            let seen = read();
            fence(Acquire);
            if version.load(Relaxed) == before {
                return Some(seen);
            }
        }
        pause();
    }
    None
}
