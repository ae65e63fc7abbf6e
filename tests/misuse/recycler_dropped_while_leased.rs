//! A lease does not outlive its recycler.

use alloc_kit::Recycler;

fn main() {
    let mut recycler = Recycler::new();
    let items = recycler.lease::<u32>();
    drop(recycler); //~ E0505
    assert!(items.is_empty());
}
