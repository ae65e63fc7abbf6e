//! `Arena` against a model that holds a copy of everything that was put in: whatever is put in next, all of it stays as it was,
//! aligned and apart.
//!
//! Run with: `cargo test -p alloc-kit-tests --test arena_model`.

#[path = "support/cases.rs"]
mod cases;

use std::fmt::Debug;
use std::ops::Range;

use alloc_kit::Arena;
use alloc_kit::bumpalo::collections::Vec as BumpVec;
use cases::cases;
use proptest::prelude::*;

/// What is put in.
#[derive(Clone, Debug)]
pub(crate) enum Put {
    Byte(u8),
    Wide(u128),
    /// With an alignment of 512.
    Aligned(u8),
    Text(String),
    Words(Vec<u64>),
    Clones(Vec<u16>),
    /// By an iterator that hides how many it gives, and which puts in one of each itself.
    Iterated(Vec<u32>),
    Formatted(String, u32),
    /// Through bumpalo's own collection, which grows.
    Listed(Vec<u8>),
    Filled(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(512))]
struct Aligned(u8);

/// What was put in: as it is in the arena, and the copy.
#[derive(Debug)]
enum Held<'a> {
    Byte(&'a mut u8, u8),
    Wide(&'a mut u128, u128),
    Aligned(&'a mut Aligned, u8),
    Text(&'a str, String),
    Words(&'a mut [u64], Vec<u64>),
    Halves(&'a mut [u16], Vec<u16>),
    Iterated(&'a mut [u32], Vec<u32>),
    Bytes(&'a mut [u8], Vec<u8>),
    Places(&'a mut [usize], usize),
}

fn put<'a>(arena: &'a Arena, what: &Put, held: &mut Vec<Held<'a>>) {
    let new = match what {
        Put::Byte(byte) => Held::Byte(arena.alloc(*byte), *byte),
        Put::Wide(wide) => Held::Wide(arena.alloc_with(|| *wide), *wide),
        Put::Aligned(byte) => Held::Aligned(arena.try_alloc(Aligned(*byte)).unwrap(), *byte),
        Put::Text(text) => Held::Text(arena.alloc_str(text), text.clone()),
        Put::Words(words) => Held::Words(arena.alloc_slice_copy(words), words.clone()),
        Put::Clones(halves) => Held::Halves(arena.alloc_slice_clone(halves), halves.clone()),
        Put::Iterated(items) => {
            let mut inner = Vec::new();
            let all = arena.alloc_from_iter(items.iter().filter(|_| true).map(|item| {
                let byte = item.to_le_bytes()[0];
                inner.push(Held::Byte(arena.alloc(byte), byte));
                *item
            }));
            held.append(&mut inner);
            Held::Iterated(all, items.clone())
        }
        Put::Formatted(text, number) => {
            let expected = format!("{text}{number:>9}{text}");
            Held::Text(arena.alloc_fmt(format_args!("{text}{number:>9}{text}")), expected)
        }
        Put::Listed(bytes) => {
            let mut list = BumpVec::new_in(arena.bump());
            list.extend(bytes.iter().copied());
            Held::Bytes(list.into_bump_slice_mut(), bytes.clone())
        }
        Put::Filled(len) => Held::Places(arena.alloc_slice_fill_with(*len, |at| at), *len),
    };
    held.push(new);
}

impl Held<'_> {
    /// Fails unless it is as it was; gives the bytes where it is. With `write`, each byte of it is written to.
    fn check(&mut self, write: bool) -> Range<usize> {
        fn checked<T: PartialEq + Debug + Copy>(place: &mut [T], copy: &[T], write: bool) -> Range<usize> {
            assert!(place.as_ptr().is_aligned());
            assert_eq!(place, copy);
            if write {
                place.reverse();
                assert!(place.iter().rev().eq(copy));
                place.reverse();
            }
            let bytes = place.as_ptr_range();
            bytes.start.addr()..bytes.end.addr()
        }
        use std::slice::from_mut;
        match self {
            Held::Byte(place, copy) => checked(from_mut(*place), &[*copy], write),
            Held::Wide(place, copy) => checked(from_mut(*place), &[*copy], write),
            Held::Aligned(place, copy) => checked(from_mut(*place), &[Aligned(*copy)], write),
            Held::Text(place, copy) => {
                assert_eq!(*place, copy.as_str());
                let bytes = place.as_bytes().as_ptr_range();
                bytes.start.addr()..bytes.end.addr()
            }
            Held::Words(place, copy) => checked(place, copy, write),
            Held::Halves(place, copy) => checked(place, copy, write),
            Held::Iterated(place, copy) => checked(place, copy, write),
            Held::Bytes(place, copy) => checked(place, copy, write),
            Held::Places(place, len) => checked(place, &(0..*len).collect::<Vec<_>>(), write),
        }
    }
}

/// All is as it was, and no two share a byte.
fn check(held: &mut [Held<'_>]) {
    let mut ranges: Vec<_> =
        held.iter_mut().map(|held| held.check(true)).filter(|range| !range.is_empty()).collect();
    ranges.sort_by_key(|range| range.start);
    assert!(ranges.is_sorted_by(|before, after| before.end <= after.start), "{ranges:?}");
    for held in held {
        held.check(false);
    }
}

fn puts() -> impl Strategy<Value = Put> {
    let text = || prop::collection::vec(any::<char>(), 0..120).prop_map(String::from_iter);
    prop_oneof![
        any::<u8>().prop_map(Put::Byte),
        any::<u128>().prop_map(Put::Wide),
        any::<u8>().prop_map(Put::Aligned),
        text().prop_map(Put::Text),
        prop::collection::vec(any::<u64>(), 0..90).prop_map(Put::Words),
        prop::collection::vec(any::<u16>(), 0..90).prop_map(Put::Clones),
        prop::collection::vec(any::<u32>(), 0..90).prop_map(Put::Iterated),
        (text(), any::<u32>()).prop_map(|(text, number)| Put::Formatted(text, number)),
        prop::collection::vec(any::<u8>(), 0..900).prop_map(Put::Listed),
        (0..400_usize).prop_map(Put::Filled),
    ]
}

/// The rounds, `max_bytes`, and whether they are ended by `reset`.
pub(crate) type Case = (Vec<Vec<Put>>, usize, bool);

/// What fuzz/ makes from its inputs, too.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    (prop::collection::vec(prop::collection::vec(puts(), 0..25), 1..8), 0..20_000_usize, any::<bool>())
}

/// Fails unless all of it stays as it was.
pub(crate) fn holds((rounds, max_bytes, open): &Case) {
    let mut arena = Arena::new().max_bytes(*max_bytes);
    let round = |arena: &Arena, round: &[Put]| {
        let before = arena.high_water();
        let mut held = Vec::new();
        for what in round {
            put(arena, what, &mut held);
        }
        check(&mut held);
        assert!(arena.high_water() >= before);
    };
    for puts in rounds {
        if *open {
            round(&arena, puts);
            arena.reset();
        } else {
            arena.scope(|arena| round(arena, puts));
        }
        assert!(arena.retained_bytes() <= *max_bytes);
        assert!(arena.retained_bytes() == 0 || arena.high_water() > 0);
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn what_was_put_in_stays_as_it_was(case in case()) {
        holds(&case);
    }
}
