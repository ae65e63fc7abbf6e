//! What a verdict leaves behind in the figures when its panic is caught: nothing. Its message is alloc-kit's own memory, and is
//! freed as it was made, without being counted; else whatever is around, a service that lives on say, would seem to free more than it
//! had allocated.
//!
//! Run with: `cargo test -p alloc-kit-tests --test caught`, also with `--release`.

use std::future::Future;
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::pin::pin;
use std::sync::Once;
use std::task::{Context, Waker};

use alloc_kit::{
    assert_alloc_budget, assert_growth, fail_nth, for_each_allocation_failure, measure, no_alloc,
};

/// The call fails; what it allocated and freed, its panic included, is as much.
fn leaves_nothing(call: impl Fn()) {
    quiet();
    // At first, debug information is read and the like.
    for round in 0..3 {
        let (caught, usage) = measure(|| {
            let caught = panic::catch_unwind(AssertUnwindSafe(&call));
            // The message that the panic carries is the panic's.
            caught.map_err(drop)
        });
        assert!(caught.is_err(), "it should have failed");
        assert_eq!(usage.live_bytes, 0, "in round {round}: {usage:?}");
        assert_eq!(
            usage.deallocations,
            usage.allocations - usage.reallocations,
            "in round {round}: {usage:?}"
        );
    }
}

/// Nothing is said of verdicts: what the harness captures would grow.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_verdict = info.payload().downcast_ref::<String>();
            let is_verdict = is_verdict.is_some_and(|message| message.starts_with("alloc-kit: "));
            if !is_verdict {
                others(info);
            }
        }));
    });
}

#[no_alloc]
fn allocates() {
    black_box(Box::new(1_u64));
}

#[no_alloc]
async fn allocates_later() {
    black_box(Box::new(1_u64));
}

#[no_alloc(live_bytes = 0)]
fn keeps() -> Vec<u64> {
    vec![1]
}

#[test]
fn of_a_function() {
    leaves_nothing(allocates);
    leaves_nothing(|| drop(keeps()));
}

#[test]
fn of_a_future() {
    leaves_nothing(|| {
        let future = pin!(allocates_later());
        assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_ready());
    });
}

#[test]
fn of_an_expression() {
    leaves_nothing(|| {
        assert_alloc_budget!(1, black_box(vec![Box::new(1_u64)]));
    });
}

#[test]
fn of_growth() {
    leaves_nothing(|| {
        assert_growth!(O(1), |n| (0..n).map(|number| black_box(Box::new(number))).collect::<Vec<_>>());
    });
    // Sizes that can show nothing.
    leaves_nothing(|| alloc_kit::__private::assert_growth(&[], [1, 2], |n| n, |n| n));
}

#[test]
#[cfg_attr(
    not(debug_assertions),
    ignore = "without debug information not all infallible code is known as such"
)]
fn of_an_allocation_that_cannot_fail() {
    leaves_nothing(|| {
        fail_nth(1, || black_box(Box::new(1_u64)));
    });
    leaves_nothing(|| {
        for_each_allocation_failure(|| black_box(Box::new(1_u64)));
    });
}
