//! `rust-useless-vec`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn sum(numbers: &[usize]) -> usize {
    black_box(numbers).iter().sum()
}

fn before() -> usize {
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        total += sum(&vec![i, 1, 2]); // ~
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        total += sum(&[i, 1, 2]);
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
