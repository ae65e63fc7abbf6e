//! An allocator below alloc-kit's: it sees all that the process asks for, what alloc-kit uses itself as well.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering};

/// The system's allocator, metered.
#[derive(Debug)]
pub(crate) struct Metered;

static LIVE: AtomicI64 = AtomicI64::new(0);

/// The bytes that are in use, as they were requested.
pub(crate) fn live_bytes() -> i64 {
    LIVE.load(Ordering::SeqCst)
}

fn add(bytes: usize) {
    LIVE.fetch_add(signed(bytes), Ordering::SeqCst);
}

fn subtract(bytes: usize) {
    LIVE.fetch_sub(signed(bytes), Ordering::SeqCst);
}

#[expect(clippy::cast_possible_wrap, reason = "sizes are at most isize::MAX")]
fn signed(bytes: usize) -> i64 {
    bytes as i64
}

// SAFETY: all is the system's allocator's.
unsafe impl GlobalAlloc for Metered {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let block = unsafe { System.alloc(layout) };
        if !block.is_null() {
            add(layout.size());
        }
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let block = unsafe { System.alloc_zeroed(layout) };
        if !block.is_null() {
            add(layout.size());
        }
        block
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        let block = unsafe { System.realloc(block, layout, size) };
        if !block.is_null() {
            add(size);
            subtract(layout.size());
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        subtract(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) };
    }
}
