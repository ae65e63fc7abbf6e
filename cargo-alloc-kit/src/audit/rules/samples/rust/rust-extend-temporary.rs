//! `rust-extend-temporary`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut all = Vec::with_capacity(black_box(ROUNDS) * 3);
    for i in 0..black_box(ROUNDS) {
        all.extend(vec![i, i + 1, i + 2]); // ~
    }
    all.len()
}

fn after() -> usize {
    let mut all = Vec::with_capacity(black_box(ROUNDS) * 3);
    for i in 0..black_box(ROUNDS) {
        all.extend([i, i + 1, i + 2]);
    }
    all.len()
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("before") => println!("{}", before()),
        Some("after") => println!("{}", after()),
        _ => println!("nothing"),
    }
}
