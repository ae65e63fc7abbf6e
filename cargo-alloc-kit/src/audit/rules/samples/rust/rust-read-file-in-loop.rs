//! `rust-read-file-in-loop`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
use std::io::Read;

const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let text = std::fs::read_to_string(file!()).unwrap_or_default(); // ~
        total += text.len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    let mut text = String::new();
    for _ in 0..black_box(ROUNDS) {
        text.clear();
        if let Ok(mut file) = std::fs::File::open(file!()) {
            let _ = file.read_to_string(&mut text);
        }
        total += text.len();
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
