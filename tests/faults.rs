//! Failing allocations: which one fails, what is left untouched, what cannot fail, and what is no test at all.
//!
//! Run with: `cargo test -p alloc-kit-tests --test faults`, also with `--release`.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::collections::{BinaryHeap, HashMap, HashSet, TryReserveError, VecDeque};
use std::env;
use std::hint::black_box;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::pin::pin;
use std::process::Command;
use std::sync::Barrier;
use std::task::{Poll, Waker};
use std::thread;

use alloc_kit::{
    alloc_budget, allow_alloc, assert_alloc_budget, assert_no_alloc, fail_nth, for_each_allocation_failure,
    measure, no_alloc,
};

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

/// Whether each of so many requests was served.
fn reserve_each(n: usize) -> u32 {
    (0..n).fold(0, |served, _| served * 10 + u32::from(reserve()))
}

#[test]
fn the_nth_fails_and_no_other() {
    assert_eq!(fail_nth(1, || reserve_each(4)), 111);
    assert_eq!(fail_nth(2, || reserve_each(4)), 1_011);
    assert_eq!(fail_nth(4, || reserve_each(4)), 1_110);
    assert_eq!(reserve_each(4), 1_111);
}

#[test]
fn every_collection_sees_it() {
    fn fails(call: impl FnOnce() -> Result<(), TryReserveError>) {
        let error = fail_nth(1, call).unwrap_err();
        assert!(error.to_string().contains("allocator returned an error"), "{error}");
    }
    fails(|| black_box(&mut Vec::<u64>::new()).try_reserve(3));
    fails(|| black_box(&mut Vec::<u64>::new()).try_reserve_exact(3));
    fails(|| black_box(&mut String::new()).try_reserve(3));
    fails(|| black_box(&mut String::new()).try_reserve_exact(3));
    fails(|| black_box(&mut VecDeque::<u64>::new()).try_reserve(3));
    fails(|| black_box(&mut BinaryHeap::<u64>::new()).try_reserve(3));
    fails(|| black_box(&mut HashMap::<u64, u64>::new()).try_reserve(3));
    fails(|| black_box(&mut HashSet::<u64>::new()).try_reserve(3));
    fails(|| black_box(&mut std::path::PathBuf::new()).try_reserve(3));
}

#[test]
fn a_collection_that_cannot_grow_is_as_it_was() {
    let mut list = vec![1_u64, 2, 3];
    let mut map = HashMap::from([(1, 2)]);
    for _ in 0..2 {
        assert!(fail_nth(1, || list.try_reserve(1_000)).is_err());
        assert!(fail_nth(1, || map.try_reserve(1_000)).is_err());
        assert_eq!((list.as_slice(), &map), (&[1, 2, 3][..], &HashMap::from([(1, 2)])));
    }
    list.try_reserve(1_000).unwrap();
    map.try_reserve(1_000).unwrap();
}

#[test]
fn every_method_and_alignment_fails_by_hand() {
    for align in [1, 8, 16, 64, 4096] {
        for size in [1, 24, 5_000, 300_000] {
            let layout = Layout::from_size_align(size, align).unwrap();
            let usage = measure(|| {
                // SAFETY: no size here is zero.
                assert!(fail_nth(1, || black_box(unsafe { alloc(layout) })).is_null());
                // SAFETY: as above.
                assert!(fail_nth(1, || black_box(unsafe { alloc_zeroed(layout) })).is_null());
            });
            assert_eq!(usage.1.to_string(), measure(|| ()).1.to_string(), "{layout:?}");
            // SAFETY: as above.
            let block = unsafe { alloc_zeroed(layout) };
            for new_size in [size + 1, 2 * size, 1 << 20] {
                let usage = measure(|| {
                    // SAFETY: the block has this layout, and no size here is zero.
                    assert!(fail_nth(1, || unsafe { realloc(block, layout, new_size) }).is_null());
                });
                assert_eq!(usage.1.to_string(), measure(|| ()).1.to_string(), "{layout:?} to {new_size}");
            }
            // SAFETY: a reallocation that fails leaves the block, which was zeroed, to its owner.
            let bytes = unsafe { std::slice::from_raw_parts(block, size) };
            assert!(bytes.iter().all(|byte| *byte == 0));
            // SAFETY: as above.
            unsafe { dealloc(block, layout) };
        }
    }
}

#[test]
fn shrinking_and_freeing_are_no_allocations() {
    let mut list = vec![1_u8; 100];
    assert!(!fail_nth(1, || {
        list.truncate(10);
        list.shrink_to_fit();
        drop(list);
        reserve()
    }));
}

