//! `alloc_tracker`: a span of a thread, of a session that reports nothing. Nothing for futures.

use std::alloc::System;
use std::sync::LazyLock;

use alloc_tracker::{Allocator, Operation, Session};
use guards_bench::work::{parse, sum};
use guards_bench::{Guard, Saw, anywhere};

#[global_allocator]
static GLOBAL: Allocator<System> = Allocator::system();

static OPERATION: LazyLock<(Session, Operation)> = LazyLock::new(|| {
    let session = Session::new().no_stdout().no_file();
    let operation = session.operation("work");
    (session, operation)
});

fn in_span(work: impl FnOnce() -> u64) -> u64 {
    let span = OPERATION.1.measure_thread().iterations(1);
    let result = work();
    drop(span);
    result
}

fn reported(work: &mut dyn FnMut()) -> Saw {
    work();
    let report = OPERATION.0.to_report();
    Saw::Allocations(report.operations().map(|(_, work)| work.total_allocations_count()).sum())
}

fn main() {
    guards_bench::main(&[Guard {
        name: "span",
        call: |numbers| in_span(|| sum(numbers)),
        line: |line| in_span(|| parse(line)),
        polls: None,
        saw: reported,
        session: anywhere,
    }]);
}
