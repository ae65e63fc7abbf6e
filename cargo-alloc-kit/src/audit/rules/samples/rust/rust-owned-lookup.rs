//! `rust-owned-lookup`: `before` is what it finds, `after` the same work without it.

use std::collections::HashSet;
use std::hint::black_box;

const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

fn before() -> usize {
    let mut total = 0;
    let known: HashSet<String> = WORDS.map(str::to_owned).into();
    for _ in 0..black_box(ROUNDS) {
        for word in black_box(WORDS) {
            total += usize::from(known.contains(&word.to_string())); // ~
        }
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    let known: HashSet<String> = WORDS.map(str::to_owned).into();
    for _ in 0..black_box(ROUNDS) {
        for word in black_box(WORDS) {
            total += usize::from(known.contains(word));
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
