//! A key that cannot be made of the borrowed one: a number is its own, and `entry` does.

use std::collections::HashMap;

use alloc_kit::upsert;

fn main() {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    upsert(&mut counts, &7, || 0, |count| *count += 1); //~ E0277
}
