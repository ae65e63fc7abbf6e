//! `rust-push-in-loop`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn squares(n: usize) -> Vec<usize> {
    let mut squares = Vec::new(); // ~
    for i in 0..n {
        squares.push(i * i);
    }
    squares
}

fn squares_at_once(n: usize) -> Vec<usize> {
    let mut squares = Vec::with_capacity(n);
    for i in 0..n {
        squares.push(i * i);
    }
    squares
}

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += squares(black_box(100)).len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += squares_at_once(black_box(100)).len();
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
