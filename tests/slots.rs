//! `Slots`: elements that keep their buffers, as a slice and beside it, and how much is kept.
//!
//! Run with: `cargo test -p alloc-kit-tests --test slots`, also with `--release`.

#[path = "support/probe.rs"]
mod probe;

use std::cell::Cell;
use std::hint::black_box;
use std::thread;

use alloc_kit::{Reuse, Slots, fail_nth, for_each_allocation_failure, measure, no_alloc};
use probe::{Call, Probe, calls};

fn filled(texts: &[&str]) -> Slots<String> {
    let mut slots = Slots::<String>::new();
    texts.iter().for_each(|text| slots.add().push_str(text));
    slots
}

/// What it should say that it retains, by a look at every slot.
fn recounted(slots: &mut Slots<String>) -> usize {
    // All of them are live for a moment, and empty.
    let (len, capacity) = (slots.len(), slots.retained_bytes());
    let mut bytes = slots.iter().map(String::capacity).sum();
    let mut more = 0;
    loop {
        let ((), usage) = measure(|| _ = slots.add());
        let slot = slots.last().expect("one more").capacity();
        if slot == 0 || usage.allocations > 0 {
            break;
        }
        (bytes, more) = (bytes + slot, more + 1);
    }
    slots.truncate(len);
    assert!(capacity >= bytes + (len + more) * size_of::<String>());
    bytes
}

#[no_alloc(warmup = 1)]
fn longest_upper(fields: &mut Slots<String>, line: &str) -> usize {
    fields.clear();
    for field in line.split(',') {
        fields.add().extend(field.chars().map(|char| char.to_ascii_uppercase()));
    }
    fields.sort_unstable();
    fields.iter().map(String::len).max().unwrap_or(0)
}

#[test]
fn a_steady_state_allocates_nothing() {
    let mut fields = Slots::new();
    for line in ["the-longest,the-longest,the-longest", "a,bcd", "", "bcd,the-longest,a"].repeat(10) {
        assert_eq!(longest_upper(&mut fields, line), line.split(',').map(str::len).max().unwrap());
    }
}

#[test]
fn copies_reuse_what_is_there() {
    let batch: Vec<Vec<u8>> = (1..100).map(|n| vec![n; usize::from(n)]).collect();
    let mut slots = Slots::new();
    slots.extend(&batch);
    assert_eq!(slots[..], batch[..]);
    slots.clear();
    let ((), usage) = measure(|| {
        slots.extend(&batch);
        slots.refill(&batch[..50]);
        slots.push_clone(&batch[7]).push(1);
    });
    assert_eq!((usage.allocations, usage.deallocations, slots.len()), (0, 0, 51));
    assert_eq!((slots.last().unwrap().len(), &slots[..50]), (9, &batch[..50]));
}

#[test]
fn clear_neither_drops_nor_resets_nor_looks() {
    let mut slots = Slots::<Probe>::new();
    for round in 0..3 {
        for _ in 0..100 {
            slots.add().text.push('x');
        }
        let before = [Call::Drop, Call::Reset, Call::RetainedBytes].map(calls);
        slots.clear();
        let after = [Call::Drop, Call::Reset, Call::RetainedBytes].map(calls);
        // The last one may have been filled since.
        assert_eq!(after, [before[0], before[1], before[2] + 1]);
        assert_eq!((before[0], before[1], calls(Call::Default)), (0, 100 * round, 100));
    }
    // Whoever changes them pays for a look at each.
    (0..100).for_each(|_| _ = slots.add());
    slots[5].text.reserve(1_000);
    let before = calls(Call::RetainedBytes);
    slots.clear();
    assert_eq!(calls(Call::RetainedBytes), before + 100);
    assert!(slots.retained_bytes() >= 1_000 + 99 * 8);
    assert_eq!((calls(Call::Drop), calls(Call::Reset)), (0, 300));
}

