//! alloc-kit with the feature `enforce`: the allocator is installed by the crate, as in most users' tests.

use counting_bench::{Counted, Mode};

fn measured(work: &mut dyn FnMut()) -> Counted {
    let ((), usage) = alloc_kit::measure(work);
    Counted::Allocations(usage.allocations)
}

fn main() {
    counting_bench::main(&[Mode::thread(measured).named("measure")]);
}
