//! Signal handlers that allocate, have guards of their own, and break them. They ask an allocator that may be asked there:
//! the system's may not, and so no program may do this with it. Leaving a handler by `longjmp` is not looked at: over
//! frames of Rust's that is undefined.

use std::env;
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::process::Command;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use alloc_kit::{alloc_budget, measure};

use crate::child::{allocate, alone, alone_with, request};

static HANDLED: AtomicU64 = AtomicU64::new(0);

/// Has the signal handled so; `flags` besides restarting system calls.
fn handle(signal: c_int, handler: extern "C" fn(c_int), flags: c_int) {
    // SAFETY: all zeros are an action.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = handler as *const () as usize;
    action.sa_flags = libc::SA_RESTART | flags;
    // SAFETY: the action is one, and the old one is not asked for.
    assert_eq!(unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) }, 0);
}

extern "C" fn allocates(_signal: c_int) {
    request(16);
    HANDLED.fetch_add(1, Ordering::Relaxed);
}

#[alloc_budget(1, bytes = 16, live_bytes = 0, deallocations = 1)]
fn guarded() {
    request(16);
}

extern "C" fn has_a_guard(_signal: c_int) {
    guarded();
    HANDLED.fetch_add(1, Ordering::Relaxed);
}

#[alloc_budget(0)]
fn guarded_and_over() {
    request(16);
}

extern "C" fn breaks_a_budget(_signal: c_int) {
    guarded_and_over();
}

/// Gives the calling thread a stack for signal handlers, which stays.
fn alternate_stack() {
    let size = 256 * 1024;
    let memory = Box::leak(vec![0_u8; size].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: size };
    // SAFETY: the memory is the stack's for ever.
    assert_eq!(unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) }, 0);
}

/// Whether a word is counted by one instruction. Elsewhere a signal within loses what its handler counted, and nothing else.
const IS_EXACT: bool = cfg!(target_arch = "x86_64");
/// What a region may seem to keep, where frees in its handlers were lost.
const LOST: u64 = if IS_EXACT { 0 } else { 1_000_000 };

/// The figure is what was counted by the thread and by so much of its handlers, or where it is not exact at least the thread's.
#[track_caller]
fn assert_counted(figure: u64, own: u64, handlers: u64) {
    let least = if IS_EXACT { own + handlers } else { own };
    assert!((least..=own + handlers).contains(&figure), "{figure} is not {own} and {handlers}");
}

/// What a handler allocates counts for the region that it interrupts.
#[alloc_budget(1_000_000, bytes = 1_000_000, peak_bytes = 1_000_000, live_bytes = LOST)]
fn interrupted_region() {
    allocate(2);
}

/// Works, with three allocations a round, until so many signals have come. Gives how many rounds there were.
fn work_until(signals: u64) -> u64 {
    let mut rounds = 0;
    WORKS.store(true, Ordering::Release);
    while HANDLED.load(Ordering::Relaxed) < signals {
        interrupted_region();
        request(300_000);
        rounds += 1;
    }
    rounds
}

/// Whether there is something to interrupt.
static WORKS: AtomicBool = AtomicBool::new(false);

/// Sends the signal to the calling thread from another one, while it does the work, and waits for each.
fn interrupted<R>(signal: c_int, signals: u64, work: impl FnOnce() -> R) -> R {
    WORKS.store(false, Ordering::Relaxed);
    // SAFETY: it has no requirement.
    let this = unsafe { libc::pthread_self() };
    thread::scope(|scope| {
        scope.spawn(move || {
            while !WORKS.load(Ordering::Acquire) {
                thread::yield_now();
            }
            for sent in 0..signals {
                // SAFETY: the thread lives, since it waits for this one.
                assert_eq!(unsafe { libc::pthread_kill(this, signal) }, 0);
                while HANDLED.load(Ordering::Relaxed) <= sent {
                    thread::yield_now();
                }
            }
        });
        work()
    })
}

#[test]
fn a_signal_of_another_thread_is_counted_exactly() {
    let run = alone("signals::a_signal_of_another_thread_is_counted_exactly", || {
        for (handler, flags) in
            [(allocates as extern "C" fn(c_int), 0), (has_a_guard, 0), (has_a_guard, libc::SA_ONSTACK)]
        {
            alternate_stack();
            handle(libc::SIGUSR1, handler, flags);
            HANDLED.store(0, Ordering::Relaxed);
            let signals = 200;
            interrupted(libc::SIGUSR1, signals, || {
                let (rounds, usage) = measure(|| work_until(signals));
                assert_counted(usage.allocations, 3 * rounds, signals);
                assert_counted(usage.deallocations, 3 * rounds, signals);
                assert_counted(usage.bytes_allocated, 300_020 * rounds, 16 * signals);
                assert!(usage.live_bytes == 0 || !IS_EXACT, "{usage}");
            });
        }
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn a_timer_is_counted_exactly() {
    let run = alone("signals::a_timer_is_counted_exactly", || {
        handle(libc::SIGALRM, allocates, 0);
        // Of threads in which it is not blocked, the kernel takes any: this is to be the only one.
        let every = libc::timeval { tv_sec: 0, tv_usec: 200 };
        let timer = libc::itimerval { it_interval: every, it_value: every };
        let (rounds, usage) = measure(|| {
            // SAFETY: the timer is one, and the old one is not asked for.
            assert_eq!(unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, ptr::null_mut()) }, 0);
            work_until(100)
        });
        let never = libc::timeval { tv_sec: 0, tv_usec: 0 };
        let timer = libc::itimerval { it_interval: never, it_value: never };
        // SAFETY: as above.
        assert_eq!(unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, ptr::null_mut()) }, 0);
        // Some may have been handled by the harness's thread, which counts by itself.
        let all = HANDLED.load(Ordering::Relaxed);
        let handled = usage.allocations - 3 * rounds;
        assert!(handled <= all, "{usage}");
        let handled = if IS_EXACT { handled } else { all };
        assert_counted(usage.bytes_allocated, 300_020 * rounds, 16 * handled);
        assert_counted(usage.deallocations, 3 * rounds, handled);
        assert!(usage.live_bytes == 0 || !IS_EXACT, "{usage}");
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn a_broken_budget_in_a_handler_ends_the_process() {
    for (on_stack, flags) in [("", 0), ("1", libc::SA_ONSTACK)] {
        let test = "signals::a_broken_budget_in_a_handler_ends_the_process";
        let prepare = |command: &mut Command| {
            command.env("ON_STACK", on_stack);
        };
        let run = alone_with(test, prepare, || {
            let flags = if env::var("ON_STACK").is_ok_and(|on| on == "1") { libc::SA_ONSTACK } else { flags };
            alternate_stack();
            handle(libc::SIGUSR1, breaks_a_budget, flags);
            allocate(1);
            // SAFETY: it has no requirement.
            unsafe { libc::raise(libc::SIGUSR1) };
            unreachable!("it was let pass");
        });
        let Some(run) = run else { return };
        let title = "alloc-kit: `guarded_and_over` made 1 heap allocation (16 bytes); its budget is 0";
        let run = run.prints(&[title]).never_prints(&["it was let pass"]);
        run.expect(run.to_string().contains("signal: 6 (SIGABRT)"), "it should have been ended");
    }
}
