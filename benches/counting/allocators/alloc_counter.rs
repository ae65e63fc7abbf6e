//! `alloc_counter`: inside `count_alloc`. Three counts, no bytes.

use alloc_counter::AllocCounterSystem;
use counting_bench::{Counted, Mode};

#[global_allocator]
static GLOBAL: AllocCounterSystem = AllocCounterSystem;

fn counted(work: &mut dyn FnMut()) -> Counted {
    let ((allocations, reallocations, _), ()) = alloc_counter::count_alloc(work);
    Counted::Allocations((allocations + reallocations) as u64)
}

fn main() {
    counting_bench::main(&[Mode::thread(counted)]);
}
