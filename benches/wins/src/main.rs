//! The program of the bench `wins`: the workloads, each done in all of its ways. Started by the driver, `../wins.rs`, as
//! - `wins equal <workload> <size> ..`: all sides must come to the same answer, at each of the sizes;
//! - `wins time <workload> <size> <milliseconds> <seed>`: nanoseconds of each side's job;
//! - `wins count <workload> <size>`: allocations, reallocations among them, bytes, peak bytes and live bytes of each side's
//!   job; needs the feature `counting`;
//! - `wins loop <workload> <size>`: each side's job once, in `once`, for callgrind.
//!
//! Answers are lines of words with tabs between them, each after `wins-bench:`.

mod timing;

use std::env;

use alloc_kit_benches::{ALL, Side};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["equal", workload, sizes @ ..] => sizes.iter().for_each(|size| equal(&mut sides(workload, size))),
        ["time", workload, size, milliseconds, seed] => {
            let mut sides = sides(workload, size);
            let nanos = timing::time(&mut sides, number(milliseconds), number(seed));
            for (side, nanos) in sides.iter().zip(nanos) {
                println!("wins-bench: {}\t{nanos}", side.name);
            }
        }
        ["count", workload, size] => sides(workload, size).iter_mut().for_each(count),
        ["loop", workload, size] => {
            for side in &mut sides(workload, size) {
                side.run();
                once(side);
                println!("wins-bench: {}", side.name);
            }
        }
        _ => panic!("not an action of this program, which belongs to a bench: {arguments:?}"),
    }
}

fn equal(sides: &mut [Side]) {
    let (first, others) = sides.split_first_mut().expect("a workload has sides");
    let expected = first.answer();
    for side in others {
        // Twice, for those that keep something from one to the next.
        for time in ["first", "second"] {
            let found = side.answer();
            assert!(
                found == expected,
                "`{}` found something else than `{}`, the {time} time",
                side.name,
                first.name
            );
        }
    }
    println!("wins-bench: {}", expected.len());
}

/// What the second run takes: the first fills what is kept from one to the next.
#[cfg(feature = "counting")]
fn count(side: &mut Side) {
    side.run();
    let ((), usage) = alloc_kit::measure(|| side.run());
    println!(
        "wins-bench: {}\t{}\t{}\t{}\t{}\t{}",
        side.name,
        usage.allocations,
        usage.reallocations,
        usage.bytes_allocated,
        usage.peak_bytes,
        usage.live_bytes
    );
}

#[cfg(not(feature = "counting"))]
fn count(side: &mut Side) {
    panic!("`{}` cannot be counted: this program was built without the feature `counting`", side.name);
}

/// What callgrind counts.
#[inline(never)]
fn once(side: &mut Side) {
    part(side);
    std::hint::black_box(());
}

/// After which callgrind says what it has counted.
#[inline(never)]
fn part(side: &mut Side) {
    // Not a tail call: callgrind must see this function return.
    side.run();
    std::hint::black_box(());
}

fn sides(workload: &str, size: &str) -> Vec<Side> {
    let workload =
        ALL.iter().find(|known| known.id == workload).unwrap_or_else(|| panic!("no workload {workload}"));
    (workload.sides)(usize::try_from(number(size)).expect("a size"))
}

fn number(word: &str) -> u64 {
    word.parse().expect("a number")
}
