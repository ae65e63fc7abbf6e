//! `rust-boxed-closure-parameter`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn twice(f: Box<dyn Fn(usize) -> usize>) -> usize { // ~
    let n = f(1);
    f(n)
}

fn twice_of(f: impl Fn(usize) -> usize) -> usize {
    let n = f(1);
    f(n)
}

fn before() -> usize {
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        let f: Box<dyn Fn(usize) -> usize> = Box::new(move |n| n + i);
        total += twice(black_box(f));
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        total += twice_of(move |n| n + i);
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
