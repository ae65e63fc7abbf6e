//! `CapHint`: what it learns, what it never exceeds, and what it saves.
//!
//! Run with: `cargo test -p alloc-kit-tests --test cap_hint`; with `-- --nocapture simulated` to see the table that is in
//! its documentation.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::thread;

use alloc_kit::{CapHint, alloc_budget, fail_nth, measure, no_alloc};

/// Numbers that are the same in each run and on each machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }
}

const CALLS: u64 = 10_000;

/// One length to be had at each call.
type Lengths = fn(&mut Random, u64) -> usize;

fn length(n: u64) -> usize {
    usize::try_from(n).unwrap()
}

const LENGTHS: [(&str, Lengths); 7] =
    [
        ("always 100", |_, _| 100),
        ("0 to 200, uniform", |random, _| length(random.below(201))),
        ("lognormal, median 100", |random, _| {
            // Sixteen factors: the logarithms add up.
            (0..16).fold(100_000, |len, _| if random.below(2) == 0 { len * 5 / 4 } else { len * 4 / 5 })
                / 1000
        }),
        ("10 or 1000", |random, _| if random.below(2) == 0 { 10 } else { 1000 }),
        ("10, one in twenty 1000", |random, _| if random.below(20) > 0 { 10 } else { 1000 }),
        ("80 to 120, once 1e9", |random, call| {
            if call == CALLS / 2 { 1_000_000_000 } else { length(80 + random.below(41)) }
        }),
        ("1000, then 20", |_, call| if call < CALLS / 2 { 1000 } else { 20 }),
    ];

