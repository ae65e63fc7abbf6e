//! `rust-boxed-collection`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
use std::rc::Rc;

const ROUNDS: usize = 1000;

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon and more", "zeta"];

struct Names {
    all: Rc<Vec<&'static str>>, // ~
}

struct Shared {
    all: Rc<[&'static str]>,
}

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let names = Names { all: Rc::new(WORDS.to_vec()) };
        total += black_box(&names).all.len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let names = Shared { all: Rc::from(WORDS) };
        total += black_box(&names).all.len();
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
