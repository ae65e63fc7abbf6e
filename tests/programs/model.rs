//! A program as the docs say that it is counted: a stack of what each thread is in, and every event added to all of it.
//!
//! - An event is the thread's. It is in every region and measurement that the thread is in, up to the first exception.
//! - A budget of the process sees what is on all threads, but for what is in an exception.
//! - What an attached thread did is in the region of the handle, once that thread is detached, and in those around.
//! - Nothing is judged while unwinding, nor in recursion. A future's figures go on from poll to poll.

use std::collections::BTreeMap;

use super::figures::{Event, Figures};
use super::polls::Polled;
use super::seen::Entry;
use super::steps::{Limits, Step, Steps};

/// What the model is asked to get wrong, to see that it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    Nothing,
    ShrinksAreAllocations,
    GrowthAddsToThePeak,
    ExceptionsAreCounted,
    RecursionIsJudged,
    PollsBeginAnew,
    AttachedIsNotCounted,
    UnwindingIsJudged,
    LimitsAreReached,
}

/// What std does for a panic and for a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Machinery {
    /// What the unwinder allocates, where it does.
    pub(crate) unwinder: Option<u64>,
    /// How many allocations the start of a thread takes.
    pub(crate) spawn: u64,
}

/// How the steps ended early.
pub(crate) enum Exit {
    Return,
    Panic(Payload),
}

/// What a panic carries: nothing, or the lines of a message and its length.
pub(crate) type Payload = Option<(Vec<String>, u64)>;

pub(crate) type Done = Result<(), Exit>;

/// A function under a budget, or a macro.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) name: &'static str,
    pub(crate) number: usize,
    pub(crate) kind: u8,
}

/// What a thread is in.
pub(crate) enum What {
    Region { site: Site, limits: Limits, process: bool },
    Attached { site: Site, to: usize },
    Measure,
    Allow,
    Fail { nth: u64, made: u64, failed: bool },
}

pub(crate) struct Frame {
    pub(crate) what: What,
    pub(crate) figures: Figures,
    pub(crate) allowed: u64,
    /// What attached threads add to it.
    pub(crate) shared: Option<usize>,
}

pub(crate) struct Block {
    bytes: u64,
    thread: usize,
}

/// The model of one run.
pub(crate) struct Model {
    pub(crate) wrong: Wrong,
    /// Broken budgets are told, and do not panic.
    pub(crate) warns: bool,
    pub(crate) machinery: Machinery,
    /// How long the messages of panics were; of those that never were, some length.
    pub(crate) lengths: std::vec::IntoIter<u64>,
    pub(crate) threads: Vec<Vec<Frame>>,
    pub(crate) shared: Vec<Figures>,
    pub(crate) blocks: Vec<Block>,
    /// The next of the two threads that is idle.
    pub(crate) idle: usize,
    pub(crate) both: bool,
    pub(crate) steps: u64,
    pub(crate) seen: Vec<Entry>,
    pub(crate) said: Vec<String>,
    /// How often what happened, for the table of what programs do.
    pub(crate) counts: BTreeMap<&'static str, u64>,
}

/// As long as a message is that nobody has seen.
pub(crate) const USUAL: u64 = 200;

