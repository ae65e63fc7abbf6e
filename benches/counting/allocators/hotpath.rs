//! `hotpath` with `hotpath-alloc`: inside a measured block, with its sampler and worker threads running.
//!
//! The driver turns its metrics server off and sets its metric to counts, by environment variables.

use std::{env, fs, process};

use counting_bench::{Counted, Mode};
use hotpath::{CountingAllocator, Format, HotpathGuardBuilder};

#[global_allocator]
static GLOBAL: CountingAllocator = CountingAllocator::new();

fn reported(work: &mut dyn FnMut()) -> Counted {
    let path = env::temp_dir().join(format!("counting-bench-hotpath-{}.json", process::id()));
    let guard = HotpathGuardBuilder::new("bench").format(Format::Json).output_path(&path).build();
    work();
    drop(guard);
    let report = fs::read_to_string(&path).expect("hotpath writes its report when the guard ends");
    fs::remove_file(&path).expect("the report was just read");
    let (_, total) = report.split_once(r#""total_allocated":""#).expect("the report has a total");
    let total: String = total.chars().take_while(char::is_ascii_digit).collect();
    Counted::Allocations(total.parse().expect("counts, not bytes: HOTPATH_ALLOC_METRIC=count"))
}

fn measured(work: &mut dyn FnMut()) -> Counted {
    hotpath::measure_block!("work", work());
    Counted::Nothing
}

fn main() {
    counting_bench::main(&[Mode { name: "active", process: reported, thread: measured }]);
}
