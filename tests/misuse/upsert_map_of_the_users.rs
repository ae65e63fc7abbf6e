//! The trait of the maps is not for others to implement.

use alloc_kit::UpsertMap;

struct Mine;

impl UpsertMap<str> for Mine {} //~ E0277

fn main() {}
