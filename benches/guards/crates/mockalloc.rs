//! `mockalloc`: its `record_allocs`. Nothing for futures.

use std::alloc::System;

use guards_bench::work::{parse, sum};
use guards_bench::{Guard, anywhere, take, taken};
use mockalloc::Mockalloc;

#[global_allocator]
static GLOBAL: Mockalloc<System> = Mockalloc(System);

fn recorded(work: impl FnOnce() -> u64) -> u64 {
    let mut result = 0;
    let info = mockalloc::record_allocs(|| result = work());
    take(&info, info.num_allocs());
    result
}

fn main() {
    guards_bench::main(&[Guard {
        name: "record_allocs",
        call: |numbers| recorded(|| sum(numbers)),
        line: |line| recorded(|| parse(line)),
        polls: None,
        saw: taken,
        session: anywhere,
    }]);
}