#[test]
fn what_fails_is_in_no_figure() {
    for n in 1..=3 {
        let (served, usage) = measure(|| fail_nth(n, || reserve_each(3)));
        assert!([11, 101, 110].contains(&served));
        let figures = (usage.allocations, usage.deallocations, usage.bytes_allocated);
        assert_eq!(figures, (2, 2, 20), "{usage}");
        assert_eq!((usage.live_bytes, usage.peak_bytes), (0, 10), "{usage}");
    }
    // Nor is one that would have been a new peak.
    let (_, usage) = measure(|| fail_nth(1, || Vec::<u8>::new().try_reserve(1 << 20)));
    assert_eq!(usage.to_string(), measure(|| ()).1.to_string());
}

#[test]
fn what_is_spared_is_counted_as_ever() {
    let grown = |list: &mut Vec<u8>| (0..9).for_each(|n| list.push(n));
    let ((), plain) = measure(|| grown(&mut Vec::new()));
    let mut usage = plain;
    // Around the panic, which allocates as well.
    broken(|| fail_nth(2, || usage = measure(|| grown(black_box(&mut Vec::new()))).1));
    assert_eq!(usage, plain);
}

#[test]
fn a_reallocation_on_a_checked_path_is_one() {
    let mut lists = [vec![1_u8], vec![1_u8]];
    // Each is a new peak, so the hook looks twice.
    let served =
        fail_nth(2, || measure(|| lists.each_mut().map(|list| list.try_reserve_exact(1_000).is_ok())));
    assert_eq!(served.0, [true, false]);
    assert_eq!((served.1.allocations, served.1.reallocations), (1, 1));
}

/// A list and an index of it.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    index: HashMap<String, usize>,
}

impl Names {
    fn copy(text: &str) -> Result<String, TryReserveError> {
        let mut copy = String::new();
        copy.try_reserve_exact(text.len())?;
        copy.push_str(text);
        Ok(copy)
    }

    fn add(&mut self, name: &str) -> Result<(), TryReserveError> {
        let (name, key) = (Self::copy(name)?, Self::copy(name)?);
        self.list.try_reserve(1)?;
        self.index.try_reserve(1)?;
        self.index.insert(key, self.list.len());
        self.list.push(name);
        Ok(())
    }

    /// With a bug: what is in the list stays there if there is no room in the index.
    fn add_carelessly(&mut self, name: &str) -> Result<(), TryReserveError> {
        self.list.try_reserve(1)?;
        self.list.push(Self::copy(name)?);
        self.index.try_reserve(1)?; // the line that fails
        self.index.insert(Self::copy(name)?, self.list.len() - 1);
        Ok(())
    }

    fn agree(&self) -> bool {
        self.list.len() == self.index.len()
    }
}

#[test]
fn each_allocation_fails_once() {
    let mut runs = 0;
    let mut without_failure = 0;
    let failed = for_each_allocation_failure(|| {
        runs += 1;
        let mut names = Names::default();
        let added = names.add("alpha").is_ok();
        without_failure += u64::from(added);
        assert_eq!(names.list.len(), usize::from(added));
        assert!(names.agree());
    });
    assert_eq!((failed, runs, without_failure), (4, 5, 1));
}

#[test]
fn the_failures_are_the_first_the_second_and_so_on() {
    let mut served = Vec::with_capacity(9);
    assert_eq!(for_each_allocation_failure(|| served.push(reserve_each(3))), 3);
    assert_eq!(served, [11, 101, 110, 111]);
}

#[test]
fn a_bug_on_the_way_out_is_found() {
    let mut runs = 0;
    let payload = panic::catch_unwind(AssertUnwindSafe(|| {
        for_each_allocation_failure(|| {
            runs += 1;
            let mut names = Names::default();
            let _ = names.add_carelessly("alpha");
            if !names.agree() {
                panic::panic_any(42_u8);
            }
        })
    }));
    // The list, its name, and then the index.
    assert_eq!(runs, 3);
    assert_eq!(payload.unwrap_err().downcast_ref(), Some(&42_u8), "the panic is passed on as it was");
    // Nothing of it is left.
    assert_eq!(reserve_each(5), 11_111);
}

/// Runs one of the tests below, which are nothing otherwise, in a process of its own; gives its standard error.
fn child(test: &str) -> String {
    let program = env::current_exe().unwrap();
    let run = Command::new(program).args(["--exact", test, "--nocapture"]).env(CHILD, "1").output().unwrap();
    assert!(!run.status.success(), "{run:?}");
    String::from_utf8(run.stderr).unwrap().replace('\r', "")
}

const CHILD: &str = "ALLOC_KIT_FAULTS_CHILD";

