//! Counts every call in shared atomics: not timed, but what the others' counts are held against.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use counting_bench::{Counted, Mode};

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static FREES: AtomicU64 = AtomicU64::new(0);

struct Reference;

// SAFETY:
// - All four methods are `System`'s, called with the caller's arguments, whose preconditions are the same.
unsafe impl GlobalAlloc for Reference {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        FREES.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // The crates disagree on what a shrinking one is, so the workloads must do without.
        debug_assert!(new_size > layout.size());
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        FREES.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

#[global_allocator]
static GLOBAL: Reference = Reference;

fn counted(work: &mut dyn FnMut()) -> Counted {
    let now = || (ALLOCATIONS.load(Ordering::Relaxed), FREES.load(Ordering::Relaxed));
    let (allocations, frees) = now();
    work();
    let (more_allocations, more_frees) = now();
    let allocations = more_allocations - allocations;
    Counted::Reference { allocations, calls: allocations + more_frees - frees }
}

fn main() {
    counting_bench::main(&[Mode::process(counted)]);
}
