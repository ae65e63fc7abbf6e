//! alloc-kit: its attributes and `measure`. Built twice, with the feature `audit` and with `enforce`.

use guards_bench::work::{parse, sum};
use guards_bench::{Guard, Line, Numbers, Saw, anywhere, take, taken};

alloc_kit::install!();

#[alloc_kit::no_alloc]
fn free_call(numbers: &Numbers) -> u64 {
    sum(numbers)
}

#[alloc_kit::no_alloc]
fn free_line(line: &Line) -> u64 {
    parse(line)
}

#[alloc_kit::alloc_budget(3, bytes = 100)]
fn budgeted_call(numbers: &Numbers) -> u64 {
    sum(numbers)
}

#[alloc_kit::alloc_budget(3, bytes = 100)]
fn budgeted_line(line: &Line) -> u64 {
    parse(line)
}

#[cfg(feature = "async_forms")]
mod polls {
    use std::pin::pin;

    use guards_bench::work::{drive, pause, sum};
    use guards_bench::{Numbers, Polls};

    #[alloc_kit::no_alloc]
    async fn free(pending: u64, numbers: &Numbers) -> u64 {
        pause(pending).await;
        sum(numbers)
    }

    #[alloc_kit::alloc_budget(3, bytes = 100)]
    async fn budgeted(pending: u64, numbers: &Numbers) -> u64 {
        pause(pending).await;
        sum(numbers)
    }

    pub(crate) const FREE: Option<Polls> = Some(|pending, numbers| drive(pin!(free(pending, numbers))));
    pub(crate) const BUDGETED: Option<Polls> =
        Some(|pending, numbers| drive(pin!(budgeted(pending, numbers))));
}

#[cfg(not(feature = "async_forms"))]
mod polls {
    use guards_bench::Polls;

    pub(crate) const FREE: Option<Polls> = None;
    pub(crate) const BUDGETED: Option<Polls> = None;
}

fn measured<R>(work: impl FnOnce() -> R) -> R {
    let (result, usage) = alloc_kit::measure(work);
    take(&usage, usage.allocations);
    result
}

const NO_ALLOC: Guard = Guard {
    name: "no_alloc",
    call: free_call,
    line: free_line,
    polls: polls::FREE,
    saw: |work| Saw::panic(work, "made 1 heap allocation (128 bytes); its budget is 0"),
    session: anywhere,
};

const ALLOC_BUDGET: Guard = Guard {
    name: "alloc_budget",
    call: budgeted_call,
    line: budgeted_line,
    polls: polls::BUDGETED,
    saw: |work| Saw::panic(work, "allocated 128 bytes in 1 heap allocation; its budget is `bytes = 100`"),
    session: anywhere,
};

const MEASURE: Guard = Guard {
    name: "measure",
    call: |numbers| measured(|| sum(numbers)),
    line: |line| measured(|| parse(line)),
    polls: None,
    saw: taken,
    session: anywhere,
};

fn main() {
    guards_bench::main(&[NO_ALLOC, ALLOC_BUDGET, MEASURE]);
}
