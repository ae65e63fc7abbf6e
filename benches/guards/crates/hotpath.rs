//! `hotpath` with `hotpath-alloc`: its attribute, with its sampler and worker threads running.
//!
//! The driver turns its metrics server off and sets its metric to counts, by environment variables.

use std::pin::pin;
use std::{env, fs, process};

use guards_bench::work::{drive, parse, pause, sum};
use guards_bench::{Guard, Line, Numbers, Saw};
use hotpath::{CountingAllocator, Format, HotpathGuardBuilder};

#[global_allocator]
static GLOBAL: CountingAllocator = CountingAllocator::new();

#[hotpath::measure]
fn call(numbers: &Numbers) -> u64 {
    sum(numbers)
}

#[hotpath::measure]
fn line(line: &Line) -> u64 {
    parse(line)
}

#[hotpath::measure]
async fn polls(pending: u64, numbers: &Numbers) -> u64 {
    pause(pending).await;
    sum(numbers)
}

fn report(work: &mut dyn FnMut()) -> String {
    let path = env::temp_dir().join(format!("guards-bench-hotpath-{}.json", process::id()));
    let guard = HotpathGuardBuilder::new("bench").format(Format::Json).output_path(&path).build();
    work();
    drop(guard);
    let report = fs::read_to_string(&path).expect("hotpath writes its report when the guard ends");
    fs::remove_file(&path).expect("the report was just read");
    report
}

fn reported(work: &mut dyn FnMut()) -> Saw {
    let report = report(work);
    let (_, total) = report.split_once(r#""total_allocated":""#).expect("the report has a total");
    let total: String = total.chars().take_while(char::is_ascii_digit).collect();
    Saw::Allocations(total.parse().expect("counts, not bytes: HOTPATH_ALLOC_METRIC=count"))
}

fn main() {
    guards_bench::main(&[Guard {
        name: "measure",
        call,
        line,
        polls: Some(|pending, numbers| drive(pin!(polls(pending, numbers)))),
        saw: reported,
        session: |work| drop(report(work)),
    }]);
}
