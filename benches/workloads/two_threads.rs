//! Two threads that do a job together: the caller, and one that is kept from job to job.
//!
//! Nothing here allocates once it is made, and starting a thread, which takes longer than many a job, is no part of one. What the
//! other thread allocates counts for the budget that the caller is under, by a `Handle`; `measure` is about one thread.

use std::any::Any;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use alloc_kit::Handle;

/// One job, in two parts.
pub(crate) struct TwoThreads {
    shared: Arc<Shared>,
    other: Option<JoinHandle<()>>,
}

struct Shared {
    /// What the caller does with 0, and the other thread with 1.
    part: Box<dyn Fn(usize) -> u64 + Send + Sync>,
    state: Mutex<State>,
    changed: Condvar,
}

enum State {
    Idle,
    /// For the other thread.
    ToDo(Handle),
    /// By the other thread, or it has panicked.
    Done(Result<u64, Box<dyn Any + Send>>),
    /// The other thread is to end.
    Over,
}

impl TwoThreads {
    /// Starts the other thread, for jobs of these two parts.
    pub(crate) fn new(part: impl Fn(usize) -> u64 + Send + Sync + 'static) -> Self {
        let (state, changed) = (Mutex::new(State::Idle), Condvar::new());
        let shared = Arc::new(Shared { part: Box::new(part), state, changed });
        let of_other = Arc::clone(&shared);
        Self { shared, other: Some(thread::spawn(move || of_other.serve())) }
    }

    /// Does the job; the sum of what both parts give.
    ///
    /// # Panics
    ///
    /// If one of them does.
    pub(crate) fn run(&self) -> u64 {
        self.shared.set(State::ToDo(Handle::current()));
        let own = panic::catch_unwind(AssertUnwindSafe(|| (self.shared.part)(0)));
        let mut state = self.shared.wait_while(|state| !matches!(state, State::Done(_)));
        let State::Done(other) = mem::replace(&mut *state, State::Idle) else {
            unreachable!("waited for it")
        };
        drop(state);
        let [own, other] = [own, other].map(|sum| sum.unwrap_or_else(|cause| panic::resume_unwind(cause)));
        own.wrapping_add(other)
    }
}

impl Shared {
    /// The other thread.
    fn serve(&self) {
        loop {
            let mut state = self.wait_while(|state| matches!(state, State::Idle | State::Done(_)));
            let State::ToDo(handle) = mem::replace(&mut *state, State::Idle) else { return };
            drop(state);
            // The handle is gone when this one is: before the caller's region may end.
            let attached = move || handle.attach(|| (self.part)(1));
            let sum = panic::catch_unwind(AssertUnwindSafe(attached));
            self.set(State::Done(sum));
        }
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.changed.notify_one();
    }

    fn wait_while(&self, still: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.wait_while(state, |state| still(state)).unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TwoThreads {
    fn drop(&mut self) {
        self.shared.set(State::Over);
        if let Some(other) = self.other.take() {
            // Its panics are caught, and told by `run`.
            _ = other.join();
        }
    }
}
