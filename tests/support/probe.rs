//! [`Probe`], a buffer that counts what is done to it, and panics where it is told to. Counts are of the thread, so of a test.

#![allow(dead_code, reason = "every test uses its part of it")]

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

use alloc_kit::Reuse;

/// What may be called, and may panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Default,
    Reset,
    RetainedBytes,
    Clone,
    CloneFrom,
    Drop,
}

thread_local! {
    static CALLS: Cell<[usize; 6]> = const { Cell::new([0; 6]) };
    static PANICS: Cell<Option<Call>> = const { Cell::new(None) };
    /// Those that were not made after all.
    static UNMADE: Cell<usize> = const { Cell::new(0) };
}

/// How often it was called on this thread.
pub(crate) fn calls(call: Call) -> usize {
    CALLS.get()[call as usize]
}

/// How many there are on this thread.
pub(crate) fn alive() -> usize {
    calls(Call::Default) + calls(Call::Clone) - calls(Call::Drop) - UNMADE.get()
}

/// Runs something in which the next such call panics, and says whether it did.
pub(crate) fn panics_in(call: Call, run: impl FnOnce()) -> bool {
    PANICS.set(Some(call));
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    let unused = PANICS.take();
    if let Err(payload) = result {
        let message = payload.downcast_ref::<String>().expect("a message");
        assert_eq!(*message, format!("told to, in {call:?}"));
        assert_eq!(unused, None);
        return true;
    }
    false
}

fn called(call: Call) {
    let mut calls = CALLS.get();
    calls[call as usize] += 1;
    CALLS.set(calls);
    if PANICS.get() == Some(call) {
        PANICS.set(None);
        if matches!(call, Call::Default | Call::Clone) {
            UNMADE.set(UNMADE.get() + 1);
        }
        panic!("told to, in {call:?}");
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Probe {
    pub(crate) text: String,
}

impl Default for Probe {
    fn default() -> Self {
        called(Call::Default);
        Self { text: String::new() }
    }
}

impl Reuse for Probe {
    fn reset(&mut self) {
        called(Call::Reset);
        self.text.reset();
    }

    fn retained_bytes(&self) -> usize {
        called(Call::RetainedBytes);
        self.text.retained_bytes()
    }
}

impl Clone for Probe {
    fn clone(&self) -> Self {
        called(Call::Clone);
        Self { text: self.text.clone() }
    }

    fn clone_from(&mut self, from: &Self) {
        self.text.push_str("half cloned, and larger than it was, so that what it retains has changed");
        called(Call::CloneFrom);
        self.text.clone_from(&from.text);
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        called(Call::Drop);
    }
}
