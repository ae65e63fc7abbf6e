//! `rust-collect-then-join`: `before` is what it finds, `after` the same work without it.

use std::fmt::Write;
use std::hint::black_box;

const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += black_box([1, 20, 300]).iter().map(|n| n.to_string()).collect::<Vec<_>>().join(", ").len(); // ~
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let mut list = String::with_capacity(16);
        for n in black_box([1, 20, 300]) {
            if !list.is_empty() {
                list.push_str(", ");
            }
            let _ = write!(list, "{n}");
        }
        total += list.len();
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
