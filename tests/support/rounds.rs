//! Rounds of an `Arena`, for the tests of it.

use std::hint::black_box;

use alloc_kit::Arena;
use alloc_kit::bumpalo::collections::Vec as BumpVec;

/// A round that puts in so many bytes, by pieces that do not fit one chunk of bumpalo's first ones.
pub(crate) fn round_of(arena: &Arena, bytes: usize) {
    for _ in 0..bytes.div_ceil(64) {
        black_box(arena.alloc(black_box([7_u8; 64])));
    }
}

/// One of each.
pub(crate) fn mixed(arena: &Arena, words: &[&str]) -> usize {
    let number = arena.alloc(7_u64);
    let made = arena.alloc_with(|| [*number; 100]);
    let copied = words.iter().map(|word| arena.alloc_str(word).len()).sum::<usize>();
    let slice = arena.alloc_slice_copy(words);
    let cloned = arena.alloc_slice_clone(slice);
    let filled = arena.alloc_slice_fill_with(9, |at| at);
    let collected = arena.alloc_from_iter(words.iter().filter(|word| word.len() > 3));
    let name = arena.alloc_fmt(format_args!("{:>400}", words.len()));
    let mut list = BumpVec::new_in(arena.bump());
    list.extend(0..100_u16);
    let lengths = [made.len(), copied, cloned.len(), filled.len(), collected.len(), name.len(), list.len()];
    lengths.iter().sum()
}
