//! A `Vec` for each place of a slice in an arena would leak.

use alloc_kit::Arena;

fn main() {
    let arena = Arena::new();
    arena.alloc_slice_fill_with(3, |at| vec![at]); //~ E0080
}
