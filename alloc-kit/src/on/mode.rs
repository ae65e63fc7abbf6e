//! What guards do in this process: found out once, by allocating, and by the environment.
//!
//! Before `main`, if they judge and it is the system's allocator that is counted: the first guard may be in real-time code.
//! Else at the first guard, which then has to say something, or to look whether another allocator counts twice by now.
//!
//! A verdict over an allocator that does not count would always hold, so the first guard fails instead. Where the
//! counts are not the program's own, or nobody asked for verdicts, guards let through, and that is said.

#![allow(unsafe_code, reason = "an allocation by hand, to see whether it is counted")]

use core::alloc::Layout;
use core::hint::black_box;
use core::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::alloc::{alloc, dealloc};
use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::process;

use super::instrumented;
use super::line;
use super::site::Site;
use super::system;

/// The environment variable that chooses.
const VARIABLE: &str = "ALLOC_KIT_MODE";

/// A request of this size is looked at, whatever is left.
const CHECKED: usize = 256 * 1024 + 1;
const _: () = assert!(CHECKED as u64 > line::BYTES_BETWEEN_CHECKS.cast_unsigned());

/// What guards do in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Mode {
    Unknown,
    /// They judge, and a broken budget panics.
    Fail,
    /// They judge, and a broken budget is told on standard error.
    Warn,
    /// They judge, and the process aborts at the allocation that breaks a budget.
    Abort,
    /// They let through: `ALLOC_KIT_MODE=off`.
    Off,
    /// They let through: `cargo bench` runs the process (it passes `--bench`), and they would disturb what is timed.
    Benchmark,
    /// They let through: coverage instrumentation allocates by itself.
    Coverage,
    /// They let through: the interpreter has an allocator of its own.
    Miri,
    /// They fail: another global allocator is installed, or none.
    NotInstalled,
    /// They fail: an allocation counts more than once.
    CountedTwice,
    /// They fail: the variable has a value that nobody knows.
    WrongValue,
}

const ALL: [Mode; 11] = [
    Mode::Unknown,
    Mode::Fail,
    Mode::Warn,
    Mode::Abort,
    Mode::Off,
    Mode::Benchmark,
    Mode::Coverage,
    Mode::Miri,
    Mode::NotInstalled,
    Mode::CountedTwice,
    Mode::WrongValue,
];

static MODE: AtomicU8 = AtomicU8::new(Mode::Unknown as u8);

/// The mode as far as it is known.
#[inline]
fn known() -> Mode {
    ALL[usize::from(MODE.load(Ordering::Relaxed))]
}

/// The mode.
pub(super) fn mode() -> Mode {
    match known() {
        Mode::Unknown => find_mode(),
        mode => mode,
    }
}

/// Whether a guard judges here.
///
/// # Panics
///
/// If budgets would always hold, or the mode that was asked for is not known.
#[inline]
#[track_caller]
pub(super) fn judges(site: &'static Site) -> bool {
    MODE.load(Ordering::Relaxed) == Mode::Fail as u8 || judges_otherwise(site)
}

#[cold]
#[track_caller]
fn judges_otherwise(site: &'static Site) -> bool {
    let mode = mode();
    match mode {
        mode if mode.judges() => true,
        Mode::NotInstalled => {
            site.stats.let_through(mode.why_not());
            let Site { name, file, line, .. } = site;
            panic!("alloc-kit: the budget of `{name}` ({file}:{line}) would always hold: {HOW_TO_INSTALL}")
        }
        Mode::CountedTwice => {
            site.stats.let_through(mode.why_not());
            let Site { name, file, line, .. } = site;
            panic!("alloc-kit: the budget of `{name}` ({file}:{line}) can't be judged: {HOW_TO_COUNT_ONCE}")
        }
        Mode::WrongValue => {
            site.stats.let_through(mode.why_not());
            let value = env::var_os(VARIABLE).unwrap_or_default();
            panic!("alloc-kit: {}", wrong_value(&value))
        }
        _ => {
            site.stats.let_through(mode.why_not());
            say_not_verified(mode);
            false
        }
    }
}

