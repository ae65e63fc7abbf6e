//! `rust-format-collect`: `before` is what it finds, `after` the same work without it.

use std::fmt::Write;
use std::hint::black_box;

const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let hex = black_box([1_u8, 20, 255]).iter().map(|b| format!("{b:02x}")).collect::<String>(); // ~
        total += hex.len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let hex = black_box([1_u8, 20, 255]).iter().fold(String::with_capacity(6), |mut hex, b| {
            let _ = write!(hex, "{b:02x}");
            hex
        });
        total += hex.len();
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
