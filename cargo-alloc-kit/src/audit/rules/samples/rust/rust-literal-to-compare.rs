//! `rust-literal-to-compare`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        for word in black_box(WORDS) {
            if word == "beta".to_string() { // ~
                total += 1;
            }
        }
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        for word in black_box(WORDS) {
            if word == "beta" {
                total += 1;
            }
        }
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
