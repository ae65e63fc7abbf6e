//! Stretches in which a thread counts apart: exceptions, and this crate's own work.
//!
//! The line is replaced by an idle one, which counts from nothing, and put back afterwards as it was. So nothing of it
//! is in any total, and no word of the regions around moves. A signal handler that comes meanwhile counts apart as well.

use core::{mem, ptr};

use super::context::Context;
use super::line::{Line, change};

/// While it lives, the thread counts apart: what it allocates is in none of its totals, and no region judges it.
#[must_use = "the thread counts for its regions again when this is dropped"]
#[derive(Debug)]
pub(super) struct Apart {
    before: Line,
}

impl Apart {
    /// Starts to count apart, from nothing.
    pub(super) fn begin() -> Self {
        Self { before: change().begin_apart() }
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        change().put_back(&self.before);
    }
}

/// While it lives, what the thread allocates and frees is this crate's own work: neither counted nor judged.
#[must_use = "counting resumes when this is dropped"]
pub(super) struct Suspended {
    _apart: Apart,
}

/// Stops counting on this thread until the value is dropped.
#[cold]
#[inline(never)]
pub(super) fn suspend() -> Suspended {
    let apart = Apart::begin();
    let mut line = change();
    line.suspended += 1;
    line.context = ptr::null_mut();
    drop(line);
    Suspended { _apart: apart }
}

/// While it lives, the thread changes what it knows of its regions: it counts as ever, and a signal handler finds neither
/// a region to be judged in nor a way to enter one.
#[must_use = "regions are there again when this is dropped"]
pub(super) struct Withheld {
    context: *mut Context,
}

/// Withholds the thread's regions until the value is dropped.
pub(super) fn withhold() -> Withheld {
    let mut line = change();
    line.suspended += 1;
    Withheld { context: mem::replace(&mut line.context, ptr::null_mut()) }
}

impl Drop for Withheld {
    fn drop(&mut self) {
        let mut line = change();
        line.context = self.context;
        line.suspended -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::{Totals, UNLIMITED};
    use super::*;

    #[test]
    fn what_is_counted_apart_is_not_seen() {
        let before = change().public_totals();
        let apart = Apart::begin();
        change().set_allocations_left(UNLIMITED - 5);
        change().allocations_left -= 7;
        assert_eq!(change().totals().allocations, 7);
        assert_eq!(change().public_totals(), before);
        let nested = Apart::begin();
        assert_eq!((change().totals(), change().public_totals()), (Totals::NONE, before));
        drop(nested);
        assert_eq!(change().totals().allocations, 7);
        drop(apart);
        assert_eq!(change().totals(), before);
    }
}
