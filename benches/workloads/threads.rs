//! W13: each line is written into a buffer before it is used, on two threads.
//!
//! One of the two is the caller, the other one is kept from job to job, as are the buffers: what is counted and timed is the
//! steady state of a server or a search. Both do the same, so the figures, which are the caller's, are those of each;
//! `tests/wins.rs` holds both threads to their budget. By hand each thread passes its buffer down to where it is
//! needed, if all functions between have a parameter for it.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use alloc_kit::{Lend, Pool, Scratch};

use crate::inputs::access_log;
use crate::look::{in_order, look};
use crate::two_threads::TwoThreads;
use crate::workload::{Expect, Published, Side, Workload};

/// W13.
pub const SCRATCH: Workload = Workload {
    id: "w13",
    theme: "threads",
    title: "lines escaped into scratch, on two threads",
    guide: &["`buf.clear()`", "`String`: on first push"],
    input: "real: the first 10,000 lines of the log that nginx wrote for examples/triage, all of them on each thread",
    size: 10_000,
    unit: "lines on each thread",
    published: Some(Published { gain: 1.19, source: "ripgrep#3502" }),
    expect: Expect::Gain,
    sides,
};

thread_local! {
    static LINE: Scratch<String> = const { Scratch::new() };
}

fn sides(lines: usize) -> Vec<Side> {
    let log = access_log(lines);
    // Two buffers for the longest line, from the start: a first job need not have had both out at once.
    let longest = || String::with_capacity(2 * log.lines().map(str::len).max().unwrap_or(0));
    let pool: Pool<String> = Pool::new();
    let [mut first, mut second] = [pool.lease(), pool.lease()];
    (*first, *second) = (longest(), longest());
    drop((first, second));
    let kept = Mutex::new(vec![longest(), longest()]);
    vec![
        Side::naive(
            "`String::new()` for each line",
            on_two_threads(log, |line| {
                let mut text = String::new();
                escape(line, &mut text);
                look(&text)
            }),
        )
        .allocates(35_111),
        Side::std(
            "`String::with_capacity(n)` for each line",
            on_two_threads(log, |line| {
                let mut text = String::with_capacity(line.len() + 16);
                escape(line, &mut text);
                look(&text)
            }),
        )
        .allocates(10_000),
        Side::std(
            "`Mutex<Vec<String>>`",
            on_two_threads(log, move |line| {
                let mut text: String = lock(&kept).pop().unwrap_or_default();
                escape(line, &mut text);
                let found = look(&text);
                text.clear();
                lock(&kept).push(text);
                found
            }),
        )
        .allocates(0),
        Side::kit(
            "`Scratch`, `lend`",
            on_two_threads(log, |line| {
                LINE.lend(|text| {
                    escape(line, text);
                    look(text)
                })
            }),
        )
        .allocates(0),
        Side::kit(
            "`Pool`",
            on_two_threads(log, move |line| {
                let mut text = pool.lease();
                escape(line, &mut text);
                look(text.as_str())
            }),
        )
        .allocates(0),
        Side::hand("a `&mut String` of each thread", by_hand(log)).allocates(0),
    ]
}

/// As in a text of JSON.
fn escape(line: &str, text: &mut String) {
    let mut parts = line.split('"');
    text.extend(parts.next());
    for part in parts {
        text.push_str("\\\"");
        text.push_str(part);
    }
}

/// Does it for each line; the answer is the sum of both threads', whichever is first.
fn on_two_threads(
    log: &'static str,
    line: impl Fn(&str) -> u64 + Send + Sync + 'static,
) -> impl FnMut() -> u64 {
    let threads = TwoThreads::new(move |_| in_order(log.lines().map(&line)));
    move || threads.run()
}

/// Where each thread has its buffer at hand.
fn by_hand(log: &'static str) -> impl FnMut() -> u64 {
    let buffers = [const { Mutex::new(String::new()) }; 2];
    let threads = TwoThreads::new(move |thread| {
        // Taken out: side by side, the two would share a cache line, and be slower than all others.
        let mut text = mem::take(&mut *lock(&buffers[thread]));
        let of_line = |line| {
            text.clear();
            escape(line, &mut text);
            look(&text)
        };
        let sum = in_order(log.lines().map(of_line));
        *lock(&buffers[thread]) = text;
        sum
    });
    move || threads.run()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
