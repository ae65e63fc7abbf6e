//! A wrapper that hands all four methods on: what a wrapper as such costs.

use std::alloc::{GlobalAlloc, Layout, System};

use counting_bench::Mode;

struct Passthrough;

// SAFETY:
// - All four methods are `System`'s, called with the caller's arguments, whose preconditions are the same.
unsafe impl GlobalAlloc for Passthrough {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

#[global_allocator]
static GLOBAL: Passthrough = Passthrough;

fn main() {
    counting_bench::main(&[Mode::idle()]);
}
