//! Clones of `String`s in an arena would leak.

use alloc_kit::Arena;

fn main() {
    let arena = Arena::new();
    let texts = vec![String::from("text")];
    arena.alloc_slice_clone(&texts); //~ E0080
}
