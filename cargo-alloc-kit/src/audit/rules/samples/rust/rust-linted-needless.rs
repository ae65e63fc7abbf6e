//! `rust-linted-needless`: `before` is what clippy finds (`redundant_clone`), `after` the same work without it.

use std::hint::black_box;

const ROUNDS: usize = 1000;

fn name(n: usize) -> String {
    format!("a name of row {}", n % 10)
}

fn length(name: String) -> usize {
    black_box(name).len()
}

fn before() -> usize {
    let mut total = 0;
    for n in 0..black_box(ROUNDS) {
        let name = name(n);
        let copy = name.clone();
        total += length(copy);
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for n in 0..black_box(ROUNDS) {
        let name = name(n);
        total += length(name);
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
