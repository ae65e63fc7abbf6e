//! `rust-match-of-literals`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn name(n: usize) -> String {
    match n % 3 { // ~
        0 => "zero".to_string(),
        1 => String::from("one"),
        _ => "many".to_string(),
    }
}

fn name_of(n: usize) -> &'static str {
    match n % 3 {
        0 => "zero",
        1 => "one",
        _ => "many",
    }
}

fn before() -> usize {
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        total += name(i).len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for i in 0..black_box(ROUNDS) {
        total += name_of(i).len();
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
