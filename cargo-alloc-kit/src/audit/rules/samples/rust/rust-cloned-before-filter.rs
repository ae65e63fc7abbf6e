//! `rust-cloned-before-filter`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

fn before() -> usize {
    let mut total = 0;
    let names = WORDS.map(str::to_owned);
    for _ in 0..black_box(ROUNDS) {
        total += names.iter().cloned().filter(|name| name.len() > 9).map(black_box).count(); // ~
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    let names = WORDS.map(str::to_owned);
    for _ in 0..black_box(ROUNDS) {
        total += names.iter().filter(|name| name.len() > 9).cloned().map(black_box).count();
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
