//! A collection of bumpalo's does not leave the scope whose memory it has.

use alloc_kit::Arena;
use alloc_kit::bumpalo::collections::Vec as BumpVec;

fn main() {
    let mut arena = Arena::new();
    let mut outside: Option<BumpVec<'_, u8>> = None;
    arena.scope(|arena| {
        outside = Some(BumpVec::new_in(arena.bump())); //~ E0521
    });
    println!("{}", outside.is_some());
}
