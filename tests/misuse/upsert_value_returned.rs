//! The value does not leave the closure by reference: the map is not borrowed for longer.

use std::collections::HashMap;

use alloc_kit::upsert;

fn same(count: &mut u32) -> &mut u32 {
    count
}

fn main() {
    let mut counts: HashMap<String, u32> = HashMap::new();
    // As a closure it is an error without a code: "lifetime may not live long enough".
    let count = upsert(&mut counts, "key", || 0, same); //~ E0308 fix: let count = upsert(&mut counts, "key", || 0, |count| *same(count));
    println!("{count}");
}
