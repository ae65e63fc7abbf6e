//! `alloc_tracker`: inside a thread span of a session that reports nothing.

use std::alloc::System;

use alloc_tracker::{Allocator, Session};
use counting_bench::{Counted, Mode};

#[global_allocator]
static GLOBAL: Allocator<System> = Allocator::system();

fn counted(work: &mut dyn FnMut()) -> Counted {
    let session = Session::new().no_stdout().no_file();
    let operation = session.operation("work");
    let span = operation.measure_thread();
    work();
    drop(span.iterations(1));
    let report = session.to_report();
    Counted::Allocations(report.operations().map(|(_, work)| work.total_allocations_count()).sum())
}

fn main() {
    counting_bench::main(&[Mode::thread(counted)]);
}
