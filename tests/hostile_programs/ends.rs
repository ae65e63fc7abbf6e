//! Programs that end in the middle: in `atexit` handlers, panic hooks, panics within panics, with threads that go on, with
//! futures that are leaked or dropped.

use std::future::poll_fn;
use std::mem;
use std::panic;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;

use alloc_kit::{alloc_budget, measure, no_alloc};

use crate::child::{Folder, allocate, alone, alone_with, breaks, broken, holds, quietly};

extern "C" fn at_exit() {
    holds(3);
    let message = broken(|| breaks(2));
    assert!(message.contains("`breaks` made 2 heap allocations (20 bytes); its budget is 0"), "{message}");
    let ((), usage) = measure(|| allocate(5));
    eprintln!("at exit: {} allocations", usage.allocations);
}

#[test]
fn an_exit_handler_is_counted_and_judged() {
    let test = "ends::an_exit_handler_is_counted_and_judged";
    let folder = Folder::new(test);
    let report = folder.path("report.jsonl");
    let run = alone_with(
        test,
        |command| {
            command.env("ALLOC_KIT_REPORT", &report);
        },
        || {
            quietly();
            // SAFETY: it has no requirement.
            assert_eq!(unsafe { libc::atexit(at_exit) }, 0);
        },
    );
    let Some(run) = run else { return };
    run.succeeds().prints(&["at exit: 5 allocations", "was over its budget in 1 call\n"]);
    let text = std::fs::read_to_string(&report).expect("a report");
    let holds = text.lines().find(|line| line.contains("child::holds\"")).expect("a line");
    assert!(holds.contains("\"calls\":1,\"judged\":1,"), "{holds}");
}

#[test]
fn a_panic_hook_with_a_guard() {
    static HOOKS: AtomicU64 = AtomicU64::new(0);
    let run = alone("ends::a_panic_hook_with_a_guard", || {
        panic::set_hook(Box::new(|_| {
            allocate(2);
            holds(3);
            // It would break, but a thread that panics is not judged: a second panic would end the process.
            breaks(1);
            // Not even where that panic would be caught.
            assert!(panic::catch_unwind(|| breaks(1)).is_ok());
            HOOKS.fetch_add(1, Ordering::Relaxed);
        }));
        let message = broken(|| breaks(4));
        assert!(message.contains("`breaks` made 4 heap allocations (40 bytes)"), "{message}");
        // The hook is part of what panics.
        let own = |with: bool| {
            let hook = panic::take_hook();
            if with {
                panic::set_hook(hook);
            } else {
                quietly();
            }
            measure(|| panic::catch_unwind(|| panic!("on purpose")).is_err()).1.allocations
        };
        assert_eq!(own(true) - own(false), 2 + 3 + 2);
        assert_eq!(HOOKS.load(Ordering::Relaxed), 2);
    });
    let Some(run) = run else { return };
    let run = run.succeeds();
    let said =
        run.stderr().matches("alloc-kit: `breaks` was left by a panic: its budget was not judged\n").count();
    run.expect(said == 4, "each is said");
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        allocate(1);
        panic!("the second panic");
    }
}

#[no_alloc]
fn panics_twice() {
    let _guard = PanicsWhenDropped;
    allocate(1);
    panic!("the first panic");
}

#[test]
fn a_double_panic_ends_the_process_and_nothing_hangs() {
    let run = alone("ends::a_double_panic_ends_the_process_and_nothing_hangs", panics_twice);
    if let Some(run) = run {
        let run = run.prints(&["the first panic", "the second panic"]).never_prints(&["its budget is 0"]);
        run.expect(run.to_string().contains("signal: 6 (SIGABRT)"), "it should have been ended");
    }
}

/// Allocates once before it waits, and once after.
#[no_alloc]
async fn waits() {
    allocate(1);
    let mut waits = true;
    poll_fn(|_| if mem::take(&mut waits) { Poll::Pending } else { Poll::Ready(()) }).await;
    allocate(1);
}

