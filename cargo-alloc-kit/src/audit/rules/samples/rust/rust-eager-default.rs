//! `rust-eager-default`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn find(n: usize) -> Option<usize> {
    black_box(Some(n))
}

fn before() -> usize {
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        total += find(i).ok_or(format!("no {i}")).map_or(0, |n| n); // ~
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        total += find(i).ok_or_else(|| format!("no {i}")).map_or(0, |n| n);
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
