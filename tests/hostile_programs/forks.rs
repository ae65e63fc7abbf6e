//! Processes that fork: inside of a region, with other threads in the middle of anything, by `Command`.
//!
//! Each child has an alarm: one that waits for a lock which nobody holds there is killed, and its status tells.

use std::ffi::c_int;
use std::fs;
use std::panic;
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use alloc_kit::{assert_alloc_budget, measure};
use serde_json::Value;

use crate::child::{
    Folder, allocate, alone, alone_with, assert_shows_the_line, breaks, broken, holds, quietly,
    wait_for_the_harness,
};

/// Forks; the child does the work and ends with the status that it gives, by `exit` or by `_exit`.
fn fork(through_exit: bool, child: impl FnOnce() -> c_int) -> libc::pid_t {
    // SAFETY: what the child does afterwards is what this is about.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "cannot fork");
    if pid != 0 {
        return pid;
    }
    // SAFETY: it has no requirement.
    unsafe { libc::alarm(120) };
    let status = panic::catch_unwind(panic::AssertUnwindSafe(child)).unwrap_or(99);
    if through_exit {
        // SAFETY: it has no requirement.
        unsafe { libc::exit(status) }
    }
    // SAFETY: as above.
    unsafe { libc::_exit(status) }
}

/// Forks; both go on from here.
fn fork_both() -> libc::pid_t {
    // SAFETY: what the child does afterwards is what this is about.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "cannot fork");
    if pid == 0 {
        // SAFETY: it has no requirement.
        unsafe { libc::alarm(120) };
    }
    pid
}

/// A line on standard error, past the standard library's lock and the harness.
fn say(line: &str) {
    // SAFETY: the text is valid for reads.
    let written = unsafe { libc::write(2, line.as_ptr().cast(), line.len()) };
    assert_eq!(written, line.len().cast_signed());
}

/// Waits for the child; its status, or less than zero where a signal ended it.
fn wait(pid: libc::pid_t) -> c_int {
    let mut status = 0;
    // SAFETY: the status is valid for writes.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { -libc::WTERMSIG(status) }
}

