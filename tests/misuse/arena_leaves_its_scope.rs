//! The arena of a scope does not leave it either: what it gives would.

use alloc_kit::Arena;

fn main() {
    let mut arena = Arena::new();
    let mut outside: Option<&Arena> = None;
    arena.scope(|arena| {
        outside = Some(arena); //~ E0521
    });
    println!("{}", outside.is_some());
}
