//! [`fail_nth`] and [`for_each_allocation_failure`]: code that copes with a failing allocation, put to the test.
//!
//! A region makes a plan (`plan.rs`) that the hook asks; how it came out is looked at when the region ends. A verdict
//! can always fail: a region in which nothing was failed is an error, as is an allocation that could not be failed
//! without ending the process.

#![allow(unsafe_code, reason = "the plan hangs on the line by a raw pointer")]

use core::any::type_name;
use core::marker::PhantomData;
use core::mem;
use core::ptr;
use std::panic;
use std::thread;

use super::fallible;
use super::fault_message::{Numbered, cannot_fail, had_failed};
use super::line;
use super::message;
use super::mode;
use super::plan::{Outcome, Plan};
use super::usage::counted;
use super::verdict::as_signed;

/// Runs of [`for_each_allocation_failure`], at the most.
const RUNS: u64 = 10_000;

/// Runs the closure with its `n`-th allocation failing, counted from 1, and hands its result on.
///
/// The allocator answers that one with a null pointer, as it does when memory is exhausted; the ones before and after
/// succeed. An allocation is what a budget counts: `alloc`, `alloc_zeroed`, and `realloc` that grows, by the calling
/// thread; what an `allow_alloc!` excepts is none. The one that fails is in no figure of
/// [`measure`](crate::measure) and in no budget.
///
/// [`for_each_allocation_failure`] does so for every `n`, which is what a test usually wants. Where a region is inside
/// of another one, what it allocates counts for itself and not for the outer one. While the thread unwinds from a
/// panic nothing is failed.
///
/// # What can fail
///
/// Code that looks at the answer: `try_reserve` of the collections, `fs::read`, and whoever calls
/// [`alloc`](std::alloc::alloc) himself. Most code does not (`Box::new`, `Vec::push`, `format!`, `collect`): a failure
/// there would end the process. Just before an allocation is to fail its stack is looked at, and one of such code
/// succeeds instead and is told with its line when the closure has ended. By the names of functions, that is: of a
/// direct call of `alloc` in your own code it is assumed that null is looked at, and of one in a dependency, that
/// it is not, unless the function that was called there is a `try_` one.
///
/// Without debug information, as release builds are by default, only some infallible code is known as such and the
/// rest fails, in a stripped program all of it: what a debug build tells as unable to fail may end the process
/// there, with "memory allocation of .. bytes failed". With `debug = "line-tables-only"` nothing is missed.
///
/// # Panics
///
/// - If nothing failed: the closure made fewer than `n` allocations, `n` is 0, or the counting allocator is not
///   installed.
/// - If the `n`-th allocation is infallible code's.
/// - When the closure panics; that allocation and its line are then said on standard error.
///
/// # Cost
///
/// Some hundred instructions, and some milliseconds for the failure (once up to a second, when debug
/// information is read). Allocations that do not fail cost what they always do.
///
/// # Examples
///
#[cfg_attr(feature = "enforce", doc = "```")]
#[cfg_attr(not(feature = "enforce"), doc = "```no_run")]
/// use std::collections::TryReserveError;
///
/// fn joined(words: &[&str]) -> Result<String, TryReserveError> {
///     let mut text = String::new();
///     for word in words {
///         text.try_reserve(word.len())?;
///         text.push_str(word); // there is room now
///     }
///     Ok(text)
/// }
///
/// let words = ["at first ", "and once there is too little room"];
/// assert!(alloc_kit::fail_nth(2, || joined(&words)).is_err());
/// ```
#[track_caller]
pub fn fail_nth<R>(n: u64, f: impl FnOnce() -> R) -> R {
    mode::require("fail_nth");
    assert!(n > 0, "alloc-kit: `fail_nth(0, ..)` fails nothing: the first allocation is 1");
    let region = Region::begin(n, path_of(&f));
    let result = f();
    let ended = region.finish();
    let broken = match ended.outcome {
        Outcome::Failed(_) => return result,
        Outcome::Pending => {
            let _suspended = line::suspend();
            format!("alloc-kit: `fail_nth({n}, ..)` made {}, so none failed", only(ended.made))
        }
        Outcome::Spared(trace) => {
            let _suspended = line::suspend();
            cannot_fail(&title(n), &[Numbered { nth: n, trace }], ended.home)
        }
    };
    verdict(|| broken);
    result
}

