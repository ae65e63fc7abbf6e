//! As one test in a process of its own: 500 budgets are linked in, and one of them is called ten times.

#[macro_use]
#[path = "../budgets.rs"]
mod budgets;

use std::hint::black_box;

hundred!(a b c d e);

fn main() {
    for bytes in 1..=10 {
        black_box(a::a::a(black_box(bytes)));
    }
}
