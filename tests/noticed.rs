//! What `.ci/memory` does with instruments for memory: its list holds only what there is, and what an instrument has to notice
//! is undefined here, and ignored but for it.
//!
//! Run with: `cargo test -p alloc-kit-tests --test noticed`, and `.ci/memory`.

mod support;

use std::cell::UnsafeCell;
use std::fs;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A name that is left in the list of those that are left out would leave out a later test of that name.
#[test]
fn left_out_are_tests_that_there_are() {
    let read =
        |file: &str| fs::read_to_string(support::workspace().join(file)).expect("a file of the project");
    let (script, manifest) = (read(".ci/memory"), read("tests/Cargo.toml"));
    let list = |name: &str| {
        let (_, list) = script.split_once(&format!("\n{name}=(")).expect("the list");
        list.split_once(')').expect("its end").0.split_whitespace()
    };
    let (others, safe) = (list("others"), list("safe"));
    assert!(others.clone().any(|name| name == "misuse") && safe.clone().any(|name| name == "reuse"));
    for name in others.chain(safe).chain(list("counting")).chain(list("threaded")) {
        assert!(
            manifest.contains(&format!("\nname = \"{name}\"\npath = \"{name}.rs\"\n")),
            "there is no {name}"
        );
    }
}

#[test]
#[ignore = "is undefined: .ci/memory looks whether an instrument notices"]
fn use_after_free() {
    let freed = Box::into_raw(Box::new(black_box(7_u64)));
    // SAFETY: it is from `into_raw`.
    drop(unsafe { Box::from_raw(freed) });
    // SAFETY: none, it is gone.
    assert_ne!(black_box(unsafe { freed.read() }), 8);
}

#[test]
#[ignore = "leaks: .ci/memory looks whether an instrument notices"]
fn leaks_a_box() {
    let mut leaked: *mut u64 = Box::into_raw(Box::new(black_box(7)));
    black_box(&mut leaked);
    leaked = std::ptr::null_mut();
    black_box(leaked);
}

#[test]
#[ignore = "is a race: .ci/memory looks whether an instrument notices"]
fn races() {
    struct Shared(UnsafeCell<u64>);
    // SAFETY: none, on purpose.
    unsafe impl Sync for Shared {}
    static SHARED: Shared = Shared(UnsafeCell::new(0));
    static HERE: AtomicUsize = AtomicUsize::new(0);
    let add = || {
        // Both at once, without an order between them.
        HERE.fetch_add(1, Ordering::Relaxed);
        while HERE.load(Ordering::Relaxed) < 2 {
            thread::yield_now();
        }
        for _ in 0..1_000 {
            // SAFETY: none, two threads are here.
            unsafe { *SHARED.0.get() += black_box(1) };
        }
    };
    thread::scope(|threads| {
        threads.spawn(add);
        threads.spawn(add);
    });
}
