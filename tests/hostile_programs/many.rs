//! Very many threads, and very many regions: nothing grows, nothing wraps.

use std::hint::black_box;
use std::panic;
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use alloc_kit::{alloc_budget, assert_alloc_budget, measure, no_alloc};

use crate::child::{
    allocate, alone, alone_with, breaks, broken, holds, quietly, request, wait_for_the_harness,
};

/// One arena, so that the allocator's own figure has everything; it is not ours, and has what alloc-kit makes for itself.
fn with_one_arena(command: &mut Command) {
    command.env("GLIBC_TUNABLES", "glibc.malloc.arena_max=1:glibc.malloc.tcache_count=0");
}

/// What is allocated in the process, by the allocator itself.
#[cfg(target_env = "gnu")]
fn allocated() -> usize {
    // SAFETY: it has no requirement.
    let info = unsafe { libc::mallinfo2() };
    info.uordblks + info.hblkhd
}

#[cfg(not(target_env = "gnu"))]
fn allocated() -> usize {
    eprintln!("not tested: the allocator's own figure");
    0
}

/// Threads that each hold a budget, one after the other.
fn in_turn(threads: usize) {
    for _ in 0..threads {
        let thread = thread::Builder::new().stack_size(64 * 1024).spawn(|| {
            holds(2);
            measure(|| holds(3)).1.allocations
        });
        assert_eq!(thread.expect("a thread").join().expect("a figure"), 3);
    }
}