#[test]
fn child_careless() {
    if env::var_os(CHILD).is_some() {
        for_each_allocation_failure(|| {
            let mut names = Names::default();
            let _ = names.add_carelessly("alpha");
            assert!(names.agree(), "they do not agree");
        });
    }
}

#[test]
fn child_before() {
    if env::var_os(CHILD).is_some() {
        fail_nth(7, || assert!(!reserve(), "served"));
    }
}

#[test]
fn a_panic_is_told_with_what_had_failed() {
    let said = child("child_careless");
    assert!(said.contains("they do not agree"), "{said}");
    assert!(said.contains("alloc-kit: allocation 3 had failed before this panic\n"), "{said}");
    if cfg!(debug_assertions) {
        let (line, column) = place_of("try_reserve(1)?; // the line that fails");
        assert!(said.contains(&format!("--> tests/faults.rs:{line}:{column}\n")), "{said}");
        assert!(said.contains("^^^^^^^^^^^ this one failed\n"), "{said}");
    }
    let said = child("child_before");
    assert!(said.contains("alloc-kit: allocation 7 had not failed yet before this panic\n"), "{said}");
}

/// Line and column of the text, which is in the file once before this function's callers.
fn place_of(text: &str) -> (usize, usize) {
    let found =
        (1..).zip(include_str!("faults.rs").lines()).find_map(|(n, line)| Some((n, line.find(text)?)));
    found.map(|(line, column)| (line, column + 1)).unwrap()
}

#[test]
fn a_test_of_nothing_is_none() {
    let said = broken(|| fail_nth(0, reserve));
    assert_eq!(said, "alloc-kit: `fail_nth(0, ..)` fails nothing: the first allocation is 1");
    let said = broken(|| fail_nth(3, || reserve_each(2)));
    assert_eq!(said, "alloc-kit: `fail_nth(3, ..)` made only 2 allocations, so none failed");
    let said = broken(|| fail_nth(2, reserve));
    assert_eq!(said, "alloc-kit: `fail_nth(2, ..)` made only 1 allocation, so none failed");
    let said = broken(|| fail_nth(u64::MAX, || ()));
    assert_eq!(said, format!("alloc-kit: `fail_nth({}, ..)` made no allocation, so none failed", u64::MAX));
    let said = broken(|| for_each_allocation_failure(|| 1 + 1));
    assert_eq!(said, "alloc-kit: `for_each_allocation_failure` made no allocation, so none failed");
}

#[test]
fn a_closure_that_always_makes_more_comes_to_an_end() {
    let mut made = 0;
    let said = broken(|| {
        for_each_allocation_failure(|| {
            made += 1;
            for _ in 0..made {
                // SAFETY: the size is not zero.
                let block = black_box(unsafe { alloc(Layout::new::<u8>()) });
                if !block.is_null() {
                    // SAFETY: the block is the allocator's, by this layout.
                    unsafe { dealloc(block, Layout::new::<u8>()) };
                }
            }
        })
    });
    assert_eq!(made, 10_000);
    assert!(said.starts_with("alloc-kit: 10000 runs of `for_each_allocation_failure`"), "{said}");
    assert!(said.contains("= help: a run that makes more allocations than the one before"), "{said}");
}

#[test]
fn an_inner_region_counts_for_itself() {
    let served = fail_nth(3, || {
        let first = reserve_each(2);
        let inner = fail_nth(2, || reserve_each(9));
        (first, inner, reserve_each(2))
    });
    assert_eq!(served, (11, 111_111_111 - 10_000_000, 1));
    // Each in each.
    let mut all = 0;
    let failed = for_each_allocation_failure(|| {
        let _ = reserve();
        all += for_each_allocation_failure(|| reserve_each(2));
        let _ = reserve();
    });
    assert_eq!((failed, all), (2, 3 * 2));
}

#[test]
fn after_a_panic_the_outer_region_goes_on() {
    let served = fail_nth(2, || {
        let first = reserve_each(1);
        let caught = panic::catch_unwind(|| fail_nth(1, || panic::resume_unwind(Box::new(reserve()))));
        // The box of the payload is infallible code's, after the inner one had failed.
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&false));
        first * 100 + reserve_each(2)
    });
    assert_eq!(served, 101);
}

