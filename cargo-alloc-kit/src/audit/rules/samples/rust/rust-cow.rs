//! `rust-cow`: `before` is what it finds, `after` the same work without it.

use std::borrow::Cow;
use std::hint::black_box;

const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

fn dashed(word: &str) -> String {
    if !word.contains(' ') {
        return word.to_string(); // ~
    }
    word.replace(' ', "-")
}

fn dashed_if(word: &str) -> Cow<'_, str> {
    if word.contains(' ') { word.replace(' ', "-").into() } else { word.into() }
}

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        for word in black_box(WORDS) {
            total += dashed(word).len();
        }
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        for word in black_box(WORDS) {
            total += dashed_if(word).len();
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