/// Runs the closure with its first allocation failing, then with its second, and so on, until a run makes fewer
/// allocations; the last run is one without a failure. Gives how many allocations were failed.
///
/// So a closure that makes N allocations runs N + 1 times, each failure being met in a state that only that one has
/// caused. The closure checks what has to hold after each: an error handed on, a collection as it was before, no
/// lock poisoned. Let every run start from the same state: what only the first allocates (a table that is built
/// lazily) shifts the numbers of the others. What is an allocation, and which can fail, is as for [`fail_nth`].
///
/// # Panics
///
/// - If nothing failed: the first run made no allocation, or the counting allocator is not installed.
/// - After all runs, if some of the allocations are infallible code's, with each line. Printing is among them: what a
///   test prints is captured, and the buffer grows.
/// - When the closure panics, which ends it; which allocation had failed, and where, is then said on standard error.
/// - After 10,000 runs: each run seems to make more allocations than the one before.
///
/// # Examples
///
/// A list and an index beside it, which have to agree whatever fails:
///
#[cfg_attr(feature = "enforce", doc = "```")]
#[cfg_attr(not(feature = "enforce"), doc = "```no_run")]
/// use std::collections::{HashMap, TryReserveError};
///
/// #[derive(Default)]
/// struct Names {
///     list: Vec<&'static str>,
///     index: HashMap<&'static str, usize>,
/// }
///
/// impl Names {
///     fn add(&mut self, name: &'static str) -> Result<(), TryReserveError> {
///         self.list.try_reserve(1)?;
///         self.index.try_reserve(1)?; // before anything is changed
///         self.index.insert(name, self.list.len());
///         self.list.push(name);
///         Ok(())
///     }
/// }
///
/// let failed = alloc_kit::for_each_allocation_failure(|| {
///     let mut names = Names::default();
///     let added = names.add("alpha").is_ok();
///     assert_eq!(names.list.len(), usize::from(added));
///     assert_eq!(names.index.len(), names.list.len());
/// });
/// assert_eq!(failed, 2);
/// ```
#[track_caller]
pub fn for_each_allocation_failure<R>(mut f: impl FnMut() -> R) -> u64 {
    mode::require("for_each_allocation_failure");
    let path = path_of(&f);
    let mut failed = 0;
    let mut spared = Spared { list: Vec::new() };
    for nth in 1..=RUNS {
        let region = Region::begin(nth, path);
        let result = f();
        let ended = region.finish();
        drop(result);
        match ended.outcome {
            Outcome::Failed(_) => failed += 1,
            Outcome::Spared(trace) => spared.add(Numbered { nth, trace }),
            Outcome::Pending => {
                if let Some(broken) = spared.message(nth - 1, ended.home) {
                    verdict(|| broken);
                } else if failed == 0 {
                    verdict(|| {
                        String::from(
                            "alloc-kit: `for_each_allocation_failure` made no allocation, so none failed",
                        )
                    });
                }
                return failed;
            }
        }
    }
    drop(spared);
    verdict(|| {
        format!(
            "alloc-kit: {RUNS} runs of `for_each_allocation_failure`, and there was still an allocation to fail\n  \
         = help: a run that makes more allocations than the one before never comes to an end: start each from \
         the same state"
        )
    });
    failed
}

/// `no allocation`, `only 1 allocation`, `only 2 allocations`
fn only(made: u64) -> String {
    if made == 0 { String::from("no allocation") } else { format!("only {}", counted(made, "allocation")) }
}

fn title(nth: u64) -> String {
    format!("alloc-kit: allocation {nth} cannot fail without ending the process")
}

/// A failed verdict, which while unwinding is only said: a second panic would end the process.
#[track_caller]
fn verdict(broken: impl FnOnce() -> String) {
    let suspended = line::suspend();
    let broken = broken();
    if thread::panicking() {
        say(&broken);
        drop((broken, suspended));
    } else {
        drop(suspended);
        message::panic_with(broken);
    }
}

