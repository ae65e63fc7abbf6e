//! A value of a scope does not leave it by what the closure returns.

use alloc_kit::Arena;

fn text(arena: &Arena) -> &str {
    arena.alloc_str("text")
}

fn main() {
    let mut arena = Arena::new();
    // As a closure it is an error without a code: "lifetime may not live long enough".
    let text = arena.scope(text); //~ E0308 fix: let text = arena.scope(|arena| text(arena).len());
    println!("{text}");
}
