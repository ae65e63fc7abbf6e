//! Futures that are judged, or are exceptions, in each of their polls.
//!
//! A poll of the compiler's own future would be inlined into who polls it, and that be judged in its place.

#![allow(unsafe_code, reason = "a pinned future's field")]
#![expect(clippy::inline_always, reason = "a mark is where it was written, also without optimisation")]

use alloc::boxed::Box;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::marks;
use super::region::{Allowing, Judging};

/// A future whose polls are judged.
#[must_use = "futures do nothing unless they are awaited"]
#[derive(Debug)]
pub struct Proved<const ID: u64, F> {
    /// Pinned with this.
    future: F,
}

/// A future whose polls are judged.
#[inline(always)]
pub fn proved<const ID: u64, F: Future>(future: F) -> Proved<ID, F> {
    Proved { future }
}

/// As [`proved`], its making judged as well.
#[inline(always)]
pub fn proved_from<const ID: u64, F: Future>(make: impl FnOnce() -> F) -> Proved<ID, F> {
    let judging = Judging::<ID>::begin();
    let future = make();
    judging.end();
    proved(future)
}

/// As [`proved_from`], in a box that is not judged.
#[inline(always)]
pub fn proved_box<const ID: u64, F: Future>(make: impl FnOnce() -> F) -> Pin<Box<Proved<ID, F>>> {
    Box::pin(proved_from(make))
}

impl<const ID: u64, F: Future> Future for Proved<ID, F> {
    type Output = F::Output;

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        marks::function::<ID>();
        // SAFETY: the future is pinned, since this is, and is moved nowhere.
        let future = unsafe { self.map_unchecked_mut(|this| &mut this.future) };
        future.poll(task)
    }
}

/// A future that may allocate.
#[must_use = "futures do nothing unless they are awaited"]
#[derive(Debug)]
pub struct Allowed<const ID: u64, F> {
    /// Pinned with this.
    future: F,
}

/// A future that may allocate.
#[inline(always)]
pub fn allowed<const ID: u64, F: Future>(future: F) -> Allowed<ID, F> {
    Allowed { future }
}

/// As [`allowed`], and so may its making.
#[inline(always)]
pub fn allowed_from<const ID: u64, F: Future>(make: impl FnOnce() -> F) -> Allowed<ID, F> {
    let allowing = Allowing::<ID>::begin();
    let future = make();
    allowing.end();
    allowed(future)
}

/// As [`allowed_from`], in a box: it is allowed to be.
#[inline(always)]
pub fn allowed_box<const ID: u64, F: Future>(make: impl FnOnce() -> F) -> Pin<Box<Allowed<ID, F>>> {
    let allowing = Allowing::<ID>::begin();
    let future = Box::pin(allowed(make()));
    allowing.end();
    future
}

impl<const ID: u64, F: Future> Future for Allowed<ID, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: the future is pinned, since this is, and is moved nowhere.
        let future = unsafe { self.map_unchecked_mut(|this| &mut this.future) };
        let allowing = Allowing::<ID>::begin();
        let result = future.poll(task);
        allowing.end();
        result
    }
}
