//! A value is not used after its arena is gone.

use alloc_kit::Arena;

fn main() {
    let arena = Arena::new();
    let text = arena.alloc_str("text");
    drop(arena); //~ E0505
    println!("{text}");
}
