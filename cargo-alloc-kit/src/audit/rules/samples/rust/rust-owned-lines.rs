//! `rust-owned-lines`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
use std::io::BufRead;

const ROUNDS: usize = 1000;

fn text() -> &'static [u8] {
    b"one\ntwo words\nthree\nfour and a few more\n"
}

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let reader = black_box(text());
        for line in reader.lines() { // ~
            let line = line.unwrap();
            total += line.len();
        }
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    let mut line = String::new();
    for _ in 0..black_box(ROUNDS) {
        let mut reader = black_box(text());
        while reader.read_line(&mut line).unwrap() > 0 {
            total += line.trim_end().len();
            line.clear();
        }
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
