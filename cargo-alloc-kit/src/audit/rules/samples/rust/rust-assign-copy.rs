//! `rust-assign-copy`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

fn before() -> usize {
    let mut last = String::new();
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        last = WORDS[i % WORDS.len()].to_owned(); // ~
        total += black_box(&last).len();
    }
    total + last.len()
}

fn after() -> usize {
    let mut last = String::new();
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        last.clear();
        last.push_str(WORDS[i % WORDS.len()]);
        total += black_box(&last).len();
    }
    total + last.len()
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("before") => println!("{}", before()),
        Some("after") => println!("{}", after()),
        _ => println!("nothing"),
    }
}
