//! `assert_no_alloc`: inside `assert_no_alloc`, in the mode that counts violations instead of ending the process.

use assert_no_alloc::AllocDisabler;
use counting_bench::{Counted, Mode};

#[global_allocator]
static GLOBAL: AllocDisabler = AllocDisabler;

fn counted(work: &mut dyn FnMut()) -> Counted {
    let before = assert_no_alloc::violation_count();
    assert_no_alloc::assert_no_alloc(work);
    Counted::Calls(assert_no_alloc::violation_count().wrapping_sub(before).into())
}

fn main() {
    counting_bench::main(&[Mode::thread(counted)]);
}
