//! Threads, destructors of thread-locals, and panics: counting goes on, and stays with its thread.
//!
//! Run with: `cargo test -p alloc-kit-tests --test threads`, also with `--release`.

use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Barrier;
use std::sync::mpsc;
use std::thread;

use alloc_kit::{alloc_budget, measure, no_alloc};

#[test]
fn another_threads_allocations_are_not_counted() {
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            barrier.wait();
            for _ in 0..10_000 {
                drop(black_box(vec![1_u8; 100]));
            }
            barrier.wait();
        });
        let ((), usage) = measure(|| {
            barrier.wait();
            barrier.wait();
        });
        assert_eq!(usage.allocations, 0, "{usage}");
    });
}

#[test]
fn a_thousand_threads_count_alike() {
    #[alloc_budget(10, bytes = 1_000, live_bytes = 0)]
    fn ten() {
        for _ in 0..10 {
            drop(black_box(Box::new([0_u8; 100])));
        }
    }
    for at_once in [1_000, 1, 1, 1] {
        let all_there = Barrier::new(at_once);
        thread::scope(|scope| {
            for _ in 0..at_once {
                scope.spawn(|| {
                    all_there.wait();
                    ten();
                    let ((), usage) = measure(ten);
                    assert_eq!((usage.allocations, usage.bytes_allocated), (10, 1_000));
                    assert_eq!((usage.deallocations, usage.peak_bytes), (10, 100));
                });
            }
        });
    }
}

#[test]
fn memory_freed_by_another_thread_moves_both_balances() {
    let (sender, receiver) = mpsc::channel::<Vec<u8>>();
    let thread = thread::spawn(move || {
        let list = receiver.recv().unwrap();
        let ((), usage) = measure(|| drop(list));
        usage.live_bytes
    });
    let (list, usage) = measure(|| vec![1_u8; 1_000]);
    assert_eq!(usage.live_bytes, 1_000);
    sender.send(list).unwrap();
    assert_eq!(thread.join().unwrap(), -1_000);
}

/// Allocates and judges while its thread's locals are being destroyed.
struct Late {
    results: mpsc::Sender<(u64, bool)>,
}

impl Drop for Late {
    fn drop(&mut self) {
        let (text, usage) = measure(|| black_box(String::from("made late")));
        drop(text);
        let broken = panic::catch_unwind(|| allocates_nothing(true)).is_err();
        allocates_nothing(false);
        self.results.send((usage.allocations, broken)).unwrap();
    }
}

#[no_alloc]
fn allocates_nothing(lies: bool) {
    if lies {
        drop(black_box(Box::new(1)));
    }
}

#[test]
fn destructors_of_thread_locals_are_counted_and_judged() {
    thread_local! {
        static LATE: RefCell<Vec<Late>> = const { RefCell::new(Vec::new()) };
    }
    for used_before in [false, true] {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            if used_before {
                // Then this crate's own destructor was registered first, and runs last.
                allocates_nothing(false);
            }
            LATE.with_borrow_mut(|late| late.push(Late { results: sender }));
        })
        .join()
        .unwrap();
        assert_eq!(receiver.recv().unwrap(), (1, true), "used before: {used_before}");
    }
}

#[test]
fn a_panic_inside_a_region_leaves_the_counters_in_order() {
    #[alloc_budget(100_000)]
    fn panics() {
        drop(black_box(vec![0_u8; 5_000]));
        panic!("on purpose");
    }
    let ((), outer) = measure(|| {
        let kept = black_box(vec![0_u8; 100]);
        assert!(panic::catch_unwind(panics).is_err());
        let broken = panic::catch_unwind(AssertUnwindSafe(|| measure(|| panic!("on purpose"))));
        assert!(broken.is_err());
        drop(kept);
    });
    assert!(outer.peak_bytes >= 5_100, "{outer}");
    // No region is left behind: nothing traps, and the next figures are exact.
    let ((), usage) = measure(|| drop(black_box(Box::new([0_u8; 32]))));
    assert_eq!((usage.allocations, usage.peak_bytes, usage.live_bytes), (1, 32, 0));
    allocates_nothing(false);
}

#[test]
fn what_was_left_by_a_panic_is_judged_the_next_time() {
    #[no_alloc]
    fn lean(panics: bool) {
        assert!(!panics, "on purpose");
        drop(black_box(Box::new(1_u8)));
    }
    #[alloc_budget(bytes = 0)]
    fn plain(panics: bool) {
        assert!(!panics, "on purpose");
        drop(black_box(Box::new(1_u8)));
    }
    for call in [lean as fn(bool), plain] {
        let first = panic::catch_unwind(|| call(black_box(true))).unwrap_err();
        assert_eq!(*first.downcast::<&str>().unwrap(), "on purpose");
        let second = panic::catch_unwind(|| call(black_box(false))).unwrap_err();
        let message = *second.downcast::<String>().unwrap();
        assert!(message.starts_with("alloc-kit: `"), "{message}");
    }
}

#[test]
fn a_region_within_a_destructor_that_runs_while_unwinding_does_not_panic_again() {
    struct Guarded;
    impl Drop for Guarded {
        fn drop(&mut self) {
            allocates_nothing(true);
        }
    }
    let caught = panic::catch_unwind(|| {
        let _guarded = Guarded;
        panic!("the first");
    });
    let message = *caught.unwrap_err().downcast::<&str>().unwrap();
    assert_eq!(message, "the first");
}

#[test]
fn allocating_while_a_backtrace_is_taken_is_counted_and_does_not_lock_up() {
    // `std` holds its own lock while it walks and resolves, and allocates under it.
    #[no_alloc]
    fn captures() -> usize {
        Backtrace::force_capture().to_string().len()
    }
    let message = *panic::catch_unwind(captures).unwrap_err().downcast::<String>().unwrap();
    assert!(message.starts_with("alloc-kit: `captures` made "), "{message}");
    assert!(!cfg!(debug_assertions) || message.contains("to_string"), "{message}");
    let (backtrace, usage) = measure(Backtrace::force_capture);
    assert!(usage.allocations > 0, "{usage} for {backtrace}");
}

#[test]
fn guards_stay_on_their_thread() {
    /// Has two impls for what is `Send`, so that naming one by inference does not compile.
    trait NotSend<Ambiguous> {
        fn holds() {}
    }
    impl<T: ?Sized> NotSend<()> for T {}
    impl<T: ?Sized + Send> NotSend<u8> for T {}
    <alloc_kit::__private::Guard as NotSend<_>>::holds();
}
