//! `Arena`: what a round keeps, what it gives back, and what the next one allocates.
//!
//! Run with: `cargo test -p alloc-kit-tests --test arena`, also with `--release`.

#[path = "support/rounds.rs"]
mod rounds;

use alloc_kit::bumpalo::collections::Vec as BumpVec;
use alloc_kit::{Arena, Reuse, alloc_budget, measure, no_alloc};
use rounds::{mixed, round_of};

const MIB: usize = 1 << 20;

#[test]
fn rounds_allocate_once_more_and_then_never() {
    #[no_alloc(warmup = 2, deallocations = 0)]
    fn round(arena: &mut Arena) -> usize {
        arena.scope(|arena| mixed(arena, &["a", "list", "of", "words"]))
    }
    #[no_alloc(deallocations = 0)]
    fn new() -> Arena {
        Arena::new()
    }

    let mut arena = new();
    let first = round(&mut arena);
    let (second, usage) = measure(|| round(&mut arena));
    assert_eq!((first, second), (100 + 12 + 4 + 9 + 2 + 400 + 100, first));
    assert!(usage.allocations <= 1, "{usage:?}");
    for _ in 0..5 {
        assert_eq!(round(&mut arena), first);
    }
}

#[test]
fn the_open_style_settles_too() {
    #[no_alloc(warmup = 2)]
    fn round(arena: &mut Arena) {
        round_of(arena, 10_000);
        arena.reset();
    }
    let mut arena = Arena::new();
    (0..5).for_each(|_| round(&mut arena));

    // Through bumpalo's collections alone, which know nothing of the rounds.
    #[no_alloc(warmup = 2)]
    fn listing(arena: &mut Arena) {
        let mut list = BumpVec::new_in(arena.bump());
        list.extend(0..5_000_u32);
        drop(list);
        arena.reset();
    }
    let mut arena = Arena::new();
    (0..5).for_each(|_| listing(&mut arena));
}

#[test]
fn a_reset_never_allocates_and_the_next_round_has_one_chunk() {
    let mut arena = Arena::new();
    round_of(&arena, 100_000);
    let used = arena.high_water();
    assert!((100_000..200_000).contains(&used), "{used}");
    let ((), reset) = measure(|| arena.reset());
    assert_eq!(reset.allocations, 0);
    assert!(reset.deallocations > 0);
    let ((), next) = measure(|| round_of(&arena, 100_000));
    assert!(next.allocations <= 1, "{next:?}");
    let ((), reset) = measure(|| arena.reset());
    assert_eq!((reset.allocations, reset.deallocations), (0, 0));
}

#[test]
fn rounds_that_grow_slowly_do_not_allocate_each_time() {
    let mut arena = Arena::new();
    let ((), usage) = measure(|| {
        for bytes in (1_000..60_000).step_by(100) {
            arena.scope(|arena| round_of(arena, bytes));
        }
    });
    assert!(usage.allocations < 60, "590 rounds: {usage:?}");
}

#[test]
fn what_a_large_round_took_is_given_back() {
    let mut arena = Arena::new();
    let ((), usage) = measure(|| {
        arena.scope(|arena| {
            arena.alloc_slice_fill_with(100 * MIB, |_| 0_u8);
        });
    });
    assert!(usage.peak_bytes >= 100 * MIB as u64, "{usage:?}");
    assert_eq!((arena.retained_bytes(), usage.live_bytes), (0, 0));
    assert!(arena.high_water() >= 100 * MIB);

    // Rounds within the bound that follow: one chunk of it, and that stays.
    let ((), usage) = measure(|| (0..9).for_each(|_| arena.scope(|arena| round_of(arena, MIB / 2))));
    assert_eq!(usage.allocations, 1);
    assert_eq!(u64::try_from(usage.live_bytes), Ok(arena.retained_bytes() as u64));
    assert!((MIB - 4096..=MIB).contains(&arena.retained_bytes()), "{arena:?}");

    // Large and small rounds by turns: the large ones pay for what is above it.
    let ((), usage) = measure(|| {
        for _ in 0..10 {
            arena.scope(|arena| round_of(arena, 3 * MIB));
            arena.scope(|arena| round_of(arena, 1_000));
        }
    });
    assert!(usage.allocations <= 10 * 4, "{usage:?}");
    assert!(arena.retained_bytes() <= MIB);
}

#[test]
fn the_bound_holds_whatever_it_is() {
    for max_bytes in [0, 1, 511, 512, 513, 1000, 4095, 4096, 4097, 5000, 65_536, 100_000] {
        let mut arena = Arena::new().max_bytes(max_bytes);
        for bytes in [10, max_bytes / 2, max_bytes, 4 * max_bytes + 1000, max_bytes / 4] {
            let before = arena.retained_bytes();
            let ((), usage) = measure(|| arena.scope(|arena| round_of(arena, bytes)));
            let held = before.checked_add_signed(isize::try_from(usage.live_bytes).unwrap());
            assert_eq!(held, Some(arena.retained_bytes()), "{arena:?}");
            assert!(arena.retained_bytes() <= max_bytes, "{arena:?}");
        }
        // A round above the bound was among them: most of the bound is there, and stays.
        if max_bytes >= 512 {
            assert!(arena.retained_bytes() > max_bytes / 2 - 64, "{arena:?}");
            let ((), usage) = measure(|| arena.scope(|arena| round_of(arena, max_bytes / 4)));
            assert_eq!((usage.allocations, usage.deallocations), (0, 0), "{arena:?}");
        }
    }
}

