//! Infallible code in a region with failing allocations: known by the functions on the stack, told, and not failed.
//!
//! Run with: `cargo test -p alloc-kit-tests --test infallible`, also with `--release`.

use std::collections::HashMap;
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use alloc_kit::{fail_nth, for_each_allocation_failure};

/// The message with which the call fails.
fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a failure");
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).expect("a message")
}

/// A request of its own, and whether it was served.
fn reserve() -> bool {
    black_box(&mut Vec::<u8>::new()).try_reserve(10).is_ok()
}

/// Line and column of the text, which is in the file once before this function's callers.
fn place_of(text: &str) -> (usize, usize) {
    let found =
        (1..).zip(include_str!("infallible.rs").lines()).find_map(|(n, line)| Some((n, line.find(text)?)));
    found.map(|(line, column)| (line, column + 1)).unwrap()
}

#[test]
fn what_would_end_the_process_is_told_and_not_failed() {
    let message = broken(|| {
        fail_nth(3, || {
            let mut list = Vec::new();
            assert!(reserve() && reserve());
            list.push(black_box(7_u64)); // cannot fail
            assert_eq!(list, [7]);
        });
    });
    assert!(
        message.starts_with("alloc-kit: allocation 3 cannot fail without ending the process\n"),
        "{message}"
    );
    assert!(message.contains("= help: make room by `try_reserve` before it"), "{message}");
    if cfg!(debug_assertions) {
        let (line, column) = place_of("push(black_box(7_u64)); // cannot fail");
        let caller = place_of("fail_nth(3, ||").0;
        for part in [
            format!("--> tests/infallible.rs:{line}:{column}\n"),
            String::from("^^^^ allocation 3\n"),
            format!("= called from: tests/infallible.rs:{caller}:"),
        ] {
            assert!(message.contains(&part), "no {part:?} in:\n{message}");
        }
    }
}

#[test]
fn infallible_code_is_known_by_its_names() {
    // Without debug information the process would end.
    if !cfg!(debug_assertions) {
        return;
    }
    let text = black_box("text");
    let numbers = [black_box(1_u64), 2, 3];
    let cases: &[&dyn Fn()] = &[
        &|| drop(black_box(Box::new(1))),
        &|| drop(black_box(Box::<u64>::new_uninit())),
        &|| drop(black_box(Arc::new(1))),
        &|| drop(black_box(Arc::<str>::from(text))),
        &|| drop(black_box(String::from(text))),
        &|| drop(black_box(text.to_string())),
        &|| drop(black_box(format!("{text}!"))),
        &|| drop(black_box(vec![0_u8; 9])),
        &|| drop(black_box(numbers.to_vec())),
        // By way of functions of std's that start with `try_`.
        &|| drop(black_box(Vec::<u8>::with_capacity(9))),
        &|| black_box(&mut Vec::<u8>::new()).reserve_exact(9),
        &|| drop(black_box(numbers.iter().map(|n| n.checked_add(1)).collect::<Option<Vec<_>>>())),
        &|| drop(black_box(numbers.iter().collect::<Vec<_>>())),
        // By way of the same function as `try_reserve`.
        &|| assert_eq!(black_box(&mut HashMap::new()).insert(1, 2), None),
        &|| black_box(&mut HashMap::<u8, u8>::new()).reserve(1),
        &|| black_box(&mut Vec::<u8>::new()).reserve(9),
    ];
    for (at, call) in cases.iter().enumerate() {
        let message = broken(|| fail_nth(1, call));
        assert!(message.contains("allocation 1 cannot fail"), "{at}: {message}");
        assert!(message.contains("--> tests/infallible.rs:"), "{at}: {message}");
    }
}

#[test]
fn a_dependency_that_calls_the_allocator_is_known_by_the_function_that_was_called() {
    if cfg!(debug_assertions) {
        let map = hashbrown::HashMap::<u8, u8, std::hash::RandomState>::default;
        assert!(fail_nth(1, || map().try_reserve(1)).is_err());
        let message = broken(|| fail_nth(1, || map().insert(1, 2)));
        assert!(message.contains("allocation 1 cannot fail"), "{message}");
        assert!(message.contains("map().insert(1, 2)"), "{message}");
        assert!(message.contains("= inside: hashbrown::"), "{message}");
    }
}

#[test]
fn all_that_cannot_fail_is_told_together() {
    let mut runs = 0;
    let message = broken(|| {
        for_each_allocation_failure(|| {
            runs += 1;
            assert!(reserve() || runs == 1);
            let mut list = Vec::new();
            for n in 0..5_u64 {
                list.push(black_box(n)); // twice
            }
            drop(black_box(list));
            let _ = reserve();
            black_box(&mut Vec::new()).push(1_u8); // once
        })
    });
    assert_eq!(runs, 6, "each is tried all the same");
    let (title, rest) = message.split_once('\n').unwrap();
    assert_eq!(title, "alloc-kit: 3 of 5 allocations cannot fail without ending the process");
    if cfg!(debug_assertions) {
        let [twice, once] =
            ["push(black_box(n)); // twice", "push(1_u8); // once"].map(|text| place_of(text).0);
        let [twice, once] = [twice, once].map(|line| rest.find(&format!("\n{line} | ")).expect(&message));
        let numbers = ["^^^^ allocations 2 and 3\n", "^^^^ allocation 5\n"];
        let [of_twice, of_once] = numbers.map(|text| rest.find(text).expect(&message));
        assert!(twice < of_twice && of_twice < once && once < of_once, "{message}");
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "the platform does not tell in which functions a thread is")]
fn the_resolver_of_names_is_not_entered_again() {
    let mut here = 0;
    backtrace::trace(|frame| {
        here = frame.ip().addr();
        false
    });
    // Its caches are locked by this thread while the closure runs.
    let resolve = || {
        backtrace::resolve(std::ptr::without_provenance_mut(here), |_symbol| assert!(reserve()));
    };
    let messages = (1..).map(|n| broken(|| fail_nth(n, resolve)));
    let spared = messages.take_while(|message| !message.contains("made only")).inspect(|message| {
        assert!(message.contains("cannot fail without ending the process"), "{message}");
    });
    assert!(spared.count() > 0);
    for n in 1..20 {
        broken(|| fail_nth(n, || drop(black_box(backtrace::Backtrace::new()))));
    }
}

/// Each looks for names, and one of them with the resolver's lock held already.
#[test]
#[cfg_attr(
    not(debug_assertions),
    ignore = "without debug information not all infallible code is known as such"
)]
fn several_threads_look_for_names_at_once() {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..100 {
                broken(|| fail_nth(1, || drop(black_box(backtrace::Backtrace::new()))));
            }
        });
        for _ in 0..100 {
            broken(|| fail_nth(1, || drop(black_box(Box::new(1)))));
        }
    });
}