#[test]
fn it_is_a_slice() {
    let mut slots = filled(&["c", "a", "b"]);
    assert_eq!((slots.len(), slots.is_empty(), &slots[1]), (3, false, &"a".into()));
    slots.sort();
    slots.swap(0, 2);
    assert_eq!(slots[..], ["c", "b", "a"]);
    for text in &mut slots {
        text.push('!');
    }
    assert_eq!((&slots).into_iter().map(String::as_str).collect::<String>(), "c!b!a!");
    assert_eq!(format!("{slots:?}"), r#"["c!", "b!", "a!"]"#);
    slots.clear();
    assert_eq!((slots.len(), slots.is_empty(), slots.first()), (0, true, None));
    assert_eq!(format!("{:?}", Slots::<String>::default()), "[]");
}

#[test]
fn pop_and_truncate_keep() {
    let mut slots = filled(&["one", "two", "three", "four"]);
    let retained_bytes = slots.retained_bytes();
    assert_eq!(slots.pop().map(String::as_str), Some("four"));
    slots[1..].rotate_left(1);
    assert_eq!(slots.pop().map(String::as_str), Some("two"));
    slots.truncate(5);
    assert_eq!(slots[..], ["one", "three"]);
    slots.truncate(0);
    assert_eq!((slots.len(), slots.retained_bytes()), (0, retained_bytes));
    assert_eq!(slots.pop(), None);
    let ((), usage) = measure(|| (0..4).for_each(|_| slots.add().push_str("12345678")));
    assert_eq!((usage.allocations, recounted(&mut slots)), (0, 4 * 8));
}

#[test]
fn copies_and_comparisons_are_of_the_elements() {
    let mut slots = filled(&["one", "two", "gone"]).max_bytes(500);
    slots.pop();
    let copy = slots.clone();
    assert!(copy == slots && copy != filled(&["one", "two", "gone"]) && copy != filled(&["one", "two "]));
    let mut target = filled(&["longer than any", "longer than any", "longer than any"]);
    let ((), usage) = measure(|| target.clone_from(&copy));
    assert_eq!((usage.allocations, &target), (0, &slots));
    // With the bound.
    for mut copy in [copy, target] {
        copy.add().reserve(1_000);
        copy.clear();
        assert!(copy.retained_bytes() <= 500 && copy.retained_bytes() > 0);
    }
}

#[test]
fn the_bound_gives_the_largest_back() {
    let mut slots = Slots::<String>::new();
    for n in 0..1_000 {
        slots.add().reserve_exact(if n == 37 { 100 << 20 } else { 50 });
    }
    let ((), usage) = measure(|| slots.clear());
    assert_eq!((usage.allocations, usage.deallocations, usage.live_bytes), (0, 1, -(100 << 20)));
    assert_eq!((recounted(&mut slots), slots.len()), (999 * 50, 0));
    assert!(slots.retained_bytes() <= 1 << 20);
    let ((), usage) = measure(|| slots.shrink_to(0));
    assert_eq!((usage.allocations, slots.retained_bytes()), (0, 0));
}

#[test]
fn the_list_counts_too() {
    for bound in [0, 1, 23, 24, 1_000, 23_999, 24_000, 100_000] {
        let mut slots = Slots::<String>::new().max_bytes(bound);
        (0..10_000).for_each(|_| _ = slots.add());
        slots.clear();
        let slot_bytes = size_of::<String>();
        assert!(slots.retained_bytes() <= bound && slots.retained_bytes() + slot_bytes > bound, "{slots:?}");
        (0..10_000).for_each(|n| slots.add().push_str(if n % 2 == 0 { "even" } else { "" }));
        slots.clear();
        assert!(slots.retained_bytes() <= bound && slots.retained_bytes() + slot_bytes + 8 > bound);
    }
}

#[test]
fn shrink_to_leaves_the_elements() {
    let mut slots = filled(&["first", "second", "third, which is the largest", "fourth", "fifth"]);
    slots.truncate(2);
    slots.shrink_to(4 * 24 + 4 * 8);
    assert_eq!((recounted(&mut slots), &slots[..]), (4 * 8, &["first".into(), "second".into()][..]));
    slots.shrink_to(0);
    assert_eq!(
        (slots.retained_bytes(), &slots[..]),
        (2 * 24 + 2 * 8, &["first".into(), "second".into()][..])
    );
    slots.add().push_str("third");
    assert_eq!(slots[..], ["first", "second", "third"]);
}

#[test]
fn a_lower_bound_holds_from_the_next_clear() {
    let mut slots = filled(&["a text of some length"; 100]).max_bytes(200);
    assert!(slots.retained_bytes() > 200);
    slots.clear();
    assert!(slots.retained_bytes() <= 200 && slots.retained_bytes() > 100);
}

#[test]
fn what_changes_behind_a_reference_is_counted_anew() {
    #[derive(Default)]
    struct Claim(Cell<usize>);
    impl Reuse for Claim {
        fn reset(&mut self) {}
        fn retained_bytes(&self) -> usize {
            self.0.get()
        }
    }
    let list_bytes = 4 * size_of::<Claim>();
    let mut slots = Slots::<Claim>::new();
    let say = |slots: &Slots<Claim>, bytes| slots[0].0.set(bytes);
    (0..3).for_each(|_| slots.add().0.set(5_000));
    say(&slots, 0);
    // Too much, by what is known.
    assert_eq!(slots.retained_bytes(), list_bytes + 15_000);
    slots.shrink_to(14_000);
    assert_eq!((slots.len(), slots.retained_bytes()), (3, list_bytes + 10_000));
    say(&slots, 50_000);
    slots.clear();
    assert_eq!(slots.retained_bytes(), list_bytes + 10_000);
    slots.add().0.set(0);
    // Less than nothing.
    assert!(slots.retained_bytes() > usize::MAX / 2);
    slots.clear();
    assert_eq!(slots.retained_bytes(), list_bytes + 10_000);
    assert_eq!((0..3).map(|_| slots.add().0.get()).sum::<usize>(), 10_000);
}

#[test]
fn slots_nest() {
    let mut lines = Slots::<Slots<String>>::new();
    let fill = |lines: &mut Slots<Slots<String>>| {
        lines.reset();
        for line in ["a b c", "", "d e"] {
            let words = lines.add();
            line.split(' ').for_each(|word| words.add().push_str(word));
        }
        assert_eq!(lines.iter().map(|words| words.concat()).collect::<Vec<_>>().join("|"), "abc||de");
    };
    fill(&mut lines);
    let ((), usage) = measure(|| fill(&mut lines));
    // Those of the check.
    let ((), check) = measure(|| _ = black_box(["abc", "", "de"].map(|text| text.to_owned())));
    assert!(usage.live_bytes == 0 && check.live_bytes == 0);
    let inner: usize = lines.iter().map(Reuse::retained_bytes).sum();
    assert_eq!(lines.retained_bytes(), inner + 4 * size_of::<Slots<String>>());
}

#[test]
fn zero_sized_and_over_aligned_elements() {
    let mut units = Slots::<()>::new().max_bytes(0);
    (0..1_000).for_each(|_| *units.add());
    assert_eq!((units.len(), units.retained_bytes()), (1_000, 0));
    assert_eq!(units.pop(), Some(&()));
    units.clear();
    assert_eq!((units.len(), units.retained_bytes()), (0, 0));
    #[derive(Clone, Default)]
    #[repr(align(4096))]
    struct Page(Vec<u8>);
    impl Reuse for Page {
        fn reset(&mut self) {
            self.0.reset();
        }
        fn retained_bytes(&self) -> usize {
            self.0.retained_bytes()
        }
    }
    let mut pages = Slots::<Page>::new();
    for _ in 0..3 {
        pages.clear();
        (0..5).for_each(|n| pages.add().0.push(n));
        assert!(
            pages.iter().zip(0..).all(|(page, n)| (&raw const *page).addr() % 4096 == 0 && page.0 == [n])
        );
    }
    assert_eq!(pages.retained_bytes(), 8 * 4096 + 5 * 8);
    let mut scalars = Slots::<u64>::new();
    *scalars.add() = 7;
    scalars.clear();
    assert_eq!(*scalars.add(), 0);
}

#[test]
fn where_memory_ends() {
    let runs = for_each_allocation_failure(|| {
        let mut slots = Slots::<String>::new();
        let added = (0..9).all(|n| {
            let added = slots.try_add().is_ok_and(|text| text.try_reserve(10).is_ok());
            assert!(slots.len() == n + 1 || !added && slots.len() == n);
            added
        });
        slots.clear();
        added
    });
    assert_eq!(runs, 3 + 9);
    let mut full = filled(&["a", "b", "c", "d"]);
    assert!(fail_nth(1, || full.try_add().is_err()));
    assert_eq!(full[..], ["a", "b", "c", "d"]);
    full.clear();
    let (added, usage) = measure(|| full.try_add().is_ok());
    assert_eq!((added, usage.allocations, &full[..]), (true, 0, &[String::new()][..]));
}

#[test]
fn threads_take_it_as_a_vec() {
    let slots = thread::spawn(|| filled(&["there"])).join().unwrap();
    thread::scope(|scope| _ = scope.spawn(|| assert_eq!(slots[..], ["there"])));
}
