//! `rust-clone-to-iterate`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

struct Row {
    name: String,
    words: Vec<usize>,
}

fn rows() -> Vec<Row> {
    (0..8).map(|n| Row { name: format!("row {n}"), words: vec![n; 4] }).collect()
}

fn before() -> usize {
    let mut total = 0;
    let rows = rows();
    for _ in 0..black_box(ROUNDS) {
        for row in &rows {
            for word in row.words.clone() { // ~
                total += black_box(word);
            }
        }
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    let rows = rows();
    for _ in 0..black_box(ROUNDS) {
        for row in &rows {
            for word in &row.words {
                total += black_box(*word);
            }
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
