//! In the open style a value is not used after the reset.

use alloc_kit::Arena;

fn main() {
    let mut arena = Arena::new();
    let text = arena.alloc_str("text");
    arena.reset(); //~ E0502
    println!("{text}");
}
