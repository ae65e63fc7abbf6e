//! `rust-capacity-of-map`: `before` is what it finds, `after` the same work without it.

use std::collections::{HashMap, HashSet};
use std::hint::black_box;

const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let mut seen = HashMap::new();
        for n in 0..black_box(100_usize) {
            if n % 2 == 0 {
                seen.insert(n, ());
            }
        }
        total += seen.len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let mut seen = HashSet::with_capacity(50);
        for n in 0..black_box(100_usize) {
            if n % 2 == 0 {
                seen.insert(n);
            }
        }
        total += seen.len();
    }
    total
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("before") => println!("{}", before()),
        Some("after") => println!("{}", after()),
        _ => println!("nothing"),
    }
}
