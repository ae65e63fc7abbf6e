//! The value does not leave the closure by reference: the map is not borrowed for longer.

use std::collections::HashMap;

use alloc_kit::upsert;

fn main() {
    let mut counts: HashMap<String, u32> = HashMap::new();
    let count: &mut u32 = upsert(&mut counts, "key", || 0, |count| count); //~ lifetime may not live long enough
    *count += 1;
}
