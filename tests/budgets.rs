//! What a budget can say beside its limits: expressions, warm-up, all threads, another path to the crate.
//!
//! Run with: `cargo test -p alloc-kit-tests --test budgets`, also with `--release`.

use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::pin::pin;
use std::sync::OnceLock;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;

use alloc_kit::{alloc_budget, assert_alloc_budget, assert_no_alloc, measure, no_alloc};

/// The message with which the call fails.
fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a broken budget");
    *payload.downcast::<String>().expect("a message")
}

fn title(message: &str) -> &str {
    message.lines().next().expect("a first line")
}

fn allocate(bytes: usize) {
    drop(black_box(vec![1_u8; bytes]));
}

#[test]
fn the_first_calls_of_a_process_warm_up() {
    #[no_alloc(warmup = 2)]
    fn warms_up(allocates: bool) {
        if allocates {
            allocate(1);
        }
    }
    warms_up(true);
    warms_up(true);
    warms_up(false);
    let message = broken(|| warms_up(true));
    assert_eq!(title(&message), "alloc-kit: `warms_up` made 1 heap allocation (1 byte); its budget is 0");
    assert!(
        message.contains("= note: `warmup = 2`: the first calls in this process were let pass"),
        "{message}"
    );
}

#[test]
fn a_cache_is_filled_by_the_first_call() {
    static CACHE: OnceLock<Vec<usize>> = OnceLock::new();

    #[alloc_budget(0, warmup = 1, bytes = 0)]
    fn squared(n: usize) -> usize {
        CACHE.get_or_init(|| (0..100).map(|n| n * n).collect())[n]
    }
    assert_eq!((squared(3), squared(4)), (9, 16));
}

#[test]
fn what_warms_up_counts_for_the_budgets_around_and_inside() {
    #[no_alloc(warmup = 1)]
    fn inner() {
        allocate(3);
    }
    #[no_alloc(warmup = 1)]
    fn outer(n: usize) {
        assert_no_alloc!(warmup = 0_u64, allocate(n));
    }
    assert_eq!(
        title(&broken(|| assert_no_alloc!(inner()))),
        "alloc-kit: `assert_no_alloc!` made 1 heap allocation (3 bytes); its budget is 0"
    );
    assert!(
        title(&broken(|| outer(4))).starts_with("alloc-kit: `assert_no_alloc!` made 1 heap allocation (4")
    );
}

#[test]
fn a_recursive_call_is_in_the_warm_up_of_the_outermost() {
    #[no_alloc(warmup = 1)]
    fn recursive(n: u32) {
        if n > 0 {
            recursive(n - 1);
        } else {
            allocate(1);
        }
    }
    recursive(5);
    assert!(title(&broken(|| recursive(5))).starts_with("alloc-kit: `recursive` made 1 heap allocation (1"));
}

mod renamed {
    pub(crate) use ::alloc_kit as kit;
}

#[alloc_budget(1, crate = renamed::kit)]
fn under_another_name() {
    allocate(1);
}

#[renamed::kit::no_alloc(crate = crate::renamed::kit)]
mod in_a_module_under_another_name {
    pub(super) fn breaks() {
        super::allocate(1);
    }

    #[renamed::kit::alloc_allowed("as it says", crate = crate::renamed::kit)]
    pub(super) fn allowed() {
        super::allocate(1);
    }

    use super::renamed;
}

#[test]
fn the_crate_may_have_another_name() {
    under_another_name();
    in_a_module_under_another_name::allowed();
    let message = broken(in_a_module_under_another_name::breaks);
    assert_eq!(title(&message), "alloc-kit: `breaks` made 1 heap allocation (1 byte); its budget is 0");
}

#[test]
fn expressions_see_all_arguments_and_the_receiver() {
    struct Table {
        rows: usize,
    }
    impl Table {
        #[alloc_budget(self.rows.max(more) * 2, bytes = (self.rows * 100).try_into().unwrap_or(u64::MAX), scope = thread)]
        fn fill(&self, more: usize, (_, _): (u8, u8)) {
            for _ in 0..self.rows.max(more.min(1)) * 2 {
                allocate(50);
            }
        }
    }
    let table = Table { rows: 3 };
    table.fill(1, (0, 0));
    table.fill(9, (0, 0));
}

/// Tests that run beside it allocate as they like, so the figures can only be bounded from below here. They are exact
/// in a process of its own: `tests/report.rs` runs one, of `fixtures/register`.
#[test]
fn with_the_scope_of_the_process_all_threads_count() {
    #[no_alloc(scope = process)]
    fn on_another_thread() {
        let thread = thread::spawn(|| {
            for _ in 0..1_000 {
                allocate(10);
            }
        });
        thread.join().unwrap();
    }
    let message = broken(on_another_thread);
    let (_, made) = title(&message).split_once("`on_another_thread` made ").unwrap();
    let made: u64 = made.split(' ').next().unwrap().parse().unwrap();
    assert!(made >= 1_000, "{message}");
    assert!(message.contains("of them by other threads, of which no line is known"), "{message}");
}

#[test]
fn a_thread_that_was_there_before_counts_for_the_process_too() {
    let (work, orders) = mpsc::channel::<usize>();
    let (done, results) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        for n in orders {
            for _ in 0..n {
                allocate(10);
            }
            done.send(()).unwrap();
        }
    });
    let run = |n| {
        work.send(n).unwrap();
        results.recv().unwrap();
    };
    run(1);
    // Another test may allocate meanwhile, but hardly a million times.
    assert_alloc_budget!(1_000_000, scope = process, run(10));
    let message = broken(|| assert_alloc_budget!(1_000_000, scope = process, run(1_000_001)));
    let (_, made) = title(&message).split_once("`assert_alloc_budget!` made ").unwrap();
    let made: u64 = made.split(' ').next().unwrap().parse().unwrap();
    assert!((1_000_001..2_000_000).contains(&made), "{message}");
    drop(work);
    thread.join().unwrap();
}

#[test]
fn with_the_scope_of_the_process_nothing_is_left_behind_and_awaits_do_not_forget() {
    #[alloc_budget(1_000_000, scope = process)]
    fn inner() {}
    let ((), usage) = measure(inner);
    assert_eq!((usage.allocations, usage.deallocations, usage.live_bytes), (0, 0, 0));

    #[alloc_budget(1_000, scope = process)]
    async fn over_an_await() {
        thread::spawn(|| (0..2_000).for_each(|_| allocate(1))).join().unwrap();
        let mut waited = false;
        poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
    let message = broken(|| {
        let mut future = pin!(over_an_await());
        while future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {}
    });
    assert!(title(&message).starts_with("alloc-kit: `over_an_await` made "), "{message}");
}

#[test]
fn raw_names_are_keys_as_well() {
    #[alloc_budget(r#bytes = 10, r#allocations = 1)]
    fn raw() {
        allocate(10);
    }
    raw();
}
