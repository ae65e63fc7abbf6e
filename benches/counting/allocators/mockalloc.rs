//! `mockalloc`: inside `record_allocs`, which also hashes each block's address and layout to find bad frees.

use std::alloc::System;

use counting_bench::{Counted, Mode};
use mockalloc::Mockalloc;

#[global_allocator]
static GLOBAL: Mockalloc<System> = Mockalloc(System);

fn counted(work: &mut dyn FnMut()) -> Counted {
    Counted::Allocations(mockalloc::record_allocs(work).num_allocs())
}

fn main() {
    counting_bench::main(&[Mode::thread(counted)]);
}
