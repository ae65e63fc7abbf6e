//! An element does not outlive the `clear` that keeps it for the next.

use alloc_kit::Slots;

fn main() {
    let mut slots = Slots::<String>::new();
    slots.add().push('x');
    let first = &slots[0];
    slots.clear(); //~ E0502
    assert_eq!(first, "x");
}
