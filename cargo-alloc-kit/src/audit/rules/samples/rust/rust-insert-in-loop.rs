//! `rust-insert-in-loop`: `before` is what it finds, `after` the same work without it.

use std::collections::HashMap;
use std::hint::black_box;

const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

fn index(words: &[&'static str]) -> HashMap<&'static str, usize> {
    let mut index = HashMap::new(); // ~
    for (i, word) in words.iter().enumerate() {
        index.insert(*word, i);
    }
    index
}

fn index_at_once(words: &[&'static str]) -> HashMap<&'static str, usize> {
    let mut index = HashMap::with_capacity(words.len());
    for (i, word) in words.iter().enumerate() {
        index.insert(*word, i);
    }
    index
}

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += index(&black_box(WORDS)).len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += index_at_once(&black_box(WORDS)).len();
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
