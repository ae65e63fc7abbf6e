//! What `.ci/memory` does with instruments for memory: its list holds only what there is, and what an instrument has to notice
//! is undefined here, and ignored but for it.
//!
//! Run with: `cargo test -p alloc-kit-tests --test noticed`, and `.ci/memory`.

mod support;

use std::fs;
use std::hint::black_box;

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
    for name in others.chain(safe) {
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
