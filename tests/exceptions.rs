//! Exceptions: counted apart, over every budget around them, and none inside.
//!
//! Run with: `cargo test -p alloc-kit-tests --test exceptions`, also with `--release`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::thread;

use alloc_kit::{
    Handle, alloc_allowed, alloc_budget, allow_alloc, assert_alloc_budget, assert_no_alloc, measure, no_alloc,
};

/// The first line of the message with which the call fails.
fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a broken budget");
    let message = payload.downcast::<String>().expect("a message");
    message.lines().next().expect("a first line").to_owned()
}

fn allocate(bytes: usize) -> usize {
    black_box(vec![1_u8; bytes]).len()
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return result;
        }
        allocate(1_000);
    }
}

async fn wait() {
    let mut waited = false;
    poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

#[no_alloc(deallocations = 0, bytes = 0)]
fn excepts(n: usize) -> usize {
    let sum = allow_alloc!("the test says so", allocate(n)) + allow_alloc!("a closure", || allocate(n));
    sum + allow_alloc!("a block", {
        allocate(n);
        allocate(n)
    },)
}

#[alloc_budget(1)]
fn one_beside_it() {
    allocate(10);
    allow_alloc!("the test says so", allocate(20));
}

#[alloc_budget(1)]
fn two_beside_it() {
    allocate(10);
    allow_alloc!("the test says so", allocate(20));
    allocate(30);
}

#[test]
fn what_is_excepted_is_in_no_budget_around() {
    assert_eq!(excepts(5), 15);
    one_beside_it();
    let message = broken(two_beside_it);
    assert_eq!(message, "alloc-kit: `two_beside_it` made 2 heap allocations (40 bytes); its budget is 1");
    // In the figures it is apart.
    let (_, usage) = measure(|| excepts(5));
    assert_eq!((usage.allocations, usage.deallocations, usage.allowed_allocations), (0, 0, 4));
    assert!(usage.to_string().ends_with(", and 4 allocations that `allow_alloc!` excepts"), "{usage}");
    // A measurement inside sees it.
    let usage = allow_alloc!("to look inside", measure(|| allocate(7)).1);
    assert_eq!((usage.allocations, usage.bytes_allocated, usage.peak_bytes), (1, 7, 7));
}

/// The whole message, on a thread that has counted nothing before.
fn message_of(call: fn()) -> String {
    let payload = thread::spawn(call).join().expect_err("a broken budget");
    *payload.downcast::<String>().expect("a message")
}

#[test]
fn it_hides_no_line_after_it_and_lends_none() {
    #[no_alloc]
    fn around() {
        allow_alloc!("many, and a budget that breaks", {
            (0..100).for_each(|_| assert_eq!(allocate(1), 1));
            broken(|| assert_no_alloc!(allocate(77)));
        });
        allocate(5);
    }
    let message = message_of(around);
    assert!(message.starts_with("alloc-kit: `around` made 1 heap allocation (5 bytes); its budget is 0\n"));
    assert!(!cfg!(debug_assertions) || message.contains("^^^^ 1 allocation, 5 bytes"), "{message}");
    assert!(!message.contains("77 bytes"), "{message}");
}

#[test]
fn threads_are_attached_to_no_region_around_it() {
    #[no_alloc]
    fn around() -> String {
        allow_alloc!("what it hides has no handle", {
            let handle = Handle::current();
            thread::scope(|scope| {
                scope.spawn(|| handle.attach(|| allocate(3)));
            });
            format!("{handle:?}")
        })
    }
    assert_eq!(around(), "Handle { of: None, .. }");
}

#[test]
fn peaks_and_live_bytes_are_those_without_it() {
    #[alloc_budget(peak_bytes = 30, live_bytes = 10)]
    fn keeps() -> (Vec<u8>, Vec<u8>) {
        let mine = black_box(vec![1_u8; 10]);
        let excepted = allow_alloc!("kept", black_box(vec![1_u8; 1_000]));
        allocate(20);
        (mine, excepted)
    }
    #[alloc_budget(peak_bytes = 30)]
    fn one_more() {
        let _kept = allow_alloc!("kept", black_box(vec![1_u8; 1_000]));
        allocate(31);
    }
    let (mine, excepted) = keeps();
    assert_eq!(mine.len() + excepted.len(), 1_010);
    assert_eq!(
        broken(one_more),
        "alloc-kit: `one_more` held 31 bytes at its peak; its budget is `peak_bytes = 30`"
    );
}

#[test]
fn a_budget_inside_is_judged_and_one_inside_of_that_is_excepted_again() {
    #[no_alloc]
    fn strict(n: usize) -> usize {
        allow_alloc!("in between", {
            assert_no_alloc!(|| allow_alloc!("innermost", allocate(n)));
            allocate(n)
        })
    }
    assert_eq!(strict(3), 3);
    let inside = broken(|| assert_no_alloc!(allow_alloc!("around", assert_no_alloc!(allocate(9)))));
    assert_eq!(inside, "alloc-kit: `assert_no_alloc!` made 1 heap allocation (9 bytes); its budget is 0");
    // The same function again is judged by itself there.
    #[alloc_budget(n)]
    fn recursive(n: usize) {
        if n > 0 {
            allow_alloc!("again", recursive(n - 1));
        } else {
            allocate(2);
        }
    }
    assert_eq!(
        broken(|| recursive(3)),
        "alloc-kit: `recursive` made 1 heap allocation (2 bytes); its budget is 0"
    );
}

#[test]
fn a_panic_ends_it() {
    let caught = |work: fn()| {
        let _ = panic::catch_unwind(|| allow_alloc!("until it panics", work()));
        allocate(6);
    };
    let message = broken(|| assert_alloc_budget!(bytes = 5, caught(|| panic!("on purpose"))));
    assert_eq!(
        message,
        "alloc-kit: `assert_alloc_budget!` allocated 6 bytes in 1 heap allocation; its budget is `bytes = 5`"
    );
}

#[test]
fn early_ways_out_end_it() {
    #[no_alloc]
    fn early(text: &str) -> Result<i32, std::num::ParseIntError> {
        for _ in 0..2 {
            allow_alloc!("with ways out", {
                allocate(1);
                if text.is_empty() {
                    break;
                }
                text.parse::<i32>()?
            });
        }
        Ok(1)
    }
    assert_eq!((early(""), early("7").is_ok(), early("x").is_err()), (Ok(1), true, true));
}

#[test]
fn it_goes_on_over_awaits() {
    async fn work(n: usize) -> usize {
        allocate(n);
        wait().await;
        allocate(n)
    }
    #[no_alloc]
    async fn excepts(n: usize) -> usize {
        wait().await;
        let sum = allow_alloc!("waits", work(n).await);
        wait().await;
        sum + allow_alloc!("waits twice", { work(n).await + work(n).await })
    }
    #[no_alloc]
    async fn after_it(n: usize) {
        allow_alloc!("waits", work(n).await);
        wait().await;
        allocate(n);
    }
    assert_eq!(block_on(excepts(4)), 12);
    let message = broken(|| block_on(after_it(4)));
    assert_eq!(message, "alloc-kit: `after_it` made 1 heap allocation (4 bytes); its budget is 0");
}

struct Names(Vec<String>);

impl Names {
    #[alloc_allowed("a test")]
    fn add(&mut self, name: &str) -> usize {
        self.0.push(name.to_owned());
        self.0.len()
    }

    #[alloc_allowed("a test")]
    fn into_text(self) -> String {
        self.0.concat()
    }

    #[alloc_allowed("a test")]
    async fn add_later(&mut self, name: &str) -> usize {
        wait().await;
        self.add(name)
    }

    #[alloc_allowed("a test")]
    fn add_at_last(&mut self, name: &str) -> impl Future<Output = usize> {
        let name = name.to_owned();
        async move {
            wait().await;
            self.add(&name)
        }
    }

    #[alloc_allowed("a test")]
    fn boxed(&mut self) -> Pin<Box<dyn Future<Output = usize> + '_>> {
        Box::pin(self.add_later("boxed"))
    }

    #[alloc_allowed("a test")]
    const fn zero() -> usize {
        0
    }
}

