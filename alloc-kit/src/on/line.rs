//! The counters of a thread: one cache line that the allocator's hot path updates, and a second, cold one.
//!
//! Invariants:
//! - Only the owning thread touches its line. It is const-initialised and has no destructor, so counting works
//!   from the first instruction of a thread to the last, and never allocates lazily.
//! - The hot words count *down*, so that the sign after the subtraction is the check; a total is
//!   `base - left`. What makes a word trap (a budget, a new peak, a refill) only decides where it starts.
//! - All arithmetic wraps: totals mean something as differences.
//! - What changes two words of one total does so by [`change`], so that another thread, which sums over all lines
//!   (`threads.rs`), can tell that it looked in between. The hook changes one word of each, and does nothing for it.
//! - A signal handler may count between any two instructions. So words are moved by differences, each by [`shift`]: in
//!   between a total is off by as much at the handler's start as at its end, and afterwards what it counted is there.
//!   It finds a change [interrupted](Changing::interrupts), or no context: then it enters no region, and judges nothing.
//!
//! What a trap does is in `trap.rs`; what a region is, in `region.rs`.

#![allow(unsafe_code, reason = "the thread's line, which the hook writes to as well")]

use core::ops::{Deref, DerefMut};
use core::ptr;
use core::sync::atomic::{Ordering, fence};

pub(super) use super::apart::{Apart, suspend};
use super::context::Context;
use super::plan::Plan;
pub(super) use super::thread::line;
use super::thread::{shift, shift_version};
pub(super) use super::totals::Totals;

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
#[derive(Clone, Copy, Debug)]
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
    pub(super) suspended: u32,
    /// Odd while words that belong together are changed.
    pub(super) version: u32,
    /// The regions and traces of the thread; null until its first guard, and while it does work of this crate.
    pub(super) context: *mut Context,
    /// Allocations in `allow_alloc!` so far; they are in no other total.
    pub(super) allowed: i64,
    /// Whether `threads.rs` has the line, or was asked for it in vain.
    pub(super) registered: bool,
    /// Not zero while the words are those of something that is counted apart: `published` holds the thread's own.
    apart: u32,
    published: Totals,
    /// Which allocation of the thread is to fail; null where none is.
    pub(super) plan: *mut Plan,
}

