//! A signal after every single instruction: the processor's trap flag raises `SIGTRAP`, and the handler allocates. No
//! place between a load and a store, or between two words of one total, is left out, and no clock is involved.
//!
//! First with a signal after each of some 20,000 instructions: who looks for a moment in which nothing is counted waits until
//! then. After that with one signal alone, after some of the instructions; with `HOSTILE_STEPS=all` after each in turn: a
//! step takes some microseconds, on a virtual machine that is busy far more, and that is millions of them.

use std::sync::atomic::{AtomicU64, Ordering};

use alloc_kit::{Usage, alloc_budget, allow_alloc, measure, no_alloc};

use crate::child::{alone, alone_with, request};

/// Signals so far.
static STEPS: AtomicU64 = AtomicU64::new(0);
/// At which of them the handler allocates: at all, if there is none.
static ONLY: AtomicU64 = AtomicU64::new(u64::MAX);
/// At none.
const NEVER: u64 = u64::MAX - 1;
/// At which of them there are to be no more.
static LIMIT: AtomicU64 = AtomicU64::new(u64::MAX);
/// How often the handler allocated.
static HANDLED: AtomicU64 = AtomicU64::new(0);

/// Whether the handler has a guard.
static GUARDED: AtomicU64 = AtomicU64::new(0);

#[alloc_budget(1, bytes = 16, peak_bytes = 16, live_bytes = 0)]
fn guarded() {
    request(16);
}

#[cfg(target_arch = "x86_64")]
mod flag {
    use std::arch::asm;
    use std::ffi::{c_int, c_void};
    use std::mem::MaybeUninit;
    use std::ptr;

    use super::{GUARDED, HANDLED, LIMIT, ONLY, Ordering, STEPS, guarded, request};

    const TRAP_FLAG: i64 = 0x100;

