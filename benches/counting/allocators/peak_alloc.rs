//! `peak_alloc`: the process's current and highest bytes, always. No counts of calls.

use counting_bench::{Counted, Mode};
use peak_alloc::PeakAlloc;

#[global_allocator]
static GLOBAL: PeakAlloc = PeakAlloc;

fn counted(work: &mut dyn FnMut()) -> Counted {
    work();
    GLOBAL.reset_peak_usage();
    Counted::probe(|| GLOBAL.peak_usage())
}

fn main() {
    counting_bench::main(&[Mode::process(counted)]);
}
