//! The system's allocator without the standard library's test for alignments, where that is safe to leave out.
//!
//! `System` is `malloc` on Unix, and asks `posix_memalign` for what `malloc` may not align well enough: more than
//! 16 bytes, or more than the size, since some allocators align blocks below 16 bytes by 8 only. For an alignment
//! of up to 8 every `malloc` of a 64-bit Unix will do, whatever the size. That is one comparison, not two, and it
//! pays for most of the counting. Blocks from either function are `free`d and `realloc`ed alike.

#![allow(unsafe_code, reason = "C's malloc and its kin")]
#![expect(
    clippy::inline_always,
    reason = "a call would cost more than all of the counting, also without optimisation"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::any::TypeId;
use core::sync::atomic::{AtomicBool, Ordering};
use std::alloc::System;

/// Whether an allocator other than the system's is counted, which may change while the program runs.
static ANOTHER: AtomicBool = AtomicBool::new(false);

/// The alignment that `malloc` gives every block.
const MALLOC_ALIGN: usize = 8;

/// Whether a request to `A` may go to `malloc` and its kin: known when compiling. A build without optimisation
/// would compute it each time.
#[inline(always)]
pub(super) fn takes<A: GlobalAlloc + 'static>() -> bool {
    let malloc = cfg!(all(unix, target_pointer_width = "64", not(debug_assertions)));
    malloc && TypeId::of::<A>() == TypeId::of::<System>()
}

/// Notes what allocator is counted.
pub(super) fn note<A: GlobalAlloc + 'static>() {
    if TypeId::of::<A>() != TypeId::of::<System>() {
        ANOTHER.store(true, Ordering::Relaxed);
    }
}

/// Whether an allocator other than the system's is counted.
pub(super) fn is_another() -> bool {
    ANOTHER.load(Ordering::Relaxed)
}

/// Whether `malloc` aligns this well enough.
#[inline(always)]
pub(super) fn suits(layout: Layout) -> bool {
    layout.align() <= MALLOC_ALIGN
}

unsafe extern "C" {
    /// C's, as is.
    pub(super) safe fn malloc(size: usize) -> *mut u8;
    /// C's, as is.
    pub(super) safe fn calloc(count: usize, size: usize) -> *mut u8;
    /// C's, as is.
    pub(super) fn realloc(block: *mut u8, size: usize) -> *mut u8;
}
