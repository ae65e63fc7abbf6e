//! The counters of a thread: one cache line that the allocator's hot path updates, and a second, cold one.
//!
//! Invariants:
//! - Only the owning thread touches its line. It is const-initialised and has no destructor, so counting works
//!   from the first instruction of a thread to the last, and never allocates lazily.
//! - The hot words count *down*, so that the sign after the subtraction is the check; a total is
//!   `base - left`. What makes a word trap (a budget, a new peak, a refill) only decides where it starts.
//! - All arithmetic wraps: totals mean something as differences.
//!
//! What a trap does is in `trap.rs`; what a region is, in `region.rs`.

use core::ptr;

use super::context::Context;
use super::plan::Plan;
pub(super) use super::thread::line;

/// Where `peak` stands while no region watches it: so high that `room` never runs out.
pub(super) const UNWATCHED: i64 = 1 << 62;

/// A word that is left to count down with nobody waiting for it to reach zero.
pub(super) const UNLIMITED: i64 = i64::MAX;

/// After so many requested bytes, at the latest, a request takes the checked path. Any request larger than this
/// is therefore always checked, and one that fails leaves no trace.
pub(super) const BYTES_BETWEEN_CHECKS: i64 = 256 * 1024;

/// The words of one thread.
///
/// PERF: the words that one hot function updates lie 16 bytes apart; LLVM merges adjacent ones into a longer
/// vector update. The first 64 bytes hold all that the hot path touches.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// Allocations until the next trap.
    pub(super) allocations_left: i64,
    /// The highest `live` of the region that watches it.
    peak: i64,
    /// Requested bytes until the next trap.
    pub(super) bytes_left: i64,
    /// What `allocations_left` is subtracted from to get the total.
    allocations_base: i64,
    /// `peak - live`: negative is a new peak.
    pub(super) room: i64,
    /// What `bytes_left` is subtracted from to get the total.
    bytes_base: i64,
    /// Deallocations until the next trap.
    pub(super) deallocations_left: i64,
    /// Growing reallocations so far.
    pub(super) reallocations: i64,

    /// What `deallocations_left` is subtracted from to get the total.
    deallocations_base: i64,
    /// The highest `live` that no region's peak limit forbids.
    pub(super) peak_allowed: i64,
    /// Not zero while the thread does work of this crate: nothing traps into a verdict.
    suspended: u32,
    /// The regions and traces of the thread; null until its first guard.
    pub(super) context: *mut Context,
    /// Which allocation of the thread is to fail; null where none is.
    pub(super) plan: *mut Plan,
}

/// The running totals of a thread. Only differences mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) allocations: i64,
    pub(super) reallocations: i64,
    pub(super) deallocations: i64,
    pub(super) bytes_allocated: i64,
    pub(super) live_bytes: i64,
}

impl Line {
    /// No region, no budget.
    pub(super) const IDLE: Line = Line {
        allocations_left: UNLIMITED,
        peak: UNWATCHED,
        bytes_left: BYTES_BETWEEN_CHECKS,
        allocations_base: UNLIMITED,
        room: UNWATCHED,
        bytes_base: BYTES_BETWEEN_CHECKS,
        deallocations_left: UNLIMITED,
        reallocations: 0,
        deallocations_base: UNLIMITED,
        peak_allowed: i64::MAX,
        suspended: 0,
        context: ptr::null_mut(),
        plan: ptr::null_mut(),
    };

    pub(super) fn totals(&self) -> Totals {
        Totals {
            allocations: self.allocations_base.wrapping_sub(self.allocations_left),
            reallocations: self.reallocations,
            deallocations: self.deallocations_base.wrapping_sub(self.deallocations_left),
            bytes_allocated: self.bytes_base.wrapping_sub(self.bytes_left),
            live_bytes: self.live_bytes(),
        }
    }

    pub(super) fn live_bytes(&self) -> i64 {
        self.peak.wrapping_sub(self.room)
    }

