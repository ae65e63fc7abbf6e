//! The allocator of the feature `dhat`: it counts, and hands on to `dhat::Alloc` instead of the system's allocator.
//!
//! Two things keep it from being `CountingAlloc<dhat::Alloc>`:
//!
//! - dhat allocates while it serves a request, for its table of blocks and for backtraces, from the global allocator. That is
//!   none of the program's: such requests go straight to the system's allocator, uncounted.
//! - dhat tells allocations apart by the addresses in their backtraces, and leaves our frames out only when it writes them
//!   down. If one line of the program came to dhat now over the hook's hot path and now over its cold one, the profile would
//!   have one location twice, and `dh_view` refuses such a file. So here each request takes the cold path.

#![allow(unsafe_code, reason = "an allocator that hands on to dhat's")]

use core::alloc::{GlobalAlloc, Layout};
use std::alloc::System;
use std::cell::Cell;

use super::hook::{self, NOTHING};
use crate::CountingAlloc;
use crate::counting::{allocates, frees};

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Counts, and hands on to dhat's allocator.
#[derive(Debug)]
pub struct Profiled {
    counting: CountingAlloc<::dhat::Alloc>,
}

/// To be the global allocator: there is one flag for each thread, so a second one of these would count nothing beside it.
pub const PROFILED: Profiled = Profiled { counting: CountingAlloc::new(::dhat::Alloc) };

/// Serves a request of the program, or gives nothing if one is being served on this thread already.
fn of_program<R>(serve: impl FnOnce() -> R) -> Option<R> {
    if INSIDE.replace(true) {
        return None;
    }
    let served = serve();
    INSIDE.set(false);
    Some(served)
}

// SAFETY:
// - every block comes from the system's allocator and goes back there, by whichever way, since that is what dhat's does
//   with the requests that it gets, and the hook hands on what it counts;
// - nothing here unwinds beyond what dhat's does.
unsafe impl GlobalAlloc for Profiled {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocates();
        let (size, align, inner) = (layout.size(), layout.align(), &self.counting.inner);
        // SAFETY: the size and the alignment are the layout's, and the caller promises that it is a valid one.
        let block = of_program(|| unsafe { hook::alloc_slow::<_, false, NOTHING>(size, align, inner) });
        // SAFETY: forwards the caller's promise about the layout.
        block.unwrap_or_else(|| unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        allocates();
        let (size, align, inner) = (layout.size(), layout.align(), &self.counting.inner);
        // SAFETY: as above.
        let block = of_program(|| unsafe { hook::alloc_slow::<_, true, NOTHING>(size, align, inner) });
        // SAFETY: as above.
        block.unwrap_or_else(|| unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        frees();
        // SAFETY: forwards the caller's promise about the block and its layout. Of a free dhat takes no backtrace.
        let done = of_program(|| unsafe { self.counting.dealloc(ptr, layout) });
        // SAFETY: as above.
        done.unwrap_or_else(|| unsafe { System.dealloc(ptr, layout) });
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        allocates();
        let (size, align, inner) = (layout.size(), layout.align(), &self.counting.inner);
        // SAFETY: the size and the alignment are the layout's, and the caller promises the rest.
        let block =
            of_program(|| unsafe { hook::realloc_slow::<_, NOTHING>(ptr, size, align, new_size, inner) });
        // SAFETY: forwards the caller's promise about the block, its layout and the new size.
        block.unwrap_or_else(|| unsafe { System.realloc(ptr, layout, new_size) })
    }
}