#[test]
fn in_a_region_both_count_on_from_there() {
    let run = alone("forks::in_a_region_both_count_on_from_there", || {
        quietly();
        for through_exit in [false, true] {
            let (child, usage) = measure(|| {
                allocate(3);
                let child = fork(through_exit, || {
                    let ((), usage) = measure(|| allocate(2));
                    holds(4);
                    assert_shows_the_line(&broken(|| breaks(1)));
                    i32::try_from(usage.allocations).expect("a number")
                });
                allocate(1);
                child
            });
            assert_eq!((usage.allocations, usage.bytes_allocated, usage.live_bytes), (4, 40, 0), "{usage}");
            assert_eq!(wait(child), 2);
        }
        // The region itself goes on in both.
        let mut status = 0;
        for more in [1, 2] {
            let budget = || {
                assert_alloc_budget!(4, {
                    allocate(3);
                    // SAFETY: what the child does afterwards is what this is about.
                    status = unsafe { libc::fork() };
                    allocate(more);
                });
            };
            let result = panic::catch_unwind(panic::AssertUnwindSafe(budget));
            if status == 0 {
                // SAFETY: it has no requirement.
                unsafe { libc::_exit(i32::from(result.is_err())) }
            }
            let over = more == 2;
            assert_eq!((wait(status), result.is_err()), (i32::from(over), over));
        }
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn the_parents_process_wide_figures_stay_right() {
    let run = alone("forks::the_parents_process_wide_figures_stay_right", || {
        quietly();
        wait_for_the_harness();
        let work = || {
            allocate(3);
            let child = fork(false, || {
                let sum = || thread::spawn(|| allocate(100)).join().expect("a thread");
                assert_alloc_budget!(150, scope = process, sum());
                0
            });
            assert_eq!(wait(child), 0);
            allocate(2);
        };
        work();
        assert_alloc_budget!(5, scope = process, work());
        let message = broken(|| assert_alloc_budget!(4, scope = process, work()));
        assert!(message.contains("made 5 heap allocations (50 bytes); its budget is 4"), "{message}");
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

/// A thread that is in the middle of entering or leaving a region where the process forks is so for ever in the child, and
/// what it had counted can't be read there.
#[test]
fn of_all_threads_while_others_enter_and_leave() {
    const FORKS: usize = 40;
    let over = |n: usize, message: &str| {
        let expected = format!("made {n} heap allocations");
        assert!(message.contains(&expected), "there is no {expected:?} in\n{message}");
    };
    let run = alone("forks::of_all_threads_while_others_enter_and_leave", || {
        quietly();
        wait_for_the_harness();
        // The symbols are there for all children.
        broken(|| breaks(1));
        let (stop, rest, ready) = (AtomicBool::new(false), AtomicBool::new(false), Barrier::new(4));
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    // A sum that is without this thread's is less by so much.
                    allocate(1_000);
                    holds(0);
                    ready.wait();
                    while !stop.load(Ordering::Relaxed) {
                        holds(0);
                        // The processor is the child's.
                        while rest.load(Ordering::Relaxed) {
                            thread::sleep(Duration::from_millis(1));
                        }
                    }
                });
            }
            ready.wait();
            let mut wrong = false;
            for _ in 0..FORKS {
                rest.store(false, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(3));
                let mut pid = 0;
                let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
                    assert_alloc_budget!(4, scope = process, {
                        allocate(3);
                        pid = fork_both();
                        allocate(if pid == 0 { 2 } else { 1 });
                    });
                }));
                if pid == 0 {
                    let judged = panic::catch_unwind(panic::AssertUnwindSafe(|| {
                        if let Err(payload) = &result {
                            over(5, payload.downcast_ref::<String>().expect("a message"));
                        }
                        // One that begins in the child is exact.
                        over(3, &broken(|| assert_alloc_budget!(2, scope = process, allocate(3))));
                        assert_alloc_budget!(3, scope = process, allocate(3));
                    }));
                    let said = if result.is_ok() { "unjudged" } else { "judged" };
                    // In one write: other children do so as well.
                    say(&format!("child: {}\n", if judged.is_ok() { said } else { "wrong" }));
                    // SAFETY: it has no requirement.
                    unsafe { libc::_exit(c_int::from(judged.is_err())) }
                }
                rest.store(true, Ordering::Relaxed);
                wrong |= wait(pid) != 0 || result.is_err();
            }
            // Before it fails: the scope waits for all of them.
            rest.store(false, Ordering::Relaxed);
            stop.store(true, Ordering::Relaxed);
            assert!(!wrong, "a child, or a budget of the parent's");
        });
    });
    let Some(run) = run else { return };
    let run = run.succeeds();
    let text = run.stderr();
    let count = |line: &str| text.lines().filter(|there| there.starts_with(line)).count();
    assert_eq!(count("child: judged") + count("child: unjudged"), FORKS, "{run}");
    // Whoever did not judge has said so, and nobody else.
    let unverified = text.lines().filter(|line| line.contains("is not verified")).count();
    assert_eq!(unverified, count("child: unjudged"), "{run}");
}

/// Budgets that break, of each of which 16 breaches are written: more than there is time for.
static MANY: [fn(usize); 64] = {
    macro_rules! many {
        ($($group:tt)*) => { [$(one_of!($group)),*] };
    }
    macro_rules! one_of {
        ($group:tt) => {{
            #[alloc_kit::no_alloc]
            fn one_of_many(n: usize) {
                allocate(n);
            }
            one_of_many
        }};
    }
    many!(
        0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
        0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
    )
};