#[test]
fn whole_functions() {
    let work = || {
        let mut names = Names(Vec::new());
        names.add("a");
        block_on(async {
            assert_no_alloc!(names.add_later("b").await);
            assert_no_alloc!(names.add_at_last("c").await);
            // The box is freed here, and that is nobody's business.
            assert_no_alloc!(names.boxed().await);
        });
        Names::zero() + assert_no_alloc!(deallocations = 1, names.into_text().len())
    };
    assert_eq!(work(), 8);
}

macro_rules! hidden {
    ($future:expr) => {
        $future.await
    };
}

#[test]
fn one_that_waits_where_nobody_sees_it_does_not_spoil_the_counts() {
    #[alloc_budget(5)]
    async fn waits_inside() {
        allow_alloc!("hidden", hidden!(wait()));
        for _ in 0..3 {
            allocate(1);
        }
    }
    let mut task = Context::from_waker(Waker::noop());
    let mut future = Box::pin(waits_inside());
    let ((), usage) = measure(|| {
        assert!(future.as_mut().poll(&mut task).is_pending());
        // Not excepted: it is not in the exception.
        for _ in 0..100 {
            allocate(1);
        }
    });
    assert_eq!((usage.allocations, usage.deallocations, usage.peak_bytes), (100, 100, 1));
    let message = broken(|| future.as_mut().poll(&mut task));
    assert_eq!(message, "alloc-kit: an exception did not end where it began");
    assert_eq!(measure(|| allocate(3)).1.peak_bytes, 3);
}
