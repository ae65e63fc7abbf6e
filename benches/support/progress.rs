//! Says on standard error how far the rounds are.

use std::time::Instant;

/// Rounds that take about the same time each.
#[derive(Debug)]
pub(crate) struct Progress {
    start: Instant,
    rounds: u32,
    done: u32,
}

impl Progress {
    pub(crate) fn new(rounds: u32) -> Self {
        Self { start: Instant::now(), rounds, done: 0 }
    }

    /// One more is done.
    pub(crate) fn round_done(&mut self) {
        self.done += 1;
        let left = self.start.elapsed() / self.done * (self.rounds - self.done);
        eprintln!("round {} of {}, about {} s left", self.done, self.rounds, left.as_secs());
    }
}
