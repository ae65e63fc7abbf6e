//! The model's futures: what is used is carried from poll to poll, and judged when it is ready or dropped.

use super::figures::Figures;
use super::model::{Done, Frame, Model, Site, What, Wrong};
use super::regions::returned;
use super::seen::Entry;
use super::steps::{Limits, Steps, Turn, Wait};

impl Model {
    pub(crate) fn future(&mut self, t: usize, mut future: Polled, turns: &[Turn], dropped: bool) -> Done {
        let mut before = Ok(());
        for (at, turn) in turns.iter().enumerate() {
            before = self.run(t, &turn.before);
            if before.is_err() {
                break;
            }
            let idle = self.idle;
            let thread = if turn.away { self.next_thread(t, false) } else { t };
            self.happened(if thread == t { "poll" } else { "poll on another thread" });
            let ready = at + 1 == turns.len() && !dropped;
            let (paused, done) = self.poll(thread, future, &turn.steps, ready);
            self.idle = idle;
            if thread == t { done } else { self.crossed(t, thread, done) }?;
            let Some(paused) = paused else { return Ok(()) };
            future = paused;
        }
        self.happened("future dropped before it was ready");
        future.outside |= !self.is_in(t, future.site);
        self.finish(t, future, before)
    }

    /// One poll; gives the future if it goes on.
    fn poll(&mut self, t: usize, mut future: Polled, steps: &Steps, ready: bool) -> (Option<Polled>, Done) {
        future.outside |= !self.is_in(t, future.site);
        if self.wrong == Wrong::PollsBeginAnew {
            future.frame.figures = Figures::default();
        }
        self.threads[t].push(future.frame);
        let done = returned(self.run(t, steps));
        future.frame = self.pop(t);
        if done.is_ok() && !ready {
            return (Some(future), done);
        }
        if done.is_ok() && matches!(future.frame.what, What::Measure) {
            self.seen.push(Entry::Usage(future.frame.figures.usage(future.frame.allowed)));
        }
        (None, self.finish(t, future, done))
    }

    /// The last poll, or the drop: what is judged is judged now.
    fn finish(&mut self, t: usize, future: Polled, done: Done) -> Done {
        let Polled { frame, outside, .. } = future;
        if matches!(frame.what, What::Region { .. }) { self.end(t, &frame, done, outside) } else { done }
    }
}

/// A future, between its polls.
pub(crate) struct Polled {
    frame: Frame,
    site: Site,
    /// Whether a poll was not in a call of the same function: else it is recursion.
    outside: bool,
}

impl Polled {
    pub(crate) fn new(kind: Wait, number: usize, limits: Limits) -> Self {
        let name = if kind == Wait::Count { "waits_count" } else { "waits_keys" };
        let site = Site { name, number, kind: kind as u8 + FUTURES };
        let what = match kind {
            Wait::Count | Wait::Keys => What::Region { site, limits: kind.of(limits), process: false },
            Wait::Measure => What::Measure,
            Wait::Allow => What::Allow,
        };
        let frame = Frame { what, figures: Figures::default(), allowed: 0, shared: None };
        Self { frame, site, outside: false }
    }
}

/// Kinds of futures are told from the other kinds.
const FUTURES: u8 = 100;
