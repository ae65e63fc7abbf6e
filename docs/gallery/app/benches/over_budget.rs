//! A benchmark over its budget
//!
//! `alloc-kit-bench` counts what a routine allocates beside the time that it takes. As a test each routine runs once, and is held to its
//! budget.
//!
//! ```text
//! $ cargo test --bench over_budget
//! ```
//!
//! Mended: `fields.concat()` allocates once.

use alloc_kit_bench::{BencherExt, Budget, id};
use divan::Bencher;

const FIELDS: [&str; 3] = ["alpha", "beta", "gamma"];

#[divan::bench]
fn join(bencher: Bencher) {
    bencher.counted(id!()).within(Budget::allocations(1)).bench(|| {
        let mut line = String::new();
        for field in FIELDS {
            line.push_str(field);
        }
        line
    });
}

fn main() {
    divan::main();
}
