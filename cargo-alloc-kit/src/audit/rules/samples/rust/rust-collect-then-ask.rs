//! `rust-collect-then-ask`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

const LINES: [&str; 4] = ["GET,/index,200", "PUT,/items,201", "GET,/items,404", "GET,/,200"];

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        for line in black_box(LINES) {
            total += line.split(',').collect::<Vec<_>>()[1].len(); // ~
        }
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        for line in black_box(LINES) {
            total += line.split(',').nth(1).unwrap().len();
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
