//! `stats_alloc`: a `Region` and its `change`, of process-wide atomics. Nothing for futures.

use std::alloc::System;

use guards_bench::work::{parse, sum};
use guards_bench::{Guard, anywhere, take, taken};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn measured(work: impl FnOnce() -> u64) -> u64 {
    let region = Region::new(GLOBAL);
    let result = work();
    let change = region.change();
    take(&change, change.allocations as u64);
    result
}

fn main() {
    guards_bench::main(&[Guard {
        name: "region",
        call: |numbers| measured(|| sum(numbers)),
        line: |line| measured(|| parse(line)),
        polls: None,
        saw: taken,
        session: anywhere,
    }]);
}
