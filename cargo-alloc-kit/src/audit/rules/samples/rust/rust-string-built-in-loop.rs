//! `rust-string-built-in-loop`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

fn joined(words: &[&str]) -> String {
    let mut all = String::new(); // ~
    for word in words {
        all.push_str(word);
    }
    all
}

fn joined_at_once(words: &[&str]) -> String {
    let mut all = String::with_capacity(words.iter().map(|word| word.len()).sum());
    for word in words {
        all.push_str(word);
    }
    all
}

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += joined(&black_box(WORDS)).len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += joined_at_once(&black_box(WORDS)).len();
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
