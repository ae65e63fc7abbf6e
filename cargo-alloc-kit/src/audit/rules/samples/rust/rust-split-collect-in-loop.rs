//! `rust-split-collect-in-loop`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

const LINES: [&str; 4] = ["GET,/index,200", "PUT,/items,201", "GET,/items,404", "GET,/,200"];

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        for line in black_box(LINES) {
            let fields: Vec<&str> = line.split(',').collect(); // ~
            total += fields[1].len() + fields[2].len();
        }
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        for line in black_box(LINES) {
            let mut fields = line.split(',').skip(1);
            total += fields.next().unwrap().len() + fields.next().unwrap().len();
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
