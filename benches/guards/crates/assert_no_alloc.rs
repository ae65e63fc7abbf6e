//! `assert_no_alloc`: in the mode that counts violations instead of ending the process. Nothing for futures.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use guards_bench::work::{parse, sum};
use guards_bench::{Guard, Saw, anywhere};

#[global_allocator]
static GLOBAL: AllocDisabler = AllocDisabler;

fn violations(work: &mut dyn FnMut()) -> Saw {
    let before = assert_no_alloc::violation_count();
    work();
    Saw::Calls((assert_no_alloc::violation_count() - before).into())
}

fn main() {
    guards_bench::main(&[Guard {
        name: "assert_no_alloc",
        call: |numbers| assert_no_alloc(|| sum(numbers)),
        line: |line| assert_no_alloc(|| parse(line)),
        polls: None,
        saw: violations,
        session: anywhere,
    }]);
}
