//! Futures: counted poll by poll, on whatever threads these are, and judged when they are ready or dropped before.
//!
//! Run with: `cargo test -p alloc-kit-tests --test polls`, also with `--release`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

mod futures;

use std::cell::RefCell;
use std::future::{Future, pending};
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use alloc_kit::{alloc_budget, assert_alloc_budget, assert_no_alloc, measure_future, no_alloc};
use futures::{allocate, block_on, block_on_quietly, broken, poll, title, waits};

#[alloc_budget(n)]
async fn one_a_turn(n: u32) -> u32 {
    for _ in 0..n {
        allocate(10);
        waits(1).await;
    }
    n
}

#[no_alloc]
async fn breaks_after_waiting(bytes: usize) {
    waits(2).await;
    allocate(bytes);
    waits(2).await;
    allocate(bytes);
}

#[test]
fn polls_are_added_up_and_what_is_between_them_is_not() {
    assert_eq!(block_on(one_a_turn(5)), 5);
    let message = broken(|| block_on(breaks_after_waiting(7)));
    let expected = "alloc-kit: `breaks_after_waiting` made 2 heap allocations (14 bytes); its budget is 0";
    assert_eq!(title(&message), expected);
    if cfg!(debug_assertions) {
        // Both polls led there.
        assert!(message.contains("drop(black_box(vec![1_u8; bytes]))"), "{message}");
        assert!(message.contains("2 allocations, 14 bytes"), "{message}");
    }
}

#[test]
fn peaks_and_live_bytes_go_on_from_poll_to_poll() {
    #[alloc_budget(live_bytes = 100, peak_bytes = 250)]
    async fn keeps(more: usize) -> Vec<u8> {
        let kept = black_box(vec![1_u8; 100]);
        waits(1).await;
        let second = black_box(vec![1_u8; 100]);
        waits(1).await;
        allocate(more);
        drop(second);
        waits(1).await;
        kept
    }
    assert_eq!(block_on(keeps(50)).len(), 100);
    let message = broken(|| block_on(keeps(51)));
    assert_eq!(
        title(&message),
        "alloc-kit: `keeps` held 251 bytes at its peak; its budget is `peak_bytes = 250`"
    );
    let ((), usage) = block_on(measure_future(async {
        let first = black_box(vec![1_u8; 100]);
        waits(1).await;
        allocate(20);
        drop(first);
        waits(1).await;
        allocate(30);
    }));
    assert_eq!(
        (usage.allocations, usage.bytes_allocated, usage.peak_bytes, usage.live_bytes),
        (3, 150, 120, 0)
    );
}

#[test]
fn a_future_that_is_dropped_early_is_judged_then_and_its_drops_are_inside() {
    #[no_alloc(deallocations = 0)]
    async fn holds(list: Vec<u8>) -> usize {
        pending::<()>().await;
        list.len()
    }
    #[no_alloc]
    async fn allocates_first() {
        allocate(3);
        pending::<()>().await;
    }
    let message = broken(|| drop(poll_once(allocates_first())));
    assert_eq!(
        title(&message),
        "alloc-kit: `allocates_first` made 1 heap allocation (3 bytes); its budget is 0"
    );
    let list = black_box(vec![1_u8]);
    let message = broken(|| drop(poll_once(holds(list))));
    assert_eq!(title(&message), "alloc-kit: `holds` made 1 deallocation; its budget is `deallocations = 0`");
    // What was never polled has done nothing.
    drop(allocates_first());
}

fn poll_once<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    assert!(poll(future.as_mut()).is_pending());
    future
}

#[test]
fn two_at_a_time_do_not_disturb_each_other() {
    let (mut first, mut second) = (pin!(one_a_turn(3)), pin!(one_a_turn(2)));
    let (mut of_first, mut of_second) = (None, None);
    while of_first.is_none() || of_second.is_none() {
        if of_first.is_none() {
            of_first = as_option(poll(first.as_mut()));
        }
        if of_second.is_none() {
            of_second = as_option(poll(second.as_mut()));
        }
    }
    assert_eq!((of_first, of_second), (Some(3), Some(2)));
}

fn as_option<T>(poll: Poll<T>) -> Option<T> {
    match poll {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

#[test]
fn a_panic_in_a_poll_is_passed_on_and_leaves_the_counters_in_order() {
    #[no_alloc]
    async fn panics() {
        waits(1).await;
        allocate(1);
        panic!("on purpose");
    }
    let payload = panic::catch_unwind(|| block_on(panics())).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "on purpose");
    let ((), usage) = alloc_kit::measure(|| allocate(32));
    assert_eq!((usage.allocations, usage.peak_bytes), (1, 32));
    assert_no_alloc!(assert_eq!(black_box(1), 1));
}

#[test]
fn what_was_left_by_a_panic_is_judged_the_next_time() {
    #[no_alloc]
    async fn panics_or_allocates(panics: bool) {
        waits(1).await;
        assert!(!panics, "on purpose");
        allocate(1);
    }
    assert!(panic::catch_unwind(|| block_on(panics_or_allocates(black_box(true)))).is_err());
    let message = broken(|| block_on(panics_or_allocates(black_box(false))));
    assert_eq!(
        title(&message),
        "alloc-kit: `panics_or_allocates` made 1 heap allocation (1 byte); its budget is 0"
    );
}

#[test]
fn the_drop_of_what_was_left_by_a_panic_is_not_judged() {
    struct Panics(#[expect(dead_code, reason = "what counts is its drop")] Box<u8>);
    impl Future for Panics {
        type Output = ();

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            panic!("on purpose");
        }
    }
    #[no_alloc(deallocations = 0)]
    fn gives(block: Box<u8>) -> impl Future<Output = ()> {
        Panics(block)
    }
    let mut future = Box::pin(gives(black_box(Box::new(1))));
    assert!(panic::catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()).is_ready())).is_err());
    drop(future);
}

