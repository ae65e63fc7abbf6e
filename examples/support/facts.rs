//! What the recipes of the heap-allocated types share: a row of the guide's table as counted numbers, and the log.
//!
//! The counts are printed, so that tests/cookbook.rs compares them with the recipe's first lines, in debug and in release.

#![allow(dead_code, reason = "each recipe uses its part of it")]

use alloc_kit::{Usage, measure};
use std::hint::black_box;

/// Lines that nginx wrote.
pub(crate) const LOG: &str = include_str!("../data/access.log");

/// The paths of its requests, without queries.
pub(crate) fn paths() -> Vec<&'static str> {
    LOG.lines().filter_map(|line| line.split([' ', '?']).nth(6)).collect()
}

/// Does it once, and prints the allocations and bytes of it beside `what`.
pub(crate) fn fact<T>(what: &str, work: impl FnOnce() -> T) {
    let (_, usage) = measure(|| black_box(work()));
    println!("{what:40} {}, {} bytes", allocations(&usage), usage.bytes_allocated);
}

/// Makes a collection, puts in something `n` times, and prints the allocations of that and which capacities there were.
pub(crate) fn growth<C>(
    what: &str,
    n: usize,
    make: impl FnOnce() -> C,
    put: impl Fn(&mut C),
    capacity: impl Fn(&C) -> usize,
) {
    let mut capacities = Vec::with_capacity(n);
    let ((), usage) = measure(|| {
        let mut collection = make();
        capacities.extend((0..n).map(|_| {
            put(&mut collection);
            capacity(&collection)
        }));
    });
    capacities.dedup();
    println!("{what:40} {}, room for {capacities:?}", allocations(&usage));
}

fn allocations(usage: &Usage) -> String {
    format!("{:>2} allocation{}", usage.allocations, if usage.allocations == 1 { "" } else { "s" })
}
