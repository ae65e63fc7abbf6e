//! `rust-drain-collect`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut total = 0;
    let mut queue = Vec::new();
    let mut spare = Vec::new();
    for _ in 0..black_box(ROUNDS) {
        queue.extend(black_box([1, 2, 3]));
        let all: Vec<usize> = queue.drain(..).collect(); // ~
        total += all.len();
        spare = all;
        spare.clear();
    }
    total + spare.len()
}

fn after() -> usize {
    let mut total = 0;
    let mut queue = Vec::new();
    let mut spare: Vec<usize> = Vec::new();
    for _ in 0..black_box(ROUNDS) {
        queue.extend(black_box([1, 2, 3]));
        spare.clear();
        let all = std::mem::replace(&mut queue, spare);
        total += all.len();
        spare = all;
    }
    spare.clear();
    total + spare.len()
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("before") => println!("{}", before()),
        Some("after") => println!("{}", after()),
        _ => println!("nothing"),
    }
}
