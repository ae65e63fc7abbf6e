//! Work on other threads: attached to a region it counts, and without that the message says what is missing.
//!
//! Run with: `cargo test -p alloc-kit-tests --test handles`, also with `--release`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc;
use std::thread;

use alloc_kit::{Handle, alloc_budget, assert_alloc_budget, assert_no_alloc, no_alloc};
use rayon::prelude::*;

/// The message with which the call fails.
fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a broken budget");
    *payload.downcast::<String>().expect("a message")
}

fn title(message: &str) -> &str {
    message.lines().next().expect("a first line")
}

fn allocate(n: usize) {
    for _ in 0..n {
        drop(black_box(vec![1_u8; 10]));
    }
}

/// What spawning and joining a thread costs the thread that does it, at most.
const SPAWNS: usize = 10;

#[test]
fn spawned_and_scoped_threads() {
    #[alloc_budget(threads * (n + SPAWNS))]
    fn spawned(threads: usize, n: usize, more: usize) {
        let spawn = |_| {
            let handle = Handle::current();
            thread::spawn(move || handle.attach(|| allocate(n + more)))
        };
        let threads: Vec<_> = (0..threads).map(spawn).collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
    #[alloc_budget(threads * (n + SPAWNS))]
    fn scoped(threads: usize, n: usize, more: usize) {
        let handle = Handle::current();
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| handle.attach(|| allocate(n + more)));
            }
        });
    }
    for call in [spawned as fn(usize, usize, usize), scoped] {
        call(1, 100, 0);
        call(4, 100, 0);
        let message = broken(|| call(4, 100, 1_000));
        assert!(message.contains(" of them by threads that a `Handle` attached"), "{message}");
        let made: u64 = title(&message).split(' ').nth(3).unwrap().parse().unwrap();
        assert!((4_400..4_440).contains(&made), "{message}");
        // The line is theirs, and so is the closure that called it.
        assert!(!cfg!(debug_assertions) || message.contains("drop(black_box(vec![1_u8; 10]));"), "{message}");
        assert!(
            !cfg!(debug_assertions) || message.contains("handles::spawned_and_scoped_threads::"),
            "{message}"
        );
    }
}

#[test]
fn figures_of_all_keys_are_added() {
    let frees = |n: usize| {
        let handle = Handle::current();
        thread::scope(|scope| {
            scope.spawn(|| handle.attach(|| allocate(n)));
        });
    };
    let message = broken(|| assert_alloc_budget!(1_000, deallocations = 50, bytes = 10_000, frees(100)));
    assert!(title(&message).contains("deallocations; its budget is `deallocations = 50`"), "{message}");
    let keeps = || {
        let handle = Handle::current();
        thread::scope(|scope| scope.spawn(|| handle.attach(|| vec![1_u8; 5_000])).join().unwrap())
    };
    let message = broken(|| drop(assert_alloc_budget!(peak_bytes = 4_000, live_bytes = 4_999, keeps())));
    assert!(
        title(&message).ends_with("held 5000 bytes at its peak; its budget is `peak_bytes = 4000`"),
        "{message}"
    );
    assert!(message.contains("it also kept 5"), "{message}");
}

#[test]
fn a_thread_knows_what_was_used_before_and_shows_the_line_that_was_too_much() {
    #[alloc_budget(60)]
    fn both(there: usize) {
        allocate(50);
        let handle = Handle::current();
        thread::scope(|scope| {
            scope.spawn(move || handle.attach(|| (0..there).for_each(|_| drop(black_box(vec![1_u8; 77])))));
        });
    }
    both(0);
    let message = broken(|| both(50));
    assert!(title(&message).starts_with("alloc-kit: `both` made 10"), "{message}");
    assert!(!cfg!(debug_assertions) || message.contains("drop(black_box(vec![1_u8; 77]))"), "{message}");
}

#[test]
fn the_regions_around_see_it_too() {
    #[alloc_budget(1_000)]
    fn inner() {
        let handle = Handle::current();
        thread::scope(|scope| {
            scope.spawn(|| handle.attach(|| allocate(100)));
        });
    }
    #[alloc_budget(90)]
    fn outer() {
        inner();
    }
    #[alloc_budget(250)]
    fn twice() {
        inner();
        inner();
    }
    assert!(title(&broken(outer)).starts_with("alloc-kit: `outer` made 1"));
    twice();
}

#[test]
fn a_thread_of_a_thread_counts_for_the_same_region() {
    #[alloc_budget(100)]
    fn nested() {
        let handle = Handle::current();
        thread::scope(|scope| {
            let inner = || {
                let handle = Handle::current();
                thread::scope(|scope| {
                    scope.spawn(|| handle.attach(|| allocate(200)));
                });
            };
            scope.spawn(move || handle.attach(inner));
        });
    }
    assert!(title(&broken(nested)).starts_with("alloc-kit: `nested` made 2"));
}

#[test]
fn on_its_own_thread_it_is_counted_once() {
    assert_alloc_budget!(5, {
        let handle = Handle::current();
        handle.attach(|| handle.attach(|| allocate(5)));
    });
    let message = broken(|| assert_alloc_budget!(5, Handle::current().attach(|| allocate(6))));
    assert!(title(&message).starts_with("alloc-kit: `assert_alloc_budget!` made 6 "), "{message}");
}

