//! `Scratch`: what is lent, what is kept, and what panics and calls within calls leave behind.
//!
//! Run with: `cargo test -p alloc-kit-tests --test scratch`, also with `--release`.

#[path = "support/probe.rs"]
mod probe;

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::hint::black_box;
use std::panic;
use std::rc::Rc;
use std::thread;

use alloc_kit::{Reuse, Scratch, measure, no_alloc};
use probe::{Call, Probe, alive, calls, panics_in};

/// Lends, grows the value to so many bytes, and says how many it had before.
fn grow(scratch: &Scratch<Vec<u8>>, bytes: usize) -> usize {
    scratch.lend(|buffer| {
        assert!(buffer.is_empty());
        let before = buffer.capacity();
        buffer.reserve_exact(bytes);
        buffer.push(1);
        before
    })
}

struct Parser {
    words: Scratch<Vec<String>>,
    line: Scratch<String>,
}

impl Parser {
    const fn new() -> Self {
        Self { words: Scratch::new(), line: Scratch::new() }
    }

    #[no_alloc(warmup = 1)]
    fn length(&self, parts: &[&str]) -> usize {
        self.line.lend(|line| {
            line.extend(parts.iter().copied());
            self.words.lend(|words| words.push(String::new()));
            line.len()
        })
    }
}

#[test]
fn a_steady_state_allocates_nothing() {
    let parser = Parser::new();
    let lengths = (0..100).map(|n| parser.length(&["a", "bcd"][n % 2..]));
    assert_eq!(lengths.sum::<usize>(), 50 * 4 + 50 * 3);
    assert_eq!(parser.line.retained_bytes(), 8);
}

#[test]
fn the_value_is_empty_and_has_its_memory() {
    let scratch = Scratch::new();
    assert_eq!((scratch.retained_bytes(), grow(&scratch, 100)), (0, 0));
    assert_eq!((scratch.retained_bytes(), grow(&scratch, 10)), (100, 100));
    assert_eq!((scratch.retained_bytes(), grow(&scratch, 200)), (100, 100));
    assert_eq!(scratch.retained_bytes(), 200);
    let ((), usage) = measure(|| scratch.give_back());
    assert_eq!((usage.bytes_freed, scratch.retained_bytes(), grow(&scratch, 0)), (200, 0, 0));
}

#[test]
fn every_kind_of_value_is_lent() {
    fn fill<T: Reuse + Default>(fill: impl Fn(&mut T), is_empty: impl Fn(&T) -> bool) {
        let scratch = Scratch::<T>::new();
        for _ in 0..3 {
            scratch.lend(|value| {
                assert!(is_empty(value));
                fill(value);
                assert!(!is_empty(value));
            });
        }
    }
    fill(|map: &mut HashMap<_, _>| _ = map.insert(1, "one"), HashMap::is_empty);
    fill(|queue: &mut VecDeque<_>| queue.push_back(Box::new(1)), VecDeque::is_empty);
    fill(|pair: &mut (String, Vec<u8>)| pair.0.push('x'), |pair| pair.0.is_empty() && pair.1.is_empty());
    fill(|sum: &mut u64| *sum += 1, |sum| *sum == 0);
    fill(|large: &mut Box<[[u64; 32]; 32]>| large[31][9] = 1, |large| large.as_flattened() == [0; 1024]);
}

#[test]
fn a_default_is_made_only_where_none_is_kept() {
    let scratch = Scratch::<Probe>::new();
    let before = calls(Call::Default);
    scratch.give_back();
    assert_eq!(calls(Call::Default), before);
    for _ in 0..3 {
        scratch.lend(|_| ());
    }
    assert_eq!((calls(Call::Default), calls(Call::Reset)), (before + 1, 3));
    scratch.lend(|_| scratch.lend(|_| ()));
    assert_eq!((calls(Call::Default), calls(Call::Drop)), (before + 2, 1));
}

#[test]
fn what_is_beyond_the_bound_is_given_back() {
    for (scratch, bound) in [
        (Scratch::new(), 65_536),
        (Scratch::new().max_bytes(1_000), 1_000),
        (Scratch::new().max_bytes(1_000).clone(), 1_000),
        (Scratch::new().max_bytes(0), 0),
    ] {
        grow(&scratch, bound);
        assert_eq!(scratch.retained_bytes(), bound);
        grow(&scratch, bound + 1);
        assert_eq!((scratch.retained_bytes(), grow(&scratch, 1)), (0, 0));
    }
}

#[test]
fn a_hundred_megabytes_are_given_back() {
    let scratch = Scratch::new();
    let (_, usage) = measure(|| grow(&scratch, black_box(100 << 20)));
    assert_eq!((usage.live_bytes, scratch.retained_bytes()), (0, 0));
    assert!(usage.peak_bytes >= 100 << 20);
}

#[test]
fn a_call_within_a_call_gets_another_value() {
    for (outer, inner, kept) in [(10, 20, 20), (20, 10, 20), (10, 2_000, 10), (2_000, 10, 10), (0, 7, 7)] {
        let scratch = Scratch::new().max_bytes(1_000);
        let ((), usage) = measure(|| {
            scratch.lend(|buffer: &mut Vec<u8>| {
                buffer.reserve_exact(outer);
                buffer.resize(outer, 1);
                assert_eq!(scratch.retained_bytes(), 0);
                grow(&scratch, inner);
                assert!(buffer.iter().all(|byte| *byte == 1) && buffer.len() == outer);
            });
        });
        assert_eq!((scratch.retained_bytes(), usage.live_bytes), (kept, i64::try_from(kept).unwrap()));
    }
}

