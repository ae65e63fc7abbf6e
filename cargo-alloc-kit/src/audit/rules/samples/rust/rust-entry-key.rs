//! `rust-entry-key`: `before` is what it finds, `after` the same work without it.

use std::collections::HashMap;
use std::hint::black_box;

const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

fn before() -> usize {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for _ in 0..black_box(ROUNDS) {
        for word in black_box(WORDS) {
            *counts.entry(word.to_string()).or_insert(0) += 1; // ~
        }
    }
    counts["beta"]
}

fn after() -> usize {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for _ in 0..black_box(ROUNDS) {
        for word in black_box(WORDS) {
            match counts.get_mut(word) {
                Some(count) => *count += 1,
                None => drop(counts.insert(word.to_string(), 1)),
            }
        }
    }
    counts["beta"]
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("before") => println!("{}", before()),
        Some("after") => println!("{}", after()),
        _ => println!("nothing"),
    }
}
