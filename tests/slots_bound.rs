//! `Slots`: how much is kept, and what is given back.
//!
//! Run with: `cargo test -p alloc-kit-tests --test slots_bound`, also with `--release`.

use std::cell::Cell;

use alloc_kit::{Arena, Reuse, Slots, TextBuf, measure};

fn filled(texts: &[&str]) -> Slots<String> {
    let mut slots = Slots::<String>::new();
    for text in texts {
        slots.add().push_str(text);
    }
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
    let ((), usage) = measure(|| slots.give_back());
    assert_eq!((usage.allocations, slots.retained_bytes()), (0, 0));
}

#[test]
fn the_default_bound_is_a_mebibyte() {
    let (slot_bytes, most) = (size_of::<String>(), 1 << 20);
    // With the list cut to one, and with the one given back.
    for (bytes, kept) in [(most - slot_bytes, most), (most - slot_bytes + 1, 4 * slot_bytes)] {
        let mut slots = Slots::<String>::new();
        slots.add().reserve_exact(bytes);
        slots.clear();
        assert_eq!(slots.retained_bytes(), kept);
    }
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
    slots.shrink_to_bytes(4 * 24 + 4 * 8);
    assert_eq!((recounted(&mut slots), &slots[..]), (4 * 8, &["first".into(), "second".into()][..]));
    slots.shrink_to_bytes(0);
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
    slots.shrink_to_bytes(14_000);
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

/// They would give it back themselves, but not before they are reset.
#[test]
fn elements_with_a_bound_of_their_own_count_whole_until_they_are_reset() {
    #[track_caller]
    fn keeps_1_mib<T: Reuse + Default>(fill: impl Fn(&mut T)) {
        let mut slots = Slots::<T>::new();
        let ((), usage) = measure(|| {
            (0..3).for_each(|_| fill(slots.add()));
            slots.clear();
        });
        assert!(usage.peak_bytes >= 3 * 2_000_000);
        assert!(usage.live_bytes <= 1 << 20, "{usage:?}");
        assert_eq!(Ok(slots.retained_bytes()), usize::try_from(usage.live_bytes));
    }
    let long = "x".repeat(2_000_000);
    keeps_1_mib(|text: &mut TextBuf<8>| _ = text.format(format_args!("{long}!")));
    keeps_1_mib(|arena: &mut Arena| _ = arena.alloc_str(&long));
}