/// A standard error that is closed must not make a panic.
fn say(text: &str) {
    let _ = panic::catch_unwind(|| eprintln!("{text}"));
}

/// The path of a closure: its first part is the crate.
fn path_of<F>(_closure: &F) -> &'static str {
    type_name::<F>()
}

/// The crate of a closure's path, if that is not std.
fn home(path: &'static str) -> &'static str {
    let home = path.split_once("::").map_or("", |(home, _)| home);
    if matches!(home, "core" | "alloc" | "std") { "" } else { home }
}

/// The infallible allocations of all runs. This crate's own memory, so it is not counted.
struct Spared {
    list: Vec<Numbered>,
}

impl Spared {
    fn add(&mut self, numbered: Numbered) {
        let _suspended = line::suspend();
        self.list.push(numbered);
    }

    fn message(&self, made: u64, home: &str) -> Option<String> {
        let _suspended = line::suspend();
        let cannot = self.list.len();
        let title = format!(
            "alloc-kit: {cannot} of {} cannot fail without ending the process",
            counted(made, "allocation")
        );
        (cannot > 0).then(|| cannot_fail(&title, &self.list, home))
    }
}

impl Drop for Spared {
    fn drop(&mut self) {
        let _suspended = line::suspend();
        self.list = Vec::new();
    }
}

/// A run of a closure with a plan, until it is finished or, by a panic, dropped.
struct Region {
    plan: *mut Plan,
    /// The plan is the thread's.
    not_send: PhantomData<*mut ()>,
}

/// How a region ended.
struct Ended {
    nth: u64,
    made: u64,
    outcome: Outcome,
    home: &'static str,
}

impl Region {
    /// Makes the `nth` allocation from here fail.
    fn begin(nth: u64, path: &'static str) -> Self {
        let suspended = line::suspend();
        fallible::prepare();
        let plan = Plan {
            nth: as_signed(nth),
            entry: 0,
            start: 0,
            outcome: Outcome::Pending,
            home: home(path),
            outer: ptr::null_mut(),
        };
        let mut plan = Box::new(plan);
        drop(suspended);
        let mut line = line::change();
        plan.entry = line.allocations();
        plan.start = plan.entry;
        plan.outer = line.plan;
        let left = line.allocations_left.min(plan.nth - 1);
        line.set_allocations_left(left);
        line.plan = Box::into_raw(plan);
        Self { plan: line.plan, not_send: PhantomData }
    }

    fn finish(self) -> Ended {
        let ended = self.end();
        mem::forget(self);
        ended
    }

    /// Takes the plan back; to be called once.
    fn end(&self) -> Ended {
        let suspended = line::suspend();
        // SAFETY: it came from `Box::into_raw` in `begin`, and is taken back once.
        let Plan { nth, entry, start, outcome, home, outer } = *unsafe { Box::from_raw(self.plan) };
        drop(suspended);
        let mut line = line::change();
        let (made, all) = (line.allocations().wrapping_sub(start), line.allocations().wrapping_sub(entry));
        // SAFETY: the region around this one is still there, and so is its plan, which nobody looks at now.
        if let Some(outer) = unsafe { outer.as_mut() } {
            // With what regions inside of this one had, which is in no other's count either.
            outer.start = outer.start.wrapping_add(all);
        }
        line.plan = outer;
        // The next allocation traps, and finds out what is left until when.
        let left = line.allocations_left.min(0);
        line.set_allocations_left(left);
        Ended { nth: nth.cast_unsigned(), made: made.cast_unsigned(), outcome, home }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let Ended { nth, outcome, home, .. } = self.end();
        let _suspended = line::suspend();
        say(&match outcome {
            Outcome::Failed(trace) => had_failed(nth, &trace, home),
            Outcome::Spared(trace) => cannot_fail(&title(nth), &[Numbered { nth, trace }], home),
            Outcome::Pending => format!("alloc-kit: allocation {nth} had not failed yet before this panic"),
        });
    }
}
