//! What the tests of futures have in common: polling by hand, and futures that wait and allocate as told.

#![allow(dead_code, reason = "every test uses its part of it")]

use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// The message with which the call fails.
pub(crate) fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a broken budget");
    *payload.downcast::<String>().expect("a message")
}

pub(crate) fn title(message: &str) -> &str {
    message.lines().next().expect("a first line")
}

pub(crate) fn allocate(bytes: usize) {
    drop(black_box(vec![1_u8; bytes]));
}

/// Polls once.
pub(crate) fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls until it is ready, and allocates on the thread between the polls.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = poll(future.as_mut()) {
            return result;
        }
        allocate(1_000);
    }
}

/// Waits `n` times.
pub(crate) async fn waits(n: u32) {
    for _ in 0..n {
        let mut waited = false;
        poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

/// Lets other tasks go first, and allocates nothing, as tokio's own `yield_now` does.
pub(crate) async fn yield_now() {
    let mut yielded = false;
    let turn = |task: &mut Context<'_>| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    };
    poll_fn(turn).await;
}

pub(crate) fn block_on_quietly<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = poll(future.as_mut()) {
            return result;
        }
    }
}
