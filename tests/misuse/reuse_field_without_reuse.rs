//! A field that keeps nothing when it is cleared must not compile, and the error is at its type.

use std::collections::BTreeMap;

#[derive(alloc_kit::Reuse)]
struct Index {
    text: String,
    places: BTreeMap<u32, u32>, //~ E0277 fix: places: Vec<u32>,
}

fn main() {
    let _ = BTreeMap::<u32, u32>::new();
    let _ = Index { text: String::new(), places: Default::default() };
}
