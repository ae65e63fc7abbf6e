//! `Lend`: a `Scratch` in a thread-local, in each thread, and while a thread ends.
//!
//! Run with: `cargo test -p alloc-kit-tests --test lend`, also with `--release`.

use std::panic;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use alloc_kit::{Lend, Scratch, measure, no_alloc};

thread_local! {
    static LINE: Scratch<String> = const { Scratch::new() };
    static LAZY: Scratch<Vec<u8>> = Scratch::new().max_bytes(str::parse("6").unwrap());
}

#[no_alloc(warmup = 1)]
fn joined(parts: &[&str]) -> usize {
    LINE.lend(|line| {
        line.extend(parts.iter().copied());
        line.len()
    })
}

#[test]
fn a_steady_state_allocates_nothing() {
    assert_eq!((0..100).map(|_| joined(&["a", "bc"])).sum::<usize>(), 300);
}

#[no_alloc]
fn too_much(part: &str) {
    LINE.lend(|line| line.push_str(part));
}

#[test]
fn a_broken_budget_names_the_users_frames_only() {
    let payload = panic::catch_unwind(|| too_much(&"x".repeat(1000))).expect_err("over its budget");
    let message = payload.downcast::<String>().expect("a message");
    assert!(!cfg!(debug_assertions) || message.contains("line.push_str(part)"), "{message}");
    assert!(!message.contains("primitives"), "{message}");
}

#[test]
fn the_value_is_empty_and_has_its_memory() {
    assert_eq!(LINE.lend(|line| line.push_str("0123456789")), ());
    assert_eq!(LINE.with(Scratch::retained_bytes), 10);
    assert_eq!(LINE.lend(|line| (line.len(), line.capacity())), (0, 10));
    LINE.with(Scratch::give_back);
    assert_eq!(LINE.lend(|line| line.capacity()), 0);
}

#[test]
fn a_call_within_a_call_gets_another_value() {
    LINE.lend(|outer| {
        outer.push_str("outer");
        LINE.lend(|inner| {
            assert_eq!(inner, "");
            inner.push_str("longer than outer");
        });
        assert_eq!(outer, "outer");
    });
    assert_eq!(LINE.with(Scratch::retained_bytes), 17);
}

#[test]
fn the_bound_holds_and_a_panic_leaves_nothing() {
    LAZY.lend(|bytes| bytes.reserve_exact(6));
    assert_eq!(LAZY.with(Scratch::retained_bytes), 6);
    let ((), usage) = measure(|| LAZY.lend(|bytes| bytes.reserve_exact(100 << 20)));
    assert_eq!((LAZY.with(Scratch::retained_bytes), usage.live_bytes), (0, -6));
    LAZY.lend(|bytes| bytes.push(1));
    let panicked = panic::catch_unwind(|| LAZY.lend(|bytes| bytes.remove(0)));
    assert!(panicked.is_err());
    assert_eq!(LAZY.lend(|bytes| bytes.capacity()), 0);
}

#[test]
fn each_thread_has_its_own() {
    LINE.lend(|line| line.push_str("the first thread's"));
    let other = thread::spawn(|| (LINE.lend(|line| line.capacity()), LINE.lend(|line| line.push('x'))));
    assert_eq!(other.join().unwrap(), (0, ()));
    assert_eq!(LINE.lend(|line| line.capacity()), 18);
}

/// Lends while its thread ends, and reports: whether the place was gone, what was lent, and what was left then.
struct AtTheEnd(Sender<(bool, usize, String, i64)>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        let is_gone = LINE.try_with(|_| ()).is_err();
        let ((capacity, text), usage) = measure(|| {
            LINE.lend(|line| {
                let capacity = line.capacity();
                line.push_str("at the end");
                LINE.lend(|inner| inner.push('x'));
                (capacity, line.clone())
            })
        });
        self.0.send((is_gone, capacity, text, usage.live_bytes)).expect("a receiver");
    }
}

thread_local! {
    static AT_THE_END: std::cell::OnceCell<AtTheEnd> = const { std::cell::OnceCell::new() };
}

#[test]
fn it_works_while_a_thread_ends() {
    let (sender, receiver) = channel();
    // Whichever is used first: one of the two is dropped after the place is.
    for place_first in [true, false] {
        let sender = AtTheEnd(sender.clone());
        let thread = thread::spawn(move || {
            let use_place = || LINE.lend(|line| line.push_str("before the end, longer"));
            if place_first {
                use_place();
            }
            AT_THE_END.with(|at_the_end| _ = at_the_end.set(sender));
            if !place_first {
                use_place();
            }
        });
        thread.join().expect("no panic");
    }
    drop(sender);
    let mut reports: Vec<_> = receiver.iter().collect();
    reports.sort();
    let text = || String::from("at the end");
    // The copy is what lives on; and with a place, the value of the inner call makes room for the larger one.
    assert_eq!(reports, [(false, 22, text(), 10), (true, 0, text(), 10)]);
}
