//! `stats_alloc`: process-wide atomics, always on; a `Region` reads them.

use std::alloc::System;

use counting_bench::{Counted, Mode};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn counted(work: &mut dyn FnMut()) -> Counted {
    let region = Region::new(GLOBAL);
    work();
    let change = region.change();
    Counted::Allocations((change.allocations + change.reallocations) as u64)
}

fn main() {
    counting_bench::main(&[Mode::process(counted)]);
}
