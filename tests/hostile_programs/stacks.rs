//! Threads with a stack of 64 KiB, and of 16 KiB, the least that there is; and how deep alloc-kit goes on one.

use std::future::poll_fn;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::pin::pin;
use std::ptr;
use std::task::{Context, Poll, Waker};
use std::thread;

use alloc_kit::{alloc_budget, measure};

use crate::child::{allocate, alone, assert_shows_the_line, breaks, broken, holds, quietly};

const KIB: usize = 1024;

struct Table;

impl Table {
    #[alloc_budget(1)]
    fn rows(&self, n: usize) {
        allocate(n);
    }
}

#[alloc_budget(2)]
async fn waits(n: usize) {
    allocate(1);
    let mut waits = true;
    poll_fn(|_| if std::mem::take(&mut waits) { Poll::Pending } else { Poll::Ready(()) }).await;
    allocate(n);
}

/// Polls to the end.
fn wait(n: usize) {
    let mut future = pin!(waits(n));
    let mut task = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut task).is_pending());
    assert!(future.as_mut().poll(&mut task).is_ready());
}

#[test]
fn a_stack_of_64_kib_or_16() {
    let run = alone("stacks::a_stack_of_64_kib_or_16", || {
        quietly();
        for size in [64 * KIB, 16 * KIB] {
            let thread = thread::Builder::new().stack_size(size).spawn(|| {
                holds(3);
                Table.rows(1);
                wait(1);
                let ((), usage) = measure(|| holds(4));
                assert_eq!(usage.allocations, 4, "{usage}");
                let messages = [broken(|| breaks(1)), broken(|| Table.rows(3)), broken(|| wait(2))];
                assert_eq!(measure(|| holds(4)).1.allocations, 4);
                messages
            });
            let messages = thread.expect("a thread").join().expect("no overflow");
            let titles = ["`breaks` made 1 heap", "`Table::rows` made 3 heap", "`waits` made 3 heap"];
            for (message, title) in messages.iter().zip(titles) {
                assert!(message.contains(title), "{message}");
                assert_shows_the_line(message);
            }
        }
        // Whoever makes the message is no thread of the program's.
        crate::child::wait_for_the_harness();
        let small = || {
            let thread = thread::Builder::new().stack_size(64 * KIB).spawn(|| {
                broken(|| breaks(1));
            });
            thread.expect("a thread").join().expect("no overflow");
        };
        small();
        let message = broken(|| alloc_kit::assert_alloc_budget!(0, small()));
        assert!(
            message.contains("a thread was spawned there") || message.contains("1 thread started"),
            "{message}"
        );
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

/// How many bytes of the stack the work goes below its caller, up to so many.
#[inline(never)]
fn depth(room: usize, work: impl FnOnce()) -> usize {
    const PAINT: u64 = 0x5AFE_5AFE_5AFE_5AFE;
    let here = black_box(&raw mut *Box::new(0_u8)).addr();
    let marker = 0_u64;
    let top = (&raw const marker).addr() & !7;
    black_box(here);
    // The frame of this function is below its marker, too.
    let (from, to) = (top - room, top - 2 * KIB);
    for address in (from..to).step_by(8) {
        // SAFETY: it is this thread's own stack, which has the room, and nothing is there yet.
        unsafe { ptr::with_exposed_provenance_mut::<u64>(address).write_volatile(PAINT) };
    }
    work();
    let untouched = (from..to).step_by(8).take_while(|address| {
        // SAFETY: as above.
        unsafe { ptr::with_exposed_provenance::<u64>(*address).read_volatile() == PAINT }
    });
    room - 8 * untouched.count()
}

#[test]
fn how_deep_it_goes() {
    let run = alone("stacks::how_deep_it_goes", || {
        quietly();
        // What is done the first time only.
        holds(1);
        broken(|| breaks(1));
        let plain = depth(1_000 * KIB, || allocate(1));
        let held = depth(1_000 * KIB, || holds(1));
        // On a small stack that is all; on a large one the message is made in place.
        let small = thread::Builder::new().stack_size(256 * KIB).spawn(|| {
            depth(128 * KIB, || {
                broken(|| breaks(1));
            })
        });
        let small = small.expect("a thread").join().expect("no overflow");
        let large = depth(1_000 * KIB, || {
            broken(|| breaks(1));
        });
        println!("plain {plain}, held {held}, broken on a small stack {small}, on a large one {large}");
        // Twice what there is with Rust 1.95 in debug: other compilers lay frames out otherwise.
        assert!(held <= 5 * KIB, "{held}");
        assert!(small <= 20 * KIB, "{small}");
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

/// A signal handler's own stack is none of the thread's.
#[test]
fn on_a_stack_of_its_own() {
    extern "C" fn handler(_signal: std::ffi::c_int) {
        let message = broken(|| breaks(1));
        assert_shows_the_line(&message);
    }
    let run = alone("stacks::on_a_stack_of_its_own", || {
        quietly();
        allocate(1);
        let memory = Box::leak(vec![0_u8; 64 * KIB].into_boxed_slice());
        let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: memory.len() };
        // SAFETY: the memory is the stack's for ever.
        assert_eq!(unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) }, 0);
        // SAFETY: all zeros are an action.
        let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_ONSTACK;
        // SAFETY: the action is one, and the old one is not asked for.
        assert_eq!(unsafe { libc::sigaction(libc::SIGUSR1, &raw const action, ptr::null_mut()) }, 0);
        // Nothing is interrupted here, so the handler may allocate.
        // SAFETY: it has no requirement.
        let ((), usage) = measure(|| assert_eq!(unsafe { libc::raise(libc::SIGUSR1) }, 0));
        assert!(usage.allocations > 0, "{usage}");
        assert_eq!(measure(|| holds(4)).1.allocations, 4);
    });
    if let Some(run) = run {
        run.succeeds();
    }
}