#[test]
fn budgets_inside_count_what_was_served() {
    #[alloc_budget(2, bytes = 20, live_bytes = 0)]
    fn two(n: usize) -> u32 {
        reserve_each(n)
    }
    #[no_alloc]
    fn none() -> bool {
        reserve()
    }
    assert_eq!(fail_nth(1, || two(3)), 11);
    assert_eq!(fail_nth(3, || two(3)), 110);
    assert!(!fail_nth(1, none));
    assert!(fail_nth(2, || two(2) == 10 && two(2) == 11));
    // Neither its entry nor its end makes the thread forget what is to fail.
    assert_eq!(fail_nth(4, || (two(2), two(2))), (11, 10));
    assert_eq!(fail_nth(5, || (two(2), two(2), reserve())), (11, 11, false));
    assert_eq!(fail_nth(5, || (reserve(), two(2), two(2))), (true, 11, 10));
    // Nor does one that breaks, and what its panic allocates is let pass.
    let after = fail_nth(4, || (panic::catch_unwind(|| two(3)).is_err(), reserve_each(2)));
    assert_eq!(after, (true, 1));
}

#[test]
fn a_broken_budget_around_does_not_hide_it() {
    #[no_alloc]
    fn over(n: usize) -> u32 {
        // More than is traced, so that the budget no longer asks to be told.
        for _ in 0..n {
            drop(black_box(Box::new(1_u8)));
        }
        fail_nth(1_500, || {
            for _ in 0..1_498 {
                drop(black_box(Box::new(1_u8)));
            }
            reserve_each(3)
        })
    }
    for n in [0, 2_000] {
        let mut served = 0;
        let message = broken(|| {
            served = over(n);
        });
        let made = n + 1_500;
        let title = format!("alloc-kit: `over` made {made} heap allocations (");
        assert!(message.starts_with(&title), "{message}");
    }
}

#[test]
fn budgets_around_hold_for_what_was_served() {
    assert!(!assert_no_alloc!(fail_nth(1, reserve)));
    assert_eq!(assert_alloc_budget!(2, bytes = 20, deallocations = 2, fail_nth(2, || reserve_each(3))), 101);
    let message = broken(|| assert_alloc_budget!(1, fail_nth(2, || reserve_each(3))));
    assert!(message.contains("made 2 heap allocations (20 bytes); its budget is 1"), "{message}");
    // A region in one that is over already, and the next after it.
    let message = broken(|| assert_no_alloc!((reserve(), fail_nth(2, || reserve_each(2)), reserve_each(3))));
    assert!(message.contains("made 5 heap allocations (50 bytes); its budget is 0"), "{message}");
    assert_eq!(assert_alloc_budget!(6, for_each_allocation_failure(|| reserve_each(2))), 2);
    let own = assert_alloc_budget!(4, deallocations = 4, for_each_allocation_failure(|| reserve_each(2)));
    assert_eq!(own, 2, "this crate's own work is not counted");
}

#[test]
fn an_exception_is_left_alone() {
    assert_eq!(fail_nth(2, || (allow_alloc!("not ours", reserve_each(3)), reserve_each(3))), (111, 101));
    let served = fail_nth(2, || (reserve(), allow_alloc!("not ours", reserve_each(3)), reserve_each(3)));
    assert_eq!(served, (true, 111, 11));
    // But a region in it is one.
    let served = fail_nth(1, || (allow_alloc!("not ours", fail_nth(2, || reserve_each(3))), reserve_each(3)));
    assert_eq!(served, (101, 11));
}

#[test]
fn polls_of_a_future_do_not_hide_it() {
    #[alloc_budget(2)]
    async fn two() -> (u32, u32) {
        let first = reserve_each(1);
        let mut waits = true;
        std::future::poll_fn(|task| {
            task.waker().wake_by_ref();
            if mem::take(&mut waits) { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        (first, reserve_each(2))
    }
    for (n, served) in [(1, (0, 11)), (2, (1, 1)), (3, (1, 10))] {
        let mut future = pin!(two());
        let mut task = std::task::Context::from_waker(Waker::noop());
        let result = fail_nth(n, || {
            assert!(future.as_mut().poll(&mut task).is_pending());
            future.as_mut().poll(&mut task)
        });
        assert_eq!(result, Poll::Ready(served));
    }
}

#[test]
fn measuring_inside_changes_nothing() {
    let served = fail_nth(3, || {
        let (one, usage) = measure(|| reserve_each(2));
        let (two, after) = measure(|| reserve_each(2));
        (one, usage.allocations, two, after.allocations)
    });
    assert_eq!(served, (11, 2, 1, 1));
}

#[test]
fn other_threads_are_left_alone() {
    let (now, later) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            now.wait();
            let served = reserve_each(4);
            later.wait();
            served
        });
        let own = fail_nth(2, || {
            let first = reserve();
            now.wait();
            later.wait();
            (first, reserve_each(2))
        });
        assert_eq!((own, other.join().unwrap()), ((true, 1), 1_111));
    });
}
