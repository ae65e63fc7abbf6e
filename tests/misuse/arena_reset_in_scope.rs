//! What was put in would be gone: a scope does not reset its arena.

use alloc_kit::Arena;

fn main() {
    let mut arena = Arena::new();
    arena.scope(|arena| {
        let text = arena.alloc_str("text");
        arena.reset(); //~ E0596
        println!("{text}");
    });
}