#[test]
fn a_capacity_is_there_before_the_first_value() {
    let (mut arena, usage) = measure(|| Arena::with_capacity(50_000));
    assert_eq!(usage.allocations, 1);
    let ((), usage) = measure(|| {
        for _ in 0..3 {
            arena.scope(|arena| round_of(arena, 49_900));
        }
    });
    assert_eq!((usage.allocations, usage.deallocations), (0, 0));

    // Above the bound it is for one round, and for none if the bound comes later.
    let mut arena = Arena::with_capacity(50_000).max_bytes(10_000);
    assert_eq!(arena.retained_bytes(), 0);
    arena.reset();
    assert_eq!(arena.bump().allocated_bytes(), 0);

    // What is at the bound is kept.
    let arena = Arena::with_capacity(50_000);
    let bytes = arena.retained_bytes();
    let mut arena = arena.max_bytes(bytes);
    assert_eq!((measure(|| arena.reset()).1.deallocations, arena.retained_bytes()), (0, bytes));
    assert_eq!(arena.max_bytes(bytes - 1).retained_bytes(), 0);

    // Also after rounds.
    let mut arena = Arena::with_capacity(50_000);
    arena.reset();
    let mut arena = arena.max_bytes(10_000);
    assert_eq!(measure(|| arena.reset()).1.deallocations, 1);
}

#[test]
fn a_limit_of_the_users_holds_over_resets() {
    let mut arena = Arena::new();
    arena.bump().set_allocation_limit(Some(20_000));
    for _ in 0..3 {
        let refused = (0..1_000).find_map(|_| arena.try_alloc([0_u8; 100]).err());
        assert_eq!(refused.map(|refused| refused.bytes), Some(100));
        let used = arena.high_water();
        assert!((5_000..=20_000).contains(&used), "{used}");
        arena.reset();
    }
    assert_eq!(arena.bump().allocation_limit(), Some(20_000));
    arena.bump().set_allocation_limit(None);
    round_of(&arena, 100_000);
}

#[test]
fn a_batch_of_records_takes_no_allocation_of_its_own() {
    #[derive(Clone)]
    struct Record {
        name: String,
        tags: Vec<String>,
    }
    #[derive(Clone, Copy)]
    struct Row<'a> {
        name: &'a str,
        tags: &'a [&'a str],
    }
    let record = Record { name: "name".to_owned(), tags: ["a", "b", "c"].map(str::to_owned).to_vec() };
    let input = vec![record; 100];

    #[alloc_budget(50_001)]
    fn usual(input: &[Record]) -> usize {
        let bytes = |record: Record| record.name.len() + record.tags.iter().map(String::len).sum::<usize>();
        let mut batch = Vec::with_capacity(100);
        let mut batches = || {
            batch.extend(input.iter().cloned());
            batch.drain(..).map(bytes).sum::<usize>()
        };
        (0..100).map(|_| batches()).sum()
    }
    #[alloc_budget(1)]
    fn in_an_arena(input: &[Record]) -> usize {
        let mut arena = Arena::with_capacity(40_000);
        let batch = |arena: &Arena| {
            let tags =
                |record: &Record| arena.alloc_from_iter(record.tags.iter().map(|tag| &*arena.alloc_str(tag)));
            let row = |record: &Record| Row { name: arena.alloc_str(&record.name), tags: tags(record) };
            let rows = arena.alloc_from_iter(input.iter().map(row));
            rows.iter()
                .map(|row| row.name.len() + row.tags.iter().map(|tag| tag.len()).sum::<usize>())
                .sum::<usize>()
        };
        (0..100).map(|_| arena.scope(batch)).sum()
    }
    let (bytes, usage) = measure(|| usual(&input));
    assert_eq!((bytes, usage.allocations), (70_000, 50_001), "a name, a list and three tags each");
    assert_eq!(in_an_arena(&input), bytes);
}

#[test]
fn it_can_be_lent_as_other_buffers_can() {
    fn emptied<T: Reuse>(mut buffer: T) -> (T, usize) {
        buffer.reset();
        let retained = buffer.retained_bytes();
        (buffer, retained)
    }
    let arena = Arena::with_capacity(5_000);
    round_of(&arena, 1_000);
    let (arena, retained) = emptied(arena);
    assert_eq!(retained, arena.retained_bytes());
    assert!(retained >= 5_000);
    round_of(&arena, 100_000);
    assert_eq!(emptied(arena).1, 0);
}
