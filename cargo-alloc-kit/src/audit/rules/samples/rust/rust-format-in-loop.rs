//! `rust-format-in-loop`: `before` is what it finds, `after` the same work without it.

use std::fmt::Write;
use std::hint::black_box;

const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        let key = format!("user:{i}"); // ~
        total += black_box(&key).len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    let mut key = String::new();
    for i in 0..black_box(ROUNDS) {
        key.clear();
        let _ = write!(key, "user:{i}");
        total += black_box(&key).len();
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
