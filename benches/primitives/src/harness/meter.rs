//! Repeats an operation: first as warm-up, then timed and counted. What a side needs it makes before and drops after,
//! outside of what is measured.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::Inputs;

/// How often, and what it took.
#[derive(Debug)]
pub(crate) struct Meter {
    operations: u64,
    warm_up: u64,
    reading: Option<Reading>,
}

/// What the operations took.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Reading {
    /// Of what the operations found: the same for all sides of a workload.
    pub(crate) sum: u64,
    pub(crate) span: Duration,
    /// Unknown without the feature `counting`.
    pub(crate) allocations: Option<u64>,
}

impl Meter {
    pub(crate) fn new(operations: u64, warm_up: u64) -> Self {
        Self { operations, warm_up, reading: None }
    }

    /// What was measured.
    pub(crate) fn reading(&self) -> Reading {
        self.reading.expect("each side repeats its operation")
    }

    /// An operation for each line, of which nothing lives on.
    pub(crate) fn lines(&mut self, inputs: &Inputs, operation: impl FnMut(&str) -> u64) {
        self.repeat(operation, |from, operations, operation| {
            over(&inputs.lines, from, operations, operation)
        });
    }

    /// An operation for each line, which may keep what it borrows.
    pub(crate) fn kept_lines<'i>(&mut self, inputs: &'i Inputs, operation: impl FnMut(&'i str) -> u64) {
        self.repeat(operation, |from, operations, operation| {
            over(&inputs.lines, from, operations, operation)
        });
    }

    /// An operation for each word.
    pub(crate) fn words(&mut self, inputs: &Inputs, operation: impl FnMut(&str) -> u64) {
        self.repeat(operation, |from, operations, operation| {
            over(&inputs.words, from, operations, operation)
        });
    }

    /// An operation for each number.
    pub(crate) fn numbers(&mut self, operation: impl FnMut(u64) -> u64) {
        self.repeat(operation, |from, operations, operation| {
            (from..from + operations).fold(0, |sum, number| mix(sum, operation(black_box(number))))
        });
    }

    fn repeat<F>(&mut self, mut operation: F, pass: impl Fn(u64, u64, &mut F) -> u64) {
        black_box(quiet(&pass, 0, self.warm_up, &mut operation));
        let start = Instant::now();
        let (sum, allocations) = count(|| part(&pass, self.warm_up, self.operations, &mut operation));
        self.reading = Some(Reading { sum, span: start.elapsed(), allocations });
    }
}

/// An operation for each text, from one of them on, round and round.
#[inline]
pub(crate) fn over<'i>(
    texts: &'i [String],
    from: u64,
    operations: u64,
    operation: &mut impl FnMut(&'i str) -> u64,
) -> u64 {
    // A power of two, so that going round costs nothing that would hide what is measured.
    assert!(texts.len().is_power_of_two());
    let mask = texts.len() - 1;
    let mut sum = 0;
    for index in from..from + operations {
        let index = usize::try_from(index).expect("fits in memory") & mask;
        sum = mix(sum, operation(black_box(texts[index].as_str())));
    }
    sum
}

/// The same as [`measured`], by another name.
#[inline(never)]
fn quiet<F>(pass: &impl Fn(u64, u64, &mut F) -> u64, from: u64, operations: u64, operation: &mut F) -> u64 {
    black_box(pass(from, operations, operation))
}

/// What callgrind counts.
#[inline(never)]
fn measured<F>(
    pass: &impl Fn(u64, u64, &mut F) -> u64,
    from: u64,
    operations: u64,
    operation: &mut F,
) -> u64 {
    // Not a tail call: callgrind must see this function return.
    black_box(pass(from, operations, operation))
}

/// The same, once, for callgrind to write down what it counted.
#[inline(never)]
fn part<F>(pass: &impl Fn(u64, u64, &mut F) -> u64, from: u64, operations: u64, operation: &mut F) -> u64 {
    black_box(measured(pass, from, operations, operation))
}

/// So that the order counts as well.
#[inline]
pub(crate) fn mix(sum: u64, found: u64) -> u64 {
    sum.rotate_left(5) ^ found
}

/// What `work` gives, and its allocations.
#[cfg(feature = "counting")]
pub(crate) fn count<R>(work: impl FnOnce() -> R) -> (R, Option<u64>) {
    let (result, usage) = alloc_kit::measure(work);
    (result, Some(usage.allocations))
}

/// What `work` gives, and its allocations.
#[cfg(not(feature = "counting"))]
#[inline]
pub(crate) fn count<R>(work: impl FnOnce() -> R) -> (R, Option<u64>) {
    (work(), None)
}
