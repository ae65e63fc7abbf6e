//! The arena of a scope is not swapped for another: that could be reset, and this one would not be.

use alloc_kit::Arena;

fn main() {
    let mut arena = Arena::new();
    let mut another = Arena::new();
    arena.scope(|arena| {
        std::mem::swap(arena, &mut another); //~ E0308
    });
}
