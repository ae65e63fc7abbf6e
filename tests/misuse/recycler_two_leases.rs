//! There is one lease of the memory at a time.

use alloc_kit::Recycler;

fn main() {
    let mut recycler = Recycler::new();
    let first = recycler.lease::<u32>();
    let second = recycler.lease::<u32>(); //~ E0499 fix: let second: Vec<u32> = Vec::new();
    assert!(first.is_empty() && second.is_empty());
}
