//! The closures do not look at the map that is being changed.

use std::collections::HashMap;

use alloc_kit::upsert;

fn main() {
    let mut ids: HashMap<String, usize> = HashMap::new();
    upsert(&mut ids, "key", || ids.len(), |id| *id); //~ E0502
}
