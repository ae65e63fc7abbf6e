//! The allocator's hot path: count, then tail-call the inner allocator.
//!
//! Each operation updates its words first and goes on if none turned negative. Else it leaves for a cold function
//! that does what is left, calls the inner allocator, looks at the result, and settles the trap (`trap.rs`).
//! Counting first keeps the hot path a tail call; counting after success would cost it a frame. The cold functions
//! take their arguments in the order in which the compiler's entry points have them, so that none has to move.
//!
//! Over the system's allocator, requests that `malloc` serves go straight there (`system.rs`).

#![allow(unsafe_code, reason = "an allocator, and the words of the line by raw pointers")]

use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

use super::plan;
use super::system;
use super::thread::{line, subtract};
use super::trap::{self, Event};
use crate::CountingAlloc;
use crate::counting::{allocates, frees};

/// How many of the words of an allocation are updated before a cold path takes over.
pub(super) const NOTHING: u8 = 0;
const COUNT: u8 = 1;
const COUNT_BYTES: u8 = 2;
const COUNT_BYTES_ROOM: u8 = 3;

/// Subtracts from a word of the line, and says whether that was more than it held.
macro_rules! runs_out {
    ($line:ident.$word:ident, $by:expr) => {{
        // SAFETY: the line is valid on this thread.
        let word = unsafe { &raw mut (*$line).$word };
        // SAFETY: it is a word of the line, and no reference to it is held.
        unsafe { subtract(word, $by) }
    }};
}

/// Subtracts from a word of the line.
macro_rules! count {
    ($line:ident.$word:ident, $by:expr) => {
        let _ = runs_out!($line.$word, $by);
    };
}

/// Sizes are below `isize::MAX` by `Layout`'s own rule, so nothing is lost.
macro_rules! bytes {
    ($size:expr) => {{
        #[expect(clippy::cast_possible_wrap, reason = "sizes are at most isize::MAX")]
        let bytes = $size as i64;
        bytes
    }};
}

// SAFETY:
// - every request goes to the inner allocator unchanged, exactly once, by its own method of the same name or, over
//   the system's, by the function which that method would call; but for one that is to fail, whose answer is null
//   and leaves the block that it was about as it is, as the trait allows;
// - nothing here unwinds: the words wrap, and the cold paths call code that does not panic.
#[cfg_attr(docsrs, doc(auto_cfg = false))]
unsafe impl<A: GlobalAlloc + 'static> GlobalAlloc for CountingAlloc<A> {
    #[cfg_attr(not(debug_assertions), inline)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocates();
        // SAFETY: forwards the caller's promise about the layout.
        unsafe { request::<A, false>(&self.inner, layout) }
    }

    #[cfg_attr(not(debug_assertions), inline)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        allocates();
        // SAFETY: forwards the caller's promise about the layout.
        unsafe { request::<A, true>(&self.inner, layout) }
    }

    #[cfg_attr(not(debug_assertions), inline)]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        frees();
        let line = line();
        count!(line.room, bytes!(layout.size()).wrapping_neg());
        if runs_out!(line.deallocations_left, 1) {
            // SAFETY: forwards the caller's promise about the block and its layout.
            return unsafe { dealloc_slow(ptr, layout.size(), layout.align(), &self.inner) };
        }
        // SAFETY: as above.
        unsafe { self.inner.dealloc(ptr, layout) }
    }

    #[cfg_attr(not(debug_assertions), inline)]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        allocates();
        let (old, new) = (bytes!(layout.size()), bytes!(new_size));
        if new <= old || (system::takes::<A>() && !system::suits(layout)) {
            // SAFETY: forwards the caller's promise about the block, its layout and the new size.
            return unsafe {
                realloc_slow::<A, NOTHING>(ptr, layout.size(), layout.align(), new_size, &self.inner)
            };
        }
        let line = line();
        if runs_out!(line.allocations_left, 1) {
            // SAFETY: as above.
            return unsafe {
                realloc_slow::<A, COUNT>(ptr, layout.size(), layout.align(), new_size, &self.inner)
            };
        }
        if runs_out!(line.bytes_left, new) {
            // SAFETY: as above.
            return unsafe {
                realloc_slow::<A, COUNT_BYTES>(ptr, layout.size(), layout.align(), new_size, &self.inner)
            };
        }
        // A growing reallocation moves what is live by the difference: 64 to 1000 bytes peaks at 1000.
        if runs_out!(line.room, new - old) {
            // SAFETY: as above.
            return unsafe {
                realloc_slow::<A, COUNT_BYTES_ROOM>(ptr, layout.size(), layout.align(), new_size, &self.inner)
            };
        }
        count!(line.reallocations, -1);
        if system::takes::<A>() {
            // SAFETY: the block is `malloc`'s or `posix_memalign`'s, and the caller's promise says the rest.
            return unsafe { system::realloc(ptr, new_size) };
        }
        // SAFETY: as above.
        unsafe { self.inner.realloc(ptr, layout, new_size) }
    }
}