/// Reads a word now, whatever was read of it before.
#[inline]
fn as_it_is(word: &i64) -> i64 {
    // PERF: that which is below is 60 instructions in a debug build, and a budget is entered and left with a dozen of it.
    #[cfg(all(target_arch = "x86_64", debug_assertions, not(miri)))]
    {
        let value;
        // SAFETY: a reference is valid for reads, and aligned.
        unsafe {
            core::arch::asm!(
                "mov {value}, qword ptr [{word}]",
                word = in(reg) ptr::from_ref(word),
                value = out(reg) value,
                options(readonly, nostack, preserves_flags),
            );
        }
        value
    }
    #[cfg(not(all(target_arch = "x86_64", debug_assertions, not(miri))))]
    {
        // SAFETY: a reference is valid for reads.
        unsafe { ptr::from_ref(word).read_volatile() }
    }
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
        version: 0,
        context: ptr::null_mut(),
        allowed: 0,
        registered: false,
        apart: 0,
        published: Totals::NONE,
        plan: ptr::null_mut(),
    };

    /// A thread that has just started: its first allocation and its first deallocation trap, which registers it.
    // NOTE: unused where the thread-local is written in assembly, but for a test that compares.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) const NEW: Line =
        Line { bytes_left: 0, bytes_base: 0, deallocations_left: 0, deallocations_base: 0, ..Line::IDLE };

    /// All of one moment: a signal handler that counts while they are read has them read again.
    #[inline]
    pub(super) fn totals(&self) -> Totals {
        loop {
            // Whatever was done moves one of these: what allocates or grows the first, what only frees or shrinks the second.
            let allocations_left = as_it_is(&self.allocations_left);
            let room = as_it_is(&self.room);
            let totals = Totals {
                allocations: as_it_is(&self.allocations_base).wrapping_sub(allocations_left),
                reallocations: as_it_is(&self.reallocations),
                deallocations: as_it_is(&self.deallocations_base)
                    .wrapping_sub(as_it_is(&self.deallocations_left)),
                bytes_allocated: as_it_is(&self.bytes_base).wrapping_sub(as_it_is(&self.bytes_left)),
                live_bytes: as_it_is(&self.peak).wrapping_sub(room),
            };
            let moved = (as_it_is(&self.allocations_left) ^ allocations_left) | (as_it_is(&self.room) ^ room);
            if moved == 0 {
                return totals;
            }
        }
    }

    /// The totals as another thread is to see them: without what is counted apart.
    pub(super) fn public_totals(&self) -> Totals {
        if self.apart > 0 { self.published } else { self.totals() }
    }

    /// What a region that began in an exception sees on its own thread, and other threads do not.
    pub(super) fn hidden_totals(&self) -> Totals {
        self.totals() - self.public_totals()
    }

    /// Makes the thread trap after `left` more allocations, without changing the total.
    #[inline]
    pub(super) fn set_allocations_left(&mut self, left: i64) {
        let by = left.wrapping_sub(self.allocations_left);
        shift(&mut self.allocations_base, by);
        shift(&mut self.allocations_left, by);
    }

    /// Makes the thread trap after `left` more requested bytes, without changing the total.
    #[inline]
    pub(super) fn set_bytes_left(&mut self, left: i64) {
        let by = left.wrapping_sub(self.bytes_left);
        shift(&mut self.bytes_base, by);
        shift(&mut self.bytes_left, by);
    }

    /// Makes the thread trap after `left` more deallocations, without changing the total.
    #[inline]
    pub(super) fn set_deallocations_left(&mut self, left: i64) {
        let by = left.wrapping_sub(self.deallocations_left);
        shift(&mut self.deallocations_base, by);
        shift(&mut self.deallocations_left, by);
    }

    /// Moves the watermark, and the room below it. The room first: what a signal handler allocates in between raises the
    /// watermark by what it is over, and no more.
    #[inline]
    fn shift_peak(&mut self, by: i64) {
        shift(&mut self.room, by);
        shift(&mut self.peak, by);
    }

    /// Starts a watermark at what is live now and gives the outer one, for [`end_peak`](Self::end_peak).
    #[inline]
    pub(super) fn begin_peak(&mut self) -> i64 {
        let outer = self.peak;
        self.shift_peak(self.room.wrapping_neg());
        outer
    }

    /// Ends the watermark and puts the larger of it and the outer one back; gives the one that ended.
    #[inline]
    pub(super) fn end_peak(&mut self, outer: i64) -> i64 {
        let ended = self.peak;
        self.shift_peak(ended.max(outer).wrapping_sub(ended));
        ended
    }

    /// The total at which the thread traps for its allocations.
    #[inline]
    pub(super) fn allocations_base(&self) -> i64 {
        self.allocations_base
    }

    /// The total at which the thread traps for its deallocations.
    #[inline]
    pub(super) fn deallocations_base(&self) -> i64 {
        self.deallocations_base
    }

    /// The watermark as it stands.
    pub(super) fn peak(&self) -> i64 {
        self.peak
    }

    /// If what is live exceeds the watermark, moves it there and says so.
    pub(super) fn raise_peak(&mut self) -> bool {
        let raised = self.room < 0;
        if raised {
            self.shift_peak(self.room.wrapping_neg());
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

    /// Changes the trap for allocations to that of another total.
    #[inline]
    pub(super) fn set_allocations_base(&mut self, base: i64) {
        let by = base.wrapping_sub(self.allocations_base);
        shift(&mut self.allocations_base, by);
        shift(&mut self.allocations_left, by);
    }

    /// Changes the trap for deallocations likewise.
    #[inline]
    pub(super) fn set_deallocations_base(&mut self, base: i64) {
        let by = base.wrapping_sub(self.deallocations_base);
        shift(&mut self.deallocations_base, by);
        shift(&mut self.deallocations_left, by);
    }

    #[inline]
    pub(super) fn allocations(&self) -> i64 {
        self.allocations_base.wrapping_sub(self.allocations_left)
    }

    #[inline]
    pub(super) fn bytes_allocated(&self) -> i64 {
        self.bytes_base.wrapping_sub(self.bytes_left)
    }

    /// Forgets in advance the deallocation of a block that this crate made by itself.
    pub(super) fn forget_deallocation(&mut self, bytes: i64) {
        shift(&mut self.deallocations_left, 1);
        shift(&mut self.room, bytes.wrapping_neg());
    }

    /// The words that count, in the order in which they are replaced.
    fn counting(&mut self) -> [&mut i64; 9] {
        [
            &mut self.room,
            &mut self.peak,
            &mut self.allocations_left,
            &mut self.allocations_base,
            &mut self.bytes_left,
            &mut self.bytes_base,
            &mut self.deallocations_left,
            &mut self.deallocations_base,
            &mut self.reallocations,
        ]
    }

    /// The words as they are at one moment: no signal handler has counted in the middle of the copy.
    fn at_one_moment(&mut self) -> Line {
        let copy = |line: &mut Line| {
            // SAFETY: a reference is valid for reads. Volatile, so that both copies are made.
            unsafe { ptr::read_volatile(line) }
        };
        loop {
            let (mut first, mut second) = (copy(self), copy(self));
            if first.counting() == second.counting() {
                return first;
            }
        }
    }

    /// Counts apart from here on, from nothing; other threads go on seeing what was counted until now. Gives the words
    /// to [put back](Self::put_back).
    pub(super) fn begin_apart(&mut self) -> Line {
        let before = self.at_one_moment();
        let apart = Line {
            suspended: self.suspended,
            context: self.context,
            allowed: self.allowed,
            registered: self.registered,
            apart: self.apart + 1,
            published: before.public_totals(),
            ..Line::IDLE
        };
        self.replace(&before, apart);
        before
    }

    /// The words of a line that was left for one apart; what is not counted may have changed meanwhile.
    pub(super) fn put_back(&mut self, before: &Line) {
        let apart = self.at_one_moment();
        self.replace(&apart, Line { allowed: self.allowed, registered: self.registered, ..*before });
    }

    /// Takes over all words but the version, which other threads look at all the time. Those that count are moved by what
    /// they differ in from the words at one moment: what a signal handler has counted since is kept.
    fn replace(&mut self, at_one_moment: &Line, mut by: Line) {
        let mut from = *at_one_moment;
        for ((word, from), to) in self.counting().into_iter().zip(from.counting()).zip(by.counting()) {
            shift(word, to.wrapping_sub(*from));
        }
        self.peak_allowed = by.peak_allowed;
        self.suspended = by.suspended;
        self.context = by.context;
        self.allowed = by.allowed;
        self.registered = by.registered;
        self.apart = by.apart;
        self.published = by.published;
        self.plan = by.plan;
    }
}

/// The calling thread's line, to change words of it that belong together.
///
/// Nothing may allocate or free before it is dropped; but a signal handler may, and may change something itself.
pub(super) struct Changing {
    line: *mut Line,
    /// What makes the version odd: 1, or 0 where it is.
    step: u32,
}

#[inline]
pub(super) fn change() -> Changing {
    let line = line();
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let step = 1 - unsafe { (*line).version } % 2;
    let changing = Changing { line, step };
    changing.step();
    fence(Ordering::Release);
    changing
}

impl Changing {
    /// Whether this is in a signal handler that came in the middle of another change.
    #[inline]
    pub(super) fn interrupts(&self) -> bool {
        self.step == 0
    }

    /// Makes the version the next one. Only the line's own thread does.
    #[inline]
    fn step(&self) {
        // SAFETY: the line is valid on this thread.
        let version = unsafe { &raw mut (*self.line).version };
        // SAFETY: as above, and it is aligned; other threads read it as an atomic.
        unsafe { shift_version(version, self.step) }
    }
}

impl Deref for Changing {
    type Target = Line;

    #[inline]
    fn deref(&self) -> &Line {
        // SAFETY: the line is valid on this thread, and while something is changed nothing is counted.
        unsafe { &*self.line }
    }
}

impl DerefMut for Changing {
    #[inline]
    fn deref_mut(&mut self) -> &mut Line {
        // SAFETY: the line is valid on this thread, and while something is changed nothing is counted.
        unsafe { &mut *self.line }
    }
}

impl Drop for Changing {
    #[inline]
    fn drop(&mut self) {
        self.step();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_new_thread_counts_from_nothing() {
        let check = || {
            // SAFETY: the line is valid on this thread, and no reference to it is held.
            let line = unsafe { *line() };
            let words = |line: &Line| (line.peak, line.allocations_base, line.peak_allowed, line.version % 2);
            assert_eq!(words(&line), words(&Line::NEW));
            assert!(line.context.is_null() && !line.is_suspended() && line.apart == 0);
            // With `enforce` the start of the thread may have been counted, and what trapped first has registered it.
            assert_eq!(line.registered, line.totals() != Totals::NONE);
            assert_eq!(line.registered, line.bytes_left > 0);
            // The first of each kind traps.
            drop(std::hint::black_box(Box::new(1)));
            // SAFETY: as above.
            assert_eq!(unsafe { (*super::line()).registered }, cfg!(feature = "enforce"));
        };
        thread::spawn(check).join().unwrap();
        assert_eq!((Line::IDLE.totals(), Line::NEW.totals()), (Totals::NONE, Totals::NONE));
    }
}
