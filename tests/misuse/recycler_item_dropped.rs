//! What the elements borrow from outlives the lease, whose end drops them.

use alloc_kit::Recycler;

fn main() {
    let mut recycler = Recycler::new();
    let mut fields = recycler.lease();
    let line = String::from("a,b");
    fields.extend(line.split(',')); //~ E0597 fix: fields.extend(["a", "b"]); drop(line);
}
