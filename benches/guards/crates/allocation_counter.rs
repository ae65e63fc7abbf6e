//! `allocation-counter`: installs its allocator by being linked; its `measure`. Nothing for futures.

use guards_bench::work::{parse, sum};
use guards_bench::{Guard, anywhere, take, taken};

fn measured(work: impl FnOnce() -> u64) -> u64 {
    let mut result = 0;
    let info = allocation_counter::measure(|| result = work());
    take(&info, info.count_total);
    result
}

fn main() {
    guards_bench::main(&[Guard {
        name: "measure",
        call: |numbers| measured(|| sum(numbers)),
        line: |line| measured(|| parse(line)),
        polls: None,
        saw: taken,
        session: anywhere,
    }]);
}
