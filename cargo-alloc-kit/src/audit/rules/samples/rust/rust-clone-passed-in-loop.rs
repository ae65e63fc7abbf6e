//! `rust-clone-passed-in-loop`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

struct Row {
    name: String,
    words: Vec<usize>,
}

fn rows() -> Vec<Row> {
    (0..8).map(|n| Row { name: format!("row {n}"), words: vec![n; 4] }).collect()
}

fn kept(name: String) -> usize {
    let kept = Some(name);
    black_box(&kept).iter().map(String::len).sum()
}

fn kept_of(name: &str) -> usize {
    let kept = Some(name);
    black_box(&kept).iter().map(|name| name.len()).sum()
}

fn before() -> usize {
    let mut total = 0;
    let rows = rows();
    for _ in 0..black_box(ROUNDS) {
        for row in &rows {
            total += kept(row.name.clone()); // ~
        }
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    let rows = rows();
    for _ in 0..black_box(ROUNDS) {
        for row in &rows {
            total += kept_of(&row.name);
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
