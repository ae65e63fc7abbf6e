//! `rust-boxed-return`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

#[inline(never)]
fn long<'w>(words: &'w [&'static str]) -> Box<dyn Iterator<Item = &'static str> + 'w> {
    Box::new(words.iter().copied().filter(|word| word.len() > 5)) // ~
}

fn long_of<'w>(words: &'w [&'static str]) -> impl Iterator<Item = &'static str> + 'w {
    words.iter().copied().filter(|word| word.len() > 5)
}

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += long(&black_box(WORDS)).count();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        total += long_of(&black_box(WORDS)).count();
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
