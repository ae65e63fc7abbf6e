//! The list of all threads' lines, and the sum of those that are gone, behind a lock that nobody waits for for ever.
//!
//! Invariants:
//! - The list and the sum are touched only by who holds the lock. It is held for some instructions by a thread that
//!   comes or goes, and for as long as it takes to look at all lines by one that sums; never while anything allocates.
//! - In a signal handler the lock's holder may not come back. A thread that could not come or go makes
//!   [`is_complete`](All::is_complete) false, and the list is not looked at from then on: a node may be left in it of a
//!   thread that is gone.

#![allow(unsafe_code, reason = "nodes in other threads' memory")]

use core::cell::Cell;
use core::marker::PhantomPinned;
use core::ptr;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::sync::{AtomicBool, UnsafeCell, wait};
use super::totals::Totals;

/// A place in the list; it lies in a thread-local of the thread whose line it is.
pub(super) struct Node<L> {
    pub(super) line: Cell<*mut L>,
    pub(super) next: Cell<*const Node<L>>,
    pub(super) previous: Cell<*const Node<L>>,
    /// Its neighbours change it until it has left the list, also where its thread has a `&mut` to it for the destructor:
    /// to what is pinned that claims no more than it has.
    _pinned: PhantomPinned,
}

impl<L> Node<L> {
    /// In no list.
    pub(super) const fn new() -> Self {
        Self {
            line: Cell::new(ptr::null_mut()),
            next: Cell::new(ptr::null()),
            previous: Cell::new(ptr::null()),
            _pinned: PhantomPinned,
        }
    }
}

/// What is behind the lock.
pub(super) struct List<L> {
    pub(super) first: *const Node<L>,
    pub(super) gone: Totals,
}

impl<L> List<L> {
    /// No thread, and none that is gone.
    pub(super) const EMPTY: Self = Self { first: ptr::null(), gone: Totals::NONE };
}

/// All threads.
pub(super) struct All<L> {
    locked: AtomicBool,
    incomplete: AtomicBool,
    list: UnsafeCell<List<L>>,
}

// SAFETY: the list is touched only by who holds the lock.
unsafe impl<L> Sync for All<L> {}
// SAFETY: as above.
unsafe impl<L> Send for All<L> {}

impl<L> All<L> {
    /// Neither locked nor incomplete, and an empty list.
    pub(super) const fn with(locked: AtomicBool, incomplete: AtomicBool, list: UnsafeCell<List<L>>) -> Self {
        Self { locked, incomplete, list }
    }

    /// Whether every thread could be taken up.
    pub(super) fn is_complete(&self) -> bool {
        !self.incomplete.load(Relaxed)
    }

    /// From here on the list is not looked at.
    pub(super) fn give_up(&self) {
        self.incomplete.store(true, Relaxed);
    }

    /// Does something with the list, which may not allocate. Nothing, if the lock can't be had, or once could not.
    pub(super) fn with_list<R>(&self, work: impl FnOnce(&mut List<L>) -> R) -> Option<R> {
        if !self.lock() {
            return None;
        }
        // SAFETY: the lock is held, so nobody else touches the list.
        let result = self.is_complete().then(|| unsafe { self.list_while_alone(work) });
        self.unlock();
        result
    }

    /// Does something with the list.
    ///
    /// # Safety
    ///
    /// The lock is held, or there is no other thread.
    pub(super) unsafe fn list_while_alone<R>(&self, work: impl FnOnce(&mut List<L>) -> R) -> R {
        // SAFETY: nobody else touches the list, by the caller's promise.
        self.list.with_mut(|list| work(unsafe { &mut *list }))
    }

    /// Whether the lock could be had.
    pub(super) fn lock(&self) -> bool {
        let take = || self.locked.compare_exchange_weak(false, true, Acquire, Relaxed);
        let mut tries = 0_u32;
        while take().is_err() {
            tries += 1;
            if !wait(tries) {
                return false;
            }
        }
        true
    }

    /// Lets the lock go, which the caller has.
    pub(super) fn unlock(&self) {
        self.locked.store(false, Release);
    }

    /// Takes a thread's line up.
    ///
    /// # Safety
    ///
    /// The line and the node are the calling thread's, and stay where they are until it lets them [go](Self::leave).
    pub(super) unsafe fn enter(&self, node: &Node<L>, line: *mut L) {
        let entered = self.with_list(|list| {
            node.line.set(line);
            node.next.set(list.first);
            // SAFETY: nodes in the list stay valid until they leave it, for which the lock is needed.
            if let Some(next) = unsafe { list.first.as_ref() } {
                next.previous.set(node);
            }
            list.first = node;
        });
        if entered.is_none() {
            self.give_up();
        }
    }

    /// Lets the calling thread's line go, and keeps what it counted; `look` says what.
    pub(super) fn leave(&self, node: &Node<L>, look: impl Fn(*mut L) -> Option<Totals>) {
        if node.line.get().is_null() {
            return;
        }
        let left = self.with_list(|list| {
            match look(node.line.get()) {
                Some(totals) => list.gone += totals,
                // It goes in the middle of a change: no sum has what it counted.
                None => self.give_up(),
            }
            let (next, previous) = (node.next.get(), node.previous.get());
            // SAFETY: nodes in the list stay valid until they leave it, for which the lock is needed.
            if let Some(next) = unsafe { next.as_ref() } {
                next.previous.set(previous);
            }
            // SAFETY: as above.
            match unsafe { previous.as_ref() } {
                Some(previous) => previous.next.set(next),
                None => list.first = next,
            }
            node.line.set(ptr::null_mut());
        });
        if left.is_none() {
            self.give_up();
        }
    }

    /// What all threads together have counted, those that are gone included; nothing if that can't be known.
    ///
    /// What happened before on other threads (a `join`, a message, a lock) is in it; what they do at this moment may be.
    pub(super) fn totals(&self, look: impl Fn(*mut L) -> Option<Totals>) -> Option<Totals> {
        let sum = self.with_list(|list| {
            let mut sum = list.gone;
            let mut node = list.first;
            // SAFETY: nodes in the list stay valid until they leave it, for which the lock is needed.
            while let Some(here) = unsafe { node.as_ref() } {
                sum += look(here.line.get())?;
                node = here.next.get();
            }
            Some(sum)
        });
        sum.flatten()
    }
}
