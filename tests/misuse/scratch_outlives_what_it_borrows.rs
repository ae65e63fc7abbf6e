//! A value in a `Scratch` has one lifetime, also when it is empty: what it borrows from outlives the place.

use alloc_kit::Scratch;

fn main() {
    let scratch: Scratch<Vec<&str>> = Scratch::new();
    for n in 0..2 {
        let line = n.to_string();
        scratch.lend(|fields| fields.push(&line)); //~ E0597
    }
}
