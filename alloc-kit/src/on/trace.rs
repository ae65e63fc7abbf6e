//! Raw stack traces of the events over a limit, taken inside the allocator.
//!
//! Only instruction pointers, into memory that was set aside at the thread's first guard: no lock is taken and
//! nothing is allocated, so a trace can be taken in the middle of anything, another backtrace included. They are
//! resolved when the region ends (`resolve.rs`).

#![allow(unsafe_code, reason = "frames are read without a lock")]

use super::places::List;
use super::trap::Event;

/// Frames kept of a trace, innermost first.
const FRAMES: usize = 64;
/// Different traces kept.
pub(super) const TRACES: usize = 32;
/// Events traced, until only counting goes on.
const EVENTS: u64 = 1_000;

/// Where something over a limit happened, and how often.
#[derive(Clone, Copy)]
pub(super) struct Trace {
    pub(super) event: Event,
    pub(super) times: u64,
    pub(super) bytes: u64,
    /// The regions that it is over a limit of.
    over: Depths,
    frames: [usize; FRAMES],
    depth: usize,
}

impl Trace {
    /// Takes one of an event that is over a limit of these regions.
    pub(super) fn take(over: Depths, event: Event, bytes: u64) -> Self {
        let mut trace = Trace { event, times: 1, bytes, over, frames: [0; FRAMES], depth: 0 };
        // SAFETY: the walk is not synchronised with other threads' walks, which is only asked for where it goes
        // through Windows' `dbghelp`, used there for resolving and not for walking on 64-bit targets.
        unsafe {
            backtrace::trace_unsynchronized(|frame| {
                trace.frames[trace.depth] = frame.ip().addr();
                trace.depth += 1;
                trace.depth < FRAMES
            });
        }
        trace
    }

    /// Instruction pointers, innermost first.
    pub(super) fn frames(&self) -> &[usize] {
        &self.frames[..self.depth]
    }
}

/// A set of regions, by depth in the stack; those from 63 on are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Depths(u64);

impl Depths {
    pub(super) const NONE: Depths = Depths(0);

    fn bit(depth: usize) -> u64 {
        1 << depth.min(63)
    }

    pub(super) fn insert(&mut self, depth: usize) {
        self.0 |= Self::bit(depth);
    }

    pub(super) fn contains(self, depth: usize) -> bool {
        self.0 & Self::bit(depth) != 0
    }

    /// Whether one of them is around the region at `depth`.
    fn has_outer(self, depth: usize) -> bool {
        self.0 & (Self::bit(depth) - 1) != 0
    }

    /// The bit of the innermost.
    fn innermost(self) -> Option<usize> {
        self.0.checked_ilog2().map(|depth| depth as usize)
    }
}

/// The traces of a thread's regions, in the order in which they were first seen.
pub(super) struct Traces {
    kept: List<Trace>,
    events: u64,
}

impl Traces {
    /// None, and room for them.
    pub(super) fn new(room: List<Trace>) -> Self {
        Self { kept: room, events: 0 }
    }

    /// Those that are over a limit of the region at `depth`.
    pub(super) fn of(&self, depth: usize) -> impl Iterator<Item = &Trace> {
        self.kept.iter().filter(move |trace| trace.over.contains(depth))
    }

    /// No more is traced: tracing all of a million events would take minutes.
    pub(super) fn is_full(&self) -> bool {
        self.events >= EVENTS || self.kept.is_full()
    }

    /// Whether there are none at all.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Forgets what no region around the one at `depth` needs, which makes room again.
    #[inline]
    pub(super) fn forget(&mut self, depth: usize) {
        if !self.is_empty() {
            self.forget_some(depth);
        }
    }

    #[cold]
    fn forget_some(&mut self, depth: usize) {
        self.kept.retain(|trace| trace.over.has_outer(depth));
        self.events = self.kept.iter().map(|trace| trace.times).sum();
    }

    /// Whether an event of these regions is to be traced: while there is room, and where the innermost has none yet.
    pub(super) fn want(&self, over: Depths) -> bool {
        let innermost = |depth| !self.is_full() || self.of(depth).next().is_none();
        over.innermost().is_some_and(innermost)
    }

    /// Traces the event, or adds it to an equal trace.
    pub(super) fn record(&mut self, over: Depths, event: Event, bytes: u64) {
        if self.is_full() {
            self.kept.truncate(self.kept.len().saturating_sub(1));
        }
        self.events += 1;
        let trace = Trace::take(over, event, bytes);
        let same =
            |kept: &&mut Trace| (kept.event, kept.over) == (event, over) && kept.frames() == trace.frames();
        if let Some(kept) = self.kept.iter_mut().find(same) {
            kept.times += 1;
            kept.bytes += bytes;
        } else {
            self.kept.push(trace);
        }
    }
}