/// The hot path of `alloc` and `alloc_zeroed`.
///
/// # Safety
///
/// As `GlobalAlloc::alloc`.
#[expect(clippy::inline_always, reason = "it is the two methods' body, also without optimisation")]
#[inline(always)]
unsafe fn request<A: GlobalAlloc + 'static, const ZEROED: bool>(inner: &A, layout: Layout) -> *mut u8 {
    if system::takes::<A>() && !system::suits(layout) {
        // SAFETY: forwards the caller's promise about the layout.
        return unsafe { alloc_slow::<A, ZEROED, NOTHING>(layout.size(), layout.align(), inner) };
    }
    let (size, line) = (bytes!(layout.size()), line());
    if runs_out!(line.allocations_left, 1) {
        // SAFETY: as above.
        return unsafe { alloc_slow::<A, ZEROED, COUNT>(layout.size(), layout.align(), inner) };
    }
    if runs_out!(line.bytes_left, size) {
        // SAFETY: as above.
        return unsafe { alloc_slow::<A, ZEROED, COUNT_BYTES>(layout.size(), layout.align(), inner) };
    }
    if runs_out!(line.room, size) {
        // SAFETY: as above.
        return unsafe { alloc_slow::<A, ZEROED, COUNT_BYTES_ROOM>(layout.size(), layout.align(), inner) };
    }
    match (system::takes::<A>(), ZEROED) {
        (true, false) => system::malloc(layout.size()),
        (true, true) => system::calloc(layout.size(), 1),
        // SAFETY: as above.
        (false, false) => unsafe { inner.alloc(layout) },
        // SAFETY: as above.
        (false, true) => unsafe { inner.alloc_zeroed(layout) },
    }
}

/// The checked path of `alloc` and `alloc_zeroed`, with the first `DONE` words updated already.
///
/// # Safety
///
/// As `GlobalAlloc::alloc`, of a layout with this size and alignment.
#[cold]
#[inline(never)]
pub(super) unsafe fn alloc_slow<A: GlobalAlloc + 'static, const ZEROED: bool, const DONE: u8>(
    size: usize,
    align: usize,
    inner: &A,
) -> *mut u8 {
    // SAFETY: they are a layout's, by the caller's promise.
    let layout = unsafe { Layout::from_size_align_unchecked(size, align) };
    let (size, line) = (bytes!(layout.size()), line());
    // A thread's first allocation comes by here.
    system::note::<A>();
    if DONE < COUNT {
        count!(line.allocations_left, 1);
    }
    if DONE < COUNT_BYTES {
        count!(line.bytes_left, size);
    }
    if DONE < COUNT_BYTES_ROOM {
        count!(line.room, size);
    }
    let block = if plan::fails(Event::Allocation, layout.size(), true) {
        ptr::null_mut()
    } else if ZEROED {
        // SAFETY: forwards the caller's promise about the layout.
        unsafe { inner.alloc_zeroed(layout) }
    } else {
        // SAFETY: as above.
        unsafe { inner.alloc(layout) }
    };
    if block.is_null() {
        count!(line.allocations_left, -1);
        count!(line.bytes_left, -size);
        count!(line.room, -size);
    } else {
        trap::settle(Event::Allocation, layout.size());
    }
    block
}

/// The path of a `dealloc` that is over a limit, with its words updated already.
///
/// # Safety
///
/// As `GlobalAlloc::dealloc`, of a layout with this size and alignment.
#[cold]
#[inline(never)]
unsafe fn dealloc_slow<A: GlobalAlloc>(ptr: *mut u8, size: usize, align: usize, inner: &A) {
    // SAFETY: they are a layout's, by the caller's promise.
    let layout = unsafe { Layout::from_size_align_unchecked(size, align) };
    trap::settle(Event::Deallocation, layout.size());
    // SAFETY: forwards the caller's promise about the block and its layout.
    unsafe { inner.dealloc(ptr, layout) }
}

/// The checked path of `realloc`, with the first `DONE` words updated already, and the path of those that do not
/// grow: they are no allocation, and free the difference.
///
/// # Safety
///
/// As `GlobalAlloc::realloc`, of a layout with this size and alignment.
#[cold]
#[inline(never)]
pub(super) unsafe fn realloc_slow<A: GlobalAlloc, const DONE: u8>(
    ptr: *mut u8,
    size: usize,
    align: usize,
    new_size: usize,
    inner: &A,
) -> *mut u8 {
    // SAFETY: they are a layout's, by the caller's promise.
    let layout = unsafe { Layout::from_size_align_unchecked(size, align) };
    let (old, new, line) = (bytes!(layout.size()), bytes!(new_size), line());
    let block = if new > old && plan::fails(Event::Reallocation, new_size, DONE >= COUNT) {
        ptr::null_mut()
    } else {
        // SAFETY: forwards the caller's promise about the block, its layout and the new size.
        unsafe { inner.realloc(ptr, layout, new_size) }
    };
    if new <= old {
        if !block.is_null() {
            count!(line.room, new - old);
        }
        return block;
    }
    if block.is_null() {
        // The old block stays as it was.
        if DONE >= COUNT {
            count!(line.allocations_left, -1);
        }
        if DONE >= COUNT_BYTES {
            count!(line.bytes_left, -new);
        }
        if DONE >= COUNT_BYTES_ROOM {
            count!(line.room, old - new);
        }
        return block;
    }
    if DONE < COUNT {
        count!(line.allocations_left, 1);
    }
    if DONE < COUNT_BYTES {
        count!(line.bytes_left, new);
    }
    if DONE < COUNT_BYTES_ROOM {
        count!(line.room, new - old);
    }
    count!(line.reallocations, -1);
    trap::settle(Event::Reallocation, new_size);
    block
}
