//! Raw stack traces of the events over a limit, taken inside the allocator.
//!
//! Only instruction pointers, into memory that was set aside at the thread's first guard: no lock is taken and
//! nothing is allocated, so a trace can be taken in the middle of anything, another backtrace included. They are
//! resolved when the region ends (`resolve.rs`).

use super::trap::Event;

/// Frames kept of a trace, innermost first.
const FRAMES: usize = 64;
/// Different traces kept.
const TRACES: usize = 32;
/// Events traced, until only counting goes on.
const EVENTS: u64 = 1_000;

/// Where something over a limit happened, and how often.
#[derive(Clone, Copy)]
pub(super) struct Trace {
    pub(super) event: Event,
    pub(super) times: u64,
    pub(super) bytes: u64,
    frames: [usize; FRAMES],
    depth: usize,
}

impl Trace {
    /// Instruction pointers, innermost first.
    pub(super) fn frames(&self) -> &[usize] {
        &self.frames[..self.depth]
    }
}

/// The traces of a thread's regions, in the order in which they were first seen.
pub(super) struct Traces {
    kept: Vec<Trace>,
    events: u64,
}

impl Traces {
    pub(super) fn new() -> Self {
        Self { kept: Vec::with_capacity(TRACES), events: 0 }
    }

    pub(super) fn kept(&self) -> &[Trace] {
        &self.kept
    }

    /// No more is traced: tracing all of a million events would take minutes.
    pub(super) fn is_full(&self) -> bool {
        self.events >= EVENTS || self.kept.len() == TRACES
    }

    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.events = 0;
    }

    /// Traces the event, or adds it to an equal trace from `first` on.
    pub(super) fn record(&mut self, first: usize, event: Event, bytes: u64) {
        if self.is_full() {
            return;
        }
        self.events += 1;
        let mut trace = Trace { event, times: 1, bytes, frames: [0; FRAMES], depth: 0 };
        // SAFETY: the walk is not synchronised with other threads' walks, which is only asked for where it goes
        // through Windows' `dbghelp`, used there for resolving and not for walking on 64-bit targets.
        unsafe {
            backtrace::trace_unsynchronized(|frame| {
                trace.frames[trace.depth] = frame.ip().addr();
                trace.depth += 1;
                trace.depth < FRAMES
            });
        }
        let same = |kept: &&mut Trace| kept.event == event && kept.frames() == trace.frames();
        if let Some(kept) = self.kept.iter_mut().skip(first).find(same) {
            kept.times += 1;
            kept.bytes += bytes;
        } else {
            self.kept.push(trace);
        }
    }
}
