//! `rust-box-in-loop`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut nodes = Vec::with_capacity(black_box(ROUNDS));
    for i in 0..black_box(ROUNDS) {
        nodes.push(Box::new([i; 3])); // ~
    }
    nodes.len()
}

fn after() -> usize {
    let mut nodes = Vec::with_capacity(black_box(ROUNDS));
    for i in 0..black_box(ROUNDS) {
        nodes.push([i; 3]);
    }
    nodes.len()
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("before") => println!("{}", before()),
        Some("after") => println!("{}", after()),
        _ => println!("nothing"),
    }
}