#[test]
fn rayon() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    pool.install(|| (0..100).into_par_iter().for_each(|_| allocate(1)));
    let work = |per_item: usize| {
        let handle = Handle::current();
        pool.install(|| (0..500).into_par_iter().for_each(|_| handle.attach(|| allocate(per_item))));
    };
    // Its own queues grow now and then.
    assert_alloc_budget!(600, work(1));
    let message = broken(|| assert_alloc_budget!(600, work(2)));
    let made: u64 = title(&message).split(' ').nth(3).unwrap().parse().unwrap();
    assert!((1_000..1_100).contains(&made), "{message}");
}

#[test]
fn tokio() {
    #[alloc_budget(budget)]
    async fn in_tasks(budget: usize, n: usize) {
        let _ = budget;
        let handle = Handle::current();
        let task = |_| {
            let work = async move {
                for _ in 0..n {
                    allocate(1);
                    tokio::task::yield_now().await;
                }
            };
            tokio::spawn(handle.attach_future(work))
        };
        let tasks: Vec<_> = (0..10).map(task).collect();
        drop(handle);
        for task in tasks {
            task.await.unwrap();
        }
    }
    for mut builder in
        [tokio::runtime::Builder::new_current_thread(), tokio::runtime::Builder::new_multi_thread()]
    {
        let runtime = builder.worker_threads(3).build().unwrap();
        // The spawning costs some, and so does tokio's `yield_now`.
        runtime.block_on(async { tokio::spawn(in_tasks(1_500, 100)).await }).unwrap();
        let error = runtime.block_on(async { tokio::spawn(in_tasks(999, 100)).await }).unwrap_err();
        let message = *error.into_panic().downcast::<String>().unwrap();
        assert!(title(&message).starts_with("alloc-kit: `in_tasks` made 1"), "{message}");
        assert!(message.contains("by threads that a `Handle` attached"), "{message}");
    }
}

#[test]
fn a_panic_on_an_attached_thread_is_the_threads_own_and_what_it_counted_is_kept() {
    let message = broken(|| {
        assert_alloc_budget!(50, {
            let handle = Handle::current();
            thread::scope(|scope| {
                let work = || {
                    allocate(100);
                    panic!("on purpose");
                };
                assert!(scope.spawn(move || handle.attach(work)).join().is_err());
            });
        });
    });
    assert!(title(&message).starts_with("alloc-kit: `assert_alloc_budget!` made "), "{message}");
}

#[test]
fn without_a_handle_the_message_says_that_threads_are_missing() {
    #[no_alloc]
    fn spawns() {
        thread::spawn(|| allocate(10)).join().unwrap();
    }
    let message = broken(spawns);
    assert!(title(&message).starts_with("alloc-kit: `spawns` made "), "{message}");
    let says = "a thread was spawned there; its own allocations are not counted: `Handle::current()` here";
    assert!(!cfg!(debug_assertions) || message.contains(says), "{message}");

    // The spawning itself is within the budget, so that no trace shows it.
    let late = || {
        thread::spawn(|| allocate(10)).join().unwrap();
        allocate(SPAWNS);
    };
    let message = broken(|| assert_alloc_budget!(SPAWNS, late()));
    assert!(
        message.contains(" started meanwhile, here or elsewhere; what they allocated is not counted"),
        "{message}"
    );
    // Where no thread was started nothing is said of threads that this one spawned.
    let message = broken(|| assert_no_alloc!(allocate(1)));
    assert!(!message.contains("was spawned there"), "{message}");
}

#[test]
fn outside_of_any_region_it_does_nothing() {
    let handle = Handle::current();
    assert_eq!(format!("{handle:?}"), "Handle { of: None, .. }");
    handle.attach(|| allocate(3));
    #[no_alloc]
    fn names() -> String {
        allow(|| format!("{:?}", Handle::current()))
    }
    fn allow<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
    assert!(title(&broken(names)).starts_with("alloc-kit: `names` made "));
}

#[test]
fn a_region_that_ends_first_is_not_verified() {
    let (send, receive) = mpsc::channel::<()>();
    let thread = assert_alloc_budget!(1_000, {
        let handle = Handle::current();
        thread::spawn(move || {
            receive.recv().unwrap();
            handle.attach(|| allocate(10_000));
        })
    });
    // It did not fail, and it did not pass: `tests/report.rs` has the words. The thread is too late.
    send.send(()).unwrap();
    thread.join().unwrap();
}

#[test]
fn handles_of_nested_regions_count_once() {
    // The inner one's is handed on to the outer one, whichever is attached first.
    let work = |inner_first: bool| {
        let outer = Handle::current();
        let threads = || {
            let inner = Handle::current();
            thread::scope(|scope| {
                let both = || {
                    if inner_first {
                        inner.attach(|| outer.attach(|| allocate(1_000)));
                    } else {
                        outer.attach(|| inner.attach(|| allocate(1_000)));
                    }
                };
                scope.spawn(both).join().unwrap();
            });
        };
        assert_alloc_budget!(2_000, threads());
    };
    for inner_first in [true, false] {
        let message = broken(|| assert_alloc_budget!(500, work(inner_first)));
        let made: u64 = title(&message).split(' ').nth(3).unwrap().parse().unwrap();
        assert!((1_000..1_050).contains(&made), "{inner_first}: {message}");
    }
}

#[test]
fn the_lines_of_threads_that_only_together_are_over_are_shown() {
    #[alloc_budget(40)]
    fn four() {
        let handle = Handle::current();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| handle.attach(|| allocate(9)));
            }
        });
    }
    let message = broken(four);
    assert!(title(&message).starts_with("alloc-kit: `four` made "), "{message}");
    assert!(!cfg!(debug_assertions) || message.contains("--> tests/handles.rs:"), "{message}");
    // All that was over is there, but for what happened before the handle was made.
    assert!(!message.contains("without being traced"), "{message}");
}