#[test]
fn the_first_calls_warm_up_in_all_of_their_polls() {
    #[no_alloc(warmup = 1)]
    async fn allocates_late() {
        waits(1).await;
        allocate(2);
    }
    block_on(allocates_late());
    assert_eq!(
        title(&broken(|| block_on(allocates_late()))),
        "alloc-kit: `allocates_late` made 1 heap allocation (2 bytes); its budget is 0"
    );
}

#[test]
fn what_is_over_where_no_more_is_traced_is_found_at_the_end() {
    #[no_alloc]
    async fn floods() {
        for _ in 0..2_000 {
            allocate(1);
        }
        pending::<()>().await;
    }
    /// A budget round a call.
    type Around = fn(&mut dyn FnMut() -> bool) -> bool;
    // More than is traced, in a region inside; then nothing that could be noticed, until the outer one ends.
    let around: [(&str, Around); 4] = [
        ("made 2000 heap allocations", |poll| assert_alloc_budget!(1_999, poll())),
        ("made 2000 heap allocations", |poll| assert_alloc_budget!(1_999, bytes = 9_999, poll())),
        ("allocated 2000 bytes", |poll| assert_alloc_budget!(bytes = 1_999, poll())),
        ("made 2000 deallocations", |poll| assert_alloc_budget!(deallocations = 1_999, poll())),
    ];
    // A thread's first region is entered in another way than the others.
    assert_no_alloc!(assert_eq!(black_box(1), 1));
    for (expected, around) in around {
        let mut future = Box::pin(floods());
        let message = broken(|| around(&mut || poll(future.as_mut()).is_pending()));
        assert!(title(&message).contains(expected), "{message}");
        assert!(title(&broken(|| drop(future))).contains("`floods` made 2000 heap allocations"));
    }
}

#[test]
fn a_wait_that_a_macro_hides_is_told_where_it_left_the_region() {
    macro_rules! hidden {
        ($future:expr) => {
            $future.await
        };
    }
    async fn waits_inside() {
        assert_no_alloc!(hidden!(waits(1)));
    }
    // Alone on its thread it works.
    block_on_quietly(waits_inside());
    let mut future = Box::pin(waits_inside());
    assert_no_alloc!(assert!(poll(future.as_mut()).is_pending()));
    let message = broken(|| poll(future.as_mut()).is_ready());
    assert!(message.starts_with("alloc-kit: a budget was not verified: its region did not end"), "{message}");
}

#[test]
fn a_task_that_a_nested_loop_polls_inside_of_its_own_kind_is_judged_all_the_same() {
    type Task = Pin<Box<dyn Future<Output = ()>>>;
    #[alloc_budget(if n > 50 { 1_000_u64 } else { 0 })]
    async fn step(n: usize, other: Option<&RefCell<Task>>) {
        if let Some(other) = other {
            assert!(poll(other.borrow_mut().as_mut()).is_pending());
        }
        waits(1).await;
        if n == 1 {
            allocate(7);
        }
    }
    let task: RefCell<Task> = RefCell::new(Box::pin(step(1, None)));
    // The first poll is inside of another call; the rest is not.
    block_on(step(100, Some(&task)));
    let message = broken(|| block_on(task.into_inner()));
    assert_eq!(title(&message), "alloc-kit: `step` made 1 heap allocation (7 bytes); its budget is 0");
    // All of it inside is recursion: the outermost call is judged.
    #[alloc_budget(n)]
    async fn drives(n: usize, other: Option<Task>) {
        let _ = n;
        if let Some(mut other) = other {
            while poll(other.as_mut()).is_pending() {}
        } else {
            waits(1).await;
            allocate(3);
        }
    }
    block_on(drives(2, Some(Box::pin(drives(0, None)))));
}

#[test]
fn threads_that_started_in_an_earlier_poll_are_mentioned() {
    #[alloc_budget(20)]
    async fn spawns() {
        std::thread::spawn(|| allocate(1)).join().unwrap();
        waits(1).await;
        for _ in 0..21 {
            allocate(1);
        }
    }
    let message = broken(|| block_on(spawns()));
    assert!(message.contains("started meanwhile, here or elsewhere"), "{message}");
}
