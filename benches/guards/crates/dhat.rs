//! `dhat`: what its statistics say before and after, while a profiler runs in its mode for tests. Nothing for futures.

use dhat::{Alloc, HeapStats, Profiler};
use guards_bench::work::{parse, sum};
use guards_bench::{Guard, take, taken};

#[global_allocator]
static GLOBAL: Alloc = Alloc;

fn measured(work: impl FnOnce() -> u64) -> u64 {
    let before = HeapStats::get();
    let result = work();
    let after = HeapStats::get();
    take(&(&before, &after), after.total_blocks - before.total_blocks);
    result
}

fn profiled(work: &mut dyn FnMut()) {
    let _profiler = Profiler::builder().testing().build();
    work();
}

fn main() {
    guards_bench::main(&[Guard {
        name: "stats",
        call: |numbers| measured(|| sum(numbers)),
        line: |line| measured(|| parse(line)),
        polls: None,
        saw: |work| taken(&mut || profiled(work)),
        session: profiled,
    }]);
}
