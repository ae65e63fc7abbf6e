//! `String`s that an iterator gives would leak in an arena.

use alloc_kit::Arena;

fn main() {
    let arena = Arena::new();
    arena.alloc_from_iter("a b".split(' ').map(String::from)); //~ E0080
}
