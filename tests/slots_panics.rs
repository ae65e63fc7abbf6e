//! `Slots` where the code of an element panics: what there was is there, and the sum of what is kept is right.
//!
//! Run with: `cargo test -p alloc-kit-tests --test slots_panics`, also with `--release`.

#[path = "support/probe.rs"]
mod probe;

use alloc_kit::Slots;
use probe::{Call, Probe, alive, panics_in};

/// Three elements of which one is kept, each with a buffer.
fn some() -> Slots<Probe> {
    let mut slots = Slots::<Probe>::new();
    for text in ["first", "second", "third"] {
        slots.add().text.push_str(text);
    }
    slots.pop();
    slots
}

/// The first two are there, so many slots are kept, and the sum is that of a list made by hand.
fn check(slots: &mut Slots<Probe>, kept: usize, what: &str) {
    assert!(slots.iter().map(|probe| probe.text.as_str()).eq(["first", "second"]), "{what}: {slots:?}");
    assert_eq!(alive(), 2 + kept, "{what}");
    let list_bytes = 4 * size_of::<Probe>();
    assert_eq!(slots.retained_bytes(), list_bytes + (2 + kept) * 8, "{what}");
    // It goes on as if nothing had been.
    slots.add().text.push_str("12345678");
    slots.add().text.push_str("12345678");
    slots.clear();
    assert_eq!((alive(), slots.retained_bytes()), (4, list_bytes + 4 * 8), "{what}");
    slots.shrink_to_bytes(0);
    assert_eq!((alive(), slots.retained_bytes()), (0, 0), "{what}");
}

#[test]
fn in_reset() {
    let mut slots = some();
    assert!(panics_in(Call::Reset, || _ = slots.add()));
    check(&mut slots, 0, "the slot is given back");
}

#[test]
fn in_clone_from() {
    let mut slots = some();
    let from = slots[0].clone();
    assert!(panics_in(Call::CloneFrom, || _ = slots.push_clone(&from)));
    drop(from);
    check(&mut slots, 0, "the slot is given back");
}

#[test]
fn in_a_slot_before_others() {
    let mut slots = some();
    slots.add();
    slots.add().text.push_str("12345678");
    slots.truncate(2);
    assert!(panics_in(Call::Reset, || _ = slots.add()));
    check(&mut slots, 1, "the other is kept");
}

#[test]
fn in_default_and_clone() {
    for call in [Call::Default, Call::Clone] {
        let mut slots = some();
        slots.shrink_to_bytes(0);
        slots.add().text.push_str("12345678");
        slots.pop();
        slots.add();
        let from = Slots::clone(&slots);
        let panicked = panics_in(call, || {
            _ = if call == Call::Default { slots.add() } else { slots.push_clone(&from[0]) };
        });
        drop(from);
        assert!(panicked && slots.len() == 3);
        slots.pop();
        check(&mut slots, 1, "nothing was changed");
    }
}

#[test]
fn in_retained_bytes() {
    let mut slots = some();
    assert!(panics_in(Call::RetainedBytes, || _ = slots.add()));
    check(&mut slots, 1, "as it was, in add");
    let mut slots = some();
    slots[0].text.push('!');
    slots[0].text.pop();
    assert!(panics_in(Call::RetainedBytes, || slots.clear()));
    check(&mut slots, 1, "as it was, in clear");
    let mut slots = some();
    assert!(panics_in(Call::RetainedBytes, || _ = slots.pop()));
    check(&mut slots, 1, "as it was, in pop");
    let mut slots = some();
    assert!(panics_in(Call::RetainedBytes, || slots.truncate(0)));
    check(&mut slots, 1, "as it was, in truncate");
}

#[test]
fn in_a_drop_at_clear() {
    let mut slots = some().max_bytes(4 * size_of::<Probe>() + 100);
    for probe in &mut slots {
        probe.text.reserve_exact(1_000);
    }
    assert!(panics_in(Call::Drop, || slots.clear()));
    assert_eq!((slots.len(), alive()), (0, 1));
    assert_eq!(slots.retained_bytes(), 4 * size_of::<Probe>() + 8);
    for text in ["first", "second"] {
        slots.add().text.push_str(text);
    }
    check(&mut slots, 0, "the large ones are given back");
}

#[test]
fn in_a_drop_at_the_end() {
    let slots = some();
    assert!(panics_in(Call::Drop, || drop(slots)));
    assert_eq!(alive(), 0);
}
