//! What threads share for the figures of the whole process, under loom: every order in which they can run, and every value that
//! an atomic may then read. The list of all threads (`on/all.rs`), the lines that are read while they are changed
//! (`on/versions.rs`), and the places for contexts (`on/free.rs`).
//!
//! The crate's files are built here once more, on loom's types. A line is two words that belong together, as relaxed atomics: of
//! the words themselves the crate asks what processors promise (`threads.rs`), and loom, which knows the language's rules, would
//! call them a race.
//!
//! What is to be seen in every order is on threads of its own: what the model's first thread does before another has run is not
//! tried later than that by loom.
//!
//! Not modelled: a region's sum with those of its handles, which is a mutex and an `Arc` of std's; the mode and the report's
//! switch, each one word that is written before `main`; the report's file, which processes lock by the system's `flock`.
//!
//! Run with: `cargo test -p alloc-kit-tests --test threads_loom`.

#![allow(dead_code, unreachable_pub, reason = "what of the crate's files is not modelled")]

#[path = "../alloc-kit/src/on/all.rs"]
mod all;
#[path = "../alloc-kit/src/on/free.rs"]
mod free;
#[path = "../alloc-kit/src/on/totals.rs"]
mod totals;
#[path = "../alloc-kit/src/on/versions.rs"]
mod versions;
mod sync {
    pub(super) use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, fence};
    use loom::thread;

    pub(super) struct UnsafeCell<T>(loom::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(super) fn new(value: T) -> Self {
            Self(loom::cell::UnsafeCell::new(value))
        }

        pub(super) fn with_mut<R>(&self, work: impl FnOnce(*mut T) -> R) -> R {
            self.0.with_mut(work)
        }
    }

    pub(super) fn pause(_times: u32) {
        thread::yield_now();
    }

    /// Loom lets the others run.
    pub(super) fn wait(_tries: u32) -> bool {
        thread::yield_now();
        true
    }
}

use std::ptr;

use all::{All, List, Node};
use free::Free;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use loom::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, fence};
use loom::thread;
use totals::Totals;

/// A thread's line: `left` and `base` belong together, and their difference is what was counted.
struct Line {
    version: AtomicU32,
    base: AtomicI64,
    left: AtomicI64,
}

impl Line {
    fn new() -> Self {
        Self { version: AtomicU32::new(0), base: AtomicI64::new(100), left: AtomicI64::new(100) }
    }

    /// As the hook does: one word.
    fn count(&self) {
        self.left.store(self.left.load(Relaxed) - 1, Relaxed);
    }

    /// As a region does, which sets another trap: both words, and the same difference.
    fn set_another_trap(&self) {
        let counted = self.base.load(Relaxed) - self.left.load(Relaxed);
        self.step();
        fence(Release);
        self.base.store(10 + counted, Relaxed);
        self.left.store(10, Relaxed);
        self.step();
    }

    /// As `Changing` in `line.rs`, which does it by one instruction, for signal handlers.
    fn step(&self) {
        self.version.store(self.version.load(Relaxed) + 1, Release);
    }
}

fn look(line: *mut Line) -> Option<Totals> {
    // SAFETY: a line in the list is valid, and only looked at.
    let line = unsafe { &*line };
    let counted = versions::read(&line.version, || line.base.load(Relaxed) - line.left.load(Relaxed));
    counted.map(|allocations| Totals { allocations, ..Totals::NONE })
}

fn counted(line: &Line) -> i64 {
    look(ptr::from_ref(line).cast_mut()).expect("it is not changed for ever").allocations
}

fn world() -> Arc<All<Line>> {
    Arc::new(All::with(AtomicBool::new(false), AtomicBool::new(false), sync::UnsafeCell::new(List::EMPTY)))
}

fn sum(all: &All<Line>) -> i64 {
    all.totals(look).expect("complete").allocations
}

/// A thread's life: it comes, does something, and goes; its line and its place in the list are gone with it.
fn live(all: &All<Line>, work: impl FnOnce(&Line)) {
    let (node, line) = (Node::new(), Line::new());
    // SAFETY: both are this thread's, and it lets them go below. The line is only looked at, here and elsewhere.
    unsafe { all.enter(&node, ptr::from_ref(&line).cast_mut()) };
    work(&line);
    all.leave(&node, look);
    assert!(node.line.get().is_null() || !all.is_complete());
}

