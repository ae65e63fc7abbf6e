//! `clear` of a `BTreeMap` frees its nodes, so it is not `Reuse`.

use std::collections::BTreeMap;

use alloc_kit::Reuse;

fn emptied(mut kept: impl Reuse) -> usize {
    kept.reset();
    kept.retained_bytes()
}

fn main() {
    let map: BTreeMap<u32, u32> = BTreeMap::new();
    assert_eq!(emptied(map), 0); //~ E0277 fix: assert_eq!(emptied(map.into_iter().collect::<Vec<_>>()), 0);
}
