//! Deep recursion: of guarded functions, of measurements, of regions that all differ, and panics out of them.

use std::hint::black_box;
use std::panic;
use std::thread;

use alloc_kit::{alloc_budget, measure};

use crate::child::{allocate, alone, assert_shows_the_line, breaks, broken, holds, quietly};

/// Does the work on a stack that suffices.
fn on_a_large_stack(work: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(2 << 30).spawn_scoped(scope, work);
        thread.expect("a thread").join().expect("no panic");
    });
}

/// A budget at each level, of which the outermost one's counts.
#[alloc_budget(budget)]
fn guarded(levels: usize, budget: usize) {
    allocate(1);
    if black_box(levels) > 1 {
        guarded(levels - 1, black_box(budget).min(1));
    }
}

/// What is measured at each level is what those below have allocated.
fn measured(levels: usize) -> u64 {
    let (below, usage) = measure(|| {
        allocate(1);
        if black_box(levels) > 1 { measured(levels - 1) } else { 0 }
    });
    assert_eq!((usage.allocations, usage.deallocations), (below + 1, below + 1), "{usage}");
    assert_eq!((usage.peak_bytes, usage.live_bytes), (10, 0), "{usage}");
    below + 1
}

#[test]
fn a_hundred_thousand_levels() {
    let run = alone("deep::a_hundred_thousand_levels", || {
        quietly();
        on_a_large_stack(|| {
            guarded(100_000, 100_000);
            // The allocation that is over is that of the deepest.
            let message = broken(|| guarded(100_000, 99_999));
            let title = "made 100000 heap allocations (1000000 bytes); its budget is 99999";
            assert!(message.contains(title), "{message}");
            assert_shows_the_line(&message);
            if cfg!(debug_assertions) {
                assert!(message.contains("1 allocation, 10 bytes"), "{message}");
            }
            assert_eq!(measured(100_000), 100_000);
        });
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

/// A function whose every instance has a region of its own.
trait Nest {
    const BELOW: usize;
    fn enter(deepest: &mut dyn FnMut());
}

impl Nest for () {
    const BELOW: usize = 0;
    fn enter(deepest: &mut dyn FnMut()) {
        deepest();
    }
}

struct In<T>(T);

impl<T: Nest> Nest for In<T> {
    const BELOW: usize = T::BELOW + 1;

    #[alloc_budget(Self::BELOW)]
    fn enter(deepest: &mut dyn FnMut()) {
        allocate(1);
        T::enter(deepest);
    }
}

type In4<T> = In<In<In<In<T>>>>;
type In16<T> = In4<In4<In4<In4<T>>>>;
/// As deep as the compiler follows without being told to.
type In96 = In16<In16<In16<In16<In16<In16<()>>>>>>;

#[test]
fn regions_in_regions() {
    let run = alone("deep::regions_in_regions", || {
        quietly();
        on_a_large_stack(|| {
            assert_eq!(In96::BELOW, 96);
            let ((), usage) = measure(|| In96::enter(&mut || ()));
            assert_eq!(usage.allocations, 96, "{usage}");
            // All are over by one, and the innermost tells. The message is caught at the deepest level that is not.
            let message = broken(|| In96::enter(&mut || allocate(1)));
            assert!(message.contains("made 2 heap allocations (20 bytes); its budget is 1"), "{message}");
            assert_shows_the_line(&message);
            // One that is over and deepest, while the others hold.
            let message = std::cell::RefCell::new(String::new());
            In96::enter(&mut || {
                // Nothing of what is caught here is the program's own.
                let said = alloc_kit::allow_alloc!("it is looked at", broken(|| breaks(1)));
                *message.borrow_mut() = said;
            });
            let message = message.into_inner();
            assert!(message.contains("`breaks` made 1 heap allocation (10 bytes)"), "{message}");
            assert_shows_the_line(&message);
        });
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

/// Panics below so many levels, each of which measures.
fn panics_below(levels: usize) {
    let ((), _usage) = measure(|| {
        allocate(1);
        if black_box(levels) == 1 {
            panic::resume_unwind(Box::new(42_u8));
        }
        panics_below(levels - 1);
    });
}

#[test]
fn a_panic_through_ten_thousand_levels() {
    let run = alone("deep::a_panic_through_ten_thousand_levels", || {
        quietly();
        on_a_large_stack(|| {
            let (payload, usage) = measure(|| panic::catch_unwind(|| panics_below(10_000)).unwrap_err());
            assert_eq!(payload.downcast_ref(), Some(&42_u8));
            // And what the panic makes: its payload, and what it is carried in.
            let own = measure(|| panic::catch_unwind(|| panics_below(1)).unwrap_err()).1.allocations - 1;
            assert_eq!(usage.allocations, 10_000 + own, "{usage}");
            // Through recursive guards, and through ones that all differ.
            let nested = || In96::enter(&mut || panic::resume_unwind(Box::new(42_u8)));
            assert!(panic::catch_unwind(nested).is_err());
            #[alloc_budget(0)]
            fn recursive(levels: usize) {
                if black_box(levels) == 0 {
                    panic::resume_unwind(Box::new(42_u8));
                }
                recursive(levels - 1);
            }
            assert!(panic::catch_unwind(|| recursive(10_000)).is_err());
            // No region is left behind.
            holds(3);
            assert!(broken(|| breaks(2)).contains("`breaks` made 2 heap allocations"));
            In96::enter(&mut || ());
        });
    });
    if let Some(run) = run {
        run.succeeds();
    }
}