#[test]
fn who_sums_sees_what_threads_count_that_come_and_go() {
    loom::model(|| {
        let all = world();
        let there = Arc::clone(&all);
        let other = thread::spawn(move || {
            for events in [1, 2] {
                live(&there, |line| (0..events).for_each(|_| line.count()));
            }
        });
        assert!((0..=3).contains(&sum(&all)));
        other.join().unwrap();
        // What came before a `join` is in it.
        assert_eq!(sum(&all), 3);
        // SAFETY: there is no other thread.
        assert!(unsafe { all.list_while_alone(|list| list.first.is_null()) });
    });
}

#[test]
fn a_thread_that_goes_does_not_take_its_neighbours_along() {
    loom::model(|| {
        let all = world();
        live(&all, |here| {
            here.count();
            let elsewhere = Arc::clone(&all);
            let other = thread::spawn(move || live(&elsewhere, Line::count));
            assert!((1..=2).contains(&sum(&all)));
            other.join().unwrap();
            assert_eq!(sum(&all), 2);
        });
        assert_eq!(sum(&all), 2);
    });
}

#[test]
fn words_that_belong_together_are_seen_together() {
    loom::model(|| {
        let line = Arc::new(Line::new());
        line.count();
        let there = Arc::clone(&line);
        let other = thread::spawn(move || {
            there.set_another_trap();
            there.count();
        });
        let elsewhere = Arc::clone(&line);
        let reader = thread::spawn(move || {
            let seen = counted(&elsewhere);
            assert!((1..=2).contains(&seen), "{seen}");
        });
        reader.join().unwrap();
        other.join().unwrap();
        assert_eq!(counted(&line), 2);
    });
}

#[test]
fn a_list_that_is_given_up_is_not_looked_at() {
    loom::model(|| {
        let all = world();
        let there = Arc::clone(&all);
        let other = thread::spawn(move || live(&there, Line::count));
        let elsewhere = Arc::clone(&all);
        let gives_up = thread::spawn(move || {
            elsewhere.give_up();
            assert_eq!(elsewhere.totals(look), None);
        });
        gives_up.join().unwrap();
        other.join().unwrap();
    });
}

#[test]
fn a_place_is_one_threads_and_what_was_there_before_is_over() {
    loom::model(|| {
        // One place is free.
        let world = Arc::new((Free::with(AtomicU64::new(1 << 5)), UnsafeCell::new(0)));
        let use_it = |(free, place): &(Free, UnsafeCell<u32>)| {
            let Some(index) = free.take() else { return 0 };
            assert_eq!(index, 5);
            // Loom reports it if another thread is there, or was there and this one does not see it.
            place.with_mut(|place| {
                // SAFETY: the pointer is loom's, which reports it if anybody else is there.
                unsafe { *place += 1 };
            });
            free.give_back(index);
            1
        };
        let threads = [(); 2].map(|()| {
            let world = Arc::clone(&world);
            thread::spawn(move || use_it(&world))
        });
        let uses: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert!(uses >= 1);
        assert_eq!(use_it(&world), 1);
        world.1.with(|place| {
            // SAFETY: the pointer is loom's, which reports it if anybody else is there.
            let uses_seen = unsafe { *place };
            assert_eq!(uses_seen, uses + 1);
        });
    });
}

#[test]
fn two_threads_never_take_the_same_place() {
    loom::model(|| {
        let free = Arc::new(Free::with(AtomicU64::new(0b11)));
        let threads = [(); 2].map(|()| {
            let free = Arc::clone(&free);
            thread::spawn(move || free.take())
        });
        let mut taken = threads.map(|thread| thread.join().unwrap());
        taken.sort_unstable();
        assert_eq!(taken, [Some(0), Some(1)]);
        assert_eq!(free.take(), None);
        free.give_back(1);
        assert_eq!(free.take(), Some(1));
    });
}

/// What a model of this kind is worth is what it notices: the same with an order that is too weak.
#[test]
#[should_panic(expected = "Causality violation")]
fn loom_notices_a_place_that_is_given_back_without_an_order() {
    loom::model(|| {
        let world = Arc::new((AtomicBool::new(true), UnsafeCell::new(0)));
        let there = Arc::clone(&world);
        let other = thread::spawn(move || {
            if there.0.swap(false, Acquire) {
                there.1.with_mut(|place| {
                    // SAFETY: the pointer is loom's, which reports it if anybody else is there.
                    unsafe { *place += 1 };
                });
                there.0.store(true, Relaxed);
            }
        });
        if world.0.swap(false, Acquire) {
            world.1.with_mut(|place| {
                // SAFETY: the pointer is loom's, which reports it if anybody else is there.
                unsafe { *place += 1 };
            });
            world.0.store(true, Release);
        }
        other.join().unwrap();
    });
}
