//! `rust-replace-chain`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let text = black_box("a < b && c > d");
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"); // ~
        total += escaped.len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let text = black_box("a < b && c > d");
        let mut escaped = String::with_capacity(text.len() * 2);
        for c in text.chars() {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                c => escaped.push(c),
            }
        }
        total += escaped.len();
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