#[test]
fn calls_within_a_call_share_one() {
    fn down(scratch: &Scratch<Vec<u8>>, depth: u8) {
        scratch.lend(|buffer| {
            buffer.push(depth);
            if depth > 0 {
                down(scratch, depth - 1);
            }
            assert_eq!(*buffer, [depth]);
        });
    }
    let scratch = Scratch::new();
    scratch.lend(|_| {
        grow(&scratch, 50);
        assert_eq!((grow(&scratch, 50), grow(&scratch, 1)), (50, 50));
    });
    down(&scratch, 100);
    assert_eq!(scratch.retained_bytes(), 50);
}

#[test]
fn after_a_panic_it_starts_afresh() {
    let scratch = Scratch::new();
    grow(&scratch, 100);
    let payload = panic::catch_unwind(|| scratch.lend(|buffer| panic!("{}", buffer.capacity())));
    assert_eq!(*payload.unwrap_err().downcast::<String>().unwrap(), "100");
    assert_eq!((scratch.retained_bytes(), grow(&scratch, 1)), (0, 0));
}

#[test]
fn a_panic_in_the_values_own_code_leaves_nothing() {
    let text = "text that is longer than a bound of ten";
    for call in [Call::Default, Call::Reset, Call::RetainedBytes, Call::Drop] {
        let scratch = Scratch::<Probe>::new().max_bytes(10);
        assert!(panics_in(call, || scratch.lend(|probe| probe.text.push_str(text))), "{call:?}");
        assert_eq!((alive(), scratch.retained_bytes()), (0, 0), "{call:?}");
        assert_eq!(scratch.lend(|probe| probe.text.capacity()), 0, "{call:?}");
        assert!(panics_in(Call::Drop, || scratch.give_back()));
        assert_eq!((alive(), scratch.retained_bytes()), (0, 0), "{call:?}");
    }
}

#[test]
fn a_panic_where_two_came_back_leaves_one_or_none() {
    let scratch = Scratch::<Probe>::new();
    let nested = |outer: &str, inner: &str| {
        scratch.lend(|probe| {
            probe.text.push_str(outer);
            scratch.lend(|probe| probe.text.push_str(inner));
        });
    };
    assert!(panics_in(Call::Drop, || nested("short", "longer than that one")));
    assert!(scratch.retained_bytes() >= 20);
    assert!(panics_in(Call::Drop, || nested("short", "")));
    assert!(scratch.retained_bytes() >= 20);
    assert_eq!(alive(), 1);
}

/// Comes back to where it was kept when it is dropped.
#[derive(Default)]
struct ComesBack {
    home: Option<Rc<Scratch<ComesBack>>>,
    text: String,
}

impl Reuse for ComesBack {
    fn reset(&mut self) {
        self.text.reset();
    }

    fn retained_bytes(&self) -> usize {
        if let Some(home) = &self.home {
            home.lend(|other| other.text.push('!'));
        }
        self.text.capacity()
    }
}

impl Drop for ComesBack {
    fn drop(&mut self) {
        if let Some(home) = self.home.take() {
            home.lend(|other| {
                assert!(other.text.is_empty());
                other.text.push_str("from a drop");
            });
        }
    }
}

#[test]
fn the_values_own_code_may_lend_too() {
    let home = Rc::new(Scratch::<ComesBack>::new().max_bytes(100));
    for bytes in [10, 1_000] {
        home.lend(|value| {
            value.home = Some(Rc::clone(&home));
            value.text.reserve(bytes);
        });
        assert_eq!(home.lend(|value| value.text.len()), 0);
        home.give_back();
    }
    home.give_back();
    assert_eq!((Rc::strong_count(&home), home.retained_bytes()), (1, 0));
}

#[test]
fn zero_sized_and_over_aligned_values() {
    #[derive(Default)]
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
    let pages = Scratch::<Page>::new();
    for _ in 0..2 {
        pages.lend(|page| {
            assert_eq!((&raw const *page).addr() % 4096, 0);
            page.0.push(1);
        });
    }
    assert_eq!(pages.retained_bytes(), 8);
    let nothing = Scratch::<()>::new();
    assert_eq!((nothing.lend(|()| 7), nothing.retained_bytes()), (7, 0));
    let units = Scratch::<Vec<()>>::new().max_bytes(0);
    assert_eq!((units.lend(|units| units.push(())), units.retained_bytes()), ((), 0));
}

#[test]
fn it_goes_to_another_thread_and_says_what_it_is() {
    let scratch = Scratch::new();
    grow(&scratch, 30);
    assert_eq!(format!("{scratch:?}"), "Scratch { retained_bytes: 30, max_bytes: 65536, .. }");
    assert_eq!(Scratch::<String>::default().clone().retained_bytes(), 0);
    assert_eq!(thread::spawn(move || grow(&scratch, 1)).join().unwrap(), 30);
    // What is not unwind-safe by itself is, in here: it is never seen after a panic.
    let scratch = Scratch::<Vec<Rc<RefCell<i32>>>>::new();
    let number = Rc::new(RefCell::new(0));
    assert_eq!(panic::catch_unwind(|| scratch.lend(|list| list.len())).unwrap(), 0);
    scratch.lend(|list| list.push(Rc::clone(&number)));
    assert_eq!(Rc::strong_count(&number), 1);
}
