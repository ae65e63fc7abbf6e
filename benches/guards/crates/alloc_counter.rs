//! `alloc_counter`: its attribute, which forbids all three of its counts, and its counting functions.

use std::pin::pin;

use alloc_counter::AllocCounterSystem;
use guards_bench::work::{drive, parse, pause, sum};
use guards_bench::{Guard, Line, Numbers, Saw, anywhere, take, taken};

#[global_allocator]
static GLOBAL: AllocCounterSystem = AllocCounterSystem;

#[alloc_counter::no_alloc]
fn free_call(numbers: &Numbers) -> u64 {
    sum(numbers)
}

#[alloc_counter::no_alloc]
fn free_line(line: &Line) -> u64 {
    parse(line)
}

#[alloc_counter::no_alloc]
async fn free_polls(pending: u64, numbers: &Numbers) -> u64 {
    pause(pending).await;
    sum(numbers)
}

fn counted<R>(work: impl FnOnce() -> R) -> R {
    let (counts, result) = alloc_counter::count_alloc(work);
    take(&counts, counts.0 as u64);
    result
}

async fn counted_polls(pending: u64, numbers: &Numbers) -> u64 {
    let work = async {
        pause(pending).await;
        sum(numbers)
    };
    let (counts, result) = alloc_counter::count_alloc_future(work).await;
    take(&counts, counts.0 as u64);
    result
}

const NO_ALLOC: Guard = Guard {
    name: "no_alloc",
    call: free_call,
    line: free_line,
    polls: Some(|pending, numbers| drive(pin!(free_polls(pending, numbers)))),
    saw: |work| Saw::panic(work, "allocations: 1, reallocations: 0, deallocations: 1"),
    session: anywhere,
};

const COUNT_ALLOC: Guard = Guard {
    name: "count_alloc",
    call: |numbers| counted(|| sum(numbers)),
    line: |line| counted(|| parse(line)),
    polls: Some(|pending, numbers| drive(pin!(counted_polls(pending, numbers)))),
    saw: taken,
    session: anywhere,
};

fn main() {
    guards_bench::main(&[NO_ALLOC, COUNT_ALLOC]);
}
