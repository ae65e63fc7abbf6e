//! The tasks: each is one of the works many times over, plain or guarded.

use std::hint::black_box;
use std::pin::pin;

use crate::work::{self, LINE, Line, Numbers};
use crate::{Guard, Polls};

/// One column of the table.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// What the driver calls it.
    pub name: &'static str,
    /// Without a guard.
    pub plain: Work,
    /// In the guard.
    pub guarded: Work,
}

/// What is done many times.
#[derive(Debug, Clone, Copy)]
pub enum Work {
    /// A function that does next to nothing.
    Call(fn(&Numbers) -> u64),
    /// A function that takes a line of a log apart.
    Line(fn(&Line) -> u64),
    /// Polls of one future.
    Polls(Polls),
    /// Futures that are ready when first polled: made, polled and dropped.
    Futures(Polls),
}

impl Task {
    /// Those that the guard can do.
    pub fn of(guard: &Guard) -> impl Iterator<Item = Self> {
        let of_all = [
            Self { name: "call", plain: Work::Call(plain_call), guarded: Work::Call(guard.call) },
            Self { name: "line", plain: Work::Line(plain_line), guarded: Work::Line(guard.line) },
        ];
        let of_async = guard.polls.map(|polls| {
            [
                Self { name: "polls", plain: Work::Polls(plain_polls), guarded: Work::Polls(polls) },
                Self { name: "futures", plain: Work::Futures(plain_polls), guarded: Work::Futures(polls) },
            ]
        });
        of_all.into_iter().chain(of_async.into_iter().flatten())
    }
}

fn plain_call(numbers: &Numbers) -> u64 {
    work::sum(numbers)
}

fn plain_line(line: &Line) -> u64 {
    work::parse(line)
}

fn plain_polls(pending: u64, numbers: &Numbers) -> u64 {
    work::drive(pin!(plain(pending, numbers)))
}

async fn plain(pending: u64, numbers: &Numbers) -> u64 {
    work::pause(pending).await;
    work::sum(numbers)
}

/// Does the work so many times. Callgrind counts what happens in here.
#[inline(never)]
pub(crate) fn repeat(work: Work, operations: u64) {
    let numbers = black_box([1, 2, 3, 4]);
    match work {
        Work::Call(call) => (0..operations).for_each(|_| _ = black_box(call(black_box(&numbers)))),
        Work::Line(parse) => (0..operations).for_each(|_| _ = black_box(parse(black_box(LINE)))),
        Work::Polls(polls) => _ = black_box(polls(operations, &numbers)),
        Work::Futures(polls) => (0..operations).for_each(|_| _ = black_box(polls(0, black_box(&numbers)))),
    }
}

/// The same, once, for callgrind to write down what it counted.
#[inline(never)]
pub(crate) fn part(work: Work, operations: u64) {
    repeat(work, operations);
    // Not a tail call: callgrind must see this function return.
    black_box(());
}
