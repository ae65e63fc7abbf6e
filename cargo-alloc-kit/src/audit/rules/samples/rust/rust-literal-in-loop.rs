//! `rust-literal-in-loop`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut kinds = Vec::with_capacity(black_box(ROUNDS));
    for _ in 0..black_box(ROUNDS) {
        kinds.push("plain".to_string()); // ~
    }
    kinds.len()
}

fn after() -> usize {
    let mut kinds = Vec::with_capacity(black_box(ROUNDS));
    for _ in 0..black_box(ROUNDS) {
        kinds.push("plain");
    }
    kinds.len()
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("before") => println!("{}", before()),
        Some("after") => println!("{}", after()),
        _ => println!("nothing"),
    }
}