    /// Makes the thread trap after `left` more allocations, without changing the total.
    pub(super) fn set_allocations_left(&mut self, left: i64) {
        self.allocations_base = self.allocations_base.wrapping_add(left.wrapping_sub(self.allocations_left));
        self.allocations_left = left;
    }

    /// Makes the thread trap after `left` more requested bytes, without changing the total.
    pub(super) fn set_bytes_left(&mut self, left: i64) {
        self.bytes_base = self.bytes_base.wrapping_add(left.wrapping_sub(self.bytes_left));
        self.bytes_left = left;
    }

    /// Makes the thread trap after `left` more deallocations, without changing the total.
    pub(super) fn set_deallocations_left(&mut self, left: i64) {
        self.deallocations_base =
            self.deallocations_base.wrapping_add(left.wrapping_sub(self.deallocations_left));
        self.deallocations_left = left;
    }

    /// Starts a watermark at what is live now and gives the outer one, for [`end_peak`](Self::end_peak).
    pub(super) fn begin_peak(&mut self) -> i64 {
        let outer = self.peak;
        self.peak = self.live_bytes();
        self.room = 0;
        outer
    }

    /// Ends the watermark and puts the larger of it and the outer one back; gives the one that ended.
    pub(super) fn end_peak(&mut self, outer: i64) -> i64 {
        let (ended, live) = (self.peak, self.live_bytes());
        self.peak = ended.max(outer);
        self.room = self.peak.wrapping_sub(live);
        ended
    }

    /// The watermark as it stands.
    pub(super) fn peak(&self) -> i64 {
        self.peak
    }

    /// If what is live exceeds the watermark, moves it there and says so.
    pub(super) fn raise_peak(&mut self) -> bool {
        let raised = self.room < 0;
        if raised {
            self.peak = self.peak.wrapping_sub(self.room);
            self.room = 0;
        }
        raised
    }

    /// Whether no word has run out, and the watermark, if it moved, is where every region allows it.
    pub(super) fn is_within_limits(&self, new_peak: bool) -> bool {
        let words = self.allocations_left | self.bytes_left | self.deallocations_left;
        words >= 0 && !(new_peak && self.peak > self.peak_allowed)
    }

    pub(super) fn is_suspended(&self) -> bool {
        self.suspended > 0
    }
}

/// While it lives, what the thread allocates and frees is this crate's own work: neither counted nor judged.
#[must_use = "counting resumes when this is dropped"]
pub(super) struct Suspended {
    before: Line,
}

/// Stops counting on this thread until the value is dropped.
pub(super) fn suspend() -> Suspended {
    let line = line();
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let before = unsafe { *line };
    let idle = Line { suspended: before.suspended + 1, context: before.context, ..Line::IDLE };
    // SAFETY: as above.
    unsafe { *line = idle };
    Suspended { before }
}

impl Drop for Suspended {
    fn drop(&mut self) {
        let line = line();
        // SAFETY: the line is valid on this thread, and no reference to it is held.
        let context = unsafe { (*line).context };
        // SAFETY: as above. The context may have been made meanwhile, and outlives the suspension.
        unsafe { *line = Line { context, ..self.before } };
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_new_thread_starts_idle() {
        let check = || {
            // SAFETY: the line is valid on this thread, and no reference to it is held.
            let line = unsafe { *line() };
            let words = |line: &Line| {
                let Line { peak, allocations_base, bytes_base, deallocations_base, peak_allowed, .. } = *line;
                (peak, allocations_base, bytes_base, deallocations_base, peak_allowed)
            };
            assert_eq!(words(&line), words(&Line::IDLE));
            assert!(line.context.is_null() && !line.is_suspended());
            // With `enforce` the start of the thread was counted.
            if !cfg!(feature = "enforce") {
                assert_eq!(line.totals(), Totals::default());
            }
            assert_eq!(Line::IDLE.totals(), Totals::default());
        };
        thread::spawn(check).join().unwrap();
    }
}
