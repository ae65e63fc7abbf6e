//! `rust-format-literal`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += black_box(format!("untitled")).len(); // ~
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += black_box("untitled").len();
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
