//! `allocation-counter`: installs its allocator by being linked; inside `measure`.

use counting_bench::{Counted, Mode};

fn counted(work: &mut dyn FnMut()) -> Counted {
    Counted::Allocations(allocation_counter::measure(work).count_total)
}

fn main() {
    counting_bench::main(&[Mode::thread(counted)]);
}
