//! `rust-regex-in-loop`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

/// In place of the crate of that name, which makes hundreds of blocks: a table, from a class of chars.
struct Regex(Vec<bool>);

impl Regex {
    fn new(class: &str) -> Self {
        let (from, to) = (class.as_bytes()[1], class.as_bytes()[3]);
        Self((0..=255_u8).map(|byte| (from..=to).contains(&byte)).collect())
    }

    fn count(&self, text: &str) -> usize {
        text.bytes().filter(|byte| self.0[usize::from(*byte)]).count()
    }
}

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let digits = Regex::new("[0-9]"); // ~
        total += digits.count("a1b22");
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    let digits = Regex::new("[0-9]");
    for _ in 0..black_box(ROUNDS) {
        total += digits.count("a1b22");
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
