//! A value of a scope does not leave it by what the closure returns.

use alloc_kit::Arena;

fn main() {
    let mut arena = Arena::new();
    let text: &str = arena.scope(|arena| arena.alloc_str("text")); //~ lifetime may not live long enough
    println!("{text}");
}
