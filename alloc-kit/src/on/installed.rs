//! Whether budgets can be judged in this process: found out once, at the first guard, by allocating.
//!
//! A verdict over an allocator that does not count would always hold; so the first guard fails instead.

use core::alloc::Layout;
use core::hint::black_box;
use core::sync::atomic::{AtomicU8, Ordering};
use std::alloc::{alloc, dealloc};
use std::env;

use super::limits::Site;
use super::line;

/// What guards do in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The counting allocator is the global one: guards judge.
    Counting,
    /// `cargo bench` runs the process (it passes `--bench`): guards are let through, so that they do not disturb
    /// what is timed.
    Benchmark,
    /// Another global allocator is installed, or none.
    NotInstalled,
}

const UNKNOWN: u8 = 0;
const COUNTING: u8 = 1;
const BENCHMARK: u8 = 2;
const NOT_INSTALLED: u8 = 3;

static MODE: AtomicU8 = AtomicU8::new(UNKNOWN);

#[inline]
pub(super) fn mode() -> Mode {
    match MODE.load(Ordering::Relaxed) {
        COUNTING => Mode::Counting,
        BENCHMARK => Mode::Benchmark,
        NOT_INSTALLED => Mode::NotInstalled,
        _unknown => find_mode(),
    }
}

#[cold]
fn find_mode() -> Mode {
    let _suspended = line::suspend();
    let layout = Layout::new::<u64>();
    // SAFETY: the layout is not zero-sized.
    let block = black_box(unsafe { alloc(layout) });
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let counts = unsafe { *line::line() }.totals().allocations == 1;
    if !block.is_null() {
        // SAFETY: the block came from `alloc` with this layout.
        unsafe { dealloc(block, layout) };
    }
    let (mode, word) = if !counts {
        (Mode::NotInstalled, NOT_INSTALLED)
    } else if env::args_os().any(|argument| argument == "--bench") {
        eprintln!("alloc-kit: run with --bench: budgets are not judged");
        (Mode::Benchmark, BENCHMARK)
    } else {
        (Mode::Counting, COUNTING)
    };
    MODE.store(word, Ordering::Relaxed);
    mode
}

/// Fails unless the counting allocator is installed.
#[track_caller]
pub(super) fn require(what: &str) {
    assert!(mode() != Mode::NotInstalled, "alloc-kit: `{what}` would count nothing: {HOW_TO_INSTALL}");
}

/// Fails for a guard.
#[cold]
#[track_caller]
pub(super) fn fail(site: &Site) -> ! {
    let Site { name, file, line, .. } = site;
    panic!("alloc-kit: the budget of `{name}` ({file}:{line}) would always hold: {HOW_TO_INSTALL}");
}

const HOW_TO_INSTALL: &str = "the counting allocator is not installed in this program
  = help: over the system's allocator: `cargo add alloc-kit --dev --features enforce`, or with the feature `audit`
          one line at the root of each test program:    alloc_kit::install!();
  = help: over your own allocator, with the feature `audit`, these two in place of its static:
          #[global_allocator]
          static GLOBAL: alloc_kit::CountingAlloc<MyAlloc> = alloc_kit::CountingAlloc::new(MyAlloc);";
