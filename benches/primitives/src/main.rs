//! The program of the bench `primitives`: each of alloc-kit's helpers at its work, next to what it replaces and to its
//! peers. Started by the driver, `../primitives.rs`, as
//! - `primitives list`: the workloads and their sides;
//! - `primitives equal <workload>`: each side does the same work, and all must find the same;
//! - `primitives time <workload> <milliseconds> <seed>`: nanoseconds of each side's operation, and 0 if it was disturbed;
//! - `primitives loop <workload>`: each side's operations once, in `harness::meter::part`, for callgrind;
//! - `primitives count <workload>`: allocations of each side's operations; needs the feature `counting`;
//! - `primitives large <workload> <side> <bytes>`: resident memory before, with and after one large buffer.
//!
//! Answers are lines of words with tabs between them, each after `primitives-bench:`.

mod harness;
mod workloads;

use std::env;

use harness::{Inputs, Side, Work, Workload, memory, timing};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["list"] => list(),
        ["equal", workload] => equal(find(workload)),
        ["time", workload, milliseconds, seed] => time(find(workload), number(milliseconds), number(seed)),
        ["loop", workload] => loops(find(workload)),
        ["count", workload] => count(find(workload)),
        ["large", workload, side, bytes] => large(find(workload), side, number(bytes)),
        _ => panic!("not an action of this program, which belongs to a bench: {arguments:?}"),
    }
}

fn list() {
    for workload in workloads::ALL {
        println!("primitives-bench: workload\t{}\t{}\t{}", workload.name, workload.title, workload.operation);
        for side in workload.sides {
            let large = if side.large.is_some() { "large" } else { "-" };
            let exact = if matches!(side.work, Work::One(_)) { "one" } else { "two" };
            let allowed = side.allocations;
            println!("primitives-bench: side\t{}\t{:?}\t{exact}\t{large}\t{allowed}", side.name, side.kind);
        }
    }
}

fn equal(workload: &Workload) {
    let inputs = Inputs::new();
    let (first, others) = workload.sides.split_first().expect("a workload has sides");
    let expected = first.once(&inputs, workload).sum;
    for side in others {
        let found = side.once(&inputs, workload).sum;
        assert_eq!(found, expected, "`{}` found something else than `{}`", side.name, first.name);
    }
    println!("primitives-bench: {expected}");
}

fn time(workload: &Workload, milliseconds: u64, seed: u64) {
    let inputs = Inputs::new();
    for (side, timing) in workload.sides.iter().zip(timing::time(workload, &inputs, milliseconds, seed)) {
        println!("primitives-bench: {}\t{}\t{}", side.name, timing.nanos, u8::from(timing.undisturbed));
    }
}

fn loops(workload: &Workload) {
    let inputs = Inputs::new();
    for side in workload.sides {
        side.once(&inputs, workload);
        println!("primitives-bench: {}\t{}", side.name, workload.operations);
    }
}

fn count(workload: &Workload) {
    let inputs = Inputs::new();
    for side in workload.sides {
        let allocations =
            side.once(&inputs, workload).allocations.expect("built with the feature `counting`");
        println!("primitives-bench: {}\t{allocations}\t{}", side.name, workload.operations);
    }
}

fn large(workload: &Workload, side: &str, bytes: u64) {
    let side: Option<&Side> = workload.sides.iter().find(|known| known.name == side);
    let large = side.and_then(|side| side.large).expect("a side that takes a large buffer");
    let resident = memory::around(large, usize::try_from(bytes).expect("fits in memory"));
    println!("primitives-bench: {}\t{}\t{}", resident[0], resident[1], resident[2]);
}

fn find(name: &str) -> &'static Workload {
    workloads::ALL.iter().find(|known| known.name == name).unwrap_or_else(|| panic!("no workload {name}"))
}

fn number(word: &str) -> u64 {
    word.parse().expect("a number")
}
