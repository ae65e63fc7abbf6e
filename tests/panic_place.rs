//! Where a broken budget panics: at its attribute or macro, in the user's file, whoever polls, drops or leaves its region.
//! Test harnesses, IDEs and panic hooks take that place for the failure's.
//!
//! Run with: `cargo test -p alloc-kit-tests --test panic_place`, also with `--release`.

use std::cell::Cell;
use std::future::Future;
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe, Location};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use alloc_kit::{alloc_budget, assert_no_alloc, no_alloc};

thread_local! {
    /// File, line and column of the thread's last panic.
    static LAST: Cell<Option<(String, u32, u32)>> = const { Cell::new(None) };
}

/// The line below its caller's, where an attribute or a macro stands.
#[track_caller]
fn next_line() -> u32 {
    Location::caller().line() + 1
}

/// The call must break a budget, and panic at that line of this file.
#[track_caller]
fn panics_at<R>(line: u32, call: impl FnOnce() -> R) {
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = info.location().map(|at| (at.file().to_owned(), at.line(), at.column()));
            LAST.with(|last| last.set(place));
            before(info);
        }));
    });
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a broken budget");
    let message = payload.downcast_ref::<String>().expect("a message");
    assert!(message.contains(" = budget of: "), "{message}");
    let (file, at, column) = LAST.take().expect("a place");
    assert_eq!((file.as_str(), at), (file!(), line), "{message}");
    // And that is what the message says.
    assert!(message.contains(&format!("{file}:{at}")), "{at}:{column} is not in {message}");
}

fn allocate() {
    drop(black_box(Box::new(1)));
}

/// Polls once, from a file that is not the user's as far as the budget goes.
fn poll<F: Future + ?Sized>(future: Pin<&mut F>) {
    let _ = future.poll(&mut Context::from_waker(Waker::noop()));
}

#[test]
fn function() {
    let line = next_line();
    #[no_alloc]
    fn whole() {
        allocate();
    }
    panics_at(line, whole);
}

#[test]
fn early_return_and_question_mark() {
    let line = next_line();
    #[alloc_budget(0, bytes = 100)]
    fn early(text: &str) -> Option<u32> {
        if text.is_empty() {
            allocate();
            return None;
        }
        allocate();
        let first = text.chars().next()?.to_digit(10)?;
        Some(first)
    }
    panics_at(line, || early(""));
    panics_at(line, || early("x"));
    panics_at(line, || early("7"));
}

#[test]
fn opaque_result() {
    let line = next_line();
    #[no_alloc]
    fn numbers() -> impl Iterator<Item = u32> {
        allocate();
        0..3
    }
    panics_at(line, || numbers().count());
}

#[test]
fn expression() {
    let line = next_line() + 1;
    panics_at(line, || {
        assert_no_alloc!(allocate());
    });
}

#[test]
fn futures() {
    let line = next_line();
    #[no_alloc]
    async fn waits() {
        allocate();
    }
    panics_at(line, || poll(pin!(waits())));
    panics_at(line, || poll(pin!(async { waits().await })));
}

#[test]
fn futures_that_are_polled_by_others() {
    let line = next_line();
    #[no_alloc]
    fn gives() -> impl Future<Output = ()> {
        async { allocate() }
    }
    panics_at(line, || poll(pin!(gives())));

    let line = next_line();
    #[no_alloc]
    fn boxed() -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(async { allocate() })
    }
    panics_at(line, || poll(boxed().as_mut()));
}

#[test]
fn future_that_is_dropped() {
    let line = next_line();
    #[no_alloc]
    async fn never_done() {
        allocate();
        std::future::pending::<()>().await;
    }
    panics_at(line, || {
        let mut future = Box::pin(never_done());
        poll(future.as_mut());
        drop(future);
    });
}
