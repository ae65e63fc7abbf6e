//! What a workload is: one job, done in several ways that must come to the same answer.

use std::fmt::Debug;
use std::hint::black_box;

use crate::look::for_an_answer;

/// A job from the guide, or from what real projects have published.
#[derive(Debug)]
pub struct Workload {
    /// For `--only`, and in the tables: `w1`, or a word.
    pub id: &'static str,
    /// The bench that it is in: `lines` is `benches/lines.rs`.
    pub theme: &'static str,
    /// The job, in some words.
    pub title: &'static str,
    /// The rows of the guide that it shows, in the guide's words.
    pub guide: &'static [&'static str],
    /// What is read, whether it is real or made up, and from which seed.
    pub input: &'static str,
    /// How many of the units there are, unless somebody asks for another number.
    pub size: usize,
    /// What there is `size` of: "lines".
    pub unit: &'static str,
    /// The gain that somebody has published for the same step.
    pub published: Option<Published>,
    /// Whether the better way is meant to be better.
    pub expect: Expect,
    /// Makes the input of a given size, and the ways of doing the job on it. The first is the naive one.
    pub sides: fn(size: usize) -> Vec<Side>,
}

/// A gain that somebody else saw.
#[derive(Debug, Clone, Copy)]
pub struct Published {
    /// Time before, divided by time after.
    pub gain: f64,
    /// Project and change, as `linereader` or `gimli#451`.
    pub source: &'static str,
}

/// What a workload is there to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// That it pays.
    Gain,
    /// A case in which it does not, and why.
    NoGain(&'static str),
}

/// Whose way it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What one writes first.
    Naive,
    /// Better, with std (or the crate that the job is about) alone.
    Std,
    /// With alloc-kit. The first of these is the one in the tables.
    Kit,
    /// The best that is written by hand for this one job.
    Hand,
}

/// One way of doing the job.
#[expect(missing_debug_implementations, reason = "closures have none")]
pub struct Side {
    /// Whose way it is.
    pub kind: Kind,
    /// What it does, in the words of its code.
    pub name: &'static str,
    /// How many allocations the job makes at the workload's own size: of a naive way the least, of another the most.
    pub allocations: Option<u64>,
    job: Box<dyn Job>,
}

impl Side {
    /// What one writes first.
    pub fn naive<R: Debug + 'static>(name: &'static str, job: impl FnMut() -> R + 'static) -> Self {
        Self::new(Kind::Naive, name, job)
    }

    /// Better, with std alone.
    pub fn std<R: Debug + 'static>(name: &'static str, job: impl FnMut() -> R + 'static) -> Self {
        Self::new(Kind::Std, name, job)
    }

    /// With alloc-kit.
    pub fn kit<R: Debug + 'static>(name: &'static str, job: impl FnMut() -> R + 'static) -> Self {
        Self::new(Kind::Kit, name, job)
    }

    /// By hand.
    pub fn hand<R: Debug + 'static>(name: &'static str, job: impl FnMut() -> R + 'static) -> Self {
        Self::new(Kind::Hand, name, job)
    }

    /// What the job's own allocations come to, at the workload's own size: of a naive way they are at least so many, of
    /// another at most.
    #[must_use]
    pub fn allocates(self, allocations: u64) -> Self {
        Self { allocations: Some(allocations), ..self }
    }

    /// Whether the job, at the workload's own size, may make so many allocations: a naive way that makes fewer than it
    /// says is none, and another may not make more.
    #[must_use]
    pub fn may_allocate(&self, allocations: u64) -> bool {
        self.allocations.is_none_or(|said| {
            if self.kind == Kind::Naive { allocations >= said } else { allocations <= said }
        })
    }

    /// Does the job once, and drops what it found: what is timed and counted.
    pub fn run(&mut self) {
        self.job.run();
    }

    /// Does the job once, and writes down all that it found: where that is a number, one for all that it has looked at.
    ///
    /// Two ways agree where these texts are equal: a `Vec<String>` and a `Vec<&str>` of the same words do.
    pub fn answer(&mut self) -> String {
        self.job.answer()
    }

    fn new<R: Debug + 'static>(kind: Kind, name: &'static str, job: impl FnMut() -> R + 'static) -> Self {
        Self { kind, name, allocations: None, job: Box::new(job) }
    }
}

/// A job whose result can be looked at, and has a type of its own.
trait Job {
    fn run(&mut self);
    fn answer(&mut self) -> String;
}

impl<R: Debug, F: FnMut() -> R> Job for F {
    fn run(&mut self) {
        drop(black_box(self()));
    }

    fn answer(&mut self) -> String {
        format!("{:?}", for_an_answer(self))
    }
}
