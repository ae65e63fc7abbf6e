//! What `pop` gives is kept, and only to be looked at.

use alloc_kit::Slots;

fn main() {
    let mut slots = Slots::<String>::new();
    slots.add();
    if let Some(last) = slots.pop() {
        last.push('x'); //~ E0596
    }
}
