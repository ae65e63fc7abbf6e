//! A value of a scope does not leave it by a collection from outside.

use alloc_kit::Arena;

fn main() {
    let mut arena = Arena::new();
    let mut texts: Vec<&str> = Vec::new();
    arena.scope(|arena| {
        texts.push(arena.alloc_str("text")); //~ E0521
    });
    println!("{texts:?}");
}
