//! alloc-kit with the feature `audit`: inside `measure`, inside a budget, and idle.

use alloc_kit::CountingAlloc;
use counting_bench::{Counted, Mode};

#[global_allocator]
static GLOBAL: CountingAlloc = CountingAlloc::system();

fn measured(work: &mut dyn FnMut()) -> Counted {
    let ((), usage) = alloc_kit::measure(work);
    Counted::Allocations(usage.allocations)
}

fn budgeted(work: &mut dyn FnMut()) -> Counted {
    measured(&mut || guarded(work))
}

#[alloc_kit::alloc_budget(4_000_000_000)]
fn guarded(work: &mut dyn FnMut()) {
    work();
}

fn main() {
    let measured = Mode::thread(measured).named("measure");
    let budgeted = Mode::thread(budgeted).named("budget");
    counting_bench::main(&[measured, budgeted, Mode::idle()]);
}
