//! What an event adds to the figures, and what a budget says of them: the model's arithmetic.

use alloc_kit::Usage;

use super::model::Wrong;
use super::steps::{Limits, NONE};

/// A request that was served.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    Allocate(u64),
    /// From so many bytes to so many.
    Resize(u64, u64),
    Free(u64),
}

impl Event {
    /// How many allocations it is.
    pub(crate) fn allocations(self) -> u64 {
        match self {
            Event::Allocate(_) => 1,
            Event::Resize(old, new) => u64::from(new > old),
            Event::Free(_) => 0,
        }
    }
}

/// The figures of a stretch of work.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) allocations: u64,
    reallocations: u64,
    deallocations: u64,
    allocated: u64,
    freed: u64,
    /// The most that was live at once.
    peak: i64,
}

impl Figures {
    fn live(&self) -> i64 {
        self.allocated.cast_signed() - self.freed.cast_signed()
    }

    pub(crate) fn add(&mut self, event: Event, wrong: Wrong) {
        let before = self.live();
        match event {
            Event::Allocate(bytes) => {
                self.allocations += 1;
                self.allocated += bytes;
            }
            // All of the new size is requested, and the old one given back.
            Event::Resize(old, new) if new > old => {
                self.allocations += 1;
                self.reallocations += 1;
                self.allocated += new;
                self.freed += old;
            }
            Event::Resize(old, new) => {
                self.allocations += u64::from(wrong == Wrong::ShrinksAreAllocations && new < old);
                self.freed += old - new;
            }
            Event::Free(bytes) => {
                self.deallocations += 1;
                self.freed += bytes;
            }
        }
        self.peak = self.peak.max(self.live());
        if let Event::Resize(old, new) = event
            && new > old
            && wrong == Wrong::GrowthAddsToThePeak
        {
            self.peak = self.peak.max(before + new.cast_signed());
        }
    }

    /// Adds what another thread did: its peak is by itself.
    pub(crate) fn add_other(&mut self, other: &Figures) {
        self.allocations += other.allocations;
        self.reallocations += other.reallocations;
        self.deallocations += other.deallocations;
        self.allocated += other.allocated;
        self.freed += other.freed;
        self.peak = self.peak.max(other.peak);
    }

    pub(crate) fn usage(&self, allowed: u64) -> Usage {
        let mut usage = Usage::default();
        usage.allocations = self.allocations;
        usage.reallocations = self.reallocations;
        usage.deallocations = self.deallocations;
        usage.bytes_allocated = self.allocated;
        usage.bytes_freed = self.freed;
        usage.live_bytes = self.live();
        usage.peak_bytes = self.peak.cast_unsigned();
        usage.allowed_allocations = allowed;
        usage
    }

    /// What they are over, the most important first, by its key, and as a message says it.
    pub(crate) fn over(&self, limits: &Limits, wrong: Wrong) -> Vec<(&'static str, String)> {
        let counted = |n: u64, noun| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
        let (allocations, bytes) =
            (counted(self.allocations, "heap allocation"), counted(self.allocated, "byte"));
        let (peak, live) = (self.peak.cast_unsigned(), self.live());
        let kept = counted(live.unsigned_abs(), "byte");
        let frees = counted(self.deallocations, "deallocation");
        let uses = [
            (self.allocations.cast_signed(), format!("made {allocations} ({bytes}); its budget is ")),
            (self.allocated.cast_signed(), format!("allocated {bytes} in {allocations}; its budget is ")),
            (self.peak, format!("held {} at its peak; its budget is ", counted(peak, "byte"))),
            (live, format!("kept {kept} when it ended; its budget is ")),
            (self.deallocations.cast_signed(), format!("made {frees}; its budget is ")),
        ];
        let slack = i64::from(wrong == Wrong::LimitsAreReached);
        let keys = limits
            .keys()
            .into_iter()
            .zip(uses)
            .filter(|((_, limit), (used, _))| *limit != NONE && *used + slack > limit.cast_signed());
        let said = keys.map(|((key, limit), (_, text))| match key {
            "allocations" => (key, format!("{text}{limit}")),
            _ => (key, format!("{text}`{key} = {limit}`")),
        });
        said.collect()
    }
}
