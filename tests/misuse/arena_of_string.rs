//! A `String` in an arena would leak.

use alloc_kit::Arena;

fn main() {
    let arena = Arena::new();
    arena.alloc(String::from("text")); //~ E0080
}