    extern "C" fn handle(_signal: c_int, _info: *mut libc::siginfo_t, context: *mut c_void) {
        let step = STEPS.load(Ordering::Relaxed);
        STEPS.store(step + 1, Ordering::Relaxed);
        let only = ONLY.load(Ordering::Relaxed);
        if only == u64::MAX || only == step {
            if GUARDED.load(Ordering::Relaxed) == 1 {
                guarded();
            } else {
                request(16);
            }
            HANDLED.store(HANDLED.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
        if only == step || step >= LIMIT.load(Ordering::Relaxed) {
            // SAFETY: the kernel gives it to a handler that was asked for with `SA_SIGINFO`.
            let context = unsafe { &mut *context.cast::<libc::ucontext_t>() };
            context.uc_mcontext.gregs[libc::REG_EFL as usize] &= !TRAP_FLAG;
        }
    }

    /// From here on there is a signal after each instruction, until [`end`].
    #[inline(never)]
    pub(super) fn begin() {
        // SAFETY: all zeros are an action.
        let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
        action.sa_sigaction = handle as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO;
        // SAFETY: the action is one, and the old one is not asked for.
        assert_eq!(unsafe { libc::sigaction(libc::SIGTRAP, &raw const action, ptr::null_mut()) }, 0);
        // SAFETY: it changes one flag, for which there is a handler.
        unsafe { asm!("pushfq", "or qword ptr [rsp], 0x100", "popfq") };
    }

    /// From here on there is none.
    pub(super) fn end() {
        // SAFETY: it changes one flag.
        unsafe { asm!("pushfq", "and qword ptr [rsp], -0x101", "popfq") };
    }

    /// Does the work with a signal after each instruction.
    pub(super) fn stepped<R>(work: impl FnOnce() -> R) -> R {
        begin();
        let result = work();
        end();
        result
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod flag {
    pub(super) fn begin() {
        eprintln!("not tested: there is no trap flag");
    }

    pub(super) fn end() {}

    pub(super) fn stepped<R>(work: impl FnOnce() -> R) -> R {
        begin();
        work()
    }
}

/// Steps, in all, with one signal alone.
const STEPS_ALONE: u64 = 20_000;
/// Steps with a signal after each.
const MOST_STEPS: u64 = 20_000;

fn all_steps() -> bool {
    std::env::var_os("HOSTILE_STEPS").is_some_and(|value| value == "all")
}

/// What the work uses with the signals, and how often the handler allocated meanwhile.
fn stepped(work: impl FnOnce()) -> (Usage, u64) {
    limit(if all_steps() { u64::MAX } else { MOST_STEPS });
    counted(work)
}

/// Starts to count steps.
fn limit(steps: u64) {
    HANDLED.store(0, Ordering::Relaxed);
    STEPS.store(0, Ordering::Relaxed);
    LIMIT.store(steps, Ordering::Relaxed);
}

fn counted(work: impl FnOnce()) -> (Usage, u64) {
    let ((), usage) = measure(|| flag::stepped(work));
    (usage, HANDLED.load(Ordering::Relaxed))
}

/// Does the work with a signal after each instruction, and then for each instruction with one after it and no other.
/// Gives how many signals there were in all.
fn at_every_instruction(work: impl Fn(), check: impl Fn(&Usage, u64)) -> u64 {
    // What is done the first time only.
    work();
    // How many there are, with signals that do nothing.
    ONLY.store(NEVER, Ordering::Relaxed);
    let (usage, handled) = stepped(&work);
    check(&usage, handled);
    let steps = STEPS.load(Ordering::Relaxed);
    assert!(cfg!(not(target_arch = "x86_64")) || (handled == 0 && steps > 30), "{handled}, {steps}");
    println!("{steps} steps");
    // What is read of one moment is read again after a signal, so this does not end but by its limit.
    ONLY.store(u64::MAX, Ordering::Relaxed);
    limit(MOST_STEPS);
    let (usage, handled) = counted(&work);
    check(&usage, handled);
    // The n-th takes n steps: so many, in all.
    let runs = if all_steps() { steps } else { (2 * STEPS_ALONE / steps).clamp(3, steps) };
    let mut all = handled;
    for only in (0..runs).map(|run| run * steps / runs) {
        ONLY.store(only, Ordering::Relaxed);
        let (usage, handled) = stepped(&work);
        check(&usage, handled);
        all += handled;
    }
    ONLY.store(u64::MAX, Ordering::Relaxed);
    all
}

/// What the work makes by itself, and each signal's on top.
fn exactly(usage: &Usage, allocations: u64, bytes: u64, handled: u64) {
    assert_eq!(usage.allocations, allocations + handled, "{usage}");
    assert_eq!(usage.deallocations, allocations + handled, "{usage}");
    assert_eq!(usage.bytes_allocated, bytes + 16 * handled, "{usage}");
    assert_eq!(usage.live_bytes, 0, "{usage}");
}

/// What was made while alloc-kit did its own work is in no figure, but wholly so.
fn in_whole(usage: &Usage, allocations: u64, bytes: u64, handled: u64) {
    let counted = usage.allocations - allocations;
    assert!(counted <= handled, "{usage}: {handled}");
    exactly(usage, allocations, bytes, counted);
}

#[alloc_budget(1_000_000)]
fn lean() {
    request(100);
}

#[alloc_budget(1_000_000, bytes = u64::MAX, peak_bytes = 1_000_u64, live_bytes = 0, deallocations = 1_000_000)]
fn plain() {
    request(100);
}

#[test]
fn the_hook_is_exact() {
    let run = alone("stepped::the_hook_is_exact", || {
        at_every_instruction(|| request(100), |usage, handled| exactly(usage, 1, 100, handled));
        at_every_instruction(
            || drop(std::hint::black_box(Box::new([1_u8; 40]))),
            |usage, handled| exactly(usage, 1, 40, handled),
        );
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn entering_and_leaving_is_exact() {
    let run = alone("stepped::entering_and_leaving_is_exact", || {
        for work in [lean as fn(), plain] {
            at_every_instruction(work, |usage, handled| exactly(usage, 1, 100, handled));
        }
        // One in the other, and a measurement.
        let nested = || {
            let ((), usage) = measure(|| {
                plain();
                lean();
            });
            in_whole(&usage, 2, 200, u64::MAX);
        };
        at_every_instruction(nested, |usage, handled| exactly(usage, 2, 200, handled));
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

/// What a signal counts while the figures are read is in all of them, or in none. The signals begin just before, so that there
/// is time for many.
#[test]
fn a_measurement_is_of_one_moment() {
    let run = alone("stepped::a_measurement_is_of_one_moment", || {
        let read = |only| {
            limit(MOST_STEPS);
            ONLY.store(only, Ordering::Relaxed);
            let ((), usage) = measure(flag::begin);
            flag::end();
            (usage, HANDLED.load(Ordering::Relaxed))
        };
        read(NEVER);
        let steps = STEPS.load(Ordering::Relaxed);
        println!("{steps} steps");
        let (mut seen, mut read_with) = (0, 0);
        // Without optimisation each word takes many instructions to be read.
        let every = if all_steps() { 1 } else { (steps * steps / (20 * STEPS_ALONE)).max(1) };
        for only in (0..steps / every).map(|run| run * every) {
            let (usage, handled) = read(only);
            in_whole(&usage, 0, 0, handled);
            (seen, read_with) = (seen + usage.allocations, read_with + handled);
        }
        // There were some before it was read, and some after it.
        assert!(cfg!(not(target_arch = "x86_64")) || (0 < seen && seen < read_with), "{seen} of {read_with}");
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

/// Goes through a trap that refills the line.
#[alloc_budget(1_000_000, bytes = u64::MAX, peak_bytes = 1_000_000_u64)]
fn refills() {
    request(300_000);
}

#[test]
fn a_trap_is_exact() {
    let run = alone("stepped::a_trap_is_exact", || {
        at_every_instruction(|| request(300_000), |usage, handled| exactly(usage, 1, 300_000, handled));
        at_every_instruction(refills, |usage, handled| exactly(usage, 1, 300_000, handled));
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn what_interrupts_our_own_work_is_left_out_in_whole() {
    let run = alone("stepped::what_interrupts_our_own_work_is_left_out_in_whole", || {
        let excepted = || allow_alloc!("to be counted apart", request(50));
        at_every_instruction(excepted, |usage, handled| in_whole(usage, 0, 0, handled));
        // A trace is taken.
        #[no_alloc]
        fn over() {
            flag::stepped(|| request(100));
        }
        crate::child::quietly();
        for _ in 0..2 {
            limit(MOST_STEPS);
            let message = std::cell::RefCell::new(String::new());
            let ((), usage) = measure(|| {
                let said = crate::child::broken(over);
                *message.borrow_mut() = said;
            });
            let message = message.into_inner();
            let (_, rest) = message.split_once("made ").expect("a title");
            let made: u64 = rest.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
            let bytes = format!("({} bytes)", 100 + 16 * (made - 1));
            assert!(rest.contains(&bytes), "{message}");
            assert!(made <= 1 + HANDLED.load(Ordering::Relaxed) && usage.allocations >= made, "{message}");
        }
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn a_guard_in_the_handler_is_judged_or_said_not_to_be() {
    let test = "stepped::a_guard_in_the_handler_is_judged_or_said_not_to_be";
    let folder = crate::child::Folder::new(test);
    let report = folder.path("report.jsonl");
    for reported in [false, true] {
        let prepare = |command: &mut std::process::Command| {
            if reported {
                command.env("ALLOC_KIT_REPORT", &report);
            }
        };
        let run = alone_with(test, prepare, || {
            GUARDED.store(1, Ordering::Relaxed);
            guarded();
            let mut all = 1;
            let works = [(lean as fn(), 100), (refills, 300_000)];
            for (work, bytes) in &works[..if reported { 1 } else { 2 }] {
                let signals = at_every_instruction(work, |usage, handled| {
                    // Where a report is kept, so are figures, as our own work.
                    in_whole(usage, 1, *bytes, handled);
                });
                all += signals;
            }
            println!("the handler ran {all} times");
        });
        let Some(run) = run else { return };
        let run = run.succeeds().prints(&["` (tests/hostile_programs/stepped.rs:", " was not verified in "]);
        run.expect(run.stderr().contains(": a signal handler interrupted alloc-kit's own work"), "why");
        run.expect(!run.stderr().contains("had not returned"), "nothing is left over");
        let number = |text: &str, before: &str| -> u64 {
            let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before} in {text}"));
            rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number")
        };
        if reported {
            let text = std::fs::read_to_string(&report).expect("a report");
            let line = text.lines().find(|line| line.contains("stepped::guarded\",")).expect("a line");
            let (calls, judged) = (number(line, "\"calls\":"), number(line, "\"judged\":"));
            assert_eq!(calls, judged + number(line, "\"not_judged\":"), "{line}");
            assert_eq!(calls, number(&run.stdout(), "the handler ran "), "{line}");
            assert!(line.contains("\"broken\":0,"), "{line}");
        }
    }
}
