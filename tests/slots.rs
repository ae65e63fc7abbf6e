//! `Slots`: elements that keep their buffers, as a slice and beside it; `slots_bound.rs` has how much is kept.
//!
//! Run with: `cargo test -p alloc-kit-tests --test slots`, also with `--release`.

#[path = "support/probe.rs"]
mod probe;

use std::hint::black_box;
use std::thread;

use alloc_kit::{Reuse, Slots, fail_nth, for_each_allocation_failure, measure, no_alloc};
use probe::{Call, Probe, calls};

fn filled(texts: &[&str]) -> Slots<String> {
    let mut slots = Slots::<String>::new();
    for text in texts {
        slots.add().push_str(text);
    }
    slots
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
fn a_list_of_a_known_length_is_one_allocation() {
    let (names, mut slots) = (vec![String::from("a name"); 100], Slots::new());
    assert_eq!(measure(|| slots.extend(&names)).1.allocations, 101);
    slots.truncate(50);
    assert_eq!(measure(|| slots.extend(&names[50..])).1.allocations, 0, "there is room, and what is kept");
    assert_eq!(measure(|| slots.extend(&names[..1])).1.allocations, 2);
    assert_eq!(slots[..100], names);
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
    assert_eq!((usage.allocations, slots.retained_bytes()), (0, retained_bytes));
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
    let ((), check) = measure(|| _ = black_box(["abc", "", "de"].map(str::to_owned)));
    assert!(usage.live_bytes == 0 && check.live_bytes == 0);
    let inner: usize = lines.iter().map(Reuse::retained_bytes).sum();
    assert_eq!(lines.retained_bytes(), inner + 4 * size_of::<Slots<String>>());
}

#[test]
fn zero_sized_and_over_aligned_elements() {
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
    let mut units = Slots::<()>::new().max_bytes(0);
    (0..1_000).for_each(|_| *units.add());
    assert_eq!((units.len(), units.retained_bytes()), (1_000, 0));
    assert_eq!(units.pop(), Some(&()));
    units.clear();
    assert_eq!((units.len(), units.retained_bytes()), (0, 0));
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