impl Mode {
    /// Whether guards judge.
    pub(super) fn judges(self) -> bool {
        matches!(self, Mode::Fail | Mode::Warn | Mode::Abort)
    }

    /// Why nothing is judged in it.
    pub(super) fn why_not(self) -> &'static str {
        match self {
            Mode::Off => "ALLOC_KIT_MODE=off",
            Mode::Benchmark => "this is a benchmark",
            Mode::Coverage => "coverage instrumentation allocates by itself",
            Mode::Miri => "Miri has an allocator of its own",
            Mode::NotInstalled => "the counting allocator is not installed",
            Mode::CountedTwice => "an allocation counts more than once",
            Mode::WrongValue => "ALLOC_KIT_MODE has an unknown value",
            Mode::Unknown | Mode::Fail | Mode::Warn | Mode::Abort => "no guard has been there",
        }
    }
}

#[cold]
fn find_mode() -> Mode {
    let _suspended = line::suspend();
    let mode = look();
    MODE.store(mode as u8, Ordering::Relaxed);
    mode
}

/// Ends a program in which no budget is put round anything: a test that passes would say nothing.
pub(super) fn end_what_judges_nothing() {
    say("alloc-kit: this program was built for `cargo alloc-kit prove` (`--cfg alloc_kit_prove`) and judges nothing when it runs
  = help: build it without that cfg in RUSTFLAGS to run it");
    process::exit(2);
}

/// Finds the mode before `main`, if guards judge in it. Counting is suspended.
pub(super) fn find_early() {
    // On some systems the arguments come with `main`: then it is too early.
    if env::args_os().next().is_some() {
        // So large that the allocator is noted by its checked path.
        drop(black_box(Vec::<u8>::with_capacity(CHECKED)));
        let mode = look();
        // An allocator that is not the system's may count twice later: dhat's does once there is a profiler.
        if mode.judges() && !system::is_another() {
            MODE.store(mode as u8, Ordering::Relaxed);
        }
    }
}

fn look() -> Mode {
    if cfg!(miri) {
        Mode::Miri
    } else {
        match counted() {
            ..=0 => Mode::NotInstalled,
            // Again: an allocator may set itself up in its first call on a thread.
            2.. if counted() > 1 => Mode::CountedTwice,
            _ => with_allocator(),
        }
    }
}

/// What guards do where an allocation counts once.
fn with_allocator() -> Mode {
    match asked() {
        // Whether a benchmark or an instrumented program is judged is not for the environment to say.
        mode @ (Mode::Fail | Mode::Warn | Mode::Abort) => {
            if env::args_os().any(|argument| argument == "--bench") {
                Mode::Benchmark
            } else if instrumented::for_coverage() {
                Mode::Coverage
            } else {
                mode
            }
        }
        mode => mode,
    }
}

/// Says at the first guard that it lets through; who only measures has no budget that could be verified.
fn say_not_verified(mode: Mode) {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.load(Ordering::Relaxed) && !SAID.swap(true, Ordering::Relaxed) {
        let _suspended = line::suspend();
        say(&format!("alloc-kit: budgets are not verified: {}", mode.why_not()));
    }
}

/// Ends the process in the mode that asks for it, with the allocation that is over the budget on the stack; `report` writes
/// what is said down.
pub(super) fn abort_if_asked(site: &Site, report: impl FnOnce(&str)) {
    if known() == Mode::Abort {
        let _suspended = line::suspend();
        let Site { name, file, line, .. } = site;
        let said =
            format!("alloc-kit: `{name}` ({file}:{line}) is over its budget here: ALLOC_KIT_MODE=abort");
        say(&said);
        report(&said);
        process::abort();
    }
}

/// A line on standard error, past what a test harness captures of a test that passes.
///
/// In one write, and without the standard library's lock: a child of `fork` has that as another thread may have left it.
#[cfg(unix)]
pub(super) fn say(line: &str) {
    use core::mem::ManuallyDrop;
    use std::fs::File;
    use std::os::fd::FromRawFd;

    // SAFETY: it is never closed here. The standard library, too, takes it to be open: at the start it opens `/dev/null`
    // in its place where it is not.
    let mut stderr = ManuallyDrop::new(unsafe { File::from_raw_fd(2) });
    // A standard error that is closed is no reason to stop.
    let _ = stderr.write_all(format!("{line}\n").as_bytes());
}

/// A line on standard error, past what a test harness captures of a test that passes.
#[cfg(not(unix))]
pub(super) fn say(line: &str) {
    // A standard error that is closed is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// What the environment asks for.
fn asked() -> Mode {
    asked_by(env::var_os(VARIABLE).as_deref())
}

/// What a value of the variable asks for.
pub(super) fn asked_by(value: Option<&OsStr>) -> Mode {
    match value {
        None => Mode::Fail,
        Some(value) => match value.to_str() {
            Some("" | "fail") => Mode::Fail,
            Some("warn") => Mode::Warn,
            Some("abort") => Mode::Abort,
            Some("off") => Mode::Off,
            _ => Mode::WrongValue,
        },
    }
}

pub(super) fn wrong_value(value: &OsStr) -> String {
    format!(
        "`{VARIABLE}={}` is no mode; accepted:
    fail   a broken budget panics (the default)
    warn   it is only told, on standard error
    abort  the process aborts at the allocation that breaks it, for a debugger
    off    nothing is judged",
        value.display()
    )
}

/// How often an allocation counts: not at all, if the counting allocator is not the global one.
fn counted() -> i64 {
    let layout = Layout::new::<u64>();
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let before = unsafe { &*line::line() }.totals().allocations;
    // SAFETY: the layout is not zero-sized.
    let block = black_box(unsafe { alloc(layout) });
    // SAFETY: as for the line above.
    let after = unsafe { &*line::line() }.totals().allocations;
    if !block.is_null() {
        // SAFETY: the block came from `alloc` with this layout.
        unsafe { dealloc(block, layout) };
    }
    after.wrapping_sub(before)
}

/// Fails unless the counting allocator is installed.
#[inline]
#[track_caller]
pub(super) fn require(what: &str) {
    if MODE.load(Ordering::Relaxed) != Mode::Fail as u8 {
        require_otherwise(what);
    }
}

#[cold]
#[track_caller]
fn require_otherwise(what: &str) {
    let counted = match mode() {
        Mode::NotInstalled => 0,
        Mode::CountedTwice => 2,
        Mode::Miri => {
            let _suspended = line::suspend();
            counted()
        }
        _ => 1,
    };
    assert!(counted > 0, "alloc-kit: `{what}` would count nothing: {HOW_TO_INSTALL}");
    assert!(counted == 1, "alloc-kit: `{what}` would count too much: {HOW_TO_COUNT_ONCE}");
}

const HOW_TO_COUNT_ONCE: &str = "an allocation counts more than once in this program
  = note: `CountingAlloc` is round an allocator that counts by itself, or that allocates from the global one
  = help: of two `CountingAlloc`, keep the outer one
  = help: in place of one round `dhat::Alloc`, take the feature `dhat`, with `enforce` or `alloc_kit::install!();`";

const HOW_TO_INSTALL: &str = "the counting allocator is not installed in this program
  = help: over the system's allocator: `cargo add alloc-kit --dev --features enforce`, or with the feature `audit`
          one line at the root of each test program:    alloc_kit::install!();
  = help: over your own allocator, with the feature `audit`, these two in place of its static:
          #[global_allocator]
          static GLOBAL: alloc_kit::CountingAlloc<MyAlloc> = alloc_kit::CountingAlloc::new(MyAlloc);";
