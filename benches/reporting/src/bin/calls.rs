//! The extreme of a test that calls a budgeted function in a loop: 100,000 calls, each of which sums 64 bytes.

use std::hint::black_box;

#[alloc_kit::no_alloc]
fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte)).sum()
}

fn main() {
    let bytes = [1; 64];
    for _ in 0..100_000 {
        black_box(sum(black_box(&bytes)));
    }
}
