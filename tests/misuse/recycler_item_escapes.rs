//! A reference to an element does not outlive the lease.

use alloc_kit::Recycler;

fn main() {
    let mut recycler = Recycler::new();
    let first = {
        let mut items = recycler.lease();
        items.push(String::from("first"));
        &items[0] //~ E0597 fix: items[0].clone()
    };
    assert_eq!(first, "first");
}
