//! Elements that are kept have one lifetime: what they borrow from outlives the list, `clear` or not.

use alloc_kit::Slots;

fn main() {
    let mut slots = Slots::<Vec<&str>>::new();
    for n in 0..2 {
        let line = n.to_string();
        slots.add().push(&line); //~ E0597
        slots.clear();
    }
}
