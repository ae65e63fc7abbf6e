//! `rust-vec-of-boxes`: `before` is what it finds, `after` the same work without it.

use std::hint::black_box;
const ROUNDS: usize = 1000;

struct Points {
    all: Vec<Box<Point>>, // ~
}

struct Flat {
    all: Vec<Point>,
}

type Point = [usize; 3];

fn before() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let mut points = Points { all: Vec::with_capacity(16) };
        for n in 0..16 {
            points.all.push(Box::new([n; 3]));
        }
        total += black_box(&points).all.len();
    }
    total
}

fn after() -> usize {
    let mut total = 0;
    for _ in 0..black_box(ROUNDS) {
        let mut points = Flat { all: Vec::with_capacity(16) };
        for n in 0..16 {
            points.all.push([n; 3]);
        }
        total += black_box(&points).all.len();
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
