//! A lease does not leave the function that owns the recycler.

use alloc_kit::{LeasedVec, Recycler};

fn numbers<'r>() -> LeasedVec<'r, u32> {
    let mut recycler = Recycler::new();
    recycler.lease() //~ E0515 fix: Box::leak(Box::new(recycler.clone())).lease()
}

fn main() {
    assert!(numbers().is_empty());
}
