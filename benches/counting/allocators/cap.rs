//! `cap`: counts the bytes that are left below a limit, for the process, always. No counts of calls.

use std::alloc::System;

use cap::Cap;
use counting_bench::{Counted, Mode};

#[global_allocator]
static GLOBAL: Cap<System> = Cap::new(System, usize::MAX);

fn counted(work: &mut dyn FnMut()) -> Counted {
    work();
    Counted::probe(|| GLOBAL.allocated())
}

fn main() {
    counting_bench::main(&[Mode::process(counted)]);
}