#[test]
fn ten_thousand_threads_in_turn() {
    let run = alone_with("many::ten_thousand_threads_in_turn", with_one_arena, || {
        quietly();
        in_turn(1_000);
        // What a thread has from its first guard on.
        holds(1);
        wait_for_the_harness();
        let before = allocated();
        let ((), usage) = measure(|| in_turn(100));
        let own = usage.allocations;
        assert_alloc_budget!(90 * (own + 500), scope = process, live_bytes = 0, in_turn(9_000));
        assert_eq!(allocated(), before, "alloc-kit, or a thread, keeps something");
        let message = broken(|| assert_alloc_budget!(own + 499, scope = process, in_turn(100)));
        assert!(message.contains(&format!("made {} heap allocations", own + 500)), "{message}");
        assert!(message.contains("500 allocations of them by other threads"), "{message}");
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn two_thousand_threads_at_once() {
    let run = alone("many::two_thousand_threads_at_once", || {
        quietly();
        let all_there = Barrier::new(2_000);
        thread::scope(|scope| {
            let spawn = |_| {
                let thread = thread::Builder::new().stack_size(64 * 1024).spawn_scoped(scope, || {
                    all_there.wait();
                    holds(7);
                    let ((), usage) = measure(|| holds(5));
                    all_there.wait();
                    usage.allocations
                });
                thread.expect("a thread: the machine has to let a process have 2,000")
            };
            let threads: Vec<_> = (0..2_000).map(spawn).collect();
            let sum: u64 = threads.into_iter().map(|thread| thread.join().expect("a figure")).sum();
            assert_eq!(sum, 10_000);
        });
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[no_alloc]
fn nothing() {
    black_box(());
}

#[alloc_budget(0, bytes = 0, peak_bytes = 0, live_bytes = 0, deallocations = 0)]
fn nothing_in_full() {
    nothing();
}

#[test]
fn a_million_regions_and_a_million_pairs() {
    let run = alone_with("many::a_million_regions_and_a_million_pairs", with_one_arena, || {
        quietly();
        nothing_in_full();
        wait_for_the_harness();
        let before = allocated();
        let ((), usage) = measure(|| {
            for _ in 0..1_000_000 {
                nothing();
            }
            for _ in 0..1_000_000 {
                nothing_in_full();
            }
            holds(1_000);
        });
        assert_eq!((usage.allocations, usage.bytes_allocated, usage.live_bytes), (1_000, 10_000, 0));
        assert_eq!(allocated(), before, "alloc-kit keeps something of a region");
        // The two million and first is judged as the first was.
        let message = broken(|| breaks(3));
        assert!(message.contains("made 3 heap allocations (30 bytes); its budget is 0"), "{message}");
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn two_hundred_broken_ones_leave_nothing() {
    let run = alone_with("many::two_hundred_broken_ones_leave_nothing", with_one_arena, || {
        quietly();
        let break_all = |most: usize| {
            for n in 1..=most {
                let message = broken(|| breaks(n));
                let noun = if n == 1 { "allocation" } else { "allocations" };
                assert!(message.contains(&format!("made {n} heap {noun} ({} bytes)", 10 * n)), "{message}");
            }
        };
        break_all(10);
        wait_for_the_harness();
        let before = allocated();
        break_all(200);
        assert_eq!(allocated(), before, "alloc-kit keeps something of a broken budget");
        holds(5);
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

/// What no request may be larger than.
const LARGEST: usize = isize::MAX as usize;

#[test]
fn figures_that_hardly_fit() {
    let run = alone("many::figures_that_hardly_fit", || {
        quietly();
        let ((), usage) = measure(|| (0..2).for_each(|_| request(LARGEST)));
        assert_eq!((usage.allocations, usage.bytes_allocated), (2, u64::MAX - 1), "{usage}");
        assert_eq!((usage.live_bytes, usage.peak_bytes), (0, LARGEST as u64), "{usage}");
        // More than 2^63 bytes in all are over every budget.
        for n in [1, 2] {
            assert!(
                broken(|| assert_alloc_budget!(bytes = 1_000, (0..n).for_each(|_| request(LARGEST))))
                    .contains(" bytes in ")
            );
            let most = u64::try_from(LARGEST).expect("a size") - 1;
            broken(|| assert_alloc_budget!(9, bytes = most, (0..n).for_each(|_| request(LARGEST))));
            broken(|| assert_alloc_budget!(peak_bytes = most, (0..n).for_each(|_| request(LARGEST))));
        }
        // The largest limits are limits, or none, but never negative ones.
        for limit in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) - 1] {
            assert_alloc_budget!(
                limit,
                bytes = limit,
                peak_bytes = limit,
                live_bytes = limit,
                deallocations = limit,
                {
                    allocate(3);
                    request(LARGEST);
                }
            );
            assert_alloc_budget!(limit, request(LARGEST));
        }
        // More freed than allocated.
        let older = vec![1_u8; 1_000];
        let ((), usage) = measure(|| drop(older));
        assert_eq!((usage.live_bytes, usage.peak_bytes, usage.deallocations), (-1_000, 0, 1), "{usage}");
        let older = vec![1_u8; 1_000];
        assert_alloc_budget!(live_bytes = 0, peak_bytes = 0, drop(older));
        // What fails is in no figure.
        let mut list = vec![1_u8; 100];
        let (failed, usage) = measure(|| list.try_reserve_exact(LARGEST - 200).is_err());
        assert!(failed);
        assert_eq!((usage.allocations, usage.peak_bytes, usage.live_bytes), (0, 0, 0), "{usage}");
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

/// A thread that loses its processor in the middle of a change is waited for.
#[test]
fn sums_of_all_threads_while_there_are_more_than_processors() {
    let run = alone("many::sums_of_all_threads_while_there_are_more_than_processors", || {
        quietly();
        wait_for_the_harness();
        broken(|| breaks(1));
        let threads = 2 * thread::available_parallelism().map_or(2, usize::from);
        let (stop, ready) = (AtomicBool::new(false), Barrier::new(threads + 1));
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    holds(0);
                    ready.wait();
                    while !stop.load(Ordering::Relaxed) {
                        holds(0);
                    }
                });
            }
            ready.wait();
            let wrong = (0..200).find_map(|_| {
                let judged = panic::catch_unwind(|| assert_alloc_budget!(2, scope = process, allocate(3)));
                let message = judged.err().map(|payload| *payload.downcast::<String>().expect("a message"));
                let message = message.unwrap_or_else(|| "not verified".to_owned());
                (!message.contains("made 3 heap allocations")).then_some(message)
            });
            // Before it fails: the scope waits for all of them.
            stop.store(true, Ordering::Relaxed);
            assert_eq!(wrong, None);
        });
    });
    if let Some(run) = run {
        run.succeeds().never_prints(&["is not verified"]);
    }
}