#[test]
fn with_others_in_the_middle_of_a_message_and_of_the_report() {
    let test = "forks::with_others_in_the_middle_of_a_message_and_of_the_report";
    let folder = Folder::new(test);
    let report = folder.path("report.jsonl");
    let run = alone_with(
        test,
        |command| {
            command.env("ALLOC_KIT_REPORT", &report);
        },
        || {
            quietly();
            let stop = AtomicBool::new(false);
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        for one in MANY.iter().cycle() {
                            broken(|| one(1));
                            broken(|| breaks(1));
                            holds(3);
                            if stop.load(Ordering::Relaxed) {
                                break;
                            }
                        }
                    });
                }
                let children: Vec<_> = (0..24)
                    .map(|n| {
                        fork(n % 2 == 0, || {
                            assert_shows_the_line(&broken(|| breaks(2)));
                            let ((), usage) = measure(|| holds(5));
                            i32::try_from(usage.allocations).expect("a number")
                        })
                    })
                    .collect();
                let ends: Vec<_> = children.into_iter().map(wait).collect();
                stop.store(true, Ordering::Relaxed);
                assert_eq!(ends, [5; 24]);
            });
        },
    );
    let Some(run) = run else { return };
    let run = run.succeeds();
    let text = fs::read_to_string(&report).expect("a report");
    let line = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}\n{run}"));
    let lines: Vec<Value> = text.lines().map(line).collect();
    assert!(lines.iter().all(|line| line["pid"] == lines[0]["pid"]), "the children write nothing");
    // Written at the end, once: the others are of single budgets that broke.
    let ends = lines.iter().filter(|line| line["path"] == "hostile_programs::child::holds").count();
    assert_eq!(ends, 1, "{text}");
    let breaks = lines.iter().filter(|line| line["path"] == "hostile_programs::child::breaks");
    let most = breaks.clone().map(|line| line["most"]["allocations"].as_i64()).max().flatten();
    assert_eq!(most, Some(1), "what the children used is not there");
    let last = breaks.max_by_key(|line| line["broken"].as_u64()).expect("a line");
    assert_eq!(last["judged"], last["broken"], "{last}");
}

/// A child that lives on has the report open if it was forked in the middle of a write, and must not keep the lock.
#[test]
fn a_child_that_lives_on_locks_nobody_out() {
    let test = "forks::a_child_that_lives_on_locks_nobody_out";
    let folder = Folder::new(test);
    let report = folder.path("report.jsonl");
    let run = alone_with(
        test,
        |command| {
            command.env("ALLOC_KIT_REPORT", &report);
        },
        || {
            quietly();
            broken(|| breaks(1));
            let stop = AtomicBool::new(false);
            let children = thread::scope(|scope| {
                scope.spawn(|| {
                    for one in MANY.iter().cycle().take_while(|_| !stop.load(Ordering::Relaxed)) {
                        broken(|| one(1));
                    }
                });
                let children: Vec<_> = (0..40)
                    .map(|_| {
                        fork(false, || {
                            // SAFETY: it has no requirement.
                            unsafe { libc::pause() }
                        })
                    })
                    .collect();
                stop.store(true, Ordering::Relaxed);
                children
            });
            broken(|| breaks(1));
            for child in children {
                // SAFETY: it is a child of this process that was not waited for.
                assert_eq!(unsafe { libc::kill(child, libc::SIGKILL) }, 0);
                assert_eq!(wait(child), -libc::SIGKILL);
            }
        },
    );
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn what_a_command_allocates_is_counted() {
    let run = alone("forks::what_a_command_allocates_is_counted", || {
        quietly();
        let spawn = || {
            let status = Command::new("true").arg("argument").status().expect("a program");
            assert!(status.success());
        };
        spawn();
        let ((), usage) = measure(spawn);
        let n = usage.allocations;
        assert!(n > 0 && usage.live_bytes == 0, "{usage}");
        assert_alloc_budget!(n, live_bytes = 0, spawn());
        let message = broken(|| assert_alloc_budget!(n - 1, spawn()));
        assert!(message.contains(&format!("made {n} heap allocations")), "{message}");
    });
    if let Some(run) = run {
        run.succeeds();
    }
}