fn poll<F: Future>(future: Pin<&mut F>) {
    assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[test]
fn a_future_dropped_in_the_middle_is_judged() {
    let run = alone("ends::a_future_dropped_in_the_middle_is_judged", || {
        quietly();
        let message = broken(|| {
            let mut future = pin!(waits());
            poll(future.as_mut());
        });
        assert!(message.contains("`waits` made 1 heap allocation (10 bytes); its budget is 0"), "{message}");
        assert_eq!(measure(|| holds(4)).1.allocations, 4);
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn a_leaked_future_that_is_over_is_told_at_the_end() {
    let run = alone("ends::a_leaked_future_that_is_over_is_told_at_the_end", || {
        let mut future = Box::pin(waits());
        poll(future.as_mut());
        mem::forget(future);
        assert_eq!(measure(|| holds(4)).1.allocations, 4);
    });
    let Some(run) = run else { return };
    run.fails().prints(&[
        "test result: ok. 1 passed",
        "alloc-kit: `waits` (tests/hostile_programs/ends.rs:",
        ") went over its budget, and had not returned when the process ended",
    ]);
}

/// Allocates, says so, and does not return.
#[alloc_budget(1)]
fn stays(n: usize, ready: &mpsc::Sender<()>) {
    allocate(n);
    ready.send(()).expect("somebody waits");
    loop {
        thread::park();
    }
}

#[test]
fn a_thread_that_is_still_in_a_region_when_main_ends() {
    let test = "ends::a_thread_that_is_still_in_a_region_when_main_ends";
    // The sender's first message allocates as well.
    for over in [false, true] {
        let run = alone_with(
            test,
            |command| {
                command.env("OVER", if over { "1" } else { "" });
            },
            || {
                let over = std::env::var_os("OVER").is_some_and(|value| !value.is_empty());
                let (sender, receiver) = mpsc::channel();
                sender.send(()).expect("somebody waits");
                thread::spawn(move || stays(if over { 5 } else { 1 }, &sender));
                receiver.recv().expect("a message");
                receiver.recv().expect("a message");
            },
        );
        let Some(run) = run else { return };
        let said = ") went over its budget, and had not returned when the process ended";
        if over {
            run.fails().prints(&["test result: ok. 1 passed", "alloc-kit: `stays` (", said]);
        } else {
            run.succeeds().never_prints(&["alloc-kit:"]);
        }
    }
}

/// Leaves the process in the middle.
#[alloc_budget(1)]
fn exits(n: usize, how: fn()) {
    allocate(n);
    how();
}

#[test]
fn leaving_the_process_inside_of_a_region() {
    let test = "ends::leaving_the_process_inside_of_a_region";
    let folder = Folder::new(test);
    // How, whether over, the status, and what the report says.
    for (how, n, status, verdict) in [
        ("exit", 1, "exit status: 7", Some("\"verdict\":\"not verified\",\"why\":\"no call returned\"")),
        ("exit", 2, "exit status: 101", Some("\"verdict\":\"broken\",\"why\":\"it had not returned")),
        ("_exit", 2, "exit status: 7", None),
        ("abort", 2, "signal: 6 (SIGABRT)", None),
    ] {
        let report = folder.path(&format!("{how}-{n}.jsonl"));
        let run = alone_with(
            test,
            |command| {
                command.env("ALLOC_KIT_REPORT", &report).env("HOW", how).env("N", n.to_string());
            },
            || {
                let variable = |name| std::env::var(name).expect("a variable");
                let n = variable("N").parse().expect("a number");
                exits(
                    n,
                    match variable("HOW").as_str() {
                        "exit" => || std::process::exit(7),
                        // SAFETY: it has no requirement.
                        "_exit" => || unsafe { libc::_exit(7) },
                        _ => || std::process::abort(),
                    },
                );
            },
        );
        let Some(run) = run else { return };
        let run = run.prints(&[]);
        run.expect(run.to_string().contains(status), status);
        let text = std::fs::read_to_string(&report).unwrap_or_default();
        let line = text.lines().rfind(|line| line.contains("ends::exits\""));
        assert_eq!(line.is_some(), verdict.is_some(), "{run}\n{text}");
        assert!(line.zip(verdict).is_none_or(|(line, verdict)| line.contains(verdict)), "{text}");
    }
}
