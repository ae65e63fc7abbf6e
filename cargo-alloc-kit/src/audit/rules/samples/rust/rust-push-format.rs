//! `rust-push-format`: `before` is what it finds, `after` the same work without it.

use std::fmt::Write;
use std::hint::black_box;

const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut list = String::with_capacity(black_box(ROUNDS) * 8);
    for i in 0..black_box(ROUNDS) {
        list.push_str(&format!("{i}, ")); // ~
    }
    list.len()
}

fn after() -> usize {
    let mut list = String::with_capacity(black_box(ROUNDS) * 8);
    for i in 0..black_box(ROUNDS) {
        let _ = write!(list, "{i}, ");
    }
    list.len()
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("before") => println!("{}", before()),
        Some("after") => println!("{}", after()),
        _ => println!("nothing"),
    }
}
