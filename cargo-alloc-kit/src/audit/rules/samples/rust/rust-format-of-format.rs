//! `rust-format-of-format`: `before` is what it finds, `after` the same work without it.

use std::fmt::Write;
use std::hint::black_box;

const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut total = 0;
    let mut line = String::new();
    for i in 0..black_box(ROUNDS) {
        line.clear();
        write!(line, "<{}>", format!("{i}!")).unwrap(); // ~
        total += line.len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    let mut line = String::new();
    for i in 0..black_box(ROUNDS) {
        line.clear();
        write!(line, "<{i}!>").unwrap();
        total += line.len();
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