/// Allocations for each call, and the capacity as a multiple of the length, of vectors of eight bytes an element. What is too
/// long to be made counts as observed only.
fn simulated(lengths: Lengths, make: &dyn Fn() -> Vec<u64>, observe: &dyn Fn(usize)) -> (f64, f64) {
    let mut random = Random(1);
    let (mut capacity, mut length, mut calls) = (0, 0, 0);
    let ((), usage) = measure(|| {
        for call in 0..CALLS {
            let len = lengths(&mut random, call);
            if len < 1_000_000 {
                let mut list = make();
                (0..len as u64).for_each(|n| list.push(n));
                (capacity, length, calls) = (capacity + list.capacity(), length + len, calls + 1);
                drop(black_box(list));
            }
            observe(len);
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "for two digits")]
    let ratio = |of: usize, to: usize| of as f64 / to as f64;
    (ratio(usize::try_from(usage.allocations).unwrap(), calls), ratio(capacity, length))
}

#[test]
fn simulated_lengths_are_as_documented() {
    let mut table = String::from(
        "| lengths | `Vec::new()` | capacity | `CapHint` | capacity | up at once | capacity | the longest | capacity |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for (name, lengths) in LENGTHS {
        let pushed = simulated(lengths, &Vec::new, &|_| ());
        let hint = CapHint::new();
        let hinted = simulated(lengths, &|| hint.vec(), &|len| hint.observe(len));
        // Two others, within the same maximum: not held back where a length is longer, and never down.
        let (at_once, longest) = (Cell::new(0_usize), Cell::new(0_usize));
        let max = 65536 / 8;
        let of_at_once = simulated(lengths, &|| Vec::with_capacity(at_once.get()), &|len| {
            let len = len.min(max);
            let above = at_once.get().saturating_sub(len);
            at_once.set(len.max(at_once.get() - (above / 16).max(usize::from(above > len))));
        });
        let of_longest = simulated(lengths, &|| Vec::with_capacity(longest.get()), &|len| {
            longest.set(longest.get().max(len.min(max)));
        });
        assert!(hinted.0 < pushed.0 / 2.0, "{name}: {hinted:?}, without {pushed:?}");
        let _ = write!(table, "| {name} ");
        for (allocations, capacity) in [pushed, hinted, of_at_once, of_longest] {
            let _ = write!(table, "| {allocations:.2} | {capacity:.2}x ");
        }
        table.push_str("|\n");
    }
    println!("{table}");
    let documented = include_str!("../alloc-kit/src/docs/cap_hint.md");
    assert!(documented.contains(&table), "the documentation should have this table:\n{table}");
}

/// After the first call: one allocation, where there was one and its growth.
#[alloc_budget(1, warmup = 1)]
fn hundred(hint: &CapHint, len: u32) -> Vec<u32> {
    let mut list = hint.vec();
    for n in 0..len {
        list.push(n);
    }
    hint.observe(list.len());
    list
}

#[test]
fn a_thousand_calls_of_a_hundred_pushes() {
    static LENGTHS: CapHint = CapHint::new();
    let ((), hinted) = measure(|| (0..1000).for_each(|_| drop(black_box(hundred(&LENGTHS, 100)))));
    let ((), pushed) = measure(|| {
        for _ in 0..1000 {
            let mut list = Vec::new();
            (0..100_u32).for_each(|n| list.push(n));
            drop(black_box(list));
        }
    });
    // Six the first time: 4, 8, 16, 32, 64, 128.
    assert_eq!([hinted.allocations, pushed.allocations], [6 + 999, 6000]);
    assert_eq!([hinted.reallocations, pushed.reallocations], [5, 5000]);
    assert_eq!(LENGTHS.capacity::<u32>(), 100);
}

#[test]
fn lengths_are_learned_up_to_the_double_and_down_by_and_by() {
    let hint = CapHint::default();
    let after = |len: usize| {
        hint.observe(len);
        hint.capacity::<u8>()
    };
    assert_eq!((hint.capacity::<u8>(), hint.vec::<u8>().capacity()), (0, 0));
    assert_eq!([after(0), after(10), after(15), after(1000), after(1000)], [0, 10, 15, 30, 60]);
    assert_eq!([after(60), after(28), after(58)], [60, 58, 58]);
    // A little too much stays, up to the double.
    assert_eq!([after(57), after(0), after(0)], [58, 55, 52]);
    (0..100).for_each(|_| hint.observe(30));
    assert_eq!(hint.capacity::<u8>(), 45);
    (0..100).for_each(|_| hint.observe(3));
    assert_eq!(hint.capacity::<u8>(), 6);
    // And nothing where there is nothing.
    (0..6).for_each(|_| hint.observe(0));
    assert_eq!([hint.capacity::<u8>(), after(77)], [0, 77]);
}

#[test]
fn the_maximum_always_holds_and_is_in_bytes() {
    for (hint, max_bytes) in [
        (CapHint::new(), 65536),
        (CapHint::new().max_bytes(1000), 1000),
        (CapHint::new().max_bytes(7), 7),
        (CapHint::new().max_bytes(0), 0),
    ] {
        for len in [1, 1_000_000_000, usize::MAX, 5, usize::MAX / 3] {
            (0..100).for_each(|_| hint.observe(len));
            let bytes = [
                hint.vec::<u8>().capacity(),
                hint.string().capacity(),
                hint.vec::<u64>().capacity() * 8,
                hint.vec::<[u8; 3]>().capacity() * 3,
                hint.vec::<[u64; 100]>().capacity() * 800,
            ];
            assert!(bytes.iter().all(|bytes| *bytes <= max_bytes), "{bytes:?} of {max_bytes} for {len}");
            if len > max_bytes {
                assert_eq!(hint.vec::<u8>().capacity(), max_bytes);
            }
            // No memory, so no matter.
            assert_eq!(hint.vec::<()>().capacity(), usize::MAX);
        }
    }
    // What is above the maximum is not learned either: it is forgotten as soon as the maximum would be.
    let hint = CapHint::new().max_bytes(1000);
    (0..100).for_each(|_| hint.observe(usize::MAX));
    (0..100).for_each(|_| hint.observe(10));
    assert!(hint.capacity::<u8>() < 40, "{hint:?}");
    // One spike is forgotten, and was never more than double.
    let hint = CapHint::new();
    (0..9).for_each(|_| hint.observe(100));
    hint.observe(1_000_000_000);
    assert_eq!(hint.capacity::<u64>(), 200);
    (0..150).for_each(|_| hint.observe(100));
    assert_eq!(hint.capacity::<u64>(), 115);
}

#[no_alloc]
fn ask_and_learn(hint: &CapHint, len: usize) -> usize {
    hint.observe(len);
    hint.capacity::<u8>() + hint.capacity::<u64>()
}

#[test]
fn other_collections_and_failing_allocations() {
    let hint = CapHint::new();
    assert_eq!(ask_and_learn(&hint, 14), 28);
    assert!(HashMap::<u8, u8>::with_capacity(hint.capacity::<(u8, u8)>()).capacity() >= 14);
    assert_eq!((hint.try_vec::<u64>().unwrap().capacity(), hint.try_string().unwrap().capacity()), (14, 14));
    fail_nth(1, || assert!(hint.try_vec::<u64>().is_err()));
    fail_nth(1, || assert!(hint.try_string().is_err()));
    let beyond = CapHint::new().max_bytes(usize::MAX);
    beyond.observe(usize::MAX);
    assert!(beyond.try_vec::<u64>().is_err());
}

#[test]
fn threads_may_learn_at_once() {
    let hint = CapHint::new();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1000).for_each(|n| hint.observe(90 + n % 20)));
        }
    });
    assert!((90..110).contains(&hint.capacity::<u8>()), "{hint:?}");
}