impl Model {
    pub(crate) fn new(machinery: Machinery, lengths: Vec<u64>) -> Self {
        Self {
            wrong: Wrong::Nothing,
            warns: false,
            machinery,
            lengths: lengths.into_iter(),
            threads: vec![Vec::new(), Vec::new(), Vec::new()],
            shared: Vec::new(),
            blocks: Vec::new(),
            idle: 0,
            both: true,
            steps: 0,
            seen: Vec::new(),
            said: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Runs a whole program.
    pub(crate) fn program(&mut self, steps: &Steps) {
        self.push(0, What::Measure);
        let _ = self.catch(0, steps);
        self.measured(0);
    }

    pub(crate) fn happened(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(crate) fn push(&mut self, t: usize, what: What) {
        self.threads[t].push(Frame { what, figures: Figures::default(), allowed: 0, shared: None });
    }

    pub(crate) fn pop(&mut self, t: usize) -> Frame {
        self.threads[t].pop().expect("what was entered")
    }

    /// Adds an event of a thread to all that sees it.
    pub(crate) fn event(&mut self, t: usize, event: Event) {
        let (mut excepted, mut planned) = (false, false);
        let counts_exceptions = self.wrong == Wrong::ExceptionsAreCounted;
        for frame in self.threads[t].iter_mut().rev() {
            match &mut frame.what {
                What::Allow => excepted |= !counts_exceptions,
                What::Measure if excepted => frame.allowed += event.allocations(),
                _ if excepted => {}
                What::Fail { made, .. } if !planned => {
                    *made += event.allocations();
                    planned = true;
                }
                _ => frame.figures.add(event, self.wrong),
            }
        }
        if !excepted {
            let others = self.threads.iter_mut().enumerate().filter(|(other, _)| *other != t);
            for frame in others.flat_map(|(_, frames)| frames) {
                if matches!(frame.what, What::Region { process: true, .. }) {
                    frame.figures.add(event, self.wrong);
                }
            }
        }
    }

    /// Whether a request is the one that is to fail.
    fn fails(&mut self, t: usize) -> bool {
        for frame in self.threads[t].iter_mut().rev() {
            match &mut frame.what {
                What::Allow => return false,
                What::Fail { nth, made, failed } => {
                    let fails = !*failed && *made + 1 >= *nth;
                    *failed |= fails;
                    return fails;
                }
                _ => {}
            }
        }
        false
    }

    fn allocate(&mut self, t: usize, bytes: u64) -> bool {
        let fails = self.fails(t);
        if !fails {
            self.event(t, Event::Allocate(bytes));
        }
        !fails
    }

    fn resize(&mut self, t: usize, block: usize, size: impl FnOnce(u64) -> u64) {
        let Some(at) = block.checked_rem(self.blocks.len()) else { return };
        let old = self.blocks[at].bytes;
        let new = size(old);
        if new > old && self.fails(t) {
            return;
        }
        self.event(t, Event::Resize(old, new));
        self.blocks[at].bytes = new;
    }

    pub(crate) fn run(&mut self, t: usize, steps: &Steps) -> Done {
        steps.iter().try_for_each(|step| self.step(t, step))
    }

    fn step(&mut self, t: usize, step: &Step) -> Done {
        self.happened(step.name());
        self.steps += 1;
        match step {
            Step::Allocate { bytes, .. } => {
                let bytes = *bytes as u64;
                if self.allocate(t, bytes) {
                    self.blocks.push(Block { bytes, thread: t });
                }
            }
            Step::Grow { block, by } => self.resize(t, *block, |size| size + *by as u64),
            Step::Shrink { block, by } => {
                self.resize(t, *block, |size| size.saturating_sub(*by as u64).max(1));
            }
            Step::SameSize { block } => self.resize(t, *block, |size| size),
            // It is the one that fails, or it fails anyway: it is no allocation.
            Step::Refused { block } => {
                if block.is_none() || !self.blocks.is_empty() {
                    self.fails(t);
                }
            }
            Step::Free { block } => {
                if let Some(at) = block.checked_rem(self.blocks.len()) {
                    let Block { bytes, thread } = self.blocks.swap_remove(at);
                    self.event(t, Event::Free(bytes));
                    if thread != t {
                        self.happened("freed on another thread");
                    }
                }
            }
            Step::Churn { times, bytes } => {
                for _ in 0..*times {
                    if self.allocate(t, *bytes as u64) {
                        self.event(t, Event::Free(*bytes as u64));
                    }
                }
            }
            Step::Guard { kind, site, limits, steps } => self.guard(t, *kind, *site, *limits, steps)?,
            Step::Measure(steps) => {
                self.push(t, What::Measure);
                let done = self.run(t, steps);
                if let Err(Exit::Panic(payload)) = done {
                    self.pop(t);
                    return Err(Exit::Panic(payload));
                }
                self.measured(t);
                done?;
            }
            Step::Allow(steps) => {
                self.push(t, What::Allow);
                let done = self.run(t, steps);
                self.pop(t);
                done?;
            }
            Step::Catch(steps) => self.catch(t, steps)?,
            Step::FailNth { nth, steps } => self.fail_nth(t, *nth, steps)?,
            Step::Thread { spawned, attached, steps } => self.thread(t, *spawned, *attached, steps)?,
            Step::Both { attached, left, right } => self.both(t, *attached, left, right),
            Step::Future { kind, site, limits, turns, dropped } => {
                let polls = &turns[..turns.len() - usize::from(*dropped)];
                self.future(t, Polled::new(*kind, *site, *limits), polls, *dropped)?;
            }
            Step::Panic => return Err(self.throw(t, None)),
            Step::Return => return Err(Exit::Return),
        }
        Ok(())
    }
}
