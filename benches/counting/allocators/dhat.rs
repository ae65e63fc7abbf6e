//! `dhat`: with a profiler running (a backtrace for each allocation), in its mode for tests, which writes no file.

use counting_bench::{Counted, Mode};
use dhat::{Alloc, HeapStats, Profiler};

#[global_allocator]
static GLOBAL: Alloc = Alloc;

fn counted(work: &mut dyn FnMut()) -> Counted {
    let _profiler = Profiler::builder().testing().build();
    work();
    Counted::Allocations(HeapStats::get().total_blocks)
}

fn main() {
    counting_bench::main(&[Mode::process(counted)]);
}
