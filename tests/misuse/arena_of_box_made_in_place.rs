//! A `Box` that is made in its place in an arena would leak.

use alloc_kit::Arena;

fn main() {
    let arena = Arena::new();
    arena.alloc_with(|| Box::new(1)); //~ E0080
}
