//! What the elements borrow from is not moved while they are leased.

use alloc_kit::Recycler;

fn main() {
    let line = String::from("a,b");
    let mut recycler = Recycler::new();
    let mut fields = recycler.lease();
    fields.extend(line.split(','));
    drop(line); //~ E0505
}
