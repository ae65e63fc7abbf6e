//! `rust-collection-in-loop`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let mut lengths = Vec::new(); // ~
        for word in black_box(WORDS) {
            if word.len() > 4 {
                lengths.push(word.len());
            }
        }
        total += lengths.len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    let mut lengths = Vec::new();
    for _ in 0..black_box(ROUNDS) {
        lengths.clear();
        for word in black_box(WORDS) {
            if word.len() > 4 {
                lengths.push(word.len());
            }
        }
        total += lengths.len();
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
